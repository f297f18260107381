import { createReadStream } from 'node:fs'
import { sep } from 'node:path'
import { BLOCK_BYTES, type BlockSource } from '../block-source'
import { ImapiError } from '../imapi-error'
import type { FileContent, RecordedExtent, RecordedFileContent } from './file-content'

/** Bytes read of a file at a time. */
export const READ_BYTES = 1 << 20

/** Bytes in memory. */
export class BytesContent implements FileContent {
  readonly kind = 'bytes'
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get sizeBytes(): number {
    return this.bytes.length
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    if (this.bytes.length > 0) yield this.bytes
  }
}

/** A directory of the host, shared by the contents of all its files: a million whole paths would fill the memory. */
export class HostDirectory {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }
}

/** A file of the host, read while the image is sent. */
export class DiskFileContent implements FileContent {
  readonly sizeBytes: number
  private readonly name: string
  private readonly directory: HostDirectory | undefined

  /**
   * @param name  the file's path, or its name in `directory`
   * @param sizeBytes  the size when the file was added; it must still have it when it is read
   */
  constructor(name: string, sizeBytes: number, directory?: HostDirectory) {
    this.name = name
    this.sizeBytes = sizeBytes
    this.directory = directory
  }

  get kind(): 'disk-file' {
    return 'disk-file'
  }

  get path(): string {
    return this.directory ? this.directory.path + sep + this.name : this.name
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    let done = 0
    try {
      // One byte more is asked for than there should be: a file that grew is noticed, too.
      for await (const chunk of createReadStream(this.path, { highWaterMark: READ_BYTES, end: this.sizeBytes })) {
        done += chunk.length
        if (done > this.sizeBytes) break
        yield chunk
      }
    } catch (error) {
      throw sourceFailure(this.path, error)
    }
    if (done !== this.sizeBytes) throw sizeChanged(this.path, this.sizeBytes, done)
  }
}

/** Bytes that a stream gives: opened each time the image is sent. */
export class StreamContent implements FileContent {
  readonly kind = 'stream'
  readonly sizeBytes: number
  private readonly open: () => AsyncIterable<Uint8Array>
  private readonly name: string

  /**
   * @param sizeBytes  how many bytes the stream gives
   * @param open  opens it; called once each time the bytes are needed
   */
  constructor(sizeBytes: number, open: () => AsyncIterable<Uint8Array>, name = 'The stream') {
    this.sizeBytes = sizeBytes
    this.open = open
    this.name = name
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    let done = 0
    let stream: AsyncIterable<Uint8Array>
    try {
      stream = this.open()
    } catch (error) {
      throw new ImapiError('IMAPI_E_DATA_STREAM_CREATE_FAILURE', `${this.name} could not be opened.`, { cause: error })
    }
    try {
      for await (const chunk of stream) {
        done += chunk.length
        if (done > this.sizeBytes) break
        yield chunk
      }
    } catch (error) {
      throw error instanceof ImapiError ? error : sourceFailure(this.name, error)
    }
    if (done !== this.sizeBytes) throw sizeChanged(this.name, this.sizeBytes, done)
  }
}

/** A file whose bytes the disc holds already. */
export class RecordedContent implements RecordedFileContent {
  readonly kind = 'recorded'
  readonly source: BlockSource
  readonly extents: readonly RecordedExtent[]
  readonly sizeBytes: number

  constructor(source: BlockSource, extents: readonly RecordedExtent[], sizeBytes: number) {
    this.source = source
    this.extents = extents
    this.sizeBytes = sizeBytes
  }

  chunks(): AsyncGenerator<Uint8Array> {
    return recordedBytes(this.source, this.extents, this.sizeBytes)
  }
}

const READ_BLOCKS = READ_BYTES / BLOCK_BYTES
const ZEROS = new Uint8Array(READ_BYTES)

/** Reads extents one after the other, up to `sizeBytes` in all. */
export async function* recordedBytes(
  source: BlockSource,
  extents: readonly RecordedExtent[],
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let left = sizeBytes
  for (const extent of extents) {
    let inExtent = Math.min(extent.sizeBytes, left)
    for (let lba = extent.start; inExtent > 0; ) {
      const wanted = Math.min(inExtent, READ_BYTES)
      if (lba === undefined) {
        yield ZEROS.subarray(0, wanted)
      } else {
        const bytes = await source.readBlocks(lba, Math.min(READ_BLOCKS, Math.ceil(wanted / BLOCK_BYTES)))
        if (bytes.length < wanted) {
          const missing = lba + Math.floor(bytes.length / BLOCK_BYTES)
          throw new ImapiError(
            'IMAPI_E_IMPORT_READ_FAILURE',
            `Block ${missing} lies behind the end of what is there.`,
            {
              hint: 'The medium or image is shorter than its file system says.',
            },
          )
        }
        yield bytes.subarray(0, wanted)
        lba += READ_BLOCKS
      }
      inExtent -= wanted
      left -= wanted
    }
  }
  if (left > 0) {
    throw new ImapiError(
      'IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR',
      `The file's extents are ${left} bytes too short.`,
    )
  }
}

/** A source that gave another number of bytes than its file announces. */
export function sizeChanged(name: string, announced: number, got: number): ImapiError {
  const what = got > announced ? `has grown beyond ${announced} bytes` : `gave ${got} bytes instead of ${announced}`
  return new ImapiError('IMAPI_E_DATA_STREAM_INCONSISTENCY', `${name} ${what} since it was added.`, {
    hint: 'Do not change files while they are written, or set stageFiles to copy them first.',
  })
}

/** A source that could not be opened or read. */
export function sourceFailure(name: string, thrown: unknown): ImapiError {
  const error = thrown as NodeJS.ErrnoException
  const opening = error.syscall === 'open'
  return new ImapiError(
    opening ? 'IMAPI_E_DATA_STREAM_CREATE_FAILURE' : 'IMAPI_E_DATA_STREAM_READ_FAILURE',
    `${name} cannot be ${opening ? 'opened' : 'read'}: ${error.message}.`,
    { cause: thrown, hint: 'Check that the file still exists and may be read.' },
  )
}
