/** Files of a disc written to the host, never outside the directory that was named. */
import { link, lstat, mkdir, open, symlink, unlink, utimes } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { UsageError } from '../errors'
import { BLOCK_BYTES, type BlockSource } from './block-source'
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
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * A name that is harmless on the host: no separator, no control character, nothing that Windows takes for a device, a
 * drive or a stream.
 */
export function hostName(name: string, platform: NodeJS.Platform = process.platform): string {
  let safe = name.replace(/[\u0000-\u001f\u007f-\u009f/]/g, '_')
  if (platform === 'win32') {
    safe = safe.replace(/[\\:*?"<>|]/g, '_').replace(/[ .]+$/, match => '_'.repeat(match.length))
    if (WINDOWS_DEVICE.test(safe)) safe = `_${safe}`
  }
  return safe === '' || safe === '.' || safe === '..' ? '_' : safe
}

/**
 * Writes a node and all below it into a directory of the host. Devices, FIFOs and sockets are not made; symbolic links are
 * made last, and only those that stay inside; set-id bits are dropped.
 *
 * @throws {UsageError} `USAGE_FILE` where the directory cannot be written to
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
    else await extraction.node(node, extraction.target)
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

  async node(node: TreeNode, into: string): Promise<void> {
    this.options.signal?.throwIfAborted()
    const name = hostName(node.name)
    if (name !== node.name) this.report.renamed.push({ path: node.path, name })
    const path = join(into, name)
    // Belt and braces: whatever a name holds, what is written lies inside.
    if (dirname(path) !== into) return this.skip(node, 'its name leads elsewhere')
    if (node.kind === 'directory') {
      if (await this.makeDirectory(node, path)) await this.contents(node, path)
    } else if (node.kind === 'file') {
      await this.file(node, path)
    } else if (node.kind === 'link') {
      this.links.push({ node, path })
    } else {
      this.skip(node, `a ${node.type} is not made`)
    }
  }

  async contents(directory: DirectoryNode, path: string): Promise<void> {
    for (const node of (await directory.entries()).values()) await this.node(node, path)
  }

  /** Links, which nothing is written through any more, and the times of directories. */
  async finish(): Promise<void> {
    for (const { node, path } of this.links) await this.symbolicLink(node, path)
    for (const { path, node } of this.made.reverse()) await this.setTimes(path, node)
  }

  private skip(node: TreeNode, reason: string): void {
    this.report.skipped.push({ path: node.path, reason })
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
      if (node.modified !== undefined) {
        await file.utimes((node.accessed ?? node.modified) / 1000, node.modified / 1000)
      }
    } finally {
      await file.close()
    }
    this.written.set(node.content, path)
    this.report.files++
  }

  private async symbolicLink(node: SymbolicLinkNode, path: string): Promise<void> {
    const end = resolve(dirname(path), node.target)
    const inside = end === this.target || end.startsWith(this.target + sep)
    if (node.target === '' || node.target.startsWith('/') || !inside) {
      return this.skip(node, `it points outside, to ${node.target}`)
    }
    if (await lstat(path).catch(() => undefined)) {
      if (!this.options.overwrite) return this.skip(node, 'a file of its name exists')
      await unlink(path)
    }
    await symlink(node.target, path)
    this.report.files++
  }

  private async setTimes(path: string, node: DirectoryNode): Promise<void> {
    if (node.modified === undefined) return
    await utimes(path, (node.accessed ?? node.modified) / 1000, node.modified / 1000)
  }
}
