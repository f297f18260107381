/** The tree of an image: what is added and taken out, counted, copied beforehand and taken back. */

import { type FileSource, fileNode } from './file-source'
import { blocksOf } from './image/contents'
import { ImageProperties, OVERHEAD_BLOCKS } from './image-properties'
import { ImapiError } from './imapi-error'
import { Staging } from './staging'
import { TreeChanges } from './tree/changes'
import type { FileContent } from './tree/file-content'
import { DirectoryNode, type FileNode, loadTree, type TreeNode } from './tree/node'
import { checkName, find } from './tree/paths'

/** An image's tree; {@link FileSystemImage} adds sessions and the result. */
export abstract class ImageTree extends ImageProperties {
  /** The tree's changes so far, for change points. */
  readonly changes = new TreeChanges()
  private staging: Staging | undefined
  private isStaging = false
  private stagingDirectory: string | undefined

  // ---- Change points

  /** Counts the changes of the tree. */
  get changePoint(): number {
    return this.changes.changePoint
  }

  /** Takes back all changes behind a change point. @throws {ImapiError} `IMAPI_E_INVALID_PARAM` */
  rollbackToChangePoint(changePoint: number): void {
    this.checkWritable()
    this.changes.rollback(changePoint)
  }

  /** Changes so far can no longer be taken back. */
  lockInChangePoint(): void {
    this.changes.lock()
  }

  // ---- Files copied beforehand

  /** Files added from now on are copied to the working directory first. */
  get stageFiles(): boolean {
    return this.isStaging
  }

  set stageFiles(stage: boolean) {
    this.checkWritable()
    this.isStaging = stage
    // Copies made before stay what their files are read from.
    if (stage) this.staging ??= new Staging(this.stagingDirectory)
  }

  /** Where copies of files go; the system's directory of temporary files unless set. */
  get workingDirectory(): string | undefined {
    return this.stagingDirectory
  }

  set workingDirectory(path: string | undefined) {
    this.checkWritable()
    if (this.staging) {
      throw new ImapiError('IMAPI_E_PROPERTY_NOT_ACCESSIBLE', 'Set the working directory before stageFiles.')
    }
    this.stagingDirectory = path
  }

  // ---- The tree as a whole

  /** What stands at a path. */
  async exists(path: string): Promise<'not-found' | 'directory' | 'file'> {
    const node = await find(this.rootNode, path)
    if (!node) return 'not-found'
    return node.kind === 'directory' ? 'directory' : 'file'
  }

  /** Files, links and special files of the tree; reads all that was imported. */
  async fileCount(): Promise<number> {
    return (await this.counts()).files
  }

  /** Directories of the tree, the root not counted. */
  async directoryCount(): Promise<number> {
    return (await this.counts()).directories
  }

  /** Adds a node to a directory of the tree. @throws {ImapiError} `IMAPI_E_IMAGE_SIZE_LIMIT`, `IMAPI_E_NOT_IN_FILE_SYSTEM` */
  addNode(directory: DirectoryNode, node: TreeNode): void {
    this.checkWritable()
    this.checkBelongs(directory)
    this.checkCharacters(node)
    this.take(node)
    this.changes.attach(directory, node)
  }

  /** Takes a node out of the tree. @throws {ImapiError} `IMAPI_E_NOT_IN_FILE_SYSTEM`, `IMAPI_E_INVALID_PATH` for the root */
  removeNode(node: TreeNode): void {
    this.checkWritable()
    if (!node.parent) throw new ImapiError('IMAPI_E_INVALID_PATH', 'The root cannot be removed.')
    this.checkBelongs(node.parent)
    this.changes.detach(node)
    const blocks = newBlocks(node)
    this.usedContentBlocks -= blocks
    this.changes.record(() => {
      this.usedContentBlocks += blocks
    })
  }

  /** Merges a tree into a directory, as a whole or not at all. */
  async mergeTree(target: DirectoryNode, added: DirectoryNode): Promise<void> {
    this.checkWritable()
    this.checkBelongs(target)
    for (const node of added.loadedEntries.values()) this.checkCharacters(node)
    if (this.isStaging) await this.staging?.stage(added)
    const before = this.changes.changePoint
    try {
      this.take(added)
      await merge(target, added, this.changes)
    } catch (error) {
      this.changes.rollback(before)
      throw error
    }
  }

  /** A directory that is in no image yet; `addNode` of a directory puts it there. @throws {ImapiError} `IMAPI_E_INVALID_PATH` */
  createDirectoryItem(name: string): DirectoryNode {
    checkName(name)
    return new DirectoryNode(name, this.newMetadata())
  }

  /** A file that is in no image yet. @throws {ImapiError} `IMAPI_E_INVALID_PATH`, and as `addFile` does */
  async createFileItem(name: string, source: FileSource): Promise<FileNode> {
    checkName(name)
    return this.staged(await fileNode(name, source, this.newMetadata()))
  }

  /**
   * Gives a file a named stream more, or another content for the one of that name (IFsiFileItem2::AddStream); UDF 2.00 and
   * later records them.
   *
   * @throws {ImapiError} `IMAPI_E_IMAGE_SIZE_LIMIT`, `IMAPI_E_NOT_IN_FILE_SYSTEM`
   */
  setNamedStream(file: FileNode, name: string, content: FileContent | undefined): void {
    this.checkWritable()
    if (!file.parent) throw new ImapiError('IMAPI_E_NOT_IN_FILE_SYSTEM', `${file.name} is no part of this image.`)
    this.checkBelongs(file.parent)
    const before = file.namedStreams
    const streams = new Map(before)
    const replaced = streams.get(name)
    if (content) streams.set(name, content)
    else streams.delete(name)
    const blocksOfStream = (stream: FileContent | undefined) => (stream ? newContentBlocks(stream) : 0)
    this.takeBlocks(blocksOfStream(content) - blocksOfStream(replaced), `${file.path}:${name}`)
    file.namedStreams = streams.size > 0 ? streams : undefined
    this.changes.record(() => {
      file.namedStreams = before
    })
  }

  /** A file with its content copied, where files are staged. */
  async staged(node: FileNode): Promise<FileNode> {
    if (this.isStaging) await this.staging?.stage(node)
    return node
  }

  /** Removes copies of staged files. */
  async close(): Promise<void> {
    await this.staging?.close()
  }

  /** Counts what is added against the limit. */
  private take(node: TreeNode): void {
    this.takeBlocks(newBlocks(node), node.path)
  }

  private takeBlocks(blocks: number, path: string): void {
    if (this.limitBlocks > 0 && this.usedContentBlocks + blocks + OVERHEAD_BLOCKS > this.limitBlocks) {
      throw new ImapiError(
        'IMAPI_E_IMAGE_SIZE_LIMIT',
        `What is added at ${path} takes ${blocks} blocks; ${Math.max(0, this.limitBlocks - this.usedBlocks)} are left.`,
        { hint: 'Leave something out, or take a larger medium (freeMediaBlocks says how large it is).' },
      )
    }
    this.usedContentBlocks += blocks
    this.changes.record(() => {
      this.usedContentBlocks -= blocks
    })
  }

  private checkBelongs(directory: DirectoryNode): void {
    let top = directory
    while (top.parent) top = top.parent
    if (top !== this.rootNode) {
      throw new ImapiError('IMAPI_E_NOT_IN_FILE_SYSTEM', `${directory.name} is no part of this image.`)
    }
  }

  private checkCharacters(node: TreeNode): void {
    if (!this.restricted) return
    if (!/^[\x20-\x7f]*$/.test(node.name)) {
      throw new ImapiError('IMAPI_E_RESTRICTED_NAME_VIOLATION', `"${node.name}" has characters beyond 127.`)
    }
    if (node.kind === 'directory') for (const below of node.loadedEntries.values()) this.checkCharacters(below)
  }

  private async counts(): Promise<{ files: number; directories: number }> {
    await loadTree(this.rootNode)
    const counts = { files: 0, directories: 0 }
    const pending = [this.rootNode]
    for (let directory = pending.pop(); directory; directory = pending.pop()) {
      for (const node of directory.loadedEntries.values()) {
        if (node.kind === 'directory') {
          counts.directories++
          pending.push(node)
        } else {
          counts.files++
        }
      }
    }
    return counts
  }
}

function newContentBlocks(content: FileContent): number {
  return content.kind === 'recorded' ? 0 : blocksOf(content)
}

/** Blocks that a node and all below take anew; directories a block each, imported ones none. */
function newBlocks(node: TreeNode): number {
  if (node.kind === 'file') {
    let blocks = newContentBlocks(node.content)
    for (const stream of node.namedStreams?.values() ?? []) blocks += newContentBlocks(stream)
    return blocks
  }
  if (node.kind !== 'directory' || !node.isLoaded) return 0
  let blocks = 1
  for (const below of node.loadedEntries.values()) blocks += newBlocks(below)
  return blocks
}

/** Puts what was read elsewhere into a directory: directories of one name become one, anything else is replaced. */
async function merge(target: DirectoryNode, added: DirectoryNode, changes: TreeChanges): Promise<void> {
  await target.load()
  for (const node of [...added.loadedEntries.values()]) {
    const before = target.loadedEntries.get(node.name)
    if (before?.kind === 'directory' && node.kind === 'directory') await merge(before, node, changes)
    else changes.attach(target, node)
  }
}
