import { spawnSync } from 'node:child_process'
import type { Transport } from '../../../src/platform'
import { openSgIo } from '../../../src/platform/linux/open-sg-io'
import { request } from '../../platform/scripted-transport'
import { drivesByConnection, output } from './machine'

/** Commands and the bytes asked for: what QEMU's drives know, and what they refuse. */
const COMMANDS: readonly (readonly [cdb: string, bytes: number])[] = [
  ['00 00 00 00 00 00', 0],
  ['12 00 00 00 60 00', 96],
  ['12 01 00 00 FF 00', 255],
  ['12 01 83 00 FF 00', 255],
  ['12 01 B0 00 FF 00', 255],
  ['25 00 00 00 00 00 00 00 00 00', 8],
  ['28 00 00 00 00 10 00 00 01 00', 2048],
  ['28 00 00 00 00 10 00 00 10 00', 32_768],
  ['28 00 7F FF FF F0 00 00 01 00', 2048],
  ['43 00 00 00 00 00 00 00 FF 00', 255],
  ['43 00 01 00 00 00 00 00 0C 00', 12],
  ['43 02 02 00 00 00 01 00 FF 00', 255],
  ['46 00 00 00 00 00 00 04 00 00', 1024],
  ['46 02 00 03 00 00 00 00 20 00', 32],
  ['4A 01 00 00 10 00 00 00 08 00', 8],
  ['51 00 00 00 00 00 00 00 22 00', 34],
  ['52 01 00 00 00 01 00 00 24 00', 36],
  ['5A 00 2A 00 00 00 00 00 40 00', 64],
  ['AD 00 00 00 00 00 00 00 08 00 00 00', 2048],
  ['BD 00 00 00 00 00 00 00 00 08 00 00', 8],
  ['E9 00 00 00 00 00 00 00 00 00 00 00', 0],
]

/** What sg_raw says of a command: its data, or its exit status, which stands for a kind of sense. */
function sgRaw(node: string, cdb: string, bytes: number): { data: string } | { refused: number } {
  const args = [...(bytes > 0 ? ['-b', '-r', String(bytes)] : []), node, ...cdb.split(' ')]
  const { status, stdout } = spawnSync('sg_raw', args, { maxBuffer: 1 << 20 })
  return status === 0 ? { data: stdout.toString('hex') } : { refused: status! }
}

/** Exit statuses of sg3_utils by sense key and ASC. */
function exitStatus(sense: Uint8Array): number {
  const key = sense[2]! & 0x0f
  // Some have a status of their own: an invalid opcode, an LBA out of range.
  if (key === 5 && sense[12] === 0x20) return 9
  if (key === 5 && sense[12] === 0x21) return 22
  return key
}

describe.each(['virtio 0', 'virtio 1', 'ata', 'usb'])('the drive on %s, beside sg3_utils', connection => {
  let node: string
  let transports: Transport[]

  beforeAll(async () => {
    node = (await drivesByConnection()).get(connection)!.address
    transports = [await openSgIo(node, { ffi: 'koffi' }), await openSgIo(node, { ffi: 'ffi-napi' })]
    // Whoever asks first after the machine has started gets a unit attention.
    spawnSync('sg_raw', [node, ...'00 00 00 00 00 00'.split(' ')])
    for (const transport of transports) await transport.execute(request('00 00 00 00 00 00'))
  })

  afterAll(async () => {
    for (const transport of transports) await transport.close()
  })

  it.each(COMMANDS)('answers %s as sg_raw has it', async (cdb, bytes) => {
    const theirs = sgRaw(node, cdb, bytes)
    for (const transport of transports) {
      const asked = request(cdb, bytes, 30_000)
      const { status, sense, transferredBytes } = await transport.execute(asked)
      const ours =
        status === 0
          ? { data: Buffer.from(asked.data.subarray(0, transferredBytes)).toString('hex') }
          : { refused: exitStatus(sense) }
      expect(ours).toEqual(theirs)
    }
  })

  it('has the INQUIRY data of sg_inq and the configuration of sg_get_config', async () => {
    const inquiry = output('sg_inq', '--raw', node)
    const configuration = connection === 'virtio 1' ? undefined : output('sg_get_config', '--raw', node)
    for (const transport of transports) {
      const inquired = request('12 00 00 00 24 00', 36)
      await transport.execute(inquired)
      expect(Buffer.from(inquired.data).toString('hex')).toBe(inquiry.subarray(0, 36).toString('hex'))
      if (!configuration) continue
      const configured = request('46 00 00 00 00 00 00 20 00 00', 8192)
      await transport.execute(configured)
      const length = Buffer.from(configured.data).readUInt32BE() + 4
      expect(length).toBeGreaterThan(8)
      expect(Buffer.from(configured.data.subarray(0, length)).toString('hex')).toBe(
        configuration.subarray(0, length).toString('hex'),
      )
    }
  })
})
