import { type FileSource, fileNode } from './file-source'
import type { FileSystemImage } from './file-system-image'
import { ImapiError } from './imapi-error'
import { DiskFileContent } from './tree/contents'
import type { FileContent } from './tree/file-content'
import { globTest } from './tree/glob'
import { HostTree } from './tree/host-tree'
import { DirectoryNode, FileNode, type Metadata, SymbolicLinkNode, type TreeNode } from './tree/node'
import { checkName, find, parentOf } from './tree/paths'

/** What of a directory of the host is added. */
export interface AddTreeOptions {
  /** The directory itself is added, not only what is in it. */
  readonly includeBaseDirectory?: boolean
  /** Globs of what is left out: `*.tmp`, `cache/**`; with a `/` they are matched from the directory on. */
  readonly excludes?: readonly string[]
  /** Globs of what alone is added, in the same form; directories that hold none of it are left out. */
  readonly includes?: readonly string[]
  /** Symbolic links are followed; without it they are recorded as links. */
  readonly followLinks?: boolean
  readonly signal?: AbortSignal
}

/** The named streams of a file of the host. */
export type NamedStreamLister = (
  hostPath: string,
) =>
  | Iterable<readonly [name: string, source: FileSource]>
  | Promise<Iterable<readonly [name: string, source: FileSource]>>

/** A directory of an image (IFsiDirectoryItem, IFsiDirectoryItem2). Paths are relative to it; `/` or `\` part names. */
export class DirectoryItem {
  /** The directory in the tree. */
  readonly node: DirectoryNode
  private readonly image: FileSystemImage

  constructor(image: FileSystemImage, node: DirectoryNode) {
    this.image = image
    this.node = node
  }

  get name(): string {
    return this.node.name
  }

  get path(): string {
    return this.node.path
  }

  /** What is in it, by name. Directories that were imported are read when they are asked for. */
  entries(): Promise<ReadonlyMap<string, TreeNode>> {
    return this.node.entries()
  }

  /** What stands at a path (get_Item). @throws {ImapiError} `IMAPI_E_ITEM_NOT_FOUND` */
  async item(path: string): Promise<TreeNode> {
    const node = await find(this.node, path)
    if (!node) throw new ImapiError('IMAPI_E_ITEM_NOT_FOUND', `There is no "${path}" in ${this.path}.`)
    return node
  }

  /** A directory below this one. @throws {ImapiError} `IMAPI_E_DIR_NOT_FOUND`, `IMAPI_E_NOT_DIR` */
  async directory(path: string): Promise<DirectoryItem> {
    const node = await find(this.node, path)
    if (!node) throw new ImapiError('IMAPI_E_DIR_NOT_FOUND', `There is no directory "${path}" in ${this.path}.`)
    if (node.kind !== 'directory') throw new ImapiError('IMAPI_E_NOT_DIR', `${node.path} is no directory.`)
    return new DirectoryItem(this.image, node)
  }

  /** Adds an empty directory. @throws {ImapiError} `IMAPI_E_DUP_NAME` where the name is taken */
  async addDirectory(path: string, metadata: Partial<Metadata> = {}): Promise<DirectoryItem> {
    const { directory, name } = await this.vacant(path)
    const node = new DirectoryNode(name, { ...this.image.newMetadata(), ...metadata })
    this.add(directory, node)
    return new DirectoryItem(this.image, node)
  }

  /**
   * Adds a file, or replaces the one of that name; a replaced file that is recorded stays on the disc, unseen.
   *
   * @throws {ImapiError} `IMAPI_E_DUP_NAME` where a directory has the name, `IMAPI_E_IMAGE_SIZE_LIMIT` where there is
   *   no room, `IMAPI_E_FILE_NOT_FOUND` where a path of the host names nothing
   */
  async addFile(path: string, source: FileSource, metadata: Partial<Metadata> = {}): Promise<FileNode> {
    const { directory, name } = await parentOf(this.node, path)
    if (directory.loadedEntries.get(name)?.kind === 'directory') throw duplicate(directory, name)
    const node = await fileNode(name, source, this.image.newMetadata(), metadata)
    const staged = await this.image.staged(node)
    this.add(directory, staged)
    return staged
  }

  /** Adds a symbolic link. @throws {ImapiError} `IMAPI_E_DUP_NAME` where the name is taken */
  async addSymbolicLink(path: string, target: string, metadata: Partial<Metadata> = {}): Promise<SymbolicLinkNode> {
    const { directory, name } = await this.vacant(path)
    const node = new SymbolicLinkNode(name, target, { ...this.image.newMetadata(), ...metadata })
    this.add(directory, node)
    return node
  }

  /** Adds another name of a file. @throws {ImapiError} `IMAPI_E_FILE_NOT_FOUND`, `IMAPI_E_DUP_NAME` */
  async addHardLink(path: string, existing: string): Promise<FileNode> {
    const file = await this.file(existing)
    const { directory, name } = await this.vacant(path)
    const node = new FileNode(name, file.content, file)
    this.add(directory, node)
    return node
  }

  /**
   * Adds a directory of the host with all that is below. Directories of one name are merged, else what is added wins. It
   * is done as a whole or not at all.
   *
   * @throws {ImapiError} `IMAPI_E_DIRECTORY_READ_FAILURE` where a directory cannot be listed,
   *   `IMAPI_E_IMAGE_SIZE_LIMIT` where there is no room
   */
  async addTree(hostDirectory: string, options: AddTreeOptions = {}): Promise<void> {
    await this.image.mergeTree(this.node, await this.hostTree(hostDirectory, options))
  }

  private async hostTree(hostDirectory: string, options: AddTreeOptions): Promise<DirectoryNode> {
    this.image.checkWritable()
    const tests = (options.excludes ?? []).map(globTest)
    const host = new HostTree({
      followLinks: options.followLinks,
      signal: options.signal,
      ...(tests.length > 0 ? { excludes: (path: string) => tests.some(test => test(path)) } : {}),
    })
    const base = /([^/\\]+)[/\\]*$/.exec(hostDirectory)?.[1] ?? ''
    const added = new DirectoryNode('', {})
    if (options.includeBaseDirectory) added.attach(await host.node(hostDirectory, base))
    else await host.fill(added, hostDirectory)
    if (options.includes) {
      const top = options.includeBaseDirectory ? added.loadedEntries.get(base) : added
      if (top?.kind === 'directory') keepMatching(top, options.includes.map(globTest), '')
    }
    return added
  }

  /**
   * As {@link addTree}, with the named streams of files (IFsiDirectoryItem2::AddTreeWithNamedStreams): resource forks,
   * alternate streams of NTFS. UDF 2.00 and later records them; images without it leave them out, and say so in the result's
   * warnings.
   *
   * @param namedStreamsOf  gives the streams of a file of the host: Node.js has no way to list them
   */
  async addTreeWithNamedStreams(
    hostDirectory: string,
    namedStreamsOf: NamedStreamLister,
    options: AddTreeOptions = {},
  ): Promise<void> {
    const added = await this.hostTree(hostDirectory, options)
    const pending = [added]
    for (let directory = pending.pop(); directory; directory = pending.pop()) {
      for (const node of directory.loadedEntries.values()) {
        if (node.kind === 'directory') pending.push(node)
        if (node.kind !== 'file' || !(node.content instanceof DiskFileContent)) continue
        options.signal?.throwIfAborted()
        const streams = new Map<string, FileContent>()
        for (const [name, source] of await namedStreamsOf(node.content.path)) {
          checkName(name)
          streams.set(name, (await fileNode(name, source, {})).content)
        }
        if (streams.size > 0) node.namedStreams = streams
      }
    }
    await this.image.mergeTree(this.node, added)
  }

  /**
   * Gives a file a named stream (IFsiFileItem2::AddStream), in place of the one that has its name. Of a file with several
   * names, the first in the order of the tree counts.
   *
   * @throws {ImapiError} `IMAPI_E_FILE_NOT_FOUND`, `IMAPI_E_NOT_FILE`, `IMAPI_E_INVALID_PATH`, `IMAPI_E_IMAGE_SIZE_LIMIT`
   */
  async addNamedStream(path: string, name: string, source: FileSource): Promise<void> {
    checkName(name)
    const { content } = await this.image.staged(await fileNode(name, source, {}))
    this.image.setNamedStream(await this.file(path), name, content)
  }

  /** Takes a named stream away (IFsiFileItem2::RemoveStream). @throws {ImapiError} `IMAPI_E_ITEM_NOT_FOUND` */
  async removeNamedStream(path: string, name: string): Promise<void> {
    const file = await this.file(path)
    if (!file.namedStreams?.has(name)) {
      throw new ImapiError('IMAPI_E_ITEM_NOT_FOUND', `${file.path} has no stream "${name}".`)
    }
    this.image.setNamedStream(file, name, undefined)
  }

  /**
   * Adds a node made elsewhere, with all below it.
   *
   * @throws {ImapiError} `IMAPI_E_DUP_NAME` where its name is taken
   */
  async addNode(node: TreeNode): Promise<void> {
    checkName(node.name)
    const { directory } = await this.vacant(node.name)
    this.add(directory, node)
  }

  /** Takes out a file, or a directory that is empty. @throws {ImapiError} `IMAPI_E_ITEM_NOT_FOUND`, `IMAPI_E_DIR_NOT_EMPTY` */
  async remove(path: string): Promise<void> {
    const node = await this.item(path)
    if (node.kind === 'directory' && (await node.entries()).size > 0) {
      throw new ImapiError('IMAPI_E_DIR_NOT_EMPTY', `${node.path} is not empty.`, { hint: 'Use removeTree.' })
    }
    this.image.removeNode(node)
  }

  /** Takes out what stands at a path with all below; `/` empties the directory. @throws {ImapiError} `IMAPI_E_ITEM_NOT_FOUND` */
  async removeTree(path: string): Promise<void> {
    const node = await this.item(path)
    if (node !== this.node) return this.image.removeNode(node)
    for (const below of [...(await this.node.entries()).values()]) this.image.removeNode(below)
  }

  /** Takes out all that a glob matches; directories with all below. @returns how many were */
  async removeMatching(glob: string): Promise<number> {
    const test = globTest(glob)
    const matching: TreeNode[] = []
    const walk = async (directory: DirectoryNode, prefix: string): Promise<void> => {
      for (const node of (await directory.entries()).values()) {
        if (test(prefix + node.name)) matching.push(node)
        else if (node.kind === 'directory') await walk(node, `${prefix}${node.name}/`)
      }
    }
    await walk(this.node, '')
    for (const node of matching) this.image.removeNode(node)
    return matching.length
  }

  /**
   * Gives what stands at a path another place or name.
   *
   * @throws {ImapiError} `IMAPI_E_DUP_NAME` where the new name is taken, `IMAPI_E_INVALID_PATH` where a directory would
   *   come to lie in itself
   */
  async move(from: string, to: string): Promise<void> {
    this.image.checkWritable()
    const node = await this.item(from)
    const { directory, name } = await this.vacant(to)
    for (let above: DirectoryNode | undefined = directory; above; above = above.parent) {
      if (above === node) throw new ImapiError('IMAPI_E_INVALID_PATH', `${node.path} cannot be moved into itself.`)
    }
    if (!node.parent) throw new ImapiError('IMAPI_E_INVALID_PATH', 'The root cannot be moved.')
    this.image.changes.move(node, directory, name)
  }

  /** Gives what stands at a path another name in its directory. @throws {ImapiError} as {@link move} */
  async rename(path: string, name: string): Promise<void> {
    checkName(name)
    const { directory } = await parentOf(this.node, path)
    if (directory.loadedEntries.has(name)) throw duplicate(directory, name)
    const node = await this.item(path)
    this.image.checkWritable()
    this.image.changes.move(node, directory, name)
  }

  private add(directory: DirectoryNode, node: TreeNode): void {
    this.image.addNode(directory, node)
  }

  private async file(path: string): Promise<FileNode> {
    const node = await find(this.node, path)
    if (!node) throw new ImapiError('IMAPI_E_FILE_NOT_FOUND', `There is no file "${path}" in ${this.path}.`)
    if (node.kind !== 'file') throw new ImapiError('IMAPI_E_NOT_FILE', `${node.path} is no file.`)
    return node
  }

  private async vacant(path: string): Promise<{ directory: DirectoryNode; name: string }> {
    const place = await parentOf(this.node, path)
    if (place.directory.loadedEntries.has(place.name)) throw duplicate(place.directory, place.name)
    return place
  }
}

function duplicate(directory: DirectoryNode, name: string): ImapiError {
  const path = directory.path === '/' ? `/${name}` : `${directory.path}/${name}`
  return new ImapiError('IMAPI_E_DUP_NAME', `${path} exists already.`, {
    hint: 'Remove it first, or use another name.',
  })
}

/** Takes out what no test holds for; a directory that one holds for stays with all below. */
function keepMatching(directory: DirectoryNode, tests: readonly ((path: string) => boolean)[], prefix: string): void {
  for (const node of [...directory.loadedEntries.values()]) {
    const path = prefix + node.name
    if (tests.some(test => test(path))) continue
    if (node.kind === 'directory') keepMatching(node, tests, `${path}/`)
    if (node.kind !== 'directory' || node.loadedEntries.size === 0) directory.detach(node.name)
  }
}
