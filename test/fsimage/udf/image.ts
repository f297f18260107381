import { createHash } from 'node:crypto'
import type { BlockSource } from '../../../src/fsimage/block-source'
import { planImage } from '../../../src/fsimage/image/image'
import type { VolumeIdentification } from '../../../src/fsimage/image/image-layer'
import { memoryBlockSource } from '../../../src/fsimage/image-file'
import type { ImportedFileSystem } from '../../../src/fsimage/imported-file-system'
import { BytesContent } from '../../../src/fsimage/tree/contents'
import { DirectoryNode, FileNode, loadTree, type Metadata, type TreeNode } from '../../../src/fsimage/tree/node'
import { readUdf, UdfLayer, type UdfRevision } from '../../../src/fsimage/udf'

export const BLOCK = 2048

/** A volume of this name, recorded at a fixed moment. */
export function volume(volumeName = 'VOLUME', created = 1_700_000_000_000): VolumeIdentification {
  return {
    volumeName,
    systemIdentifier: '',
    volumeSetIdentifier: '',
    publisher: '',
    dataPreparer: '',
    application: '',
    copyrightFile: '',
    abstractFile: '',
    bibliographicFile: '',
    created,
    modified: created,
    expires: undefined,
    effective: undefined,
  }
}

export const METADATA: Partial<Metadata> = { mode: 0o644, uid: 0, gid: 0, modified: 1_600_000_000_000 }

/** A file of some text. */
export function file(name: string, text: string | Uint8Array = name, metadata = METADATA): FileNode {
  return new FileNode(name, new BytesContent(Buffer.from(text)), metadata)
}

/** A directory of nodes. */
export function directory(name: string, ...nodes: TreeNode[]): DirectoryNode {
  const node = new DirectoryNode(name, { ...METADATA, mode: 0o755 })
  for (const child of nodes) node.attach(child)
  return node
}

export interface BuildOptions {
  readonly volume?: VolumeIdentification
  readonly startAddress?: number
  readonly disc?: BlockSource
  readonly rewritable?: boolean
  readonly duplicateMetadata?: boolean
}

/** Plans an image of the tree. */
export function plan(root: DirectoryNode, revision: UdfRevision, options: BuildOptions = {}) {
  const { duplicateMetadata = true } = options
  return planImage({
    root,
    layers: [new UdfLayer({ revision, duplicateMetadata })],
    volume: options.volume ?? volume(),
    startAddress: options.startAddress ?? 0,
    disc: options.disc,
    rewritable: options.rewritable ?? false,
  })
}

/** All bytes of chunks. */
export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk))
  return Buffer.concat(parts)
}

/** The image of a tree, in memory. */
export async function build(root: DirectoryNode, revision: UdfRevision, options: BuildOptions = {}): Promise<Buffer> {
  return bytesOf(plan(root, revision, options).stream())
}

/** The UDF volume of an image in memory; fails where there is none. */
export async function open(image: Uint8Array, start = 0): Promise<ImportedFileSystem> {
  const [found] = await readUdf(memoryBlockSource(image), { start })
  if (!found) throw new Error('no UDF volume')
  return found
}

/** The same with its whole tree read. */
export async function openWhole(image: Uint8Array, start = 0): Promise<ImportedFileSystem> {
  const found = await open(image, start)
  await loadTree(found.root)
  return found
}

/** The node at a path below the root. */
export function at(found: ImportedFileSystem, path: string): TreeNode {
  let node: TreeNode = found.root
  for (const name of path.split('/')) {
    const next: TreeNode | undefined = node.kind === 'directory' ? node.loadedEntries.get(name) : undefined
    if (!next) throw new Error(`${path} is not there`)
    node = next
  }
  return node
}

/** The bytes of a file. */
export async function contentOf(found: ImportedFileSystem, path: string): Promise<Buffer> {
  const node = at(found, path)
  if (node.kind !== 'file') throw new Error(`${path} is no file`)
  return bytesOf(node.content.chunks())
}

/** All nodes of a loaded tree but the root. */
export function nodesOf(found: ImportedFileSystem): TreeNode[] {
  const nodes: TreeNode[] = []
  const walk = (directory: DirectoryNode) => {
    for (const node of directory.loadedEntries.values()) {
      nodes.push(node)
      if (node.kind === 'directory') walk(node)
    }
  }
  walk(found.root)
  return nodes
}

const SPECIAL_LETTERS = { 'block-device': 'b', 'character-device': 'c', fifo: 'p', socket: 's', unknown: '?' }

/** A line a node, and one more a file with its MD5 sum, as `find -printf` and `md5sum` on a mounted volume give them. */
export async function manifest(found: ImportedFileSystem): Promise<string[]> {
  const nodes = nodesOf(found)
  const names = new Map<unknown, number>()
  for (const node of nodes) if (node.kind === 'file') names.set(node.content, (names.get(node.content) ?? 0) + 1)
  const lines: string[] = []
  for (const node of nodes) {
    const owner = `${node.uid} ${node.gid}`
    const mode = (node.mode ?? 0).toString(8)
    const seconds = Math.floor((node.modified ?? 0) / 1000)
    const time = `${seconds}.${String((node.modified ?? 0) - seconds * 1000).padStart(3, '0')}`
    if (node.kind === 'directory') lines.push(`d ${mode} ${owner} - ${time} .${node.path}`)
    else if (node.kind === 'link') lines.push(`l - ${owner} ${node.target} .${node.path}`)
    else if (node.kind === 'other') lines.push(`${SPECIAL_LETTERS[node.type]} ${mode} ${owner} .${node.path}`)
    else {
      const { content } = node
      lines.push(`f ${mode} ${owner} ${content.sizeBytes} ${names.get(content)} ${time} .${node.path}`)
      const sum = createHash('md5').update(await bytesOf(content.chunks()))
      lines.push(`${sum.digest('hex')}  .${node.path}`)
    }
  }
  return lines.sort()
}
