import { ScsiMmcError } from '../../../src/errors'
import type { BlockSource } from '../../../src/fsimage/block-source'
import { memoryBlockSource } from '../../../src/fsimage/image-file'
import { loadTree, SymbolicLinkNode } from '../../../src/fsimage/tree/node'
import { readUdf } from '../../../src/fsimage/udf'
import { sealDescriptor } from '../../../src/fsimage/udf/descriptors/tag'
import { BLOCK, build, directory, file, nodesOf } from './image'
import { hierarchyImage, sparableImage, virtualImage } from './strange-images'

/** ../fuzz reads 100,000; every day there is a part of them. */
const IMAGES = Number(process.env['FUZZ_IMAGES'] ?? 1200)
/** What no image leads to, however damaged: nodes, warnings, and reads of all its blocks. */
const MOST_NODES = 100
const MOST_WARNINGS = 201
const MOST_READS = 8
/** Bytes of a file that are read. */
const CONTENT_BYTES = 4 * BLOCK

/** A small generator whose sequence is the same in each run (xorshift32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 3, 2, 16, 254]

/** Changes some bytes of one block that is in use, and mostly makes its tag right again, so that more than tags is tried. */
function mutate(image: Buffer, used: readonly number[], random: (below: number) => number): () => void {
  const start = used[random(used.length)]! * BLOCK
  const before = Buffer.from(image.subarray(start, start + BLOCK))
  const block = image.subarray(start, start + BLOCK)
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const offset = random(random(3) === 0 ? BLOCK : 512)
    if (random(2) === 0) block[offset] = random(256)
    else block.fill(INTERESTING[random(INTERESTING.length)]!, offset, Math.min(BLOCK, offset + 1 + random(4)))
  }
  const crcLength = before.readUInt16LE(10)
  if (random(8) !== 0 && before.readUInt16LE(2) <= 3 && crcLength > 0 && crcLength <= BLOCK - 16) {
    sealDescriptor(block, {
      tagIdentifier: before.readUInt16LE(0),
      descriptorVersion: before.readUInt16LE(2),
      tagLocation: before.readUInt32LE(12),
      crcLength,
    })
  }
  return () => before.copy(image, start)
}

/** Counts the blocks that are read. */
function counting(source: BlockSource): BlockSource & { blocks: number } {
  return {
    blocks: 0,
    blockCount: source.blockCount,
    readBlocks(lba, blocks) {
      this.blocks += blocks
      return source.readBlocks(lba, blocks)
    },
    close: () => source.close(),
  }
}

const tree = () =>
  directory(
    '',
    directory('a', directory('b', file('deep.txt')), file('one.txt'), new SymbolicLinkNode('link', '../a/one.txt')),
    file('two.txt', 'x'.repeat(5000)),
    ...Array.from({ length: 8 }, (_, index) => file(`a long name to fill the directory's blocks ${index}`)),
  )

const KINDS: [name: string, image: () => Promise<Buffer>][] = [
  ['UDF 1.02', () => build(tree(), '1.02')],
  ['UDF 2.60 with a metadata partition', () => build(tree(), '2.60', { duplicateMetadata: false })],
  ['a virtual allocation table of UDF 1.50', () => virtualImage('1.50')],
  ['a virtual allocation table of UDF 2.01', () => virtualImage('2.01')],
  ['a sparable partition', () => sparableImage()],
  ['an ICB hierarchy and chained allocation descriptors', () => hierarchyImage()],
]

test.each(KINDS)('damaged images of %s are read within bounds', async (_name, make) => {
  const image = await make()
  const used = Array.from({ length: image.length / BLOCK }, (_, block) => block).filter(block =>
    image.subarray(block * BLOCK, (block + 1) * BLOCK).some(byte => byte !== 0),
  )
  const random = randomNumbers(0x5eed)
  let readable = 0
  for (let run = 0; run < Math.ceil(IMAGES / KINDS.length); run++) {
    const undo = [...Array(1 + random(3))].map(() => mutate(image, used, random))
    const source = counting(memoryBlockSource(image))
    try {
      const [found] = await readUdf(source, { start: 0 })
      if (found) {
        await loadTree(found.root)
        readable++
        const nodes = nodesOf(found)
        if (nodes.length > MOST_NODES) throw new Error(`${nodes.length} nodes`)
        if (found.warnings.length > MOST_WARNINGS) throw new Error(`${found.warnings.length} warnings`)
        for (const node of nodes) if (node.kind === 'file') await readSome(node.content.chunks())
      }
    } catch (error) {
      if (!(error instanceof ScsiMmcError)) throw error
    }
    if (source.blocks > MOST_READS * source.blockCount!) throw new Error(`${source.blocks} blocks were read`)
    for (const restore of undo.reverse()) restore()
  }
  // Most damage leaves something to be read: were it otherwise, little would be tried.
  expect(readable).toBeGreaterThan(IMAGES / KINDS.length / 4)
})

async function readSome(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > CONTENT_BYTES) break
    }
  } catch (error) {
    if (!(error instanceof ScsiMmcError)) throw error
  }
}
