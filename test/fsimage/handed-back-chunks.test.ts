import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openImageFile } from '../../src/fsimage'
import { ChunkMemory } from '../../src/mmc'
import { newImage, recorded } from './building'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'handed-back-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The bytes of all chunks, each handed back once it was copied, and how many came in memory that had been used. */
async function gathered(
  chunks: AsyncIterable<Uint8Array>,
  memory: ChunkMemory,
): Promise<{ bytes: Buffer; reused: number }> {
  const copies: Buffer[] = []
  const seen = new Set<ArrayBufferLike>()
  let reused = 0
  for await (const chunk of chunks) {
    if (seen.has(chunk.buffer)) reused++
    seen.add(chunk.buffer)
    copies.push(Buffer.from(chunk))
    memory.giveBack(chunk)
  }
  return { bytes: Buffer.concat(copies), reused }
}

test('an image is the same, whether its chunks are handed back or kept', async () => {
  const source = join(folder, 'files')
  const image = newImage()
  const content = Buffer.alloc(5 * 2 ** 20 + 1, 0xaa)
  // Small files go in batches through a thread, of every remainder of a block; large ones are read piece by piece.
  for (let index = 0; index < 400; index++) {
    const file = `${source}-${index}`
    writeFileSync(file, content.subarray(0, index % 3 === 0 ? 60_000 + index : 1 + index * 7))
    await image.root.addFile(`file ${index}`, file)
  }
  for (const size of [3 * 2 ** 20 + 1, 300_001, 5 * 2 ** 20 + 1]) {
    writeFileSync(`${source}-${size}`, content.subarray(0, size))
    await image.root.addFile(`large ${size}`, `${source}-${size}`)
  }
  const result = await image.createResultImage()
  const kept = await recorded(result)
  const memory = new ChunkMemory()
  const { bytes, reused } = await gathered(result.chunks(undefined, memory), memory)
  expect(bytes.equals(kept)).toBe(true)
  expect(reused).toBeGreaterThan(3)
  const file = join(folder, 'image.iso')
  const progress: number[] = []
  await result.writeFile(file, { progress: blocks => progress.push(blocks) })
  expect(readFileSync(file).equals(kept)).toBe(true)
  expect(progress.at(-1)).toBe(result.totalBlocks)
})

test.each([
  ['has shrunk', 2 ** 20],
  ['has grown', 2 ** 20 + 2],
])('a file that %s is an error where the image is written to a file, too', async (_, size) => {
  const source = join(folder, 'changing')
  writeFileSync(source, Buffer.alloc(2 ** 20 + 1))
  const image = newImage()
  await image.root.addFile('changing', source)
  const result = await image.createResultImage()
  writeFileSync(source, Buffer.alloc(size))
  await expect(result.writeFile(join(folder, 'image.iso'))).rejects.toMatchObject({
    code: 'IMAPI_E_DATA_STREAM_INCONSISTENCY',
  })
})

test('writing to a file stops where the signal says so', async () => {
  const image = newImage()
  const source = join(folder, 'long')
  writeFileSync(source, Buffer.alloc(8 * 2 ** 20))
  await image.root.addFile('long', source)
  const result = await image.createResultImage()
  const abort = new AbortController()
  let told = 0
  const progress = (blocks: number) => {
    told = blocks
    if (blocks > 1000) abort.abort()
  }
  await expect(result.writeFile(join(folder, 'image.iso'), { signal: abort.signal, progress })).rejects.toThrow(
    'aborted',
  )
  expect(told).toBeLessThan(result.totalBlocks)
})

test('an image file is read into what was handed back', async () => {
  const path = join(folder, 'image')
  const content = Buffer.from(Array.from({ length: 8 * 2048 }, (_, index) => index % 251))
  writeFileSync(path, content)
  const source = await openImageFile(path)
  const memory = new ChunkMemory()
  const first = await source.readBlocks(0, 4, memory)
  expect(Buffer.from(first).equals(content.subarray(0, 4 * 2048))).toBe(true)
  memory.giveBack(first)
  const second = await source.readBlocks(4, 4, memory)
  expect(second.buffer).toBe(first.buffer)
  expect(Buffer.from(second).equals(content.subarray(4 * 2048))).toBe(true)
  await source.close()
})

test('what was not taken from a memory is never given out by it', () => {
  const memory = new ChunkMemory()
  const foreign = new Uint8Array(100)
  memory.giveBack(foreign)
  expect(memory.take(100).buffer).not.toBe(foreign.buffer)
  const taken = memory.take(200)
  memory.giveBack(taken.subarray(10, 20))
  memory.giveBack(taken)
  expect(memory.take(150).buffer).toBe(taken.buffer)
  expect(memory.take(150).buffer).not.toBe(taken.buffer)
})
