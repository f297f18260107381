import type { BlockSource } from '../block-source'

/** Bytes of a file that stand together on the disc. */
export interface RecordedExtent {
  /** First block (absolute LBA); `undefined` where nothing is recorded and the bytes are zeros (UDF: types 1 and 2). */
  readonly start: number | undefined
  readonly sizeBytes: number
}

/**
 * Where a file's bytes come from. The object is the file's identity as an inode is: two names whose nodes share one
 * `FileContent` are hard links, and its bytes stand in an image once.
 */
export interface FileContent {
  readonly kind: 'disk-file' | 'bytes' | 'stream' | 'recorded'
  /** The size that every file system of the image announces. */
  readonly sizeBytes: number
  /**
   * Reads the bytes from the start, in chunks of any size. A chunk is valid until the next one is asked for.
   *
   * @throws {ImapiError} `IMAPI_E_DATA_STREAM_INCONSISTENCY` where the source gives another number of bytes than
   *   `sizeBytes`, `IMAPI_E_DATA_STREAM_CREATE_FAILURE` where it cannot be opened, `IMAPI_E_DATA_STREAM_READ_FAILURE`
   *   where reading it fails
   */
  chunks(): AsyncIterable<Uint8Array>
}

/** A file of the disc whose bytes are recorded already: a later session points to them and copies nothing. */
export interface RecordedFileContent extends FileContent {
  readonly kind: 'recorded'
  readonly source: BlockSource
  /** In the file's order; each but the last is a multiple of the block size. */
  readonly extents: readonly RecordedExtent[]
  /** Stands for a transparently compressed file: the extents hold the compressed bytes, `chunks` gives the true ones. */
  readonly compression?: {
    readonly algorithm: 'zisofs'
    readonly version: 1 | 2
    readonly recordedBytes: number
    readonly headerBytes: number
    readonly blockBytesLog2: number
  }
}
