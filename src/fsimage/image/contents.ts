import { BLOCK_BYTES, type BlockSource } from '../block-source'
import type { FileContent, RecordedExtent } from '../tree/file-content'
import type { ContentPlacement, SortedDirectory } from './image-layer'

/** A content of the tree, and where it stands. */
export interface PlacedContent {
  readonly content: FileContent
  /** The path of the first file that has it, for progress and errors. */
  readonly path: () => string
  readonly number: number
  links: number
  /** True where the disc holds it already. */
  readonly isRecorded: boolean
  extents: RecordedExtent[]
}

/**
 * Every content of a tree once: what is recorded stays where it is, what is new gets its place behind the metadata, in
 * the order of the tree; files of higher weight first.
 */
export class Contents implements ContentPlacement {
  /** Contents that the image holds, in the order of their blocks. */
  readonly new: readonly PlacedContent[]
  /** Blocks of all new contents together. */
  readonly newBlocks: number
  /** Lowest block of recorded contents, infinite where there are none. */
  readonly firstRecordedAddress: number
  private readonly placed = new Map<FileContent, PlacedContent>()

  /** @param disc  the disc that the image is for; what another source holds is copied */
  constructor(directories: readonly SortedDirectory[], further: readonly FileContent[], disc: BlockSource | undefined) {
    const fresh: { placed: PlacedContent; weight: number }[] = []
    let first = Number.POSITIVE_INFINITY
    const add = (content: FileContent, weight: number, path: () => string) => {
      const known = this.placed.get(content)
      if (known) {
        known.links++
        return
      }
      const recorded = recordedExtents(content, disc)
      const placed: PlacedContent = {
        content,
        path,
        number: this.placed.size + 1,
        links: 1,
        isRecorded: recorded !== undefined,
        extents: recorded ?? (content.sizeBytes > 0 ? [{ start: 0, sizeBytes: content.sizeBytes }] : []),
      }
      this.placed.set(content, placed)
      if (recorded) for (const { start } of recorded) first = Math.min(first, start!)
      else if (content.sizeBytes > 0) fresh.push({ placed, weight })
    }
    for (const content of further) add(content, Number.POSITIVE_INFINITY, () => 'boot image')
    for (const directory of directories) {
      for (const node of directory.entries) {
        if (node.kind !== 'file') continue
        add(node.content, node.weight, () => node.path)
        for (const [name, content] of node.namedStreams ?? []) add(content, node.weight, () => `${node.path}:${name}`)
      }
    }
    // Sorting is stable: equal weights stay in the order of the tree.
    if (fresh.some(({ weight }) => weight !== 0)) fresh.sort((a, b) => b.weight - a.weight || 0)
    this.new = fresh.map(({ placed }) => placed)
    this.newBlocks = this.new.reduce((sum, { content }) => sum + blocksOf(content), 0)
    this.firstRecordedAddress = first
  }

  /** Gives every new content its place, one behind the other. */
  place(start: number): void {
    let lba = start
    for (const placed of this.new) {
      placed.extents = [{ start: lba, sizeBytes: placed.content.sizeBytes }]
      lba += blocksOf(placed.content)
    }
  }

  extentsOf(content: FileContent): readonly RecordedExtent[] {
    return this.placed.get(content)?.extents ?? []
  }

  linksOf(content: FileContent): number {
    return this.placed.get(content)?.links ?? 1
  }

  numberOf(content: FileContent): number {
    return this.placed.get(content)?.number ?? 0
  }

  /** Recorded extents that new blocks must not be written over. */
  *recorded(): Generator<RecordedExtent> {
    for (const placed of this.placed.values()) if (placed.isRecorded) yield* placed.extents
  }
}

/** Blocks that a content takes. */
export function blocksOf(content: FileContent): number {
  return Math.ceil(content.sizeBytes / BLOCK_BYTES)
}

/** The extents of a content that the disc holds in a form every file system can point to. */
function recordedExtents(content: FileContent, disc: BlockSource | undefined): RecordedExtent[] | undefined {
  if (content.kind !== 'recorded' || disc === undefined || !('extents' in content) || !('source' in content)) {
    return undefined
  }
  const { extents, source } = content as { extents: readonly RecordedExtent[]; source: BlockSource }
  if (source !== disc) return undefined
  const sound = extents.every(
    ({ start, sizeBytes }, index) =>
      start !== undefined && start >= 0 && (index === extents.length - 1 || sizeBytes % BLOCK_BYTES === 0),
  )
  return sound ? [...extents] : undefined
}
