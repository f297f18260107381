/** Files of a disc written to the host, never outside the directory that was named. */
import { link, lstat, mkdir, open, symlink, unlink, utimes } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { UsageError } from '../errors'
import { BLOCK_BYTES, type BlockSource } from './block-source'
import { hostName, hostNames } from './host-names'
import { ImapiError } from './imapi-error'
import type { FileContent } from './tree/file-content'
import type { DirectoryNode, FileNode, SymbolicLinkNode, TreeNode } from './tree/node'

/** How files are extracted. */
export interface ExtractOptions {
  readonly signal?: AbortSignal
  /** Told of the bytes written so far, and the file that they belong to. */
  readonly onProgress?: (bytes: number, path: string) => void
  /** Files of the host are replaced; without it, one that exists is skipped. */
  readonly overwrite?: boolean
  /**
   * Bytes written at most. On crafted discs the same blocks may stand for any number of files; unless given, eight times
   * the disc and 4 GiB.
   */
  readonly maximumBytes?: number
}

/** What was not extracted, and why. */
export interface SkippedEntry {
  readonly path: string
  readonly reason: string
}

/** What came of an extraction. */
export interface ExtractReport {
  readonly files: number
  readonly directories: number
  readonly bytes: number
  readonly skipped: readonly SkippedEntry[]
  /** Names that had to be changed for the host. */
  readonly renamed: readonly { readonly path: string; readonly name: string }[]
}

const DEFAULT_EXTRA_BYTES = 4 * 2 ** 30
const OVERLAP_FACTOR = 8
/** What the host says of a name or a link that it cannot have: that entry is left out, and the others are written. */
const CANNOT_BE: ReadonlySet<unknown> = new Set(['ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'EPERM', 'ENOTSUP', 'ENOENT'])

/**
 * Writes a node and all below it into a directory of the host. Devices, FIFOs and sockets are not made; symbolic links are
 * made last, and only those that stay inside; set-id bits are dropped.
 *
 * @throws {UsageError} `USAGE_FILE` where the host cannot be written to
 * @throws {ImapiError} `IMAPI_E_IMPORT_READ_FAILURE` where a file cannot be read
 */
export async function extract(
  nodes: readonly TreeNode[],
  targetDirectory: string,
  source: BlockSource,
  options: ExtractOptions = {},
): Promise<ExtractReport> {
  const limit = options.maximumBytes ?? (source.blockCount ?? 0) * BLOCK_BYTES * OVERLAP_FACTOR + DEFAULT_EXTRA_BYTES
  const extraction = new Extraction(resolve(targetDirectory), limit, options)
  await mkdir(targetDirectory, { recursive: true }).catch(error => {
    throw new UsageError('USAGE_FILE', `${targetDirectory} cannot be made: ${(error as Error).message}.`, {
      cause: error,
    })
  })
  for (const node of nodes) {
    if (node.kind === 'directory' && !node.parent) await extraction.contents(node, extraction.target)
    else await extraction.node(node, extraction.target, hostName(node.name))
  }
  await extraction.finish()
  return extraction.report
}

class Extraction {
  readonly target: string
  readonly report = {
    files: 0,
    directories: 0,
    bytes: 0,
    skipped: [] as SkippedEntry[],
    renamed: [] as { path: string; name: string }[],
  }
  private readonly limit: number
  private readonly options: ExtractOptions
  private readonly links: { node: SymbolicLinkNode; path: string }[] = []
  private readonly made: { path: string; node: DirectoryNode }[] = []
  private readonly written = new Map<FileContent, string>()

  constructor(target: string, limit: number, options: ExtractOptions) {
    this.target = target
    this.limit = limit
    this.options = options
  }

  /** @param name  what the host is to call it */
  async node(node: TreeNode, into: string, name: string): Promise<void> {
    this.options.signal?.throwIfAborted()
    if (name !== node.name) this.report.renamed.push({ path: node.path, name })
    const path = join(into, name)
    // Belt and braces: whatever a name holds, what is written lies inside.
    if (dirname(path) !== into) return this.skip(node, 'its name leads elsewhere')
    if (node.kind === 'directory') {
      if (await this.onHost(node, () => this.makeDirectory(node, path))) await this.contents(node, path)
    } else if (node.kind === 'file') {
      await this.onHost(node, () => this.file(node, path))
    } else if (node.kind === 'link') {
      this.links.push({ node, path })
    } else {
      this.skip(node, `a ${node.type} is not made`)
    }
  }

  async contents(directory: DirectoryNode, path: string): Promise<void> {
    const entries = await directory.entries()
    const names = hostNames(entries.keys())
    for (const [name, node] of entries) await this.node(node, path, names.get(name)!)
  }

  /** Links, which nothing is written through any more, and the times of directories. */
  async finish(): Promise<void> {
    for (const { node, path } of this.links) await this.onHost(node, () => this.symbolicLink(node, path))
    for (const { path, node } of this.made.reverse()) await this.setTimes(path, node)
  }

  private skip(node: TreeNode, reason: string): void {
    this.report.skipped.push({ path: node.path, reason })
  }

  /** What the host refuses for this entry alone is left out; what it refuses for any other reason ends it all. */
  private async onHost<T>(node: TreeNode, operation: () => Promise<T>): Promise<T | undefined> {
    try {
      return await operation()
    } catch (error) {
      const { code, errno, message } = error as NodeJS.ErrnoException
      if (errno === undefined) throw error
      if (!CANNOT_BE.has(code)) {
        throw new UsageError('USAGE_FILE', `${node.path} cannot be written: ${message}.`, { cause: error })
      }
      this.skip(node, `the host cannot have it (${code})`)
      return undefined
    }
  }

  private async makeDirectory(node: DirectoryNode, path: string): Promise<boolean> {
    const there = await lstat(path).catch(() => undefined)
    if (there && !there.isDirectory()) {
      this.skip(node, 'something else than a directory has its name')
      return false
    }
    if (!there) await mkdir(path)
    this.report.directories++
    this.made.push({ path, node })
    return true
  }

  private async file(node: FileNode, path: string): Promise<void> {
    if (await lstat(path).catch(() => undefined)) {
      if (!this.options.overwrite) return this.skip(node, 'a file of its name exists')
      await unlink(path)
    }
    const other = node.content.sizeBytes > 0 ? this.written.get(node.content) : undefined
    if (other !== undefined) {
      await link(other, path)
      this.report.files++
      return
    }
    if (this.report.bytes + node.content.sizeBytes > this.limit) {
      throw new ImapiError(
        'IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR',
        `${node.path} would make more than ${this.limit} bytes of a far smaller disc: its files overlap.`,
        { hint: 'Extract single files, or raise the limit if the disc is trusted.' },
      )
    }
    // Exclusive: what a link of the same name points to is never written.
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const chunk of node.content.chunks()) {
        this.options.signal?.throwIfAborted()
        await file.writeFile(chunk)
        this.report.bytes += chunk.length
        this.options.onProgress?.(this.report.bytes, node.path)
      }
      await file.chmod((node.mode ?? 0o644) & 0o777)
      const times = timesOf(node)
      if (times) await file.utimes(...times)
    } finally {
      await file.close()
    }
    this.written.set(node.content, path)
    this.report.files++
  }

  private async symbolicLink(node: SymbolicLinkNode, path: string): Promise<void> {
    if (node.target === '' || node.target.includes('\0')) return this.skip(node, 'it points nowhere')
    if (!(await this.staysInside(path, node.target))) return this.skip(node, `it points outside, to ${node.target}`)
    if (await lstat(path).catch(() => undefined)) {
      if (!this.options.overwrite) return this.skip(node, 'a file of its name exists')
      await unlink(path)
    }
    await symlink(node.target, path)
    this.report.files++
  }

  /**
   * Whether a link at a path leads to a place below the target directory. What `..` leaves must be a directory, not a link:
   * where that one leads is no business of the text.
   */
  private async staysInside(path: string, linkTarget: string): Promise<boolean> {
    if (isAbsolute(linkTarget)) return false
    const below = this.target.endsWith(sep) ? this.target : this.target + sep
    const isInside = (place: string) => place === this.target || place.startsWith(below)
    let place = dirname(path)
    for (const name of linkTarget.split(process.platform === 'win32' ? /[/\\]/ : '/')) {
      if (name === '..' && !(await lstat(place).catch(() => undefined))?.isDirectory()) return false
      place = resolve(place, name)
      if (!isInside(place)) return false
    }
    return true
  }

  private async setTimes(path: string, node: DirectoryNode): Promise<void> {
    const times = timesOf(node)
    if (times) await utimes(path, ...times)
  }
}

/** Seconds of the last access and modification, where the disc says when that was. */
function timesOf({ accessed, modified }: TreeNode): [accessed: number, modified: number] | undefined {
  if (modified === undefined || !Number.isFinite(modified)) return undefined
  return [(accessed !== undefined && Number.isFinite(accessed) ? accessed : modified) / 1000, modified / 1000]
}
