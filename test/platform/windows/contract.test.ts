import { ScsiPassThroughTransport } from '../../../src/platform/windows/scsi-pass-through-transport'
import { request } from '../scripted-transport'
import { describeTransport } from '../transport-contract'
import { type Answer, type StandInDrive, WindowsStandIn } from './windows-stand-in'

const BLOCKS = 64
const block = (lba: number) => new Uint8Array(2048).fill(lba * 3 + 1)

/** A drive with a disc, as plain as the contract needs one. */
const disc: NonNullable<StandInDrive['scsi']> = (cdb, _data, length): Answer => {
  const view = new DataView(cdb.buffer, cdb.byteOffset)
  if (cdb[0] === 0x00) return {}
  if (cdb[0] === 0x12) {
    return {
      data: Buffer.concat([Buffer.from([5, 0x80, 5, 2, 31, 0, 0, 0]), Buffer.from('QEMU    QEMU CD-ROM     2.5+')]),
    }
  }
  if (cdb[0] === 0x25) return { data: Uint8Array.of(0, 0, 0, BLOCKS - 1, 0, 0, 8, 0) }
  const lba = view.getUint32(2)
  if (cdb[0] === 0x28 && lba < BLOCKS) {
    return { data: Buffer.concat(Array.from({ length: length / 2048 }, (_value, index) => block(lba + index))) }
  }
  return { status: 2, sense: [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, cdb[0] === 0x28 ? 0x21 : 0x20, 0, 0, 0, 0, 0] }
}

describe.each([
  ['64-bit Windows', 8, 0, undefined],
  ['32-bit Windows, data not aligned', 4, 1, undefined],
  ['Windows with a driver that takes buffered requests only', 8, 0, true],
] as const)('%s', (_name, pointerBytes, skew, bufferedOnly) => {
  let system: WindowsStandIn
  let drive: StandInDrive

  describeTransport('SCSI pass-through', {
    open: () => {
      drive = {
        number: 0,
        letters: ['D:'],
        adapter: { maximumTransferLength: 0x2_0000, maximumPhysicalPages: 33, alignmentMask: 3 },
        scsi: disc,
        ...(bufferedOnly ? { bufferedOnly } : {}),
      }
      system = new WindowsStandIn([drive], { pointerBytes, skew })
      return ScsiPassThroughTransport.open(system, 'D:')
    },
    block,
    sending: request('55 10 00 00 00 00 00 00 08 00', new Uint8Array(8).fill(9)),
    stall: async () => {
      drive.scsi = () => ({ error: 121 })
      return request('00 00 00 00 00 00')
    },
    vanish: async () => {
      drive.scsi = () => ({ error: 1167 })
    },
  })

  afterEach(() => {
    expect(system.misuse).toEqual([])
    expect(system.leaked).toBe(0)
  })
})
