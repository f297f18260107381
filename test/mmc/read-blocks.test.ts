import { Drive, type ReadBlocksOptions, readBlocks } from '../../src/mmc'
import { faultInjection, parseFaults } from '../../src/platform'
import { ScriptedTransport } from '../platform/scripted-transport'

const block = (lba: number) => Buffer.alloc(2048, `block ${lba} `)

/** A drive with 1000 blocks; `faults` make some of them fail. */
function opened(faults = '', maximumTransferBytes = 16 * 2048) {
  const transport = new ScriptedTransport(({ cdb }) => {
    const [lba, blocks] = [Buffer.from(cdb).readUInt32BE(2), Buffer.from(cdb).readUInt16BE(7)]
    return { data: Buffer.concat(Array.from({ length: blocks }, (_, index) => block(lba + index))) }
  })
  transport.limits = { maximumTransferBytes, alignmentMask: 0 }
  const asked = () =>
    transport.requests.map(({ cdb }) => [Buffer.from(cdb).readUInt32BE(2), Buffer.from(cdb).readUInt16BE(7)])
  return { drive: new Drive(faultInjection(parseFaults(faults))(transport)), transport, asked }
}

async function read(drive: Drive, start: number, blocks: number, options: ReadBlocksOptions = {}) {
  const lbas: number[] = []
  let error: unknown
  try {
    for await (const chunk of readBlocks(drive, { start, blocks }, options)) {
      for (let at = 0; at < chunk.length; at += 2048) {
        const lba = start + lbas.length
        const [found, expected] = [Buffer.from(chunk.subarray(at, at + 2048)), block(lba)]
        lbas.push(found.equals(expected) ? lba : found.every(byte => byte === 0) ? -lba : Number.NaN)
      }
    }
  } catch (thrown) {
    error = thrown
  }
  return { lbas, error }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('reading blocks', () => {
  it('asks for as much as the transport carries, up to its multiples', async () => {
    const { drive, asked } = opened()
    const progress: number[] = []
    const { lbas } = await read(drive, 10, 40, { onProgress: count => progress.push(count) })
    expect(lbas).toEqual(numbers(10, 49))
    expect(asked()).toEqual([
      [10, 6],
      [16, 16],
      [32, 16],
      [48, 2],
    ])
    expect(progress).toEqual([6, 22, 38, 40])
  })

  it('never asks for more than 256 blocks, nor where there is nothing to read', async () => {
    const large = opened('', 1 << 30)
    await read(large.drive, 0, 300)
    expect(large.asked()).toEqual([
      [0, 256],
      [256, 44],
    ])
    expect((await read(opened().drive, 5, 0)).lbas).toEqual([])
  })

  it('hands out all that comes before an unreadable block, and names it', async () => {
    const { drive } = opened('28 lba 21 always: sense 3/11/05')
    const { lbas, error } = await read(drive, 0, 64)
    expect(lbas).toEqual(numbers(0, 20))
    expect(error).toMatchObject({
      code: 'MEDIUM_UNREADABLE',
      message: expect.stringContaining('Block 21 '),
      cause: { code: 'SENSE_MEDIUM_ERROR' },
    })
  })

  it('gets over a block that can be read the third time', async () => {
    const { drive } = opened('28 lba 21 #1-3: sense 3/11/05')
    const { lbas, error } = await read(drive, 16, 16)
    expect(error).toBeUndefined()
    expect(lbas).toEqual(numbers(16, 31))
  })

  it('puts zeros in the place of unreadable blocks where it is told to go on', async () => {
    const { drive, asked } = opened('28 lba 3-4 always: sense 3/11/05; 28 lba 8 always: sense 8/00/00')
    const bad: number[] = []
    const { lbas, error } = await read(drive, 0, 20, { onUnreadable: lba => bad.push(lba) })
    expect(error).toBeUndefined()
    expect(bad).toEqual([3, 4, 8])
    expect(lbas).toEqual(numbers(0, 19).map(lba => (bad.includes(lba) ? -lba : lba)))
    // A blank block stays blank: it is not asked for again.
    expect(asked().filter(([lba, blocks]) => lba === 8 && blocks === 1)).toHaveLength(0)
  })

  it('takes smaller transfers where a bridge turns out to carry less', async () => {
    const { drive, asked } = opened('28 #1: too large; 28 #2: too large')
    expect((await read(drive, 0, 12)).lbas).toEqual(numbers(0, 11))
    expect(asked()).toEqual([
      [0, 4],
      [4, 4],
      [8, 4],
    ])
  })

  it.each([
    ['28 #2: gone', { code: 'TRANSPORT_DEVICE_GONE' }],
    ['28 #2: sense 2/3A/00', { code: 'SENSE_NOT_READY' }],
    ['28 #2: sense 5/20/00', { code: 'SENSE_ILLEGAL_REQUEST' }],
    ['28 #2: short 2048', { code: 'MEDIUM_SHORT_READ' }],
  ])('ends with what is not about a block: %s', async (faults, expected) => {
    const { drive } = opened(faults)
    const { lbas, error } = await read(drive, 0, 48, { onUnreadable: () => {} })
    expect(lbas).toEqual(numbers(0, 15))
    expect(error).toMatchObject(expected)
  })

  it('stops between commands, and leaves none behind', async () => {
    const { drive, asked } = opened()
    const controller = new AbortController()
    const { lbas, error } = await read(drive, 0, 640, {
      signal: controller.signal,
      onProgress: count => count === 48 && controller.abort(),
    })
    expect(error).toMatchObject({ name: 'AbortError' })
    expect(lbas).toEqual(numbers(0, 47))
    expect(asked().length).toBeLessThanOrEqual(5)

    const early = opened()
    for await (const _ of readBlocks(early.drive, { start: 0, blocks: 640 })) break
    await early.drive.close()
    expect(early.asked()).toHaveLength(2)
  })
})
