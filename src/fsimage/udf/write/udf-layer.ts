import type { ImageLayer, LayerContext, PlacedImage, Region } from '../../image/image-layer'
import { ImapiError } from '../../imapi-error'
import type { VirtualAllocationTablePlace } from '../../imported-file-system'
import { FILE_TYPE } from '../descriptors/icb'
import { FileSetPlan } from './file-set-plan'
import { FileSetWriter } from './file-set-writer'
import { encodeMetadataEntry, METADATA_UNIT } from './metadata-file'
import { type RevisionForm, revisionForm, type UdfRevision } from './revision'
import {
  encodeVirtualAllocationTable,
  encodeVirtualAllocationTableEntry,
  type VirtualAllocationTableValues,
  virtualAllocationTableBytes,
} from './virtual-allocation-table'
import {
  encodeAnchor,
  encodeIntegritySequence,
  encodeVolumeDescriptorSequence,
  encodeVolumeRecognition,
  INTEGRITY_BLOCKS,
  type MetadataPlacement,
  SEQUENCE_BLOCKS,
  type VolumeStructure,
} from './volume-structures'

const BLOCK_BYTES = 2048
/** Blocks from the start of the session; both sequences in one cluster, so that one read has them. */
const MAIN_SEQUENCE = 32
const INTEGRITY_SEQUENCE = 48
const ANCHOR = 256
/** The end of the image: the reserve sequence and the last anchor, in an ECC block of their own. */
const END_BLOCKS = 32
const PARTITION_ALIGNMENT = 32
/**
 * The end of an image with a Virtual Allocation Table: the reserve sequence and an anchor 256 blocks before the last block,
 * which is the table's ICB (UDF 2.2.3, 6.11), all in whole ECC blocks.
 */
const GROWING_END_BLOCKS = 288
const GROWING_ANCHOR_BEFORE_END = 256
/** Where the medium is not known, the partition reaches as far as the largest disc: four layers of BD-R XL. */
const LARGEST_MEDIUM_BLOCKS = 62_500_864

/** What a UDF layer is made with. */
export interface UdfLayerOptions {
  readonly revision: UdfRevision
  /** With a metadata partition: its mirror has bytes of its own (createRedundantUdfMetadataFiles). Default true. */
  readonly duplicateMetadata?: boolean
  /** Write-once media: entries are found by a Virtual Allocation Table, so that the volume grows by what is put behind it. */
  readonly virtualAllocationTable?: GrowingVolume | undefined
}

/** A volume with a Virtual Allocation Table. */
export interface GrowingVolume {
  /** What it had before: the table that the new one follows, and the partition, whose place never changes. */
  readonly previous: VirtualAllocationTablePlace | undefined
  /** LBA after the medium's last block, as far as known: up to there the partition reaches. */
  readonly mediumEnd: number | undefined
}

/** The regions of a planned image. */
interface Regions {
  readonly recognition: Region
  readonly mainSequence: Region
  readonly integrity: Region
  readonly anchor: Region
  readonly structures: Region
  readonly mirror: Region | undefined
  readonly table: Region | undefined
  readonly end: Region
}

/**
 * A UDF file system of an image, alone or as a bridge beside ISO 9660 (UDF 2.1 ff., 6.10): a volume that is only read,
 * with an anchor at block 256 of the session and one in its last block. Each session holds the structures of the whole
 * tree; files of earlier sessions lie in its partition, which begins before them.
 *
 * With a Virtual Allocation Table it does the same on a volume that others may go on writing: readers that know nothing of
 * sessions begin with the first one's descriptors and find the newest tree by the table in the last block.
 */
export class UdfLayer implements ImageLayer {
  readonly name = 'UDF'
  readonly form: RevisionForm
  private readonly duplicateMetadata: boolean
  private readonly growing: GrowingVolume | undefined
  private context: LayerContext | undefined
  private plannedFileSet: FileSetPlan | undefined
  private regions: Regions | undefined
  private structure: VolumeStructure | undefined
  private writer: FileSetWriter | undefined

  /** @throws {ImapiError} `IMAPI_E_INVALID_PARAM` for a Virtual Allocation Table of UDF 1.02, which has none */
  constructor({ revision, duplicateMetadata, virtualAllocationTable }: UdfLayerOptions) {
    if (virtualAllocationTable && revision === '1.02') {
      throw new ImapiError('IMAPI_E_INVALID_PARAM', 'UDF 1.02 has no Virtual Allocation Table.', {
        hint: 'Choose UDF 1.50 or later.',
      })
    }
    this.form = revisionForm(revision, virtualAllocationTable !== undefined)
    this.duplicateMetadata = duplicateMetadata ?? true
    this.growing = virtualAllocationTable
  }

  plan(context: LayerContext): Region[] {
    this.context = context
    const plan = new FileSetPlan(context, this.form)
    this.plannedFileSet = plan
    const { startAddress } = context
    const rewritable = context.rewritable && startAddress > 0
    if (rewritable && this.growing) {
      throw new ImapiError(
        'IMAPI_E_INVALID_PARAM',
        'A Virtual Allocation Table is for media that are written once: this one is overwritten.',
      )
    }
    const { hasMetadataPartition, hasVirtualPartition } = this.form
    const bodyBlocks = roundUp(plan.blocks, METADATA_UNIT)
    const recognition: Region = {
      title: 'UDF volume recognition sequence',
      stage: 'recognition',
      blocks: 3,
      start: 0,
      encode: () => [encodeVolumeRecognition(this.form)],
    }
    const mirrorBody = this.duplicateMetadata ? bodyBlocks : 0
    const mirror: Region | undefined = hasMetadataPartition
      ? {
          title: 'UDF metadata mirror file',
          stage: 'trailer',
          blocks: mirrorBody + METADATA_UNIT,
          alignment: METADATA_UNIT,
          start: 0,
          encode: start => this.encodeMirror(start),
        }
      : undefined
    this.regions = {
      recognition,
      mainSequence: {
        title: 'UDF main volume descriptor sequence',
        stage: 'fixed',
        offset: MAIN_SEQUENCE,
        blocks: SEQUENCE_BLOCKS,
        start: 0,
        encode: start => [encodeVolumeDescriptorSequence(this.placedStructure, start)],
      },
      integrity: {
        title: 'UDF logical volume integrity sequence',
        stage: 'fixed',
        offset: INTEGRITY_SEQUENCE,
        blocks: INTEGRITY_BLOCKS,
        start: 0,
        encode: () => [encodeIntegritySequence(this.placedStructure)],
      },
      anchor: {
        title: 'UDF anchor',
        stage: 'fixed',
        offset: ANCHOR,
        blocks: 1,
        start: 0,
        ...(rewritable ? { rewrittenAt: [ANCHOR] } : {}),
        encode: start => [encodeAnchor(this.placedStructure, start)],
      },
      structures: {
        title: hasMetadataPartition ? 'UDF metadata file' : 'UDF file set',
        stage: 'metadata',
        blocks: hasMetadataPartition ? METADATA_UNIT + bodyBlocks : plan.blocks,
        ...(hasMetadataPartition ? { alignment: METADATA_UNIT } : {}),
        start: 0,
        encode: start => this.encodeStructures(start),
      },
      mirror,
      table: hasVirtualPartition
        ? {
            title: 'UDF virtual allocation table',
            stage: 'trailer',
            blocks: Math.ceil(virtualAllocationTableBytes(plan, this.form) / BLOCK_BYTES),
            start: 0,
            encode: () => this.encodeTable(),
          }
        : undefined,
      end: {
        title: `UDF reserve volume descriptor sequence and anchor${hasVirtualPartition ? ', allocation table ICB' : ''}`,
        stage: 'end',
        offset: this.endBlocks - 1,
        blocks: this.endBlocks,
        alignment: PARTITION_ALIGNMENT,
        start: 0,
        encode: start => this.encodeEnd(start),
      },
    }
    return Object.values(this.regions).filter(region => region !== undefined)
  }

  placed(image: PlacedImage): void {
    const { context, regions, plannedFileSet: plan, form, growing } = this
    if (!context || !regions || !plan) throw new Error('placed before it was planned')
    const { structures, mirror, end } = regions
    const partitionStart = growing?.previous?.partitionStart ?? firstBlockOfPartition(context, structures)
    const { firstReferredAddress, startAddress } = context
    if (firstReferredAddress < Math.min(startAddress, partitionStart)) {
      throw new ImapiError(
        'IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION',
        `A file stands at block ${firstReferredAddress}, before the partition that begins at block ${partitionStart}.`,
      )
    }
    const partitionEnd = growing
      ? Math.max(image.endAddress, growing.mediumEnd ?? LARGEST_MEDIUM_BLOCKS)
      : Math.max(
          image.contentsEndAddress,
          structures.start + structures.blocks,
          mirror ? mirror.start + mirror.blocks : 0,
        )
    const block = structures.start - partitionStart
    const metadata = mirror && this.metadataPlacement(block, structures, mirror, partitionStart)
    const bodies = metadata ? { partitionReference: 1, firstBlock: 0 } : { partitionReference: 0, firstBlock: block }
    const fileSet = growing ? { partitionReference: 1, firstBlock: 0 } : bodies
    this.structure = {
      form,
      volume: context.volume,
      partitionStart,
      partitionBlocks: partitionEnd - partitionStart,
      freeBlocks: growing ? partitionEnd - image.endAddress : 0,
      metadata,
      fileSet: { partitionReference: fileSet.partitionReference, block: fileSet.firstBlock },
      mainSequence: regions.mainSequence.start,
      reserveSequence: end.start + this.anchorOffset - SEQUENCE_BLOCKS,
      integritySequence: regions.integrity.start,
      files: plan.files,
      directories: plan.directories,
      // The table's own entry takes one.
      nextUniqueId: plan.nextUniqueId + (growing ? 1 : 0),
    }
    this.writer = new FileSetWriter(plan, form, context.contents, context.volume, {
      ...fileSet,
      bodies,
      partitionStart,
    })
  }

  private metadataPlacement(
    fileBlock: number,
    structures: Region,
    mirror: Region,
    partitionStart: number,
  ): MetadataPlacement {
    return {
      fileBlock,
      mirrorBlock: mirror.start + mirror.blocks - METADATA_UNIT - partitionStart,
      allocationUnit: METADATA_UNIT,
      isDuplicated: this.duplicateMetadata,
      blocks: structures.blocks - METADATA_UNIT,
    }
  }

  private get placedStructure(): VolumeStructure {
    if (!this.structure) throw new Error('encoded before it was placed')
    return this.structure
  }

  private *encodeStructures(start: number): Generator<Uint8Array> {
    const { form, volume, metadata, partitionStart } = this.placedStructure
    const fileSet = this.writer!.encode()
    if (!metadata) return yield* fileSet
    const unit = new Uint8Array(METADATA_UNIT * BLOCK_BYTES)
    const block = start - partitionStart
    const body = { block: block + METADATA_UNIT, blocks: metadata.blocks }
    unit.set(encodeMetadataEntry(form, volume.created, FILE_TYPE.metadataFile, block, body))
    yield unit
    yield* this.padded(fileSet, metadata.blocks)
  }

  private *encodeMirror(start: number): Generator<Uint8Array> {
    const { form, volume, metadata, partitionStart } = this.placedStructure
    if (!metadata) return
    const { fileBlock, mirrorBlock, blocks, isDuplicated } = metadata
    if (isDuplicated) yield* this.padded(this.writer!.encode(), blocks)
    const unit = new Uint8Array(METADATA_UNIT * BLOCK_BYTES)
    const body = { block: isDuplicated ? start - partitionStart : fileBlock + METADATA_UNIT, blocks }
    unit.set(encodeMetadataEntry(form, volume.created, FILE_TYPE.metadataMirrorFile, mirrorBlock, body))
    yield unit
  }

  private *padded(chunks: Iterable<Uint8Array>, blocks: number): Generator<Uint8Array> {
    let left = blocks * BLOCK_BYTES
    for (const chunk of chunks) {
      left -= chunk.length
      yield chunk
    }
    if (left > 0) yield new Uint8Array(left)
  }

  private *encodeTable(): Generator<Uint8Array> {
    const { structures, table } = this.regions!
    const firstBlock = structures.start - this.placedStructure.partitionStart
    const bytes = encodeVirtualAllocationTable(this.plannedFileSet!, firstBlock, this.tableValues)
    yield bytes
    yield new Uint8Array(table!.blocks * BLOCK_BYTES - bytes.length)
  }

  private get tableValues(): VirtualAllocationTableValues {
    const { form, volume, files, directories } = this.placedStructure
    return { form, volume, files, directories, previous: this.growing?.previous?.block }
  }

  private get endBlocks(): number {
    return this.growing ? GROWING_END_BLOCKS : END_BLOCKS
  }

  /** Where the anchor stands in the end region; the reserve sequence ends before it, which tells where the volume ends. */
  private get anchorOffset(): number {
    return this.endBlocks - 1 - (this.growing ? GROWING_ANCHOR_BEFORE_END : 0)
  }

  private *encodeEnd(start: number): Generator<Uint8Array> {
    const { placedStructure: structure, anchorOffset, endBlocks } = this
    const reserveOffset = anchorOffset - SEQUENCE_BLOCKS
    yield new Uint8Array(reserveOffset * BLOCK_BYTES)
    yield encodeVolumeDescriptorSequence(structure, start + reserveOffset)
    yield encodeAnchor(structure, start + anchorOffset)
    const { table } = this.regions!
    if (!table) return
    yield new Uint8Array((endBlocks - 2 - anchorOffset) * BLOCK_BYTES)
    const { partitionStart, nextUniqueId } = structure
    const sizeBytes = virtualAllocationTableBytes(this.plannedFileSet!, this.form)
    yield encodeVirtualAllocationTableEntry(
      start + endBlocks - 1 - partitionStart,
      { block: table.start - partitionStart, sizeBytes },
      nextUniqueId - 1,
      this.tableValues,
    )
  }
}

/** Files of earlier sessions are reached through the partition, which therefore begins before them. */
function firstBlockOfPartition({ firstReferredAddress, startAddress }: LayerContext, structures: Region): number {
  return firstReferredAddress < startAddress
    ? Math.floor(firstReferredAddress / PARTITION_ALIGNMENT) * PARTITION_ALIGNMENT
    : structures.start
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit
}
