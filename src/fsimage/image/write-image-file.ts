/** An image written to a file of the host. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { UsageError } from '../../errors'
import type { ChunkMemory } from '../../mmc/chunk-memory'
import { BLOCK_BYTES } from '../block-source'
import { sizeChanged, sourceFailure } from '../tree/contents'
import type { DiskFile } from './content-stream'

/** Bytes read and written at a time: few enough to be in the cache of the processor still when they are written. */
const PIECE_BYTES = 128 * 1024
/** Bytes between two turns of the event loop. */
const TURN_BYTES = 1 << 20

export interface ImageFileOptions {
  /** Asked between pieces. */
  readonly signal?: AbortSignal | undefined
  /** Told the blocks that are written so far. */
  readonly progress?: (blocks: number) => void
}

/**
 * Writes the parts of an image to a file, one behind the other.
 *
 * @throws {ImapiError} `IMAPI_E_DATA_STREAM_…` where a file of the image vanished, changed its size, or cannot be read
 * @throws {UsageError} `USAGE_FILE` where the image cannot be written
 */
export async function writeImageFile(
  parts: AsyncIterable<Uint8Array | DiskFile>,
  path: string,
  memory: ChunkMemory,
  options: ImageFileOptions,
): Promise<void> {
  const target = new ImageTarget(path, options)
  try {
    for await (const part of parts) {
      if (part instanceof Uint8Array) {
        target.write(part, part.length)
        memory.giveBack(part)
      } else {
        await copy(part, target)
      }
    }
  } finally {
    target.close()
  }
}

class ImageTarget {
  private readonly descriptor: number
  private readonly path: string
  private readonly options: ImageFileOptions
  private written = 0
  private turnAt = TURN_BYTES
  /** Where files are read to on their way. */
  readonly piece = Buffer.allocUnsafeSlow(PIECE_BYTES)

  constructor(path: string, options: ImageFileOptions) {
    this.path = path
    this.options = options
    this.descriptor = this.attempt(() => openSync(path, 'w'))
  }

  /** Writes the first bytes of a chunk. */
  write(chunk: Uint8Array, length: number): void {
    this.options.signal?.throwIfAborted()
    for (let at = 0; at < length; ) {
      const wanted = Math.min(PIECE_BYTES, length - at)
      at += this.attempt(() => writeSync(this.descriptor, chunk, at, wanted))
    }
    this.written += length
    this.options.progress?.(Math.floor(this.written / BLOCK_BYTES))
  }

  /** True where signals and timers have waited long enough. */
  get isTurn(): boolean {
    if (this.written < this.turnAt) return false
    this.turnAt = this.written + TURN_BYTES
    return true
  }

  close(): void {
    closeSync(this.descriptor)
  }

  private attempt<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw new UsageError('USAGE_FILE', `${this.path} cannot be written: ${(error as Error).message}.`, {
        cause: error,
      })
    }
  }
}

/** Copies a file of the host, filled up to whole blocks. */
async function copy({ path, sizeBytes }: DiskFile, target: ImageTarget): Promise<void> {
  const { piece } = target
  const source = ofSource(path, () => openSync(path, 'r'))
  try {
    for (let done = 0; done < sizeBytes; ) {
      const wanted = Math.min(PIECE_BYTES, sizeBytes - done)
      const got = ofSource(path, () => readSync(source, piece, 0, wanted, null))
      if (got === 0) throw sizeChanged(path, sizeBytes, done)
      target.write(piece, got)
      done += got
      if (target.isTurn) await setImmediate()
    }
    if (ofSource(path, () => readSync(source, piece, 0, 1, null)) > 0) {
      throw sizeChanged(path, sizeBytes, sizeBytes + 1)
    }
    const missing = (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES
    target.write(piece.fill(0, 0, missing), missing)
  } finally {
    closeSync(source)
  }
}

function ofSource<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw sourceFailure(path, error)
  }
}
