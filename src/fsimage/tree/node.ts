import type { FileContent } from './file-content'

/** POSIX file type bits of a mode. */
export const FILE_TYPE = {
  mask: 0o170000,
  socket: 0o140000,
  symbolicLink: 0o120000,
  regular: 0o100000,
  blockDevice: 0o060000,
  directory: 0o040000,
  characterDevice: 0o020000,
  fifo: 0o010000,
} as const

/** What a node carries besides its name and its bytes. Times are milliseconds since 1970-01-01 UTC. */
export interface Metadata {
  /** Permission, set-id and sticky bits (07777), without the file type; `undefined` where the source has none. */
  mode: number | undefined
  uid: number | undefined
  gid: number | undefined
  created: number | undefined
  modified: number | undefined
  accessed: number | undefined
  attributesChanged: number | undefined
  hidden: boolean
}

/** What all kinds of node share. */
abstract class BaseNode implements Metadata {
  /** As given: any string without `/` and NUL; each file system of an image makes its own legal name of it. */
  name: string
  parent: DirectoryNode | undefined = undefined
  mode: number | undefined
  uid: number | undefined
  gid: number | undefined
  created: number | undefined
  modified: number | undefined
  accessed: number | undefined
  attributesChanged: number | undefined
  hidden: boolean

  constructor(name: string, metadata: Partial<Metadata> = {}) {
    this.name = name
    this.mode = metadata.mode
    this.uid = metadata.uid
    this.gid = metadata.gid
    this.created = metadata.created
    this.modified = metadata.modified
    this.accessed = metadata.accessed
    this.attributesChanged = metadata.attributesChanged
    this.hidden = metadata.hidden ?? false
  }

  /** `/` for the root, else `/photos/2026/a.jpg`. */
  get path(): string {
    if (!this.parent) return '/'
    const above = this.parent.path
    return above === '/' ? `/${this.name}` : `${above}/${this.name}`
  }
}

/** A file. Nodes that share one {@link FileContent} are hard links of one file. */
export class FileNode extends BaseNode {
  readonly kind = 'file'
  content: FileContent
  /** Files of higher weight stand nearer to the start of the image; equal ones in the order of the tree. */
  weight = 0
  /** File systems that are not to list this file (IMAPI has no such choice; mkisofs calls it `-hide-joliet`). */
  excludedFrom: ReadonlySet<string> | undefined = undefined
  /** UDF file type 249: to be read in real time. */
  realTime = false
  /** Named streams (UDF 2.00 and later), by name. */
  namedStreams: ReadonlyMap<string, FileContent> | undefined = undefined

  constructor(name: string, content: FileContent, metadata?: Partial<Metadata>) {
    super(name, metadata)
    this.content = content
  }
}

/** A symbolic link; the target is kept as it is, `/` between its components. */
export class SymbolicLinkNode extends BaseNode {
  readonly kind = 'link'
  target: string

  constructor(name: string, target: string, metadata?: Partial<Metadata>) {
    super(name, metadata)
    this.target = target
  }
}

/** A device node, FIFO or socket. */
export class SpecialNode extends BaseNode {
  readonly kind = 'other'
  readonly type: 'block-device' | 'character-device' | 'fifo' | 'socket' | 'unknown'
  readonly device: { readonly major: number; readonly minor: number } | undefined

  constructor(
    name: string,
    type: SpecialNode['type'],
    device?: { readonly major: number; readonly minor: number },
    metadata?: Partial<Metadata>,
  ) {
    super(name, metadata)
    this.type = type
    this.device = device
  }
}

/** Reads what a directory on a disc holds, by name; called when the directory is first asked for. */
export type DirectoryReader = (directory: DirectoryNode) => Promise<Map<string, TreeNode>>

/** A directory. One that was imported reads its entries when they are first asked for. */
export class DirectoryNode extends BaseNode {
  readonly kind = 'directory'
  /** Where the directory is recorded on the disc (LBA), for one that was imported. */
  readonly start: number | undefined
  private children = new Map<string, TreeNode>()
  private reader: DirectoryReader | undefined
  private loading: Promise<void> | undefined

  constructor(name: string, metadata?: Partial<Metadata>, recorded?: { start?: number; reader: DirectoryReader }) {
    super(name, metadata)
    this.start = recorded?.start
    this.reader = recorded?.reader
  }

  /** True where all entries are in memory. */
  get isLoaded(): boolean {
    return this.reader === undefined
  }

  /** Reads the entries where that has not happened yet. */
  load(): Promise<void> {
    if (this.reader === undefined) return LOADED
    this.loading ??= this.reader(this).then(
      nodes => {
        this.reader = undefined
        this.loading = undefined
        for (const node of nodes.values()) node.parent = this
        // What was added before the directory was read stays.
        for (const [name, node] of this.children) nodes.set(name, node)
        this.children = nodes
      },
      (error: unknown) => {
        this.loading = undefined
        throw error
      },
    )
    return this.loading
  }

  /** All entries by name, in the order in which they were added or recorded. */
  async entries(): Promise<ReadonlyMap<string, TreeNode>> {
    await this.load()
    return this.children
  }

  /**
   * All entries, as {@link entries}, of a directory that is gone through once: where it has not been read yet, what is read
   * is not kept, so that a large tree takes no more memory than one of its directories.
   */
  async passingEntries(): Promise<Iterable<TreeNode>> {
    if (this.reader === undefined || this.loading) return (await this.entries()).values()
    const nodes = await this.reader(this)
    for (const node of nodes.values()) node.parent = this
    return nodes.values()
  }

  /** The entries of a directory that is loaded. */
  get loadedEntries(): ReadonlyMap<string, TreeNode> {
    if (this.reader !== undefined) throw new Error(`${this.path} has not been read yet`)
    return this.children
  }

  /** Adds a node under its name, replacing one that was there. The directory must be loaded or new. */
  attach(node: TreeNode): void {
    const before = this.children.get(node.name)
    if (before && before !== node) before.parent = undefined
    node.parent = this
    this.children.set(node.name, node)
  }

  /** Takes a node out; its content, if recorded, stays on the disc. */
  detach(name: string): TreeNode | undefined {
    const node = this.children.get(name)
    if (!node) return undefined
    this.children.delete(name)
    node.parent = undefined
    return node
  }
}

const LOADED = Promise.resolve()

export type TreeNode = DirectoryNode | FileNode | SymbolicLinkNode | SpecialNode

/** Reads a directory and all below it. Directories are read in the order of their blocks where that is known. */
export async function loadTree(root: DirectoryNode): Promise<void> {
  let level = [root]
  while (level.length > 0) {
    level.sort((a, b) => (a.start ?? 0) - (b.start ?? 0))
    const below: DirectoryNode[] = []
    for (const directory of level) {
      await directory.load()
      for (const node of directory.loadedEntries.values()) if (node.kind === 'directory') below.push(node)
    }
    level = below
  }
}
