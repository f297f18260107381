import { createHash } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { ChunkMemory } from '../mmc/chunk-memory'
import type { BlockRange, Recordable } from '../mmc/recordable'
import { BLOCK_BYTES } from './block-source'
import type { Image, ProgressItem } from './image/image'
import type { NameMapping } from './image/image-layer'
import { type ImageFileOptions, writeImageFile } from './image/write-image-file'
import { type FileSystemImageEvents, withUpdates } from './image-updates'
import type { FileSystemType } from './imported-file-system'

/** Bytes that a stream holds ready: one chunk. */
const BUFFERED_BYTES = 1 << 20

/** An image that is ready to be sent (IFileSystemImageResult, IFileSystemImageResult2). */
export class FileSystemImageResult implements Recordable {
  readonly blockSize = BLOCK_BYTES
  /** LBA that the first block is meant for. */
  readonly startAddress: number
  /** Blocks of 2048 bytes. */
  readonly totalBlocks: number
  /** On overwritable media: what is to be written, in this order; the rest is on the disc already. */
  readonly modifiedBlocks?: readonly BlockRange[]
  /** Names that differ from the tree's, by file system. */
  readonly renamed: readonly NameMapping[]
  /** What readers of one of the file systems will miss. */
  readonly warnings: readonly string[]
  /** Identifies the image: the same input gives the same. */
  readonly discId: string
  private readonly image: Image
  private readonly events: EventEmitter<FileSystemImageEvents> | undefined

  constructor(image: Image, volumeName: string, created: number, events?: EventEmitter<FileSystemImageEvents>) {
    this.image = image
    this.events = events
    this.startAddress = image.startAddress
    this.totalBlocks = image.totalBlocks
    if (image.modifiedBlocks) this.modifiedBlocks = image.modifiedBlocks
    this.renamed = image.renamed
    this.warnings = image.warnings
    this.discId = createHash('sha256')
      .update(JSON.stringify([volumeName, created, image.startAddress, image.totalBlocks]))
      .digest('hex')
      .slice(0, 32)
  }

  /** Blocks that are recorded: all, or the modified ones. */
  get blocksToWrite(): number {
    return this.modifiedBlocks?.reduce((sum, range) => sum + range.blocks, 0) ?? this.totalBlocks
  }

  /** Where each structure and each new file stands, in the order of the blocks. */
  get progressItems(): readonly ProgressItem[] {
    return this.image.progressItems
  }

  /** The item that a block belongs to (IProgressItems::ProgressItemFromBlock). */
  progressItemFromBlock(block: number): ProgressItem | undefined {
    return this.progressItems.find(item => item.firstBlock <= block && block <= item.lastBlock)
  }

  /** The first item of a description: the path of a file, the name of a structure (ProgressItemFromDescription). */
  progressItemFromDescription(description: string): ProgressItem | undefined {
    return this.progressItems.find(item => item.description === description)
  }

  /**
   * The path by which readers of a file system find what stands at a path of the tree (IFsiItem::FileSystemPath): with Rock
   * Ridge, ISO 9660 has the names of that.
   */
  fileSystemPath(path: string, fileSystem: FileSystemType): string {
    const names = new Map(
      this.renamed.filter(({ layer }) => layer === fileSystem).map(mapping => [mapping.path, mapping.name]),
    )
    let above = ''
    const recorded = path
      .split('/')
      .filter(name => name !== '')
      .map(name => {
        above += `/${name}`
        return names.get(above) ?? name
      })
    return `/${recorded.join('/')}`
  }

  /**
   * The content, read anew by each call: `totalBlocks` × 2048 bytes, or those of a range of absolute LBAs.
   *
   * The stream fails with {@link ImapiError} `IMAPI_E_DATA_STREAM_…` where a file vanished, changed its size or cannot be
   * read.
   */
  stream(range?: BlockRange): Readable {
    return Readable.from(this.chunks(range), { objectMode: false, highWaterMark: BUFFERED_BYTES })
  }

  /** As {@link stream}, as an iterable of chunks of whole blocks; they may be handed back to `memory`. */
  chunks(range?: BlockRange, memory?: ChunkMemory): AsyncIterable<Uint8Array> {
    const { events } = this
    const chunks = this.image.chunks(range, memory)
    if (!events || events.listenerCount('update') === 0) return chunks
    const { start, blocks } = range ?? { start: this.startAddress, blocks: this.totalBlocks }
    return withUpdates(chunks, start, blocks, this.progressItems, update => events.emit('update', update))
  }

  /**
   * Writes the whole content to a file of the host; it is made, or replaced. Much faster than a stream: large files are
   * copied in pieces that stay in the processor's cache, each piece in one go, so that timers and events wait for it.
   *
   * @param options  `progress` is told the blocks that are written so far
   * @throws {ImapiError} `IMAPI_E_DATA_STREAM_…` as {@link stream} does
   * @throws {UsageError} `USAGE_FILE` where the file cannot be made or written
   */
  async writeFile(path: string, options: ImageFileOptions = {}): Promise<void> {
    const memory = new ChunkMemory()
    const updates = (this.events?.listenerCount('update') ?? 0) > 0
    await writeImageFile(updates ? this.chunks(undefined, memory) : this.image.parts(memory), path, memory, options)
  }
}
