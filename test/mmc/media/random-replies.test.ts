import { ScsiMmcError } from '../../../src/errors'
import { evaluateMultisession } from '../../../src/fsimage'
import { Drive, readMedium } from '../../../src/mmc'
import { recordedVolume, volumeBlocksNeeded } from '../../../src/mmc/media/recorded-volume'
import type { ScsiRequest, Transport } from '../../../src/platform'
import { primaryVolumeDescriptor, udfVolume } from './replies'

/** Inputs in a run; more of them on request. */
const RUNS = Number(process.env['SCSI_MMC_FUZZ_RUNS'] ?? 20)
const MOST_COMMANDS = 600

/** Numbers that are the same for the same seed (mulberry32), so that a failure can be had again. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const PROFILES = [
  0, 8, 9, 10, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x1a, 0x1b, 0x2b, 0x40, 0x41, 0x43, 0x50, 0x52, 0xffff,
]

/** A drive that answers anything: garbage, the beginning of something, refusals. */
function randomDrive(random: () => number): { transport: Transport; sent: () => number } {
  const profile = PROFILES[Math.floor(random() * PROFILES.length)]!
  let sent = 0
  const transport: Transport = {
    address: 'random:',
    limits: { maximumTransferBytes: 65536, alignmentMask: 0 },
    execute: async ({ cdb, data }: ScsiRequest) => {
      sent++
      const opcode = cdb[0]!
      if (opcode !== 0 && random() < 0.15) {
        const sense = Uint8Array.from({ length: Math.floor(random() * 20) }, () => random() * 256)
        if (sense.length > 2) sense.set([0x70, 0, [2, 3, 5, 8][Math.floor(random() * 4)]!])
        // NOT READY for good reason would be waited for.
        if (sense.length > 12) sense[12] = 0x24
        return { status: 2, sense, transferredBytes: 0, durationUs: 0 }
      }
      const length = random() < 0.2 ? Math.floor(random() * data.length) : data.length
      // READ(10) of much of nothing but noise says little; the descriptors are noise enough.
      const noise = Math.min(length, 300)
      for (let index = 0; index < noise; index++) data[index] = random() < 0.3 ? random() * 256 : random() * 4
      if (opcode === 0x46) data.set([0, 0, 0, random() * 64, 0, 0, profile >> 8, profile & 0xff].slice(0, data.length))
      return { status: 0, sense: new Uint8Array(), transferredBytes: length, durationUs: 0 }
    },
    close: async () => {},
  }
  return { transport, sent: () => sent }
}

test(`${RUNS} drives that answer anything: a state or an error of the library, in bounded time`, async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { transport, sent } = randomDrive(randomNumbers(seed))
    const medium = await readMedium(new Drive(transport)).catch(error => {
      expect({ seed, error, own: error instanceof ScsiMmcError }).toMatchObject({ own: true })
      return null
    })
    expect(sent()).toBeLessThan(MOST_COMMANDS)
    if (!medium) continue
    for (const address of [medium.lastSessionStart, medium.nextWritableAddress, medium.freeBlocks]) {
      expect({ seed, plausible: address === null || Number.isInteger(address) }).toEqual({ seed, plausible: true })
    }
    expect(() => JSON.stringify(medium)).not.toThrow()
  }
})

test('the rules come to a result of their table whatever the drive answers', async () => {
  for (let seed = 1; seed <= RUNS / 4; seed++) {
    const { transport } = randomDrive(randomNumbers(seed))
    const evaluation = await evaluateMultisession(new Drive(transport)).catch(error => error)
    if (evaluation instanceof ScsiMmcError) continue
    expect({ seed, rule: evaluation.error?.rule === 14 }).toEqual({ seed, rule: false })
  }
})

test(`${RUNS} mutated volumes: read to an end, without a throw`, () => {
  const blocks = new Map([[16, primaryVolumeDescriptor(1000)], ...udfVolume(320, 1000)])
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = randomNumbers(seed)
    const read: { start: number; blocks: number; data: Uint8Array }[] = []
    for (let needed = volumeBlocksNeeded(read); needed; needed = volumeBlocksNeeded(read)) {
      const data = new Uint8Array(needed.blocks * 2048)
      for (let index = 0; index < needed.blocks; index++) data.set(blocks.get(needed.start + index) ?? [], index * 2048)
      for (let count = random() * 4; count > 0; count--) {
        const block = [...blocks.keys()][Math.floor(random() * blocks.size)]! - needed.start
        const at = Math.max(block, 0) * 2048 + Math.floor(random() * 256)
        if (at < data.length) data[at] = random() * 256
      }
      read.push({ ...needed, data })
      expect(read.length).toBeLessThan(6)
    }
    const { iso9660End = 0, udfEnd = 0 } = recordedVolume(read)
    expect(Number.isSafeInteger(iso9660End) && Number.isSafeInteger(udfEnd)).toBe(true)
  }
})
