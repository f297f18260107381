import { copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImapiError } from './imapi-error'
import { DiskFileContent } from './tree/contents'
import type { FileContent } from './tree/file-content'
import type { TreeNode } from './tree/node'

/** Copies of files, made when they are added (IMAPI's stash files): later changes to the originals do no harm. */
export class Staging {
  private readonly workingDirectory: string
  private directory: string | undefined
  private count = 0
  private readonly copies = new Map<FileContent, FileContent>()

  constructor(workingDirectory: string = tmpdir()) {
    this.workingDirectory = workingDirectory
  }

  /**
   * Replaces all contents from the host below a node by copies.
   *
   * @throws {ImapiError} `IMAPI_E_STASHFILE_OPEN_FAILURE`, `IMAPI_E_STASHFILE_WRITE_FAILURE`,
   *   `IMAPI_E_WORKING_DIRECTORY_SPACE`
   */
  async stage(node: TreeNode): Promise<void> {
    if (node.kind === 'directory') {
      for (const below of node.loadedEntries.values()) await this.stage(below)
    } else if (node.kind === 'file') {
      node.content = await this.staged(node.content)
      if (!node.namedStreams) return
      const streams = new Map<string, FileContent>()
      for (const [name, content] of node.namedStreams) streams.set(name, await this.staged(content))
      node.namedStreams = streams
    }
  }

  private async staged(content: FileContent): Promise<FileContent> {
    return content instanceof DiskFileContent ? this.copy(content) : content
  }

  /** Removes all copies. */
  async close(): Promise<void> {
    if (this.directory) await rm(this.directory, { recursive: true, force: true })
    this.directory = undefined
    this.copies.clear()
  }

  private async copy(content: DiskFileContent): Promise<FileContent> {
    const known = this.copies.get(content)
    if (known) return known
    const path = join(await this.open(), String(++this.count))
    await copyFile(content.path, path).catch(error => {
      const full = (error as NodeJS.ErrnoException).code === 'ENOSPC'
      throw new ImapiError(
        full ? 'IMAPI_E_WORKING_DIRECTORY_SPACE' : 'IMAPI_E_STASHFILE_WRITE_FAILURE',
        `${content.path} cannot be copied to the working directory: ${(error as Error).message}.`,
        { cause: error, hint: 'Choose another working directory, or do without stageFiles.' },
      )
    })
    const { size } = await stat(path)
    const copy = new DiskFileContent(path, size)
    this.copies.set(content, copy)
    return copy
  }

  private async open(): Promise<string> {
    if (this.directory) return this.directory
    try {
      await mkdir(this.workingDirectory, { recursive: true })
      this.directory = await mkdtemp(join(this.workingDirectory, 'scsi-mmc-'))
      return this.directory
    } catch (error) {
      throw new ImapiError(
        'IMAPI_E_INVALID_WORKING_DIRECTORY',
        `${this.workingDirectory} cannot be used: ${(error as Error).message}.`,
        { cause: error },
      )
    }
  }
}
