import type { ContentPlacement, VolumeIdentification } from '../../image/image-layer'
import type { RecordedExtent } from '../../tree/file-content'
import type { Metadata, SpecialNode } from '../../tree/node'
import { longAd } from '../descriptors/allocation'
import { encodeCharacters, encodedLength } from '../descriptors/character-set'
import { extendedFileEntry } from '../descriptors/file-entry'
import {
  FILE_IDENTIFIER_BYTES,
  fileIdentifierDescriptor,
  fileIdentifierLength,
} from '../descriptors/file-identifier-descriptor'
import { FILE_TYPE } from '../descriptors/icb'
import { allocationExtentDescriptor } from '../descriptors/space'
import { sealDescriptor, TAG } from '../descriptors/tag'
import {
  ALLOCATION_EXTENT_BYTES,
  type DescriptorKind,
  DescriptorWriter,
  descriptorBytes,
  extentPieces,
} from './allocation'
import { deviceAttributes } from './device-attributes'
import { EntryTemplate } from './entry-template'
import { fileSetDescriptorSequence } from './file-set-descriptor-sequence'
import type {
  DirectoryEntryPlan,
  DirectoryPlan,
  EntryPlan,
  FileEntryPlan,
  FileSetPlan,
  LinkEntryPlan,
  PlannedPiece,
  SpecialEntryPlan,
  StreamDirectoryPlan,
} from './file-set-plan'
import type { RevisionForm } from './revision'

const BLOCK_BYTES = 2048
/** Bytes that are handed on at once. */
const CHUNK_BYTES = 65_536

const SPECIAL_TYPES: Readonly<Record<SpecialNode['type'], number>> = {
  'block-device': FILE_TYPE.blockDevice,
  'character-device': FILE_TYPE.characterDevice,
  fifo: FILE_TYPE.fifo,
  socket: FILE_TYPE.socket,
  unknown: FILE_TYPE.unspecified,
}

/** Where the file structures stand, and the files' bytes. */
export interface FileSetPlacement {
  /** Place of the partition of the file structures among the partition maps. */
  readonly partitionReference: number
  /** Logical block of that partition where the file structures begin. */
  readonly firstBlock: number
  /** The same for what directories and long links hold, which is never in a virtual partition. */
  readonly bodies: { readonly partitionReference: number; readonly firstBlock: number }
  /** LBA of the physical partition's block 0. */
  readonly partitionStart: number
}

/** Encodes the file structures that were planned, in the order of their blocks. */
export class FileSetWriter {
  private readonly plan: FileSetPlan
  private readonly form: RevisionForm
  private readonly contents: ContentPlacement
  private readonly volume: VolumeIdentification
  private readonly placement: FileSetPlacement
  private readonly template: EntryTemplate
  private readonly fileIdentifier: Uint8Array
  private readonly bodyDescriptors: DescriptorWriter
  private readonly dataDescriptors: DescriptorWriter
  private readonly dataKind: DescriptorKind

  constructor(
    plan: FileSetPlan,
    form: RevisionForm,
    contents: ContentPlacement,
    volume: VolumeIdentification,
    placement: FileSetPlacement,
  ) {
    this.plan = plan
    this.form = form
    this.contents = contents
    this.volume = volume
    this.placement = placement
    this.template = new EntryTemplate(form, volume.created)
    this.fileIdentifier = fileIdentifierDescriptor.encode({
      fileVersionNumber: 1,
      icb: { extentLength: BLOCK_BYTES, extentLocation: { partitionReferenceNumber: placement.partitionReference } },
    })
    this.bodyDescriptors = new DescriptorWriter(form.directoryDescriptors, placement.bodies.partitionReference)
    this.dataKind = form.fileDescriptors
    // Files' bytes lie in the physical partition.
    this.dataDescriptors = new DescriptorWriter(this.dataKind, 0)
  }

  /** The blocks, in chunks. */
  *encode(): Generator<Uint8Array> {
    const icb = {
      partitionReferenceNumber: this.placement.partitionReference,
      logicalBlockNumber: this.at(this.plan.root.block),
    }
    yield fileSetDescriptorSequence(this.form, this.volume, this.placement.firstBlock, icb)
    let chunk = new Uint8Array(CHUNK_BYTES)
    let filled = 0
    for (const piece of this.plan.pieces) {
      const bytes = piece.blocks * BLOCK_BYTES
      if (filled > 0 && filled + bytes > chunk.length) {
        yield chunk.subarray(0, filled)
        chunk = new Uint8Array(Math.max(CHUNK_BYTES, bytes))
        filled = 0
      } else if (bytes > chunk.length) chunk = new Uint8Array(bytes)
      this.piece(piece, chunk.subarray(filled, filled + bytes))
      filled += bytes
    }
    if (filled > 0) yield chunk.subarray(0, filled)
  }

  private at(block: number): number {
    return this.placement.firstBlock + block
  }

  private bodyAt(block: number): number {
    return this.placement.bodies.firstBlock + block
  }

  private seal(bytes: Uint8Array, tagIdentifier: number, block: number, tagLocation = this.at(block)): void {
    const { descriptorVersion } = this.form
    sealDescriptor(bytes, { tagIdentifier, descriptorVersion, tagLocation })
  }

  private piece(piece: PlannedPiece, target: Uint8Array): void {
    if (piece.kind === 'directory-body') this.directory(piece, target)
    else if (piece.kind === 'directory' || piece.kind === 'stream-directory') this.directoryEntry(piece, target)
    else if (piece.kind === 'link') this.link(piece, target)
    else if (piece.kind === 'other') this.special(piece, target)
    else this.file(piece, target)
  }

  /** Seals an entry: the CRC covers what is used of its block. */
  private sealEntry(target: Uint8Array, block: number, variableBytes: number): void {
    const tagIdentifier = this.form.isThirdEdition ? TAG.extendedFileEntry : TAG.fileEntry
    this.seal(target.subarray(0, this.template.length + variableBytes), tagIdentifier, block)
  }

  private directory(directory: DirectoryPlan, target: Uint8Array): void {
    let offset = this.identifier(directory, target, 0, '', directory.parent!, false, directory.parent!.uniqueId, true)
    for (const { identifier, entry, hidden, uniqueId } of directory.identifiers) {
      offset = this.identifier(directory, target, offset, identifier, entry, hidden, uniqueId, false)
    }
  }

  /** One File Identifier Descriptor; gives where the next one begins. */
  private identifier(
    directory: DirectoryPlan,
    target: Uint8Array,
    offset: number,
    name: string,
    entry: EntryPlan,
    hidden: boolean,
    uniqueId: number,
    isParent: boolean,
  ): number {
    const nameLength = encodedLength(name)
    const length = fileIdentifierLength(nameLength)
    const bytes = target.subarray(offset, offset + length)
    const { fields } = fileIdentifierDescriptor
    bytes.set(this.fileIdentifier)
    if (hidden) fields.hidden.definition.write(bytes, true)
    if (entry.kind === 'directory') fields.directory.definition.write(bytes, true)
    if (isParent) {
      fields.parent.definition.write(bytes, true)
      fields.directory.definition.write(bytes, true)
    }
    fields.lengthOfFileIdentifier.definition.write(bytes, nameLength)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const icb = fields.icb.offset
    view.setUint32(icb + longAd.fields.extentLocation.offset, this.at(entry.block), true)
    // Directories of the 2nd edition have no unique identifiers (UDF 2.00 2.3.4.3).
    if (this.form.isThirdEdition) view.setUint32(icb + longAd.fields.uniqueId.offset, uniqueId, true)
    bytes.set(encodeCharacters(name), FILE_IDENTIFIER_BYTES)
    const block = directory.block + Math.floor(offset / BLOCK_BYTES)
    this.seal(bytes, TAG.fileIdentifierDescriptor, block, this.bodyAt(block))
    return offset + length
  }

  private directoryEntry(plan: DirectoryEntryPlan | StreamDirectoryPlan, target: Uint8Array): void {
    const { directory } = plan
    const isStream = plan.kind === 'stream-directory'
    const extents = [{ start: this.bodyAt(directory.block), sizeBytes: directory.sizeBytes }]
    const allocationKind = this.form.directoryDescriptors
    let offset = this.template.length
    for (const { start, sizeBytes } of extentPieces(extents)) {
      this.bodyDescriptors.write(target, offset, start, sizeBytes)
      offset += descriptorBytes(allocationKind)
    }
    const descriptorsLength = offset - this.template.length
    this.template.write(target, {
      fileType: isStream ? FILE_TYPE.streamDirectory : FILE_TYPE.directory,
      allocationKind,
      metadata: directory.node,
      links: plan.links,
      uniqueId: plan.uniqueId,
      informationLength: directory.sizeBytes,
      blocksRecorded: directory.blocks,
      isStream,
      descriptorsLength,
    })
    this.sealEntry(target, plan.block, descriptorsLength)
  }

  private file(plan: FileEntryPlan, target: Uint8Array): void {
    const { node, content, parts, streamDirectory } = plan
    const extents = this.contents.extentsOf(content)
    const descriptorsLength = parts.inEntry * descriptorBytes(this.dataKind)
    const streams = streamDirectory?.directory.identifiers ?? []
    this.template.write(target, {
      fileType: node.realTime && this.form.hasRealTimeFiles ? FILE_TYPE.realTimeFile : FILE_TYPE.file,
      allocationKind: this.dataKind,
      metadata: node,
      links: plan.links,
      uniqueId: plan.uniqueId,
      informationLength: content.sizeBytes,
      objectSize: streams.reduce((sum, { entry }) => sum + streamBytes(entry), content.sizeBytes),
      blocksRecorded: recordedBlocks(extents),
      isStream: plan.kind === 'stream',
      descriptorsLength,
    })
    if (streamDirectory) {
      extendedFileEntry.fields.streamDirectoryIcb.definition.write(target, {
        extentLength: BLOCK_BYTES,
        extentLocation: {
          logicalBlockNumber: this.at(streamDirectory.block),
          partitionReferenceNumber: this.placement.partitionReference,
        },
      })
    }
    this.descriptors(plan, extents, target)
    this.sealEntry(target, plan.block, descriptorsLength)
  }

  /** The allocation descriptors: in the entry, and in the continuations behind it. */
  private descriptors(plan: FileEntryPlan, extents: readonly RecordedExtent[], target: Uint8Array): void {
    const size = descriptorBytes(this.dataKind)
    const { partitionStart, partitionReference } = this.placement
    let block = 0
    let offset = this.template.length
    let end = offset + plan.parts.inEntry * size
    const continueIn = (next: number) => {
      this.dataDescriptors.write(
        target,
        offset,
        this.at(plan.block + next),
        BLOCK_BYTES,
        'continuation',
        partitionReference,
      )
      this.sealContinuation(plan, block, target, offset + size)
      block = next
      offset = next * BLOCK_BYTES + ALLOCATION_EXTENT_BYTES
      end = (next + 1) * BLOCK_BYTES
    }
    for (const { start, sizeBytes } of extentPieces(extents)) {
      if (offset + 2 * size > end && block < plan.parts.continuations) continueIn(block + 1)
      const lbn = start === undefined ? undefined : start - partitionStart
      this.dataDescriptors.write(target, offset, lbn, sizeBytes)
      offset += size
    }
    this.sealContinuation(plan, block, target, offset)
  }

  private sealContinuation(plan: FileEntryPlan, block: number, target: Uint8Array, end: number): void {
    // The entry itself is sealed by its own length.
    if (block === 0) return
    const start = block * BLOCK_BYTES
    const bytes = target.subarray(start, end)
    const lengthOfAllocationDescriptors = bytes.length - ALLOCATION_EXTENT_BYTES
    allocationExtentDescriptor.fields.lengthOfAllocationDescriptors.definition.write(
      bytes,
      lengthOfAllocationDescriptors,
    )
    this.seal(bytes, TAG.allocationExtentDescriptor, plan.block + block)
  }

  private link(plan: LinkEntryPlan, target: Uint8Array): void {
    const { node, path, blocks } = plan
    const isEmbedded = blocks === 1
    const allocationKind = this.form.directoryDescriptors
    const descriptorsLength = isEmbedded ? path.length : descriptorBytes(allocationKind)
    this.template.write(target, {
      fileType: FILE_TYPE.symbolicLink,
      allocationKind: isEmbedded ? 'embedded' : allocationKind,
      metadata: node,
      links: plan.links,
      uniqueId: plan.uniqueId,
      informationLength: path.length,
      blocksRecorded: blocks - 1,
      descriptorsLength,
    })
    if (isEmbedded) target.set(path, this.template.length)
    else {
      this.bodyDescriptors.write(target, this.template.length, this.bodyAt(plan.block + 1), path.length)
      target.set(path, BLOCK_BYTES)
    }
    this.sealEntry(target, plan.block, descriptorsLength)
  }

  private special(plan: SpecialEntryPlan, target: Uint8Array): void {
    const { node } = plan
    const attributes = node.device ? deviceAttributes(node.device, this.form, this.at(plan.block)) : new Uint8Array()
    this.template.write(target, {
      fileType: SPECIAL_TYPES[node.type],
      allocationKind: 'embedded',
      metadata: node as Metadata,
      links: plan.links,
      uniqueId: plan.uniqueId,
      informationLength: 0,
      blocksRecorded: 0,
      attributesLength: attributes.length,
      descriptorsLength: 0,
    })
    target.set(attributes, this.template.length)
    this.sealEntry(target, plan.block, attributes.length)
  }
}

function recordedBlocks(extents: readonly RecordedExtent[]): number {
  let blocks = 0
  for (const { start, sizeBytes } of extents) if (start !== undefined) blocks += Math.ceil(sizeBytes / BLOCK_BYTES)
  return blocks
}

function streamBytes(entry: EntryPlan): number {
  return entry.kind === 'stream' ? entry.content.sizeBytes : 0
}
