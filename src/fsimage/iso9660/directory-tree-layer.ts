/** A tree of ECMA-119 directories as a layer of an image: the primary tree with or without Rock Ridge, or Joliet. */
import { BLOCK_BYTES } from '../block-source'
import type { ImageLayer, LayerContext, PlacedImage, Region } from '../image/image-layer'
import { ImapiError } from '../imapi-error'
import {
  ContinuationArea,
  furtherEntries,
  linkEntry,
  modeOf,
  PX_BYTES,
  partEntries,
  relocatedEntry,
  rootEntries,
  TF_BYTES,
  writeNM,
  writePX,
  writeTF,
} from '../rock-ridge/write'
import type { FileNode, TreeNode } from '../tree/node'
import { encodeRecordingDate } from './date'
import {
  DirectoryPlanner,
  FIRST_SERIAL_NUMBER,
  type PlannedDirectory,
  type PlannedEntry,
  SELF,
} from './directory-planner'
import { writeBoth16, writeBoth32 } from './fields'
import { encodePathTable, pathTableBytes } from './path-table'
import type { TreeFormat } from './tree-format'

const MAXIMUM_RECORD_BYTES = 254
const RECORD_HEADER_BYTES = 33
/** Largest section of a file that is a whole number of blocks. */
export const MAXIMUM_SECTION_BYTES = 0xffff_f800
/** One byte identifier of the record of a directory's parent. */
const PARENT = '\u0001'
const MAXIMUM_DIRECTORIES = 0xffff
/** One tree of directories. */
export class DirectoryTreeLayer implements ImageLayer {
  readonly name: string
  readonly format: TreeFormat
  private context!: LayerContext
  /** In the order of the path table. */
  private directories: PlannedDirectory[] = []
  private region!: Region
  private pathTables: Region[] = []
  private tableBytes = 0
  private cutNames: ReadonlyMap<TreeNode, string> = new Map()
  private image!: PlacedImage
  /** The directory of relocated ones. */
  private holder: PlannedDirectory | undefined

  constructor(format: TreeFormat) {
    this.format = format
    this.name = format.layer
  }

  get root(): PlannedDirectory {
    return this.directories[0]!
  }

  plan(context: LayerContext): Region[] {
    this.context = context
    const planner = new DirectoryPlanner(this.format, context)
    this.directories = planner.directories
    this.holder = planner.holder
    this.cutNames = planner.cutNames
    if (this.directories.length > MAXIMUM_DIRECTORIES) this.tooManyDirectories()
    let offset = 0
    for (const directory of this.directories) {
      this.measure(directory)
      directory.offset = offset
      offset += directory.sizeBytes / BLOCK_BYTES + directory.continuationBlocks
    }
    this.tableBytes = pathTableBytes(this.directories, this.format)
    const blocks = Math.ceil(this.tableBytes / BLOCK_BYTES)
    const table = (type: 'L' | 'M'): Region => ({
      title: `${this.name} path table ${type}`,
      stage: 'metadata',
      blocks,
      start: 0,
      encode: () => [encodePathTable(this.directories, this.format, type, this.region.start, blocks)],
    })
    this.pathTables = [table('L'), table('M')]
    this.region = {
      title: `${this.name} directories`,
      stage: 'metadata',
      blocks: offset,
      start: 0,
      encode: start => this.encodeDirectories(start),
    }
    const descriptor: Region = {
      title: `${this.name} volume descriptor`,
      stage: 'recognition',
      blocks: 1,
      start: 0,
      encode: () => [this.encodeDescriptor()],
    }
    return [descriptor, ...this.pathTables, this.region]
  }

  placed(image: PlacedImage): void {
    this.image = image
  }

  /** The descriptor of this tree, for its own place or (enhanced) another one. */
  encodeDescriptor(format: TreeFormat = this.format): Uint8Array {
    return format.encodeDescriptor(this.context.volume, {
      volumeSpaceSize: this.image.endAddress,
      pathTableSize: this.tableBytes,
      typeLPathTable: this.pathTables[0]!.start,
      typeMPathTable: this.pathTables[1]!.start,
      root: this.region.start + this.root.offset,
      rootSizeBytes: this.root.sizeBytes,
      rootDate: this.root.node.modified ?? this.context.volume.created,
    })
  }

  private tooManyDirectories(): void {
    const message = `${this.directories.length} directories are more than a path table can number (${MAXIMUM_DIRECTORIES}).`
    if (this.format.strict) throw new ImapiError('IMAPI_E_TOO_MANY_DIRS', message, { hint: 'Use UDF.' })
    this.context.warn(`${this.name}: ${message} Windows will not read this tree; Linux and macOS will.`)
  }

  private measure(directory: PlannedDirectory): void {
    const area = new ContinuationArea()
    let at = 0
    const add = (length: number) => {
      if ((at % BLOCK_BYTES) + length > BLOCK_BYTES) at = Math.ceil(at / BLOCK_BYTES) * BLOCK_BYTES
      at += length
    }
    add(this.selfBytes(directory))
    add(this.parentBytes(directory))
    for (const entry of directory.entries) {
      const length = this.recordBytes(directory, entry, area)
      for (let sections = this.sectionsOf(entry); sections > 0; sections--) add(length)
    }
    directory.sizeBytes = Math.ceil(at / BLOCK_BYTES) * BLOCK_BYTES
    directory.continuationBlocks = area.blocks
  }

  private sectionsOf({ node, directory }: PlannedEntry): number {
    if (directory || node.kind !== 'file') return 1
    if (node.content.sizeBytes <= MAXIMUM_SECTION_BYTES && node.content.kind !== 'recorded') return 1
    return Math.max(1, this.sections(node).length)
  }

  /** What of a file one record each describes. */
  private sections(node: FileNode): { start: number; sizeBytes: number }[] {
    const sections: { start: number; sizeBytes: number }[] = []
    for (const extent of this.context.contents.extentsOf(node.content)) {
      for (let done = 0; done < extent.sizeBytes; done += MAXIMUM_SECTION_BYTES) {
        const sizeBytes = Math.min(MAXIMUM_SECTION_BYTES, extent.sizeBytes - done)
        sections.push({ start: (extent.start ?? 0) + done / BLOCK_BYTES, sizeBytes })
      }
    }
    if (sections.length > 1 && !this.format.multiExtent) {
      throw new ImapiError(
        'IMAPI_E_DATA_TOO_BIG',
        `${node.path} has ${node.content.sizeBytes} bytes in ${sections.length} sections; interchange level ${this.format.level} allows one of 4 GiB.`,
        { hint: 'Choose interchange level 3, or UDF.' },
      )
    }
    return sections
  }

  private selfBytes(directory: PlannedDirectory): number {
    if (!this.format.rockRidge) return RECORD_HEADER_BYTES + 1
    const root = directory === this.root ? rootEntries().reduce((sum, bytes) => sum + bytes.length, 0) : 0
    return even(RECORD_HEADER_BYTES + 1 + PX_BYTES + TF_BYTES + root)
  }

  private parentBytes(directory: PlannedDirectory): number {
    if (!this.format.rockRidge) return RECORD_HEADER_BYTES + 1
    return even(RECORD_HEADER_BYTES + 1 + PX_BYTES + TF_BYTES + (directory.seenIn ? 12 : 0))
  }

  private extraBytes(directory: PlannedDirectory, entry: PlannedEntry): number {
    if (entry.placeholder) return 12
    return entry.directory === this.holder || directory === this.holder ? (entry.directory ? 4 : 0) : 0
  }

  /** The length of an entry's record; what does not fit is counted in the continuation area. */
  private recordBytes(directory: PlannedDirectory, entry: PlannedEntry, area: ContinuationArea): number {
    const fixed = identifierEnd(this.format.identifierBytes(entry.identifier))
    if (!this.format.rockRidge) return even(fixed)
    const { node } = entry
    if (node.kind === 'directory' || node.kind === 'file') {
      const simple = fixed + PX_BYTES + TF_BYTES + this.extraBytes(directory, entry) + 5 + Buffer.byteLength(node.name)
      if (simple <= MAXIMUM_RECORD_BYTES && !isCompressed(node)) return even(simple)
    }
    return even(fixed + this.parted(directory, entry, fixed, area, 0).recordBytes)
  }

  private parted(
    directory: PlannedDirectory,
    entry: PlannedEntry,
    fixed: number,
    area: ContinuationArea,
    areaBlock: number,
  ) {
    const room = MAXIMUM_RECORD_BYTES - fixed
    const entries = [this.px(entry), this.tf(entry), ...this.extraEntries(directory, entry)]
    const used = entries.reduce((sum, bytes) => sum + bytes.length, 0)
    entries.push(...furtherEntries(entry.node, this.cutNames.get(entry.node) ?? entry.node.name, room - used - 28 - 5))
    return partEntries(entries, room, area, areaBlock)
  }

  private extraEntries(directory: PlannedDirectory, entry: PlannedEntry): Buffer[] {
    if (entry.placeholder) return [linkEntry('CL', this.blockOf(entry.directory!))]
    return this.extraBytes(directory, entry) > 0 ? [relocatedEntry()] : []
  }

  private blockOf(directory: PlannedDirectory): number {
    return this.region === undefined ? 0 : this.region.start + directory.offset
  }

  private px(entry: PlannedEntry): Buffer {
    const bytes = Buffer.alloc(PX_BYTES)
    this.writePosix(bytes, 0, entry.node, entry.directory, entry.serialNumber)
    return bytes
  }

  private tf(entry: PlannedEntry): Buffer {
    const bytes = Buffer.alloc(TF_BYTES)
    writeTF(bytes, 0, entry.node, this.context.volume.modified)
    return bytes
  }

  private writePosix(
    bytes: Uint8Array,
    at: number,
    node: TreeNode,
    directory: PlannedDirectory | undefined,
    serial = 0,
  ): void {
    const { contents } = this.context
    if (directory) {
      const serialNumber = FIRST_SERIAL_NUMBER.directory + directory.number
      writePX(bytes, at, modeOf(node), node, { links: directory.subdirectories + 2, serialNumber })
    } else if (node.kind === 'file') {
      const links = contents.linksOf(node.content)
      writePX(bytes, at, modeOf(node), node, { links, serialNumber: contents.numberOf(node.content) })
    } else {
      writePX(bytes, at, modeOf(node), node, { links: 1, serialNumber: serial })
    }
  }

  private *encodeDirectories(start: number): Generator<Uint8Array> {
    for (const directory of this.directories) {
      const bytes = Buffer.alloc(directory.sizeBytes + directory.continuationBlocks * BLOCK_BYTES)
      this.encodeDirectory(directory, bytes, start)
      yield bytes
    }
  }

  private encodeDirectory(directory: PlannedDirectory, bytes: Buffer, start: number): void {
    const own = start + directory.offset
    const areaBlock = own + directory.sizeBytes / BLOCK_BYTES
    const area = new ContinuationArea()
    let at = 0
    const begin = (length: number) => {
      if ((at % BLOCK_BYTES) + length > BLOCK_BYTES) at = Math.ceil(at / BLOCK_BYTES) * BLOCK_BYTES
      const here = at
      at += length
      bytes[here] = length
      return here
    }
    this.encodeSelf(directory, bytes, begin(this.selfBytes(directory)), own)
    this.encodeParent(directory, bytes, begin(this.parentBytes(directory)), start)
    for (const entry of directory.entries) {
      const fixed = identifierEnd(this.format.identifierBytes(entry.identifier))
      const nameBytes = this.format.rockRidge ? Buffer.byteLength(entry.node.name) : 0
      const extra = this.extraBytes(directory, entry)
      const simple = fixed + PX_BYTES + TF_BYTES + extra + 5 + nameBytes
      const { node } = entry
      const isSimple =
        this.format.rockRidge &&
        (node.kind === 'directory' || (node.kind === 'file' && !isCompressed(node))) &&
        simple <= MAXIMUM_RECORD_BYTES
      const parted =
        this.format.rockRidge && !isSimple ? this.parted(directory, entry, fixed, area, areaBlock) : undefined
      for (const piece of parted?.pieces ?? []) piece.bytes.copy(bytes, directory.sizeBytes + piece.at)
      const length = even(isSimple ? simple : fixed + (parted?.recordBytes ?? 0))
      const sections = this.recordedSections(entry, start)
      for (const [index, section] of sections.entries()) {
        const here = begin(length)
        this.encodeHeader(bytes, here, section.start, section.sizeBytes, node, entry)
        if (index < sections.length - 1) bytes[here + 25]! |= 0x80
        this.format.writeIdentifier(bytes, here + RECORD_HEADER_BYTES, entry.identifier)
        if (isSimple) {
          this.writePosix(bytes, here + fixed, node, entry.directory)
          writeTF(bytes, here + fixed + PX_BYTES, node, this.context.volume.modified)
          let next = here + fixed + PX_BYTES + TF_BYTES
          for (const more of this.extraEntries(directory, entry)) next += more.copy(bytes, next)
          writeNM(bytes, next, node.name, nameBytes)
        } else if (parted) {
          let next = here + fixed
          for (const more of parted.inRecord) next += more.copy(bytes, next)
        }
      }
    }
  }

  private recordedSections(entry: PlannedEntry, start: number): { start: number; sizeBytes: number }[] {
    if (entry.directory) {
      const block = start + entry.directory.offset
      return [
        entry.placeholder ? { start: block, sizeBytes: 0 } : { start: block, sizeBytes: entry.directory.sizeBytes },
      ]
    }
    const sections = entry.node.kind === 'file' ? this.sections(entry.node) : []
    return sections.length > 0 ? sections : NO_SECTION
  }

  private encodeHeader(
    bytes: Buffer,
    at: number,
    start: number,
    sizeBytes: number,
    node: TreeNode,
    entry: PlannedEntry | undefined,
  ): void {
    writeBoth32(bytes, at + 2, start)
    writeBoth32(bytes, at + 10, sizeBytes)
    encodeRecordingDate(bytes, at + 18, node.modified ?? this.context.volume.modified)
    bytes[at + 25] = (node.hidden ? 1 : 0) | (node.kind === 'directory' && !entry?.placeholder ? 2 : 0)
    writeBoth16(bytes, at + 28, 1)
  }

  private encodeSelf(directory: PlannedDirectory, bytes: Buffer, at: number, own: number): void {
    this.encodeHeader(bytes, at, own, directory.sizeBytes, directory.node, undefined)
    this.writeSpecialIdentifier(bytes, at, SELF)
    if (!this.format.rockRidge) return
    let next = at + RECORD_HEADER_BYTES + 1
    if (directory === this.root) {
      // SP must come first (SUSP 5.3).
      const [sp, er] = rootEntries() as [Buffer, Buffer]
      next += sp.copy(bytes, next)
      next = this.writeAttributes(bytes, next, directory)
      er.copy(bytes, next)
    } else {
      this.writeAttributes(bytes, next, directory)
    }
  }

  private encodeParent(directory: PlannedDirectory, bytes: Buffer, at: number, start: number): void {
    const { parent } = directory
    this.encodeHeader(bytes, at, start + parent.offset, parent.sizeBytes, parent.node, undefined)
    this.writeSpecialIdentifier(bytes, at, PARENT)
    if (!this.format.rockRidge) return
    const next = this.writeAttributes(bytes, at + RECORD_HEADER_BYTES + 1, directory.seenIn ?? parent)
    if (directory.seenIn) linkEntry('PL', start + directory.seenIn.offset).copy(bytes, next)
  }

  private writeSpecialIdentifier(bytes: Buffer, at: number, identifier: string): void {
    bytes[at + 32] = 1
    bytes[at + RECORD_HEADER_BYTES] = identifier.charCodeAt(0)
  }

  private writeAttributes(bytes: Buffer, at: number, directory: PlannedDirectory): number {
    this.writePosix(bytes, at, directory.node, directory)
    writeTF(bytes, at + PX_BYTES, directory.node, this.context.volume.modified)
    return at + PX_BYTES + TF_BYTES
  }
}

const NO_SECTION = [{ start: 0, sizeBytes: 0 }]

/** Where system use begins: behind the identifier and, if its length is even, a padding byte. */
function identifierEnd(identifierBytes: number): number {
  return RECORD_HEADER_BYTES + identifierBytes + (identifierBytes % 2 === 0 ? 1 : 0)
}

const even = (length: number) => length + (length % 2)

function isCompressed(node: TreeNode): boolean {
  return node.kind === 'file' && node.content.kind === 'recorded' && 'compression' in node.content
}
