import { ScsiPassThroughTransport } from '../../../src/platform/windows/scsi-pass-through-transport'
import { block, scriptedDisc } from '../scripted-disc'
import { request } from '../scripted-transport'
import { describeTransport } from '../transport-contract'
import { type StandInDrive, WindowsStandIn } from './windows-stand-in'

const disc: NonNullable<StandInDrive['scsi']> = (cdb, _data, length) => scriptedDisc(cdb, length)

describe.each([
  ['64-bit Windows', 8, 0, undefined],
  ['32-bit Windows, data not aligned', 4, 1, undefined],
  ['64-bit Windows with a driver that takes extended requests only, data not aligned', 8, 1, 'direct-ex'],
  ['32-bit Windows with a driver that takes extended requests only', 4, 0, 'direct-ex'],
  ['Windows with a driver that takes buffered requests only', 8, 0, 'buffered'],
] as const)('%s', (_name, pointerBytes, skew, onlyForm) => {
  let system: WindowsStandIn
  let drive: StandInDrive

  describeTransport('SCSI pass-through', {
    open: () => {
      drive = {
        number: 0,
        letters: ['D:'],
        adapter: { maximumTransferLength: 0x2_0000, maximumPhysicalPages: 33, alignmentMask: 3 },
        scsi: disc,
        ...(onlyForm ? { onlyForm } : {}),
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
