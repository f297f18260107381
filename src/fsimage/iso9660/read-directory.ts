/** Directories of ISO 9660 and Joliet as nodes of the tree. */
import type { CachedBlockSource } from '../cached-block-source'
import { decodeText } from '../rock-ridge/read'
import {
  DirectoryNode,
  FILE_TYPE,
  FileNode,
  type Metadata,
  SpecialNode,
  SymbolicLinkNode,
  type TreeNode,
} from '../tree/node'
import { DirectoryRecords, type RecordForm } from './directory-records'
import { FileContents } from './file-contents'
import { jolietName, nodeName, plainName } from './file-identifier'
import type { ReadingWarnings } from './reading-warnings'
import { FLAG, type RecordedEntry } from './recorded-entry'

/** Directories nest no deeper than this; the standard has 8, Rock Ridge no limit. */
const MAXIMUM_DEPTH = 1024

/** How a tree is to be understood. */
export interface TreeForm extends RecordForm {
  readonly characterSet: 'plain' | 'joliet'
}

/** Reads the directories of one tree; knows which blocks it has been to. */
export class DirectoryTree {
  private readonly records: DirectoryRecords
  private readonly form: TreeForm
  private readonly warnings: ReadingWarnings
  /** In which directory, and by which record of it, each directory was found at first. */
  private readonly claims = new Map<number, string>()
  private readonly contents: FileContents
  private readonly relocatedOnly = new WeakSet<DirectoryNode>()
  readonly characterSet: TreeForm['characterSet']

  constructor(source: CachedBlockSource, form: TreeForm, warnings: ReadingWarnings) {
    this.records = new DirectoryRecords(source, form, warnings)
    this.form = form
    this.warnings = warnings
    this.contents = new FileContents(source.source, warnings)
    this.characterSet = form.characterSet
  }

  /** The root of the tree. */
  root(start: number, sizeBytes: number, metadata: Partial<Metadata>): DirectoryNode {
    this.claims.set(start, 'root')
    return new DirectoryNode('', metadata, { start, reader: node => this.read(node, start, sizeBytes, 1) })
  }

  private async read(
    directory: DirectoryNode,
    start: number,
    sizeBytes: number | undefined,
    depth: number,
  ): Promise<Map<string, TreeNode>> {
    const length = sizeBytes || (await this.records.ownSize(start))
    const nodes = new Map<string, TreeNode>()
    let isEmpty = true
    await this.records.read(start, length, entry => {
      isEmpty = false
      const node = this.node(entry, directory, depth)
      if (!node) return
      if (nodes.has(node.name)) this.rename(node, entry, nodes, directory)
      nodes.set(node.name, node)
    })
    if (depth === 1 && this.form.rockRidge) await this.leaveOutRelocated(nodes)
    if (nodes.size === 0 && !isEmpty) this.relocatedOnly.add(directory)
    return nodes
  }

  /** The directory that relocated ones are kept in is no part of the tree that was recorded. */
  private async leaveOutRelocated(nodes: Map<string, TreeNode>): Promise<void> {
    for (const node of nodes.values()) {
      if (node.kind !== 'directory' || !/^\.?rr_moved$/i.test(node.name)) continue
      await node.load()
      if (this.relocatedOnly.has(node)) nodes.delete(node.name)
    }
  }

  private node(entry: RecordedEntry, parent: DirectoryNode, depth: number): TreeNode | undefined {
    const { rockRidge } = entry
    if (rockRidge?.relocated) return undefined
    const moved = rockRidge?.childLink
    const type = (rockRidge?.mode ?? 0) & FILE_TYPE.mask
    const isDirectory = moved !== undefined || (entry.flags & FLAG.directory) !== 0
    const name = this.name(entry, isDirectory)
    const metadata = metadataOf(entry)
    if (isDirectory) return this.directory(name, entry, metadata, parent, depth)
    if (rockRidge && type === FILE_TYPE.symbolicLink) {
      return new SymbolicLinkNode(name, (rockRidge.target ?? '').replaceAll('\0', ''), metadata)
    }
    if (rockRidge && type !== 0 && type !== FILE_TYPE.regular && type in SPECIAL_TYPES) {
      return new SpecialNode(name, SPECIAL_TYPES[type]!, rockRidge.device, metadata)
    }
    return new FileNode(name, this.contents.of(entry), metadata)
  }

  private directory(
    name: string,
    entry: RecordedEntry,
    metadata: Partial<Metadata>,
    parent: DirectoryNode,
    depth: number,
  ): DirectoryNode {
    const moved = entry.rockRidge?.childLink
    const start = moved === undefined ? entry.start : moved + this.form.addressOffset
    const claim = `${parent.start} ${entry.address}`
    const first = this.claims.get(start)
    const problem =
      first !== undefined && first !== claim
        ? 'has been met before: it is shown empty'
        : depth >= MAXIMUM_DEPTH
          ? 'is nested too deep: it is shown empty'
          : undefined
    if (problem) {
      this.warnings.add(`The directory at block ${start} ("${name}" in ${parent.path}) ${problem}.`)
      return new DirectoryNode(name, metadata, { start, reader: async () => new Map() })
    }
    this.claims.set(start, claim)
    const size = moved === undefined ? entry.sizeBytes : undefined
    return new DirectoryNode(name, metadata, { start, reader: node => this.read(node, start, size, depth + 1) })
  }

  private name(entry: RecordedEntry, isDirectory: boolean): string {
    const { rockRidge } = entry
    if (rockRidge?.name) {
      const end = rockRidge.name.indexOf('\0')
      return nodeName(decodeText(end < 0 ? rockRidge.name : rockRidge.name.slice(0, end)))
    }
    const { identifier } = entry
    return nodeName(this.form.characterSet === 'joliet' ? jolietName(identifier) : plainName(identifier, isDirectory))
  }

  /** Older versions of a file, and names that differ only in what cannot be shown, get a name of their own. */
  private rename(
    node: TreeNode,
    entry: RecordedEntry,
    taken: ReadonlyMap<string, TreeNode>,
    directory: DirectoryNode,
  ): void {
    const version = /;(\d{1,5})$/.exec(entry.identifier)?.[1]
    const base = node.name
    let candidate = version === undefined ? `${base}~2` : `${base};${version}`
    for (let number = 2; taken.has(candidate); number++) candidate = `${base}~${number}`
    this.warnings.add(`"${base}" stands twice in ${directory.path}: the second is shown as "${candidate}".`)
    node.name = candidate
  }
}

const SPECIAL_TYPES: Readonly<Record<number, SpecialNode['type']>> = {
  [FILE_TYPE.blockDevice]: 'block-device',
  [FILE_TYPE.characterDevice]: 'character-device',
  [FILE_TYPE.fifo]: 'fifo',
  [FILE_TYPE.socket]: 'socket',
}

function metadataOf(entry: RecordedEntry): Partial<Metadata> {
  const { rockRidge, recorded } = entry
  const hidden = (entry.flags & FLAG.hidden) !== 0
  if (!rockRidge) return { modified: recorded, hidden }
  return {
    mode: rockRidge.mode === undefined ? undefined : rockRidge.mode & 0o7777,
    uid: rockRidge.uid,
    gid: rockRidge.gid,
    created: rockRidge.created,
    modified: rockRidge.modified ?? recorded,
    accessed: rockRidge.accessed,
    attributesChanged: rockRidge.attributesChanged,
    hidden,
  }
}
