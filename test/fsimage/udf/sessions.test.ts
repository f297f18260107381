import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { BlockSource } from '../../../src/fsimage/block-source'
import { memoryBlockSource } from '../../../src/fsimage/image-file'
import { openSource } from '../../../src/fsimage/open-image'
import type { FileNode } from '../../../src/fsimage/tree/node'
import { loadTree } from '../../../src/fsimage/tree/node'
import type { UdfRevision } from '../../../src/fsimage/udf'
import { readUdf } from '../../../src/fsimage/udf'
import { checkTag, TAG } from '../../../src/fsimage/udf/descriptors/tag'
import { at, BLOCK, build, bytesOf, directory, file, manifest, openWhole, plan, volume } from './image'

/** Blocks between sessions of write-once media: lead-out, lead-in, whatever. */
const GAP = 75

async function read(disc: BlockSource, start: number) {
  const [found] = await readUdf(disc, { start })
  if (!found) throw new Error(`no volume at ${start}`)
  await loadTree(found.root)
  return found
}

/** Adds a session to a disc in memory: one file more, one less, one replaced. */
async function append(image: Buffer, number: number, start: number) {
  const disc = memoryBlockSource(image)
  const found = await read(disc, start)
  found.root.attach(file(`session ${number}`, `text of session ${number}`))
  found.root.attach(file('latest', `${number}`))
  found.root.detach(`session ${number - 2}`)
  return { found, disc, root: found.root, volume: volume(`DISC ${number}`, 1_700_000_000_000 + number * 1000) }
}

test.each<[UdfRevision, sessions: number]>([
  ['1.02', 20],
  ['1.50', 3],
  ['2.01', 3],
  ['2.50', 3],
  ['2.60', 20],
])('UDF %s: %d sessions of write-once media, each with structures of its own', async (revision, sessions) => {
  let image = await build(directory('', file('first', 'of session 1'), file('session 1', 'one')), revision)
  const starts = [0]
  for (let number = 2; number <= sessions; number++) {
    const startAddress = image.length / BLOCK + GAP
    const { disc, root, volume } = await append(image, number, starts.at(-1)!)
    const next = plan(root, revision, { disc, startAddress, volume })
    expect(next.modifiedBlocks).toBeUndefined()
    expect(next.totalBlocks).toBeLessThan(700)
    image = Buffer.concat([image, Buffer.alloc(GAP * BLOCK), await bytesOf(next.stream())])
    starts.push(startAddress)
  }
  const disc = memoryBlockSource(image)
  for (const [index, start] of starts.entries()) {
    const found = await read(disc, start)
    const number = index + 1
    expect(found.warnings).toEqual([])
    if (number > 1) expect(found.volumeName).toBe(`DISC ${number}`)
    const names = [...found.root.loadedEntries.keys()]
    expect(names).toContain('first')
    expect(names).toContain(`session ${number}`)
    expect(names).not.toContain(`session ${number - 2}`)
    const first = at(found, 'first') as FileNode
    expect((await bytesOf(first.content.chunks())).toString()).toBe('of session 1')
  }
})

test('sessions of an image file are found by their volumes', async () => {
  let image = await build(directory('', file('first', 'of session 1')), '2.01')
  const starts = [0]
  for (let number = 2; number <= 4; number++) {
    const startAddress = image.length / BLOCK + GAP
    const { disc, root, volume } = await append(image, number, starts.at(-1)!)
    const next = plan(root, '2.01', { disc, startAddress, volume })
    image = Buffer.concat([image, Buffer.alloc(GAP * BLOCK), await bytesOf(next.stream())])
    starts.push(startAddress)
  }
  const opened = await openSource(memoryBlockSource(image))
  expect(opened.sessions.map(({ start }) => start)).toEqual(starts)
  const { fileSystems } = await opened.session(3)
  expect(fileSystems).toEqual([expect.objectContaining({ type: 'UDF', volumeName: 'DISC 3', sessionStart: starts[2] })])
})

test.each<UdfRevision>(['1.02', '2.60'])(
  'UDF %s: sessions of overwritable media, the anchor at block 256 written last',
  async revision => {
    const image = Buffer.alloc(16_384 * BLOCK)
    const first = await build(directory('', file('first', 'of session 1'), file('session 1', 'one')), revision)
    image.set(first)
    let end = first.length / BLOCK
    for (let number = 2; number <= 6; number++) {
      const startAddress = Math.ceil(end / 32) * 32
      const { disc, root, volume } = await append(image, number, 0)
      const next = plan(root, revision, { disc, startAddress, volume, rewritable: true })
      const ranges = next.modifiedBlocks!
      expect(ranges[0]).toMatchObject({ start: startAddress })
      expect(ranges.at(-1)).toEqual({ start: 256, blocks: 1 })
      for (const range of ranges) {
        // Until the last of them is written, a reader sees the session before.
        if (range.start === 256) {
          const before = await read(memoryBlockSource(image), 0)
          expect(before.root.loadedEntries.has(`session ${number}`)).toBe(false)
          expect(before.root.loadedEntries.has(`session ${number - 1}`)).toBe(true)
        }
        image.set(await bytesOf(next.stream(range)), range.start * BLOCK)
      }
      end = next.endAddress
      const tag = checkTag(image.subarray(256 * BLOCK, 257 * BLOCK))
      expect(tag).toMatchObject({ tagIdentifier: TAG.anchorVolumeDescriptorPointer, tagLocation: 256 })
      const found = await read(memoryBlockSource(image), 0)
      expect(found).toMatchObject({ volumeName: `DISC ${number}`, warnings: [], endAddress: end })
      expect((await bytesOf((at(found, 'first') as FileNode).content.chunks())).toString()).toBe('of session 1')
    }
  },
)

test.each(['ram-201', 'rw-150', 'strat-150'])(
  'a session on top of %s, made by mkudffs and filled by Linux',
  async name => {
    const image = gunzipSync(readFileSync(join(__dirname, 'images', `${name}.img.gz`)))
    const before = await manifest(await openWhole(image))
    const startAddress = Math.ceil(image.length / BLOCK / 32) * 32
    const disc = memoryBlockSource(image)
    const found = await read(disc, 0)
    found.root.attach(file('added', 'by us'))
    const next = plan(found.root, '2.01', { disc, startAddress })
    const whole = Buffer.concat([
      image,
      Buffer.alloc(startAddress * BLOCK - image.length),
      await bytesOf(next.stream()),
    ])
    const lines = await manifest(await openWhole(whole, startAddress))
    expect(lines.filter(line => !line.endsWith('/added'))).toEqual(before)
    // Nothing is copied but what stands in no blocks of its own.
    expect(next.totalBlocks).toBeLessThan(1024)
  },
)
