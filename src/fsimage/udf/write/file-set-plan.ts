import type { LayerContext, SortedDirectory } from '../../image/image-layer'
import type { FileContent } from '../../tree/file-content'
import type { FileNode, SpecialNode, SymbolicLinkNode, TreeNode } from '../../tree/node'
import { encodedLength } from '../descriptors/character-set'
import { EXTENDED_FILE_ENTRY_BYTES, FILE_ENTRY_BYTES } from '../descriptors/file-entry'
import { fileIdentifierLength } from '../descriptors/file-identifier-descriptor'
import { countDescriptors, type DescriptorKind, type DescriptorParts, partDescriptors } from './allocation'
import { FileIdentifiers } from './file-identifiers'
import { encodePath } from './path-components'
import type { RevisionForm } from './revision'

const BLOCK_BYTES = 2048
/** The File Set Descriptor and the Terminating Descriptor behind it. */
const FILE_SET_BLOCKS = 2
const MAXIMUM_LINKS = 65_535
/** 0 is the root's, and 1 to 15 are never given (UDF 3.2.1.1). */
const FIRST_UNIQUE_ID = 16

/** Something that takes blocks of the file structures. Blocks count from the start of those. */
interface Planned {
  readonly block: number
  readonly blocks: number
}

/** A name in a directory. */
export interface IdentifierPlan {
  readonly identifier: string
  readonly entry: EntryPlan
  readonly hidden: boolean
  readonly uniqueId: number
}

/** What all entries have. */
interface EntryBase extends Planned {
  /** Low 32 bits; more are not given. */
  readonly uniqueId: number
  /** Names of the entry, and for a directory those of its directories' parent entries. */
  links: number
}

/** The entry of a file, with the blocks of its allocation descriptors' continuations behind it. */
export interface FileEntryPlan extends EntryBase {
  readonly kind: 'file' | 'stream'
  readonly node: FileNode
  readonly content: FileContent
  readonly parts: DescriptorParts
  readonly streamDirectory: StreamDirectoryPlan | undefined
}

/** The entry of a directory. */
export interface DirectoryEntryPlan extends EntryBase {
  readonly kind: 'directory'
  readonly directory: DirectoryPlan
}

/** The entry of a stream directory. */
export interface StreamDirectoryPlan extends EntryBase {
  readonly kind: 'stream-directory'
  readonly directory: DirectoryPlan
  readonly owner: FileNode
}

/** The entry of a symbolic link, with the blocks of its path components behind it where they are not embedded. */
export interface LinkEntryPlan extends EntryBase {
  readonly kind: 'link'
  readonly node: SymbolicLinkNode
  readonly path: Uint8Array
}

/** The entry of a device, FIFO or socket. */
export interface SpecialEntryPlan extends EntryBase {
  readonly kind: 'other'
  readonly node: SpecialNode
}

export type EntryPlan = FileEntryPlan | DirectoryEntryPlan | StreamDirectoryPlan | LinkEntryPlan | SpecialEntryPlan

/** The body of a directory: its File Identifier Descriptors. */
export interface DirectoryPlan extends Planned {
  readonly kind: 'directory-body'
  /** The node whose metadata the entry gets; the owner of a stream directory. */
  readonly node: TreeNode
  readonly sizeBytes: number
  readonly identifiers: readonly IdentifierPlan[]
  /** Set when the entry has its place. */
  entry: EntryPlan | undefined
  /** The entry that the first File Identifier Descriptor points to. */
  parent: EntryPlan | undefined
}

/** Everything that takes blocks, in their order. */
export type PlannedPiece = EntryPlan | DirectoryPlan

/**
 * Where the file structures stand: file set, entries, directories, as blocks counted from 0. A directory's body and the
 * entries that it names stand together, level by level, so that listing a directory is one read.
 */
export class FileSetPlan {
  readonly pieces: PlannedPiece[] = []
  readonly root: DirectoryEntryPlan
  /** Names of files, links and others; hard links count each (UDF 2.2.6.4). */
  files = 0
  directories = 1
  nextUniqueId = FIRST_UNIQUE_ID
  blocks = FILE_SET_BLOCKS
  private readonly context: LayerContext
  private readonly form: RevisionForm
  private readonly dataKind: DescriptorKind
  private readonly byContent = new Map<FileContent, FileEntryPlan>()
  private readonly byNode = new Map<TreeNode, DirectoryEntryPlan>()

  constructor(context: LayerContext, form: RevisionForm) {
    this.context = context
    this.form = form
    this.dataKind = form.fileDescriptors
    const root = newDirectory(context.root)
    this.root = this.place({ kind: 'directory', directory: root, links: 1, uniqueId: 0, block: this.blocks, blocks: 1 })
    root.entry = this.root
    root.parent = this.root
    this.byNode.set(context.root, this.root)
    for (const directory of context.directories) this.plan(directory)
    this.byContent.clear()
    this.byNode.clear()
  }

  /** Bytes of an entry before its extended attributes. */
  get entryBytes(): number {
    return this.form.isThirdEdition ? EXTENDED_FILE_ENTRY_BYTES : FILE_ENTRY_BYTES
  }

  private place<T extends PlannedPiece>(piece: T): T {
    this.pieces.push(piece)
    this.blocks += piece.blocks
    return piece
  }

  private uniqueId(): number {
    return this.nextUniqueId++
  }

  private plan(sorted: SortedDirectory): void {
    const entry = this.byNode.get(sorted.node)
    // A directory whose parent leaves it out.
    if (!entry) return
    const names = sorted.entries.filter(node => this.isHeld(node))
    const identifiers = new FileIdentifiers(names.map(node => node.name))
    const chosen = names.map(node => {
      const identifier = identifiers.choose(node.name)
      if (identifier !== node.name) this.context.renamed(node, identifier)
      return identifier
    })
    const body = this.placeBody(entry.directory, chosen)
    const plans = body.identifiers as IdentifierPlan[]
    for (const [index, node] of names.entries()) {
      const known = node.kind === 'file' ? this.sharedEntry(node) : undefined
      const child = known ?? this.entryOf(node, entry)
      if (known) known.links++
      if (node.kind === 'directory') this.directories++
      else this.files++
      // A further name of a file has an identifier of its own (UDF 3.2.1.1).
      const uniqueId = known ? this.uniqueId() : child.uniqueId
      plans.push({ identifier: chosen[index]!, entry: child, hidden: node.hidden, uniqueId })
    }
  }

  private isHeld(node: TreeNode): boolean {
    if (node.kind === 'file') return !node.excludedFrom?.has('UDF')
    if (node.kind !== 'other' || node.type !== 'unknown') return true
    this.context.warn(`${node.path} is of a kind that UDF does not know, and is left out.`)
    return false
  }

  private placeBody(directory: DirectoryPlan, identifiers: readonly string[]): DirectoryPlan {
    let sizeBytes = fileIdentifierLength(0)
    for (const identifier of identifiers) sizeBytes += fileIdentifierLength(encodedLength(identifier))
    const placed = Object.assign(directory, {
      sizeBytes,
      block: this.blocks,
      blocks: Math.ceil(sizeBytes / BLOCK_BYTES),
    })
    return this.place(placed)
  }

  private sharedEntry(node: FileNode): FileEntryPlan | undefined {
    const known = this.byContent.get(node.content)
    return known && known.links < MAXIMUM_LINKS ? known : undefined
  }

  private entryOf(node: TreeNode, parent: DirectoryEntryPlan): EntryPlan {
    if (node.kind === 'directory') return this.directoryEntry(node, parent)
    if (node.kind === 'file') return this.fileEntry(node)
    if (node.kind === 'link') {
      const path = encodePath(node.target)
      const isEmbedded = path.length <= BLOCK_BYTES - this.entryBytes
      const blocks = 1 + (isEmbedded ? 0 : Math.ceil(path.length / BLOCK_BYTES))
      return this.place({ kind: 'link', node, path, links: 1, uniqueId: this.uniqueId(), block: this.blocks, blocks })
    }
    return this.place({ kind: 'other', node, links: 1, uniqueId: this.uniqueId(), block: this.blocks, blocks: 1 })
  }

  private directoryEntry(node: TreeNode, parent: DirectoryEntryPlan): DirectoryEntryPlan {
    const directory = newDirectory(node)
    const entry = this.place<DirectoryEntryPlan>({
      kind: 'directory',
      directory,
      links: 1,
      uniqueId: this.uniqueId(),
      block: this.blocks,
      blocks: 1,
    })
    directory.entry = entry
    directory.parent = parent
    parent.links++
    this.byNode.set(node, entry)
    return entry
  }

  private fileEntry(node: FileNode): FileEntryPlan {
    const { content } = node
    const count = countDescriptors(this.context.contents.extentsOf(content))
    const parts = partDescriptors(count, this.dataKind, BLOCK_BYTES - this.entryBytes)
    const uniqueId = this.uniqueId()
    const block = this.blocks
    const blocks = 1 + parts.continuations
    const streams = this.form.isThirdEdition ? node.namedStreams : undefined
    if (node.namedStreams?.size && !streams) {
      this.context.warn(`${node.path}: its named streams are left out, which UDF ${this.form.name} does not have.`)
    }
    if (!streams?.size) {
      const entry: FileEntryPlan = {
        kind: 'file',
        node,
        content,
        parts,
        links: 1,
        uniqueId,
        block,
        blocks,
        streamDirectory: undefined,
      }
      this.byContent.set(content, entry)
      return this.place(entry)
    }
    // The owner's entry comes first, and says where its stream directory is: right behind.
    this.blocks += blocks
    const place = this.pieces.length
    const streamDirectory = this.streamDirectory(node, streams)
    const entry: FileEntryPlan = {
      kind: 'file',
      node,
      content,
      parts,
      links: 1,
      uniqueId,
      block,
      blocks,
      streamDirectory,
    }
    streamDirectory.directory.parent = entry
    this.pieces.splice(place, 0, entry)
    this.byContent.set(content, entry)
    return entry
  }

  private streamDirectory(owner: FileNode, streams: ReadonlyMap<string, FileContent>): StreamDirectoryPlan {
    const directory = newDirectory(owner)
    const entry = this.place<StreamDirectoryPlan>({
      kind: 'stream-directory',
      directory,
      owner,
      links: 1,
      uniqueId: this.uniqueId(),
      block: this.blocks,
      blocks: 1,
    })
    directory.entry = entry
    const identifiers = new FileIdentifiers(streams.keys())
    const chosen = [...streams.keys()].map(name => identifiers.choose(name))
    const plans = this.placeBody(directory, chosen).identifiers as IdentifierPlan[]
    for (const [index, content] of [...streams.values()].entries()) {
      const count = countDescriptors(this.context.contents.extentsOf(content))
      const parts = partDescriptors(count, this.dataKind, BLOCK_BYTES - this.entryBytes)
      const stream = this.place<FileEntryPlan>({
        kind: 'stream',
        node: owner,
        content,
        parts,
        links: 1,
        uniqueId: this.uniqueId(),
        block: this.blocks,
        blocks: 1 + parts.continuations,
        streamDirectory: undefined,
      })
      plans.push({ identifier: chosen[index]!, entry: stream, hidden: false, uniqueId: stream.uniqueId })
    }
    return entry
  }
}

function newDirectory(node: TreeNode): DirectoryPlan {
  return {
    kind: 'directory-body',
    node,
    sizeBytes: 0,
    identifiers: [],
    entry: undefined,
    parent: undefined,
    block: 0,
    blocks: 0,
  }
}
