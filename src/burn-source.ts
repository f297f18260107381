import { open, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { UsageError } from './errors'
import { BLOCK_BYTES, type BlockSource, openImageFile } from './fsimage'
import type { ChunkMemory, Recordable } from './mmc'

/** What a single file is. */
export interface BurnSourceOptions {
  /**
   * `image`: its blocks are recorded as they are. `files`: it becomes a file on the disc. Without it, a single file is
   * an image where it holds a file system of its own, or is named like one (`.iso`, `.img`, `.bin`, …, or no ending).
   */
  readonly as?: 'image' | 'files'
}

const CHUNK_BLOCKS = 512
const IMAGE_ENDINGS = new Set(['', '.iso', '.img', '.image', '.udf', '.bin', '.raw', '.dd', '.dsk', '.dvd', '.bd'])
const CUE_SHEET = '.cue'
/** Where the volume recognition sequence begins, and what stands there (ECMA-119 8.4, ECMA-167 2/8.3.1). */
const RECOGNITION_BLOCK = 16
/** Begins each raw sector of data, and none of sound (ECMA-130 14.1). */
const SYNCHRONISATION = Buffer.from('00ffffffffffffffffffff00', 'hex')
const RAW_SECTOR_BYTES = [2352, 2448]
const STANDARD_IDENTIFIERS = ['CD001', 'BEA01', 'CDW02', 'NSR02', 'NSR03']

/**
 * Whether the sources are one image file.
 *
 * @throws {UsageError} `USAGE_FILE` where a source cannot be looked at; `USAGE_IMAGE` where one file alone may be meant
 *   either way; `USAGE_CUE_SHEET` for a cue sheet, which describes tracks
 */
export async function isImage(sources: readonly string[], { as }: BurnSourceOptions): Promise<boolean> {
  const [only] = sources
  if (as !== 'files') refuseCueSheet(sources)
  const status = only === undefined || sources.length > 1 ? undefined : await stat(only).catch(missing)
  if (only === undefined || !(status?.isFile() || status?.isBlockDevice())) {
    if (as !== 'image') return false
    throw new UsageError('USAGE_IMAGE', 'Only one file can be recorded as an image.', { hint: 'Name it alone.' })
  }
  if (as !== undefined) return as === 'image'
  if (status.isBlockDevice()) return true
  if (IMAGE_ENDINGS.has(extname(only).toLowerCase()) || (await holdsFileSystem(only))) return true
  throw new UsageError('USAGE_IMAGE', `${only} does not look like an image of a disc.`, {
    hint: 'Add --as files to have it as a file on the disc, or --as image to record its blocks as they are.',
  })
}

/** @throws {UsageError} `USAGE_CUE_SHEET` where one of the sources is a cue sheet */
export function refuseCueSheet(sources: readonly string[]): void {
  const sheet = sources.find(source => extname(source).toLowerCase() === CUE_SHEET)
  if (sheet === undefined) return
  throw new UsageError('USAGE_CUE_SHEET', `${sheet} is a cue sheet: it describes tracks, and is none.`, {
    hint: 'Record it with: scsi-mmc audio burn. Or add --as files to burn to have it as a file on the disc.',
  })
}

async function holdsFileSystem(path: string): Promise<boolean> {
  const blocks = await openImageFile(path)
  try {
    const block = Buffer.from(await blocks.readBlocks(RECOGNITION_BLOCK, 1))
    return STANDARD_IDENTIFIERS.includes(block.toString('latin1', 1, 6))
  } finally {
    await blocks.close()
  }
}

/** An image file as something to record: its blocks as they are, the last one filled up with zeros. */
export async function imageFile(path: string): Promise<Recordable> {
  const source = await openImageFile(path)
  const wholeBlocks = source.blockCount ?? 0
  await source.close()
  await refuseTracks(path, wholeBlocks)
  const rest = await bytesBehind(path, wholeBlocks)
  const totalBlocks = wholeBlocks + (rest.length > 0 ? 1 : 0)
  if (totalBlocks === 0) throw new UsageError('USAGE_IMAGE', `${path} is empty.`, { hint: 'Name another file.' })
  async function* chunks({ start, blocks } = { start: 0, blocks: totalBlocks }, memory?: ChunkMemory) {
    const file = await openImageFile(path)
    const end = start + blocks
    try {
      for (let lba = start; lba < Math.min(end, wholeBlocks); lba += CHUNK_BLOCKS) {
        yield await wholeChunk(file, lba, Math.min(CHUNK_BLOCKS, Math.min(end, wholeBlocks) - lba), path, memory)
      }
      if (end <= wholeBlocks) return
      const last = new Uint8Array(BLOCK_BYTES)
      last.set(rest)
      yield last
    } finally {
      await file.close()
    }
  }
  return { startAddress: 0, totalBlocks, stream: range => chunks(range), chunks }
}

/**
 * A file of raw sectors is taken for the data in them, so all of it must be data, and its blocks must have been found:
 * sound, or sectors as they are, recorded as blocks of data would make a disc that nothing reads.
 *
 * @throws {UsageError} `USAGE_IMAGE`
 */
async function refuseTracks(path: string, blocksFound: number): Promise<void> {
  await using file = await open(path)
  const { size } = await file.stat()
  const isData = async (position: number) => {
    const { buffer } = await file.read(Buffer.alloc(SYNCHRONISATION.length), 0, SYNCHRONISATION.length, position)
    return buffer.equals(SYNCHRONISATION)
  }
  if (size === 0 || !(await isData(0))) return
  for (const sectorBytes of RAW_SECTOR_BYTES) {
    const sectors = size / sectorBytes
    if (sectors === blocksFound && (await isData(size - sectorBytes))) return
  }
  throw new UsageError('USAGE_IMAGE', `${path} holds raw sectors that are not all blocks of one data track.`, {
    hint: 'Record it by its cue sheet, with: scsi-mmc audio burn.',
  })
}

async function wholeChunk(
  source: BlockSource,
  lba: number,
  blocks: number,
  path: string,
  memory: ChunkMemory | undefined,
): Promise<Uint8Array> {
  const chunk = await source.readBlocks(lba, blocks, memory)
  if (chunk.length === blocks * BLOCK_BYTES) return chunk
  throw new UsageError('USAGE_FILE', `${path} has become shorter while it was read.`, {
    hint: 'Leave it alone until the disc is done.',
  })
}

/** What a file of 2048-byte blocks has behind its last whole one. Raw sectors are whole, or they are torn. */
async function bytesBehind(path: string, wholeBlocks: number): Promise<Uint8Array> {
  const status = await stat(path)
  const length = (status.isFile() ? status.size : 0) - wholeBlocks * BLOCK_BYTES
  if (length <= 0 || length >= BLOCK_BYTES) return new Uint8Array()
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, wholeBlocks * BLOCK_BYTES)
  return buffer.subarray(0, bytesRead)
}

/** A path of the host that cannot be looked at. */
export function missing(error: NodeJS.ErrnoException): never {
  throw new UsageError('USAGE_FILE', `${error.path ?? 'A source'} cannot be read: ${error.message}.`, { cause: error })
}
