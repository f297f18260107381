import { type FileHandle, open } from 'node:fs/promises'
import { FormatError, UsageError } from '../errors'
import type { ChunkMemory } from '../mmc/chunk-memory'
import { BLOCK_BYTES, type BlockSource } from './block-source'

/** How the 2048 bytes of a block lie in the sectors of an image file (ECMA-130 14; raw images made by rippers). */
interface SectorForm {
  readonly sectorBytes: number
  readonly userDataOffset: number
}

const COOKED: SectorForm = { sectorBytes: BLOCK_BYTES, userDataOffset: 0 }
/** Mode 1, mode 2 form 1 with and without sync, and the same with 96 bytes of sub-channel. */
const RAW_FORMS: readonly SectorForm[] = [
  { sectorBytes: 2352, userDataOffset: 16 },
  { sectorBytes: 2352, userDataOffset: 24 },
  { sectorBytes: 2448, userDataOffset: 16 },
  { sectorBytes: 2448, userDataOffset: 24 },
  { sectorBytes: 2336, userDataOffset: 8 },
]
const IDENTIFIERS = ['CD001', 'BEA01', 'NSR02', 'NSR03']

/** An image file as a source of blocks; files of raw sectors (2352, 2448, 2336 bytes) are told by their content. */
class ImageFile implements BlockSource {
  readonly blockCount: number
  private readonly file: FileHandle
  private readonly path: string
  private readonly form: SectorForm

  constructor(file: FileHandle, path: string, sizeBytes: number, form: SectorForm) {
    this.file = file
    this.path = path
    this.form = form
    this.blockCount = Math.floor(sizeBytes / form.sectorBytes)
  }

  async readBlocks(lba: number, blocks: number, memory?: ChunkMemory): Promise<Uint8Array> {
    const there = Math.max(0, Math.min(blocks, this.blockCount - lba))
    if (!(there > 0)) return new Uint8Array()
    const { sectorBytes, userDataOffset } = this.form
    const size = there * sectorBytes
    const bytes = memory?.take(size) ?? Buffer.allocUnsafe(size)
    const got = await this.readFully(bytes, lba * sectorBytes, lba)
    const whole = Math.floor(got / sectorBytes)
    if (sectorBytes === BLOCK_BYTES) return bytes.subarray(0, whole * BLOCK_BYTES)
    for (let index = 0; index < whole; index++) {
      bytes.copyWithin(
        index * BLOCK_BYTES,
        index * sectorBytes + userDataOffset,
        index * sectorBytes + userDataOffset + BLOCK_BYTES,
      )
    }
    return bytes.subarray(0, whole * BLOCK_BYTES)
  }

  async close(): Promise<void> {
    await this.file.close()
  }

  private async readFully(bytes: Uint8Array, position: number, lba: number): Promise<number> {
    let done = 0
    while (done < bytes.length) {
      const { bytesRead } = await this.file.read(bytes, done, bytes.length - done, position + done).catch(error => {
        throw new FormatError('FORMAT_IMAGE_UNREADABLE', `${this.path} cannot be read at block ${lba}.`, {
          cause: error,
        })
      })
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  }
}

async function sectorForm(file: FileHandle, sizeBytes: number): Promise<SectorForm> {
  const identifier = Buffer.alloc(5)
  for (const form of [COOKED, ...RAW_FORMS]) {
    const position = 16 * form.sectorBytes + form.userDataOffset + 1
    if (position + 5 > sizeBytes) continue
    await file.read(identifier, 0, 5, position)
    if (IDENTIFIERS.includes(identifier.toString('latin1'))) return form
  }
  return COOKED
}

/**
 * Opens an image file (or a block device) for reading.
 *
 * @throws {UsageError} `USAGE_FILE` where it does not exist, is a directory, or may not be read
 */
export async function openImageFile(path: string): Promise<BlockSource> {
  const file = await open(path, 'r').catch(error => {
    throw new UsageError('USAGE_FILE', `${path} cannot be opened: ${(error as Error).message}.`, {
      cause: error,
      hint: 'Name an image file, or a drive address.',
    })
  })
  try {
    const status = await file.stat()
    if (status.isDirectory()) throw new UsageError('USAGE_FILE', `${path} is a directory, not an image.`)
    const sizeBytes = status.isFile() ? status.size : await seekEnd(file)
    return new ImageFile(file, path, sizeBytes, await sectorForm(file, sizeBytes))
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The size of a block device, which fstat does not tell: found by halving. */
async function seekEnd(file: FileHandle): Promise<number> {
  const probe = Buffer.alloc(1)
  const readable = async (position: number) =>
    file.read(probe, 0, 1, position).then(
      ({ bytesRead }) => bytesRead === 1,
      () => false,
    )
  let low = 0
  let high = 2 ** 42
  while (high - low > BLOCK_BYTES) {
    const middle = Math.floor((low + high) / 2 / BLOCK_BYTES) * BLOCK_BYTES
    if (await readable(middle)) low = middle
    else high = middle
  }
  return high
}

/** Blocks in memory as a source, for images that are small or made on the spot. */
export function memoryBlockSource(image: Uint8Array): BlockSource {
  return {
    blockCount: Math.floor(image.length / BLOCK_BYTES),
    async readBlocks(lba, blocks) {
      const first = Math.max(0, lba) * BLOCK_BYTES
      return image.subarray(first, Math.min(first + blocks * BLOCK_BYTES, image.length - (image.length % BLOCK_BYTES)))
    },
    async close() {},
  }
}
