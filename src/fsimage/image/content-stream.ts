import { open } from 'node:fs/promises'
import type { ChunkMemory } from '../../mmc/chunk-memory'
import { BLOCK_BYTES } from '../block-source'
import { READ_BYTES, sizeChanged, sourceFailure } from '../tree/contents'
import type { FileContent } from '../tree/file-content'
import { blocksOf, type PlacedContent } from './contents'
import { FileReader, type FileToRead, type ReadFailure } from './file-reader'
import { prefetch } from './prefetch'

/** Files up to this size are read many at a time. */
const SMALL_FILE_BYTES = 256 * 1024
const BATCH_BYTES = 2 << 20
const BATCH_FILES = 1024
/** Fewer small files than this are not worth a thread. */
const WORTH_A_THREAD = 16

/** A file of the host, as {@link FileContent} `disk-file` has it. */
export type DiskFile = FileContent & { readonly path: string }

const isDiskFile = (content: FileContent): content is DiskFile => content.kind === 'disk-file' && 'path' in content

/** Changes to contents on their way into the image: boot images get the addresses they ask for. */
export type ContentPatches = ReadonlyMap<FileContent, (bytes: Uint8Array) => Uint8Array>

/** What stands for a large file of the host: its bytes in whole blocks, or the file itself for those that copy it. */
export type LargeFile<Part> = (file: DiskFile, memory: ChunkMemory) => AsyncIterable<Part> | Iterable<Part>

/**
 * The bytes of contents, each filled up to whole blocks, in the order of their places.
 *
 * @param memory  where chunks are put; those that are handed back are used again
 * @throws {ImapiError} `IMAPI_E_DATA_STREAM_…` where a source vanished, changed its size, or cannot be read
 */
export async function* contentBytes<Part>(
  contents: readonly PlacedContent[],
  patches: ContentPatches,
  memory: ChunkMemory,
  largeFile: LargeFile<Part>,
): AsyncGenerator<Uint8Array | Part> {
  const reader = new FileReader(BATCH_BYTES, memory)
  try {
    yield* prefetch(assemble(contents, reader, patches, memory, largeFile), 3)
  } finally {
    await reader.close()
  }
}

/** Bytes are ready, or being read. */
type Piece = Uint8Array | Promise<Uint8Array>

async function* assemble<Part>(
  contents: readonly PlacedContent[],
  reader: FileReader,
  patches: ContentPatches,
  memory: ChunkMemory,
  largeFile: LargeFile<Part>,
): AsyncGenerator<Uint8Array | Part> {
  const useThread = contents.filter(placed => isBatched(placed, patches)).length >= WORTH_A_THREAD
  // Two batches are under way at a time: while one is read, the other is written.
  let ahead: Piece | undefined
  for (let index = 0; index < contents.length; ) {
    const placed = contents[index]!
    if (useThread && isBatched(placed, patches)) {
      const batch = takeBatch(contents, index, patches)
      index += batch.length
      const piece = readBatch(reader, batch)
      piece.catch(() => {})
      if (ahead) yield await ahead
      ahead = piece
      continue
    }
    if (ahead) yield await ahead
    ahead = undefined
    yield* isCopied(placed, patches) ? largeFile(placed.content, memory) : wholeBlocks(placed, patches)
    index++
  }
  if (ahead) yield await ahead
}

function isCopied(placed: PlacedContent, patches: ContentPatches): placed is PlacedContent & { content: DiskFile } {
  return isDiskFile(placed.content) && !patches.has(placed.content)
}

function isBatched({ content }: PlacedContent, patches: ContentPatches): boolean {
  return isDiskFile(content) && content.sizeBytes <= SMALL_FILE_BYTES && !patches.has(content)
}

function takeBatch(contents: readonly PlacedContent[], from: number, patches: ContentPatches): PlacedContent[] {
  const batch: PlacedContent[] = []
  let bytes = 0
  for (let index = from; index < contents.length && batch.length < BATCH_FILES; index++) {
    const placed = contents[index]!
    if (!isBatched(placed, patches)) break
    bytes += blocksOf(placed.content) * BLOCK_BYTES
    if (bytes > BATCH_BYTES && batch.length > 0) break
    batch.push(placed)
  }
  return batch
}

async function readBatch(reader: FileReader, batch: readonly PlacedContent[]): Promise<Uint8Array> {
  let offset = 0
  const files: FileToRead[] = batch.map(({ content }) => {
    const file = { path: (content as DiskFile).path, sizeBytes: content.sizeBytes, offset }
    offset += blocksOf(content) * BLOCK_BYTES
    return file
  })
  const { bytes, failures } = await reader.read(files, offset)
  if (failures.length > 0) throw failureOf(files[failures[0]!.index]!, failures[0]!)
  return bytes
}

function failureOf(file: FileToRead, failure: ReadFailure): Error {
  if (!failure.error) return sizeChanged(file.path, file.sizeBytes, failure.got)
  return sourceFailure(file.path, Object.assign(new Error(failure.error.message), failure.error))
}

async function* wholeBlocks({ content }: PlacedContent, patches: ContentPatches): AsyncGenerator<Uint8Array> {
  const patch = patches.get(content)
  if (patch) {
    yield padded(patch(await wholeContent(content)))
    return
  }
  // Chunks of any size become whole blocks; a remainder is carried over to the next one.
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of content.chunks()) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const whole = bytes.length - (bytes.length % BLOCK_BYTES)
    if (whole > 0) yield Uint8Array.from(bytes.subarray(0, whole))
    rest = Uint8Array.from(bytes.subarray(whole))
  }
  if (rest.length > 0) yield padded(rest)
}

/** All bytes of a content that is known to be small. */
export async function wholeContent(content: FileContent): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content.chunks()) chunks.push(Uint8Array.from(chunk))
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

function padded(bytes: Uint8Array): Uint8Array {
  const length = Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES
  if (length === bytes.length) return bytes
  const whole = new Uint8Array(length)
  whole.set(bytes)
  return whole
}

/** A large file, read straight into the chunks that leave. */
export async function* diskFileBlocks(content: DiskFile, memory: ChunkMemory): AsyncGenerator<Uint8Array> {
  const { path, sizeBytes } = content
  const file = await open(path, 'r').catch(error => {
    throw sourceFailure(path, error)
  })
  try {
    for (let done = 0; done < sizeBytes; ) {
      const wanted = Math.min(READ_BYTES, sizeBytes - done)
      const chunk = memory.take(Math.ceil(wanted / BLOCK_BYTES) * BLOCK_BYTES)
      let got = 0
      while (got < wanted) {
        const { bytesRead } = await file.read(chunk, got, wanted - got, done + got).catch(error => {
          throw sourceFailure(path, error)
        })
        if (bytesRead === 0) throw sizeChanged(path, sizeBytes, done + got)
        got += bytesRead
      }
      chunk.fill(0, wanted)
      yield chunk
      done += wanted
    }
    const { bytesRead } = await file.read(Buffer.alloc(1), 0, 1, sizeBytes)
    if (bytesRead > 0) throw sizeChanged(path, sizeBytes, sizeBytes + 1)
  } finally {
    await file.close()
  }
}
