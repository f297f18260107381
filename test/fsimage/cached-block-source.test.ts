import { MediumError } from '../../src/errors'
import type { BlockSource } from '../../src/fsimage/block-source'
import { CachedBlockSource } from '../../src/fsimage/cached-block-source'

/** A source whose blocks say which they are, some of them unreadable. */
function numbered(blockCount: number, unreadable: ReadonlySet<number>): BlockSource {
  return {
    blockCount,
    async readBlocks(lba, blocks) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(blocks, blockCount - lba)) * 2048)
      for (let at = 0; at < bytes.length; at += 2048) {
        const block = lba + at / 2048
        if (unreadable.has(block)) throw new MediumError('MEDIUM_UNREADABLE', `Block ${block} cannot be read.`)
        bytes.writeUInt32BE(block, at)
      }
      return bytes
    },
    async close() {},
  }
}

const numbersOf = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / 2048 }, (_, index) => Buffer.from(bytes).readUInt32BE(index * 2048))

test('blocks that nobody asked for may be unreadable', async () => {
  const cached = new CachedBlockSource(numbered(1000, new Set([64, 65, 70, 200])))
  expect(numbersOf(await cached.readBlocks(66, 4))).toEqual([66, 67, 68, 69])
  expect(numbersOf(await cached.readBlocks(60, 4))).toEqual([60, 61, 62, 63])
  expect(numbersOf(await cached.readBlocks(198, 2))).toEqual([198, 199])
  expect(numbersOf(await cached.readBlocks(201, 30))).toEqual(Array.from({ length: 30 }, (_, index) => 201 + index))
})

test('a block that is asked for and cannot be read is an error', async () => {
  const cached = new CachedBlockSource(numbered(1000, new Set([64])))
  await expect(cached.readBlocks(60, 8)).rejects.toMatchObject({ code: 'MEDIUM_UNREADABLE' })
})

test('a read past the end gives what there is', async () => {
  const cached = new CachedBlockSource(numbered(70, new Set()))
  expect(numbersOf(await cached.readBlocks(68, 10))).toEqual([68, 69])
  expect(numbersOf(await cached.readBlocks(30, 100))).toEqual(Array.from({ length: 40 }, (_, index) => 30 + index))
})
