/** An image: layers over one tree, planned once and streamed as often as it is asked for. */
import { Readable } from 'node:stream'
import { ChunkMemory } from '../../mmc/chunk-memory'
import type { BlockRange, Recordable } from '../../mmc/recordable'
import { BLOCK_BYTES, type BlockSource } from '../block-source'
import { ImapiError } from '../imapi-error'
import { FIRST_DESCRIPTOR_BLOCK } from '../iso9660/descriptors'
import type { FileContent } from '../tree/file-content'
import type { DirectoryNode } from '../tree/node'
import { sortTree } from '../tree/sort-tree'
import { type ContentPatches, contentBytes, type DiskFile, diskFileBlocks, type LargeFile } from './content-stream'
import { blocksOf, Contents } from './contents'
import type { ImageLayer, LayerContext, NameMapping, Region, VolumeIdentification } from './image-layer'
import { type Placement, placeImage } from './placement'

/** Blocks that most writers leave at the end: run-out blocks and reading ahead fall into them. */
export const DEFAULT_PADDING = 150
const CHUNK_BYTES = 1 << 20

/** What an image is made of. */
export interface ImageOptions {
  /** The tree; every directory must be loaded. */
  readonly root: DirectoryNode
  readonly layers: readonly ImageLayer[]
  readonly volume: VolumeIdentification
  /** LBA of the first block: 0, or the next writable address. */
  readonly startAddress: number
  /** The disc that the image continues: what it holds is referred to, what other sources hold is copied. */
  readonly disc?: BlockSource | undefined
  /** Blocks 16 and on of the disc, and its anchors, are to be written again: a next session on overwritable media. */
  readonly rewritable?: boolean
  readonly padding?: number
  readonly writeUnitSize?: number
  /** The first 16 blocks (6.2.1): boot code of hard disks. */
  readonly systemArea?: Uint8Array | undefined
  /** Contents that no file of the tree has: boot images. */
  readonly furtherContents?: readonly FileContent[]
  /** Made after all addresses are known. */
  readonly patches?: (placement: Placement, extentStart: (content: FileContent) => number) => ContentPatches
}

/** Where a file or structure of the image stands (IMAPI's IProgressItem). */
export interface ProgressItem {
  readonly description: string
  readonly firstBlock: number
  readonly lastBlock: number
  readonly blockCount: number
}

/**
 * Plans an image: chooses names, sizes and addresses. Nothing is read yet.
 *
 * @throws {ImapiError} where the tree does not fit a file system's limits
 */
export function planImage(options: ImageOptions): Image {
  return new Image(options)
}

/** A planned image. */
export class Image implements Recordable {
  readonly startAddress: number
  readonly totalBlocks: number
  readonly modifiedBlocks?: readonly BlockRange[]
  readonly renamed: readonly NameMapping[]
  readonly warnings: readonly string[]
  /** LBA after the image's last block. */
  readonly endAddress: number
  private readonly options: ImageOptions
  private readonly contents: Contents
  private readonly placement: Placement
  private readonly rewrites: readonly { readonly region: Region; readonly start: number }[]

  constructor(options: ImageOptions) {
    this.options = options
    const { startAddress, layers } = options
    const renamed: NameMapping[] = []
    const warnings: string[] = []
    const directories = sortTree(options.root)
    this.contents = new Contents(directories, options.furtherContents ?? [], options.disc)
    const regions = layers.flatMap(layer => {
      const context: LayerContext = {
        root: options.root,
        directories,
        volume: options.volume,
        startAddress,
        firstReferredAddress: Math.min(startAddress, this.contents.firstRecordedAddress),
        rewritable: options.rewritable ?? false,
        contents: this.contents,
        renamed: (node, name) => renamed.push({ layer: layer.name, path: node.path, name }),
        warn: warning => warnings.push(warning),
      }
      return layer.plan(context)
    })
    this.placement = placeImage(regions, this.contents, {
      startAddress,
      padding: options.padding ?? DEFAULT_PADDING,
      writeUnitSize: options.writeUnitSize ?? 1,
    })
    for (const layer of layers) layer.placed(this.placement)
    this.endAddress = this.placement.endAddress
    this.renamed = renamed
    this.warnings = warnings
    this.rewrites = options.rewritable && startAddress > 0 ? this.planRewrites() : []
    this.startAddress = this.rewrites.length > 0 ? 0 : startAddress
    this.totalBlocks = this.endAddress - this.startAddress
    if (this.rewrites.length > 0) {
      this.modifiedBlocks = [
        { start: startAddress, blocks: this.endAddress - startAddress },
        // What makes the new session the one that readers find comes last.
        ...joined(this.rewrites.map(({ region, start }) => ({ start, blocks: region.blocks }))),
      ]
    }
  }

  /** First block of a content (LBA); 0 for an empty one. */
  startOf(content: FileContent): number {
    return this.contents.extentsOf(content)[0]?.start ?? 0
  }

  /** What stands where, in the order of the blocks. */
  get progressItems(): ProgressItem[] {
    const item = (description: string, start: number, blocks: number): ProgressItem => ({
      description,
      firstBlock: start,
      lastBlock: start + blocks - 1,
      blockCount: blocks,
    })
    return [
      ...this.placement.regions.map(region => item(region.title, region.start, region.blocks)),
      ...this.contents.new.map(placed => item(placed.path, placed.start, blocksOf(placed.content))),
    ].sort((a, b) => a.firstBlock - b.firstBlock)
  }

  /**
   * The content, read anew by each call: all blocks from `startAddress` on, or those of a range of absolute LBAs.
   *
   * @throws {ImapiError} `IMAPI_E_DATA_STREAM_…` where a file vanished, changed its size, or cannot be read
   */
  stream(range?: BlockRange): Readable {
    return Readable.from(this.chunks(range), { objectMode: false, highWaterMark: CHUNK_BYTES })
  }

  /** As {@link stream}, as an iterable of chunks, each a whole number of blocks; they may be handed back to `memory`. */
  async *chunks(range?: BlockRange, memory = new ChunkMemory()): AsyncGenerator<Uint8Array> {
    const { startAddress: sessionStart, endAddress } = this.placement
    const start = range?.start ?? this.startAddress
    const end = range ? range.start + range.blocks : endAddress
    if (start < sessionStart) yield* this.earlierBlocks(start, Math.min(end, sessionStart))
    if (end > sessionStart) {
      const from = Math.max(start, sessionStart)
      yield* slice(this.newBlocks(memory, diskFileBlocks), from - sessionStart, Math.min(end, endAddress) - from)
      yield* zeros(end - Math.max(endAddress, from))
    }
  }

  /** The whole content as {@link chunks} has it, with large files of the host as what they are: to be copied. */
  async *parts(memory: ChunkMemory): AsyncGenerator<Uint8Array | DiskFile> {
    const { startAddress: sessionStart } = this.placement
    yield* this.earlierBlocks(this.startAddress, sessionStart)
    yield* this.newBlocks(memory, file => [file])
  }

  private async *newBlocks<Part>(memory: ChunkMemory, largeFile: LargeFile<Part>): AsyncGenerator<Uint8Array | Part> {
    const { placement, options } = this
    const { regions, contentsAddress, contentsEndAddress } = placement
    const extentStart = (content: FileContent) => this.startOf(content)
    const patches = options.patches?.(placement, extentStart) ?? new Map()
    let next = placement.startAddress
    if (options.systemArea) {
      const area = new Uint8Array(FIRST_DESCRIPTOR_BLOCK * BLOCK_BYTES)
      area.set(options.systemArea.subarray(0, area.length))
      yield area
      next += FIRST_DESCRIPTOR_BLOCK
    }
    for (const region of regions.filter(({ start }) => start < contentsEndAddress)) {
      yield* zeros(region.start - next)
      yield* gather(region.encode(region.start), region)
      next = region.start + region.blocks
    }
    yield* zeros(contentsAddress - next)
    yield* contentBytes(this.contents.new, patches, memory, largeFile)
    next = contentsEndAddress
    for (const region of regions.filter(({ start }) => start >= contentsEndAddress)) {
      yield* zeros(region.start - next)
      yield* gather(region.encode(region.start), region)
      next = region.start + region.blocks
    }
    yield* zeros(placement.endAddress - next)
  }

  /** What the disc holds before the new session, with the regions that are written again in their new form. */
  private async *earlierBlocks(start: number, end: number): AsyncGenerator<Uint8Array> {
    const { disc } = this.options
    let next = start
    const copy = async function* (until: number): AsyncGenerator<Uint8Array> {
      while (next < until) {
        const blocks = Math.min(until - next, CHUNK_BYTES / BLOCK_BYTES)
        const bytes = (await disc?.readBlocks(next, blocks)) ?? new Uint8Array()
        yield bytes
        // What was never written reads as nothing on some media.
        yield* zeros(blocks - bytes.length / BLOCK_BYTES)
        next += blocks
      }
    }
    for (const { region, start: from } of [...this.rewrites].sort((a, b) => a.start - b.start)) {
      const until = from + region.blocks
      if (until <= next || from >= end) continue
      yield* copy(from)
      const bytes = Buffer.concat([...region.encode(from)])
      const first = (next - from) * BLOCK_BYTES
      yield bytes.subarray(first, (Math.min(until, end) - from) * BLOCK_BYTES)
      next = Math.min(until, end)
    }
    yield* copy(end)
  }

  private planRewrites(): { region: Region; start: number }[] {
    const { startAddress, regions } = this.placement
    const rewrites = regions.flatMap(region => [
      ...(region.stage === 'recognition' ? [{ region, start: region.start - startAddress }] : []),
      ...(region.rewrittenAt ?? []).map(start => ({ region, start })),
    ])
    for (const { start, sizeBytes } of this.contents.recorded()) {
      const end = start! + Math.ceil(sizeBytes / BLOCK_BYTES)
      const hit = rewrites.find(rewrite => rewrite.start < end && start! < rewrite.start + rewrite.region.blocks)
      if (!hit) continue
      throw new ImapiError(
        'IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION',
        `Block ${hit.start} belongs to a file of an earlier session and would have to hold ${hit.region.title}.`,
        { hint: 'Write the files to a new disc, or overwrite this one as a whole.' },
      )
    }
    return rewrites
  }
}

/** Some of the blocks of a stream, whose chunks are whole blocks. */
async function* slice(chunks: AsyncIterable<Uint8Array>, skip: number, blocks: number): AsyncGenerator<Uint8Array> {
  let before = skip * BLOCK_BYTES
  let left = blocks * BLOCK_BYTES
  if (left <= 0) return
  for await (const chunk of chunks) {
    const part = chunk.subarray(Math.min(before, chunk.length), before + left)
    before = Math.max(0, before - chunk.length)
    left -= part.length
    if (part.length > 0) yield part
    // Nothing behind the range is asked for: files there may be unreadable.
    if (left <= 0) return
  }
}

/** Ranges that follow each other as one. */
function joined(ranges: readonly BlockRange[]): BlockRange[] {
  const whole: { start: number; blocks: number }[] = []
  for (const { start, blocks } of ranges) {
    const last = whole.at(-1)
    if (last && last.start + last.blocks === start) last.blocks += blocks
    else whole.push({ start, blocks })
  }
  return whole
}

const ZEROS = new Uint8Array(CHUNK_BYTES)

function* zeros(blocks: number): Generator<Uint8Array> {
  for (let left = blocks * BLOCK_BYTES; left > 0; left -= CHUNK_BYTES) yield ZEROS.subarray(0, left)
}

/** Small pieces put together, so that what leaves is large. */
function* gather(pieces: Iterable<Uint8Array>, region?: Region): Generator<Uint8Array> {
  let chunk: Buffer | undefined
  let used = 0
  let total = 0
  for (const piece of pieces) {
    total += piece.length
    if (piece.length >= CHUNK_BYTES / 4) {
      if (chunk) yield chunk.subarray(0, used)
      chunk = undefined
      yield piece
      continue
    }
    if (chunk && used + piece.length > chunk.length) {
      yield chunk.subarray(0, used)
      chunk = undefined
    }
    if (!chunk) {
      chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES / 2)
      used = 0
    }
    chunk.set(piece, used)
    used += piece.length
  }
  if (chunk) yield chunk.subarray(0, used)
  if (region && total !== region.blocks * BLOCK_BYTES) {
    throw new RangeError(`${region.title} gave ${total} bytes for ${region.blocks} blocks`)
  }
}
