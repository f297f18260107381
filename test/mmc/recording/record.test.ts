import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Recordable, readMedium, record, verifyRecording } from '../../../src/mmc'
import { Drive } from '../../../src/mmc/drive'
import { type MediaType, virtualDisc } from '../../../src/virtual'
import { virtualPlatform } from '../../../src/virtual/platform'

const BLOCK_BYTES = 2048
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-record-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An image whose every block says which it is. */
function numbered(startAddress: number, totalBlocks: number): Recordable {
  return {
    startAddress,
    totalBlocks,
    async *stream(range = { start: startAddress, blocks: totalBlocks }) {
      for (let lba = range.start; lba < range.start + range.blocks; lba++) {
        const block = Buffer.alloc(BLOCK_BYTES, lba & 0xff)
        block.writeUInt32BE(lba)
        yield block
      }
    },
  }
}

async function open(media: MediaType, state: 'blank' | 'unformatted'): Promise<Drive> {
  const path = join(folder, `${media}-${state}`)
  await virtualDisc.create(path, { media, state })
  return new Drive(await virtualPlatform.open(`virtual:${path}`, { access: 'write' }), { access: 'write' })
}

const SEQUENTIAL: MediaType[] = [
  'cd-r',
  'cd-rw',
  'dvd-r',
  'dvd-r-dl',
  'dvd-rw',
  'dvd+r',
  'dvd+r-dl',
  'bd-r',
  'bd-r-pow',
]

describe.each(SEQUENTIAL)('%s', media => {
  test('three sessions, each behind the last, then closed: every block reads back', async () => {
    await using drive = await open(media, 'blank')
    const starts: number[] = []
    for (const close of [false, false, true]) {
      const start = (await readMedium(drive))?.nextWritableAddress ?? Number.NaN
      starts.push(start)
      const report = await record(drive, numbered(start, 333), { close })
      expect(report.mediumAfter?.isAppendable).toBe(!close)
      expect(await verifyRecording(drive, report)).toMatchObject({ differences: [], unreadable: [] })
    }
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
    expect(new Set(starts).size).toBe(3)
  })

  test('an image for another address is refused before anything is sent', async () => {
    await using drive = await open(media, 'blank')
    await expect(record(drive, numbered(64, 64))).rejects.toMatchObject({ code: 'MEDIUM_WRONG_ADDRESS' })
    expect((await readMedium(drive))?.isBlank).toBe(true)
  })
})

describe.each([
  ['dvd-rw-ro', 'blank'],
  ['dvd+rw', 'unformatted'],
  ['dvd+rw', 'blank'],
  ['dvd-ram', 'unformatted'],
  ['dvd-ram', 'blank'],
  ['bd-re', 'unformatted'],
  ['bd-re', 'blank'],
] as const)('%s, %s', (media, state) => {
  test('is recorded, and written over only where that is allowed', async () => {
    await using drive = await open(media, state)
    const first = await record(drive, numbered(0, 333))
    expect(first.mediumAfter).toMatchObject({ state: 'overwritable', isBlank: false })
    await expect(record(drive, numbered(0, 100))).rejects.toMatchObject({ code: 'MEDIUM_NOT_BLANK' })
    const second = await record(drive, numbered(0, 100), { overwrite: true })
    expect(await verifyRecording(drive, second)).toMatchObject({ differences: [], unreadable: [] })
  })

  test('modified blocks change nothing beside them', async () => {
    await using drive = await open(media, state)
    await record(drive, numbered(0, 333))
    const modified: Recordable = {
      startAddress: 0,
      totalBlocks: 333,
      modifiedBlocks: [{ start: 17, blocks: 1 }],
      async *stream(range) {
        yield Buffer.alloc((range?.blocks ?? 0) * BLOCK_BYTES, 0xee)
      },
    }
    await record(drive, modified)
    const { readBlocks } = await import('../../../src/mmc')
    const blocks: number[] = []
    for await (const data of readBlocks(drive, { start: 0, blocks: 333 })) {
      for (let at = 0; at < data.length; at += BLOCK_BYTES)
        blocks.push(Buffer.from(data.buffer, data.byteOffset + at, 4).readUInt32BE())
    }
    expect(blocks).toEqual(Array.from({ length: 333 }, (_, lba) => (lba === 17 ? 0xeeeeeeee : lba)))
  })
})

describe('a way to the drive that carries less than a recording unit', () => {
  const openNarrow = async (media: MediaType) => {
    const drive = await open(media, 'blank')
    Object.assign(drive.transport.limits, { maximumTransferBytes: 14 * BLOCK_BYTES })
    return drive
  }

  test.each(['dvd-r', 'dvd+r', 'dvd+rw', 'dvd-ram', 'bd-r', 'bd-r-pow', 'bd-re'] as const)(
    '%s: units go in parts',
    async media => {
      await using drive = await openNarrow(media)
      const report = await record(drive, numbered(0, 333))
      expect(await verifyRecording(drive, report)).toMatchObject({ differences: [], unreadable: [] })
    },
  )

  test('dvd-rw-ro, which takes whole units only, is refused before anything is sent', async () => {
    await using drive = await openNarrow('dvd-rw-ro')
    await expect(record(drive, numbered(0, 333))).rejects.toMatchObject({ code: 'TRANSPORT_TOO_LARGE' })
    expect((await readMedium(drive))?.isBlank).toBe(true)
  })
})
