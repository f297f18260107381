import { BLOCK_BYTES, type BlockSource } from '../block-source'
import type { FileContent, RecordedExtent } from '../tree/file-content'
import type { TreeNode } from '../tree/node'
import type { ContentPlacement, SortedDirectory } from './image-layer'

/** A content of the tree, and where it stands: kept small, since there may be a million. */
export class PlacedContent {
  readonly content: FileContent
  readonly number: number
  links = 1
  /** Where new content stands (LBA). */
  start = 0
  /** Where the disc holds it already. */
  readonly recorded: readonly RecordedExtent[] | undefined
  private readonly node: TreeNode | undefined
  private readonly stream: string | undefined

  constructor(
    content: FileContent,
    number: number,
    recorded: readonly RecordedExtent[] | undefined,
    node: TreeNode | undefined,
    stream: string | undefined,
  ) {
    this.content = content
    this.number = number
    this.recorded = recorded
    this.node = node
    this.stream = stream
  }

  /** The path of the first file that has it, for progress and errors. */
  get path(): string {
    if (!this.node) return 'boot image'
    return this.stream === undefined ? this.node.path : `${this.node.path}:${this.stream}`
  }

  get extents(): readonly RecordedExtent[] {
    if (this.recorded) return this.recorded
    return this.content.sizeBytes > 0 ? [{ start: this.start, sizeBytes: this.content.sizeBytes }] : []
  }
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
    const fresh: PlacedContent[] = []
    const weights = new Map<PlacedContent, number>()
    let first = Number.POSITIVE_INFINITY
    const add = (content: FileContent, weight: number, node?: TreeNode, stream?: string) => {
      const known = this.placed.get(content)
      if (known) {
        known.links++
        return
      }
      const recorded = recordedExtents(content, disc)
      const placed = new PlacedContent(content, this.placed.size + 1, recorded, node, stream)
      this.placed.set(content, placed)
      if (recorded) for (const { start } of recorded) first = Math.min(first, start!)
      else if (content.sizeBytes > 0) {
        fresh.push(placed)
        if (weight !== 0) weights.set(placed, weight)
      }
    }
    for (const content of further) add(content, Number.POSITIVE_INFINITY)
    for (const directory of directories) {
      for (const node of directory.entries) {
        if (node.kind !== 'file') continue
        add(node.content, node.weight, node)
        for (const [name, content] of node.namedStreams ?? []) add(content, node.weight, node, name)
      }
    }
    const weightOf = (placed: PlacedContent) => weights.get(placed) ?? 0
    // Sorting is stable: equal weights stay in the order of the tree.
    if (weights.size > 0) {
      fresh.sort((a, b) => (weightOf(a) === weightOf(b) ? 0 : weightOf(b) > weightOf(a) ? 1 : -1))
    }
    this.new = fresh
    this.newBlocks = this.new.reduce((sum, { content }) => sum + blocksOf(content), 0)
    this.firstRecordedAddress = first
  }

  /** Gives every new content its place, one behind the other. */
  place(start: number): void {
    let lba = start
    for (const placed of this.new) {
      placed.start = lba
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
    for (const { recorded } of this.placed.values()) if (recorded) yield* recorded
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
