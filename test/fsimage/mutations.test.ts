import { ScsiMmcError } from '../../src/errors'
import type { DirectoryNode } from '../../src/fsimage'
import { readIso9660 } from '../../src/fsimage/iso9660/read'
import { newImage, recorded } from './building'
import { fixture } from './images'

/** ./fuzz reads 100,000; every day there is a part of them. */
const IMAGES = Number(process.env['FUZZ_IMAGES'] ?? 10_000)
/** More entries than the images hold would mean that a mutation multiplies them. */
const MAXIMUM_ENTRIES = 2000

/** Numbers that are the same in every run (xorshift). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const INTERESTING = [0, 1, 2, 5, 33, 34, 0x7f, 0x80, 0xfe, 0xff]

/** Blocks that hold descriptors, directories and continuation areas: mutations elsewhere change nothing. */
function structuralBlocks(image: Uint8Array): number[] {
  const blocks: number[] = []
  for (let block = 16; block * 2048 < image.length; block++) {
    const first = image[block * 2048]!
    if (image.subarray(block * 2048, (block + 1) * 2048).some(byte => byte !== 0) && first !== 0x48) blocks.push(block)
  }
  return blocks
}

test(`${IMAGES} mutated images: every one is read, or refused, within bounds`, async () => {
  const foreign = ['xorriso', 'genisoimage', 'xorriso-boot'].map(fixture)
  const own = await smallImage()
  // One in ten is of another program; ours are smaller, and as many more.
  const bases = [...foreign, ...Array<Buffer>(27).fill(own)].map(image => ({ image, blocks: structuralBlocks(image) }))
  const random = randomNumbers(20_260_102)
  let read = 0
  let refused = 0
  for (let index = 0; index < IMAGES; index++) {
    const { image, blocks } = bases[index % bases.length]!
    const undo: [number, number][] = []
    for (let mutations = 1 + random(4); mutations > 0; mutations--) {
      const at = blocks[random(blocks.length)]! * 2048 + random(random(3) === 0 ? 2048 : 300)
      undo.push([at, image[at]!])
      image[at] = random(2) === 0 ? INTERESTING[random(INTERESTING.length)]! : random(256)
    }
    try {
      await walkAll(image)
      read++
    } catch (error) {
      if (!(error instanceof ScsiMmcError)) throw error
      refused++
    }
    for (const [at, byte] of undo.reverse()) image[at] = byte
  }
  expect(read + refused).toBe(IMAGES)
  expect(read).toBeGreaterThan(IMAGES / 2)
}, 3_600_000)

async function smallImage(): Promise<Buffer> {
  const image = newImage()
  await image.root.addDirectory('directory')
  await image.root.addFile('directory/file.txt', Buffer.from('file'))
  await image.root.addFile(`${'long '.repeat(45)}.txt`, Buffer.from('long'))
  await image.root.addSymbolicLink('link', 'directory/file.txt')
  return recorded(await image.createResultImage())
}

async function walkAll(image: Uint8Array): Promise<void> {
  const source = {
    blockCount: image.length / 2048,
    readBlocks: async (lba: number, blocks: number) => image.subarray(lba * 2048, (lba + blocks) * 2048),
    close: async () => {},
  }
  for (const system of await readIso9660(source, { start: 0 })) {
    let entries = 0
    const pending: DirectoryNode[] = [system.root]
    for (let directory = pending.pop(); directory; directory = pending.pop()) {
      await directory.load()
      for (const node of directory.loadedEntries.values()) {
        expectBounded(++entries)
        if (node.kind === 'directory') pending.push(node)
      }
    }
  }
}

function expectBounded(entries: number): void {
  if (entries > MAXIMUM_ENTRIES) throw new Error(`${entries} entries of an image that holds twenty`)
}
