import { BLOCK_BYTES } from '../../block-source'
import { ImapiError } from '../../imapi-error'
import { nodeName } from '../../iso9660/file-identifier'
import { BytesContent, RecordedContent, recordedBytes, StreamContent } from '../../tree/contents'
import type { FileContent } from '../../tree/file-content'
import { DirectoryNode, FileNode, SpecialNode, SymbolicLinkNode, type TreeNode } from '../../tree/node'
import { FILE_TYPE } from '../descriptors/icb'
import { readBody, readBytes } from './body'
import { type DirectoryContents, type DirectoryEntry, decodeDirectory } from './directory'
import { type Entry, readEntry } from './entry'
import { decodeExtendedAttributes } from './extended-attributes'
import { metadataOf } from './metadata'
import { decodePath } from './symbolic-link'
import { addressOfIcb, type BlockAddress, type ByteExtent, blockName, keyOf, type Volume } from './volume'

/** Directories nest no deeper than this. */
const MAXIMUM_DEPTH = 1024
/** Bytes of one directory that are read. */
const MAXIMUM_DIRECTORY_BYTES = 2 ** 28
/** Bytes of a symbolic link's path components that are read. */
const MAXIMUM_LINK_BYTES = 65_536
/** All directories together take no more than this many times the medium, which they cannot unless they overlap. */
const OVERLAP = 2

const SPECIAL_TYPES: Readonly<Record<number, SpecialNode['type']>> = {
  [FILE_TYPE.blockDevice]: 'block-device',
  [FILE_TYPE.characterDevice]: 'character-device',
  [FILE_TYPE.fifo]: 'fifo',
  [FILE_TYPE.socket]: 'socket',
}

const NON_ALLOCATABLE_SPACE = 'Non-Allocatable Space'
const REGULAR_TYPES: ReadonlySet<number> = new Set([FILE_TYPE.file, FILE_TYPE.unspecified, FILE_TYPE.realTimeFile])

/** The files and directories of a file set. */
export class FileTree {
  private readonly volume: Volume
  /** Which directory and place in it each directory was found at first. */
  private readonly claims = new Map<number, string>()
  /** Files of several links, by their ICB. */
  private readonly linked = new Map<number, FileContent>()
  private directoryBytesLeft: number

  constructor(volume: Volume) {
    this.volume = volume
    this.directoryBytesLeft = volume.sectors.sizeBytes * OVERLAP + MAXIMUM_LINK_BYTES
  }

  /**
   * The root directory.
   *
   * @returns in words why there is none
   */
  async root(icb: BlockAddress): Promise<DirectoryNode | string> {
    const entry = await readEntry(this.volume, icb)
    if (typeof entry === 'string') return entry
    if (entry.fileType !== FILE_TYPE.directory) {
      return `${blockName(icb)}: the root is no directory, but of file type ${entry.fileType}`
    }
    this.claims.set(keyOf(icb), 'root')
    return this.directory('', entry, 0)
  }

  private directory(name: string, entry: Entry, depth: number): DirectoryNode {
    const address = this.volume.addressOf(entry.at) ?? 0
    // The directory outlives the read that its entry came with, and is not to keep all of that in memory.
    const kept = { ...entry, allocationDescriptors: entry.allocationDescriptors.slice() }
    return new DirectoryNode(name, metadataOf(entry), {
      start: Math.floor(address / BLOCK_BYTES),
      reader: node => this.read(node, kept, depth),
    })
  }

  private async read(node: DirectoryNode, entry: Entry, depth: number): Promise<Map<string, TreeNode>> {
    const { warnings } = this.volume
    const { entries, problems } = await this.contents(entry)
    for (const problem of problems) warnings.add(`directory at ${blockName(entry.at)}: ${problem}`)
    const nodes: (TreeNode | undefined)[] = new Array(entries.length)
    // Read in the order of the disc, whatever the order of the names.
    const order = entries.map((found, index) => ({ index, address: this.volume.addressOf(found.icb) ?? 0 }))
    order.sort((a, b) => a.address - b.address)
    for (const { index } of order) nodes[index] = await this.node(entries[index]!, entry, index, depth + 1)
    const byName = new Map<string, TreeNode>()
    for (const found of nodes) {
      if (!found) continue
      if (byName.has(found.name)) {
        const twice = found.name
        for (let number = 2; byName.has(found.name); number++) found.name = `${twice}~${number}`
        warnings.add(
          `directory at ${blockName(entry.at)}: ${JSON.stringify(twice)} stands twice in ${JSON.stringify(node.path)}`,
        )
      }
      byName.set(found.name, found)
    }
    return byName
  }

  /** What a directory holds; where its bytes are damaged, what the mirror of a metadata partition has of it. */
  private async contents(entry: Entry): Promise<DirectoryContents> {
    const original = await this.decoded(entry, false)
    if (original.problems.length === 0 || !this.volume.partitions[entry.at.partition]?.copyRun) return original
    const copy = await this.decoded(entry, true)
    if (copy.problems.length >= original.problems.length) return original
    this.volume.warnings.add(`directory at ${blockName(entry.at)}: ${original.problems[0]}; its mirror is read`)
    return copy
  }

  private async decoded(entry: Entry, fromCopy: boolean): Promise<DirectoryContents> {
    const limit = Math.min(MAXIMUM_DIRECTORY_BYTES, this.directoryBytesLeft)
    const bytes = await readBytes(this.volume, entry, limit, fromCopy)
    this.directoryBytesLeft -= bytes.length
    return decodeDirectory(bytes)
  }

  private async node(
    found: DirectoryEntry,
    parent: Entry,
    index: number,
    depth: number,
  ): Promise<TreeNode | undefined> {
    const { volume } = this
    const name = nodeName(found.name)
    const entry = await readEntry(volume, found.icb)
    if (typeof entry === 'string') {
      volume.warnings.add(`${JSON.stringify(found.name)} is left out: ${entry}`)
      return undefined
    }
    // UDF 1.50 keeps a list of unusable space as a file of this name (3.3.7.2), which is no one's.
    if (depth === 1 && found.name === NON_ALLOCATABLE_SPACE && entry.fields.icbTag?.system) return undefined
    const { fileType } = entry
    const metadata = { ...metadataOf(entry), hidden: found.hidden }
    if (fileType === FILE_TYPE.directory) {
      const claim = `${keyOf(parent.at)} ${index}`
      const first = this.claims.get(keyOf(found.icb))
      if (first !== undefined && first !== claim) {
        volume.warnings.add(
          `${JSON.stringify(found.name)} is left out: the directory at ${blockName(found.icb)} has another name already`,
        )
        return undefined
      }
      if (depth > MAXIMUM_DEPTH) {
        volume.warnings.add(`${JSON.stringify(found.name)} is left out: directories are ${MAXIMUM_DEPTH} deep`)
        return undefined
      }
      this.claims.set(keyOf(found.icb), claim)
      const directory = this.directory(name, entry, depth)
      directory.hidden = found.hidden
      return directory
    }
    if (fileType === FILE_TYPE.symbolicLink) {
      const { target, problem } = decodePath(await readBytes(volume, entry, MAXIMUM_LINK_BYTES))
      if (problem) volume.warnings.add(`${blockName(entry.at)}: ${problem}`)
      return new SymbolicLinkNode(name, target, metadata)
    }
    if (REGULAR_TYPES.has(fileType)) {
      const file = new FileNode(name, await this.content(entry), metadata)
      file.realTime = fileType === FILE_TYPE.realTimeFile
      const streams = addressOfIcb(entry.extended?.streamDirectoryIcb)
      if (streams) file.namedStreams = await this.streams(streams)
      return file
    }
    const { device } = decodeExtendedAttributes(entry.extendedAttributes)
    return new SpecialNode(name, SPECIAL_TYPES[fileType] ?? 'unknown', device, metadata)
  }

  private async content(entry: Entry): Promise<FileContent> {
    const isShared = (entry.fields.fileLinkCount ?? 0) > 1
    const known = isShared ? this.linked.get(keyOf(entry.at)) : undefined
    if (known) return known
    const body = await readBody(this.volume, entry)
    const content = body.embedded
      ? new BytesContent(body.embedded.slice())
      : this.extentsContent(body.extents, body.sizeBytes, entry)
    if (isShared) this.linked.set(keyOf(entry.at), content)
    return content
  }

  /** Extents of whole blocks stay on the disc; others are read when they are asked for. */
  private extentsContent(extents: readonly ByteExtent[], sizeBytes: number, entry: Entry): FileContent {
    const { source } = this.volume.sectors
    const onBlocks = extents.every(
      ({ address, sizeBytes: size, unreachable }, index) =>
        unreachable === undefined &&
        (address ?? 0) % BLOCK_BYTES === 0 &&
        (index === extents.length - 1 || size % BLOCK_BYTES === 0),
    )
    if (onBlocks) {
      const recorded = extents.map(({ address, sizeBytes: size }) => ({
        start: address === undefined ? undefined : address / BLOCK_BYTES,
        sizeBytes: size,
      }))
      return new RecordedContent(source, recorded, sizeBytes)
    }
    const name = `The file at ${blockName(entry.at)}`
    return new StreamContent(sizeBytes, () => pieces(source, extents, name), name)
  }

  private async streams(icb: BlockAddress): Promise<ReadonlyMap<string, FileContent> | undefined> {
    const { volume } = this
    const directory = await readEntry(volume, icb)
    if (typeof directory === 'string') {
      volume.warnings.add(`named streams are left out: ${directory}`)
      return undefined
    }
    const streams = new Map<string, FileContent>()
    for (const found of (await this.contents(directory)).entries) {
      const entry = await readEntry(volume, found.icb)
      if (typeof entry === 'string') volume.warnings.add(`a named stream is left out: ${entry}`)
      else streams.set(found.name, await this.content(entry))
    }
    return streams.size > 0 ? streams : undefined
  }
}

async function* pieces(
  source: RecordedContent['source'],
  extents: readonly ByteExtent[],
  name: string,
): AsyncGenerator<Uint8Array> {
  for (const { address, sizeBytes, unreachable } of extents) {
    if (unreachable) {
      throw new ImapiError('IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR', `${name} cannot be read: ${unreachable}.`)
    }
    const skipped = (address ?? 0) % BLOCK_BYTES
    const start = address === undefined ? undefined : Math.floor(address / BLOCK_BYTES)
    let toSkip = skipped
    const whole = sizeBytes + skipped
    for await (const chunk of recordedBytes(source, [{ start, sizeBytes: whole }], whole)) {
      if (chunk.length > toSkip) yield toSkip > 0 ? chunk.subarray(toSkip) : chunk
      toSkip = Math.max(0, toSkip - chunk.length)
    }
  }
}
