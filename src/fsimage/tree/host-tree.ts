/** Files and directories of the host as nodes of a tree. */
import type { Stats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ImapiError } from '../imapi-error'
import { DiskFileContent } from './contents'
import { DirectoryNode, FILE_TYPE, FileNode, type Metadata, SpecialNode, SymbolicLinkNode, type TreeNode } from './node'

/** What of the host is taken. */
export interface HostTreeOptions {
  /** Paths, from the start of the tree with `/` between names, for which this is true are left out with all below. */
  readonly excludes?: (path: string) => boolean
  /** Symbolic links are followed; without it they are recorded as links. */
  readonly followLinks?: boolean
  /** Stops between two entries. */
  readonly signal?: AbortSignal
}

/** Status calls under way at a time. */
const CONCURRENCY = 32

function metadataOf(status: Stats): Metadata {
  return {
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    created: status.birthtimeMs > 0 ? status.birthtimeMs : undefined,
    modified: status.mtimeMs,
    accessed: status.atimeMs,
    attributesChanged: status.ctimeMs,
    hidden: false,
  }
}

/** Reads a part of the host's tree. Files with several links become hard links of each other. */
export class HostTree {
  private readonly options: HostTreeOptions
  private readonly linked = new Map<string, DiskFileContent>()
  private readonly ancestors = new Set<string>()

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
    const status = await lstat(path).catch(error => {
      throw new ImapiError('IMAPI_E_FILE_NOT_FOUND', `${path} cannot be found: ${(error as Error).message}.`, {
        cause: error,
      })
    })
    const node = await this.fromStatus(path, name, status)
    if (node.kind === 'directory') await this.fill(node, path, '')
    return node
  }

  /** Adds what a host's directory holds to a directory of the tree; what has the same name is merged or replaced. */
  async fill(target: DirectoryNode, path: string, prefix: string): Promise<void> {
    this.options.signal?.throwIfAborted()
    const names = await readdir(path).catch(error => {
      throw new ImapiError('IMAPI_E_DIRECTORY_READ_FAILURE', `${path} cannot be listed: ${(error as Error).message}.`, {
        cause: error,
        hint: 'Check that the directory may be read, or exclude it.',
      })
    })
    const { excludes } = this.options
    const wanted = excludes ? names.filter(name => !excludes(`${prefix}${name}`)) : names
    const directories: { node: DirectoryNode; path: string; name: string }[] = []
    for (let from = 0; from < wanted.length; from += CONCURRENCY) {
      const part = wanted.slice(from, from + CONCURRENCY)
      const statuses = await Promise.all(part.map(name => this.status(join(path, name))))
      for (const [index, name] of part.entries()) {
        const status = statuses[index]
        // An entry that vanished since the directory was listed is not there any more: nothing to take.
        if (!status) continue
        const below = join(path, name)
        const node = await this.fromStatus(below, name, status)
        const placed = merge(target, node)
        if (placed.kind === 'directory') directories.push({ node: placed, path: below, name })
      }
    }
    for (const directory of directories) await this.fillBelow(directory, prefix)
  }

  private async fillBelow(
    directory: { node: DirectoryNode; path: string; name: string },
    prefix: string,
  ): Promise<void> {
    if (!this.options.followLinks) {
      await this.fill(directory.node, directory.path, `${prefix}${directory.name}/`)
      return
    }
    const status = await this.status(directory.path)
    const identity = `${status?.dev} ${status?.ino}`
    if (this.ancestors.has(identity)) {
      throw new ImapiError('IMAPI_E_DIRECTORY_READ_FAILURE', `${directory.path} leads back to a directory above it.`, {
        hint: 'Do not follow symbolic links, or exclude this one.',
      })
    }
    this.ancestors.add(identity)
    await this.fill(directory.node, directory.path, `${prefix}${directory.name}/`)
    this.ancestors.delete(identity)
  }

  private async status(path: string): Promise<Stats | undefined> {
    const status = await lstat(path).catch(() => undefined)
    if (!this.options.followLinks || !status?.isSymbolicLink()) return status
    const { stat } = await import('node:fs/promises')
    return stat(path).catch(() => status)
  }

  private async fromStatus(path: string, name: string, status: Stats): Promise<TreeNode> {
    const metadata = metadataOf(status)
    switch (status.mode & FILE_TYPE.mask) {
      case FILE_TYPE.directory:
        return new DirectoryNode(name, metadata)
      case FILE_TYPE.symbolicLink:
        return new SymbolicLinkNode(name, await readlink(path), metadata)
      case FILE_TYPE.regular:
        return new FileNode(name, this.content(path, status), metadata)
      case FILE_TYPE.characterDevice:
        return new SpecialNode(name, 'character-device', deviceNumbers(status.rdev), metadata)
      case FILE_TYPE.blockDevice:
        return new SpecialNode(name, 'block-device', deviceNumbers(status.rdev), metadata)
      case FILE_TYPE.fifo:
        return new SpecialNode(name, 'fifo', undefined, metadata)
      default:
        return new SpecialNode(name, 'socket', undefined, metadata)
    }
  }

  private content(path: string, status: Stats): DiskFileContent {
    if (status.nlink < 2) return new DiskFileContent(path, status.size)
    const key = `${status.dev} ${status.ino}`
    const known = this.linked.get(key)
    if (known && known.sizeBytes === status.size) return known
    const content = new DiskFileContent(path, status.size)
    this.linked.set(key, content)
    return content
  }
}

/** Linux's dev_t: 12 bits of major number, 20 of minor, each in two parts. */
function deviceNumbers(device: number): { major: number; minor: number } {
  const major = ((device >>> 8) & 0xfff) | (Math.floor(device / 2 ** 32) & ~0xfff)
  return { major, minor: (device & 0xff) | ((device >>> 12) & 0xfff00) }
}

/** Puts a node into a directory: directories of one name become one, anything else is replaced. */
function merge(target: DirectoryNode, node: TreeNode): TreeNode {
  const before = target.loadedEntries.get(node.name)
  if (before?.kind === 'directory' && node.kind === 'directory') return before
  target.attach(node)
  return node
}
