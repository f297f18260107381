/** Files and directories of the host as nodes of a tree. */
import { lstat, readlink, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { ImapiError } from '../imapi-error'
import { DiskFileContent, HostDirectory } from './contents'
import {
  HostDirectoryReader,
  type ListedDirectory,
  STATUS,
  STATUS_NUMBERS,
  statusNumbers,
} from './host-directory-reader'
import { DirectoryNode, FILE_TYPE, FileNode, type Metadata, SpecialNode, SymbolicLinkNode, type TreeNode } from './node'

/** What of the host is taken. */
export interface HostTreeOptions {
  /** Paths, from the start of the tree with `/` between names, for which this is true are left out with all below. */
  readonly excludes?: ((path: string) => boolean) | undefined
  /** Symbolic links are followed; without it they are recorded as links. */
  readonly followLinks?: boolean | undefined
  /** Stops between two directories. */
  readonly signal?: AbortSignal | undefined
}

/** Directories listed at a time. */
const DIRECTORIES_AT_A_TIME = 64
/** Directories nest no deeper than paths are long. */
const MAXIMUM_DEPTH = 1024

interface Pending {
  readonly node: DirectoryNode
  readonly path: string
  /** Path from the start of the tree, ending in `/`; empty for the start itself. */
  readonly prefix: string
  /** Device and inode of the directories above it, to notice links that lead back. */
  readonly above: readonly string[]
}

/** Reads a part of the host's tree. Files with several links become hard links of each other. */
export class HostTree {
  private readonly options: HostTreeOptions
  private readonly linked = new Map<string, DiskFileContent>()

  constructor(options: HostTreeOptions = {}) {
    this.options = options
  }

  /**
   * One file, link, device or directory with all that is below.
   *
   * @throws {ImapiError} `IMAPI_E_FILE_NOT_FOUND` where it does not exist, `IMAPI_E_DIRECTORY_READ_FAILURE` where a
   *   directory cannot be listed
   */
  async node(path: string, name: string): Promise<TreeNode> {
    const status = await (this.options.followLinks ? stat : lstat)(path).catch(error => {
      throw new ImapiError('IMAPI_E_FILE_NOT_FOUND', `${path} cannot be found: ${(error as Error).message}.`, {
        cause: error,
        hint: 'Check the path.',
      })
    })
    const numbers = statusNumbers(status)
    const target = status.isSymbolicLink() ? await readlink(path) : undefined
    const end = path.lastIndexOf(sep)
    const directory = new HostDirectory(end < 0 ? '.' : path.slice(0, end) || sep)
    const node = this.fromStatus(directory, path.slice(end + 1), name, numbers, 0, target)
    if (node.kind === 'directory') await this.fill(node, path)
    return node
  }

  /**
   * Adds what a host's directory holds to a directory of the tree; directories of one name are merged, anything else is
   * replaced.
   *
   * @throws {ImapiError} `IMAPI_E_DIRECTORY_READ_FAILURE` where a directory cannot be listed
   */
  async fill(target: DirectoryNode, path: string): Promise<void> {
    const reader = new HostDirectoryReader(this.options.followLinks ?? false)
    try {
      let pending: Pending[] = [{ node: target, path, prefix: '', above: [] }]
      while (pending.length > 0) {
        this.options.signal?.throwIfAborted()
        const now = pending.splice(-DIRECTORIES_AT_A_TIME)
        const listed = await reader.list(now.map(directory => directory.path))
        const below: Pending[] = []
        for (const [index, directory] of now.entries()) this.take(directory, listed[index]!, below)
        pending = pending.concat(below)
      }
    } finally {
      await reader.close()
    }
  }

  private take(pending: Pending, listed: ListedDirectory, below: Pending[]): void {
    if (listed.error !== undefined) {
      throw new ImapiError('IMAPI_E_DIRECTORY_READ_FAILURE', `${listed.path} cannot be listed: ${listed.error}.`, {
        hint: 'Check that the directory may be read, or exclude it.',
      })
    }
    const { excludes, followLinks } = this.options
    const directory = new HostDirectory(pending.path)
    const targets = new Map(listed.targets)
    for (let index = 0; index < listed.names.length; index++) {
      const name = listed.names[index]!
      const at = index * STATUS_NUMBERS
      // What vanished since the directory was listed is not there any more.
      if (listed.statuses[at + STATUS.mode] === 0 || excludes?.(pending.prefix + name)) continue
      const node = this.fromStatus(directory, name, name, listed.statuses, at, targets.get(index))
      const placed = merge(pending.node, node)
      if (placed.kind !== 'directory') continue
      const identity = `${listed.statuses[at + STATUS.dev]} ${listed.statuses[at + STATUS.ino]}`
      const path = pending.path + sep + name
      if (pending.above.length > MAXIMUM_DEPTH || (followLinks && pending.above.includes(identity))) {
        throw new ImapiError('IMAPI_E_DIRECTORY_READ_FAILURE', `${path} leads back to a directory above it.`, {
          hint: 'Do not follow symbolic links, or exclude this one.',
        })
      }
      below.push({
        node: placed,
        path,
        prefix: `${pending.prefix}${name}/`,
        above: [...pending.above, followLinks ? identity : ''],
      })
    }
  }

  private fromStatus(
    directory: HostDirectory,
    hostName: string,
    name: string,
    numbers: Float64Array,
    at: number,
    target: string | undefined,
  ): TreeNode {
    const metadata = metadataOf(numbers, at)
    const device = deviceNumbers(numbers[at + STATUS.rdev]!)
    switch (numbers[at + STATUS.mode]! & FILE_TYPE.mask) {
      case FILE_TYPE.directory:
        return new DirectoryNode(name, metadata)
      case FILE_TYPE.symbolicLink:
        return new SymbolicLinkNode(name, target ?? '', metadata)
      case FILE_TYPE.regular:
        return new FileNode(name, this.content(directory, hostName, numbers, at), metadata)
      case FILE_TYPE.characterDevice:
        return new SpecialNode(name, 'character-device', device, metadata)
      case FILE_TYPE.blockDevice:
        return new SpecialNode(name, 'block-device', device, metadata)
      case FILE_TYPE.fifo:
        return new SpecialNode(name, 'fifo', undefined, metadata)
      default:
        return new SpecialNode(name, 'socket', undefined, metadata)
    }
  }

  private content(directory: HostDirectory, name: string, numbers: Float64Array, at: number): DiskFileContent {
    const size = numbers[at + STATUS.size]!
    if (numbers[at + STATUS.nlink]! < 2) return new DiskFileContent(name, size, directory)
    const key = `${numbers[at + STATUS.dev]} ${numbers[at + STATUS.ino]}`
    const known = this.linked.get(key)
    if (known && known.sizeBytes === size) return known
    const content = new DiskFileContent(name, size, directory)
    this.linked.set(key, content)
    return content
  }
}

function metadataOf(numbers: Float64Array, at: number): Metadata {
  const created = numbers[at + STATUS.birthtimeMs]!
  return {
    mode: numbers[at + STATUS.mode]! & 0o7777,
    uid: numbers[at + STATUS.uid]!,
    gid: numbers[at + STATUS.gid]!,
    created: created > 0 ? created : undefined,
    modified: numbers[at + STATUS.mtimeMs]!,
    accessed: numbers[at + STATUS.atimeMs]!,
    attributesChanged: numbers[at + STATUS.ctimeMs]!,
    hidden: false,
  }
}

/** Linux's dev_t: 12 bits of major number, 20 of minor, each in two parts. */
function deviceNumbers(device: number): { major: number; minor: number } {
  const low = device >>> 0
  return { major: (low >>> 8) & 0xfff, minor: (low & 0xff) | ((low >>> 12) & 0xfff00) }
}

/** Puts a node into a directory: directories of one name become one, anything else is replaced. */
function merge(target: DirectoryNode, node: TreeNode): TreeNode {
  const before = target.loadedEntries.get(node.name)
  if (before?.kind === 'directory' && node.kind === 'directory') return before
  target.attach(node)
  return node
}
