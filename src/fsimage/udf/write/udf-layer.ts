import type { ImageLayer, LayerContext, PlacedImage, Region } from '../../image/image-layer'
import { FILE_TYPE } from '../descriptors/icb'
import { FileSetPlan } from './file-set-plan'
import { FileSetWriter } from './file-set-writer'
import { encodeMetadataEntry, METADATA_UNIT } from './metadata-file'
import { type RevisionForm, revisionForm, type UdfRevision } from './revision'
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

/** What a UDF layer is made with. */
export interface UdfLayerOptions {
  readonly revision: UdfRevision
  /** With a metadata partition: its mirror has bytes of its own (createRedundantUdfMetadataFiles). Default true. */
  readonly duplicateMetadata?: boolean
}

/** The regions of a planned image. */
interface Regions {
  readonly recognition: Region
  readonly mainSequence: Region
  readonly integrity: Region
  readonly anchor: Region
  readonly structures: Region
  readonly mirror: Region | undefined
  readonly end: Region
}

/**
 * A UDF file system of an image, alone or as a bridge beside ISO 9660 (UDF 2.1 ff., 6.10): a volume that is only read,
 * with an anchor at block 256 of the session and one in its last block. Each session holds the structures of the whole
 * tree; files of earlier sessions lie in its partition, which begins before them.
 */
export class UdfLayer implements ImageLayer {
  readonly name = 'UDF'
  readonly form: RevisionForm
  private readonly duplicateMetadata: boolean
  private context: LayerContext | undefined
  private plannedFileSet: FileSetPlan | undefined
  private regions: Regions | undefined
  private structure: VolumeStructure | undefined
  private writer: FileSetWriter | undefined

  constructor({ revision, duplicateMetadata }: UdfLayerOptions) {
    this.form = revisionForm(revision)
    this.duplicateMetadata = duplicateMetadata ?? true
  }

  plan(context: LayerContext): Region[] {
    this.context = context
    const plan = new FileSetPlan(context, this.form)
    this.plannedFileSet = plan
    const { startAddress } = context
    const rewritable = context.rewritable && startAddress > 0
    const { hasMetadataPartition } = this.form
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
      end: {
        title: 'UDF reserve volume descriptor sequence and anchor',
        stage: 'end',
        offset: END_BLOCKS - 1,
        blocks: END_BLOCKS,
        alignment: END_BLOCKS,
        start: 0,
        encode: start => this.encodeEnd(start),
      },
    }
    return Object.values(this.regions).filter(region => region !== undefined)
  }

  placed(image: PlacedImage): void {
    const { context, regions, plannedFileSet: plan, form } = this
    if (!context || !regions || !plan) throw new Error('placed before it was planned')
    const { firstReferredAddress, startAddress } = context
    const { structures, mirror, end } = regions
    // Files of earlier sessions are reached through the partition, which therefore begins before them.
    const partitionStart =
      firstReferredAddress < startAddress
        ? Math.floor(firstReferredAddress / PARTITION_ALIGNMENT) * PARTITION_ALIGNMENT
        : structures.start
    const partitionEnd = Math.max(
      image.contentsEndAddress,
      structures.start + structures.blocks,
      mirror ? mirror.start + mirror.blocks : 0,
    )
    const block = structures.start - partitionStart
    const metadata = mirror && this.metadataPlacement(block, structures, mirror, partitionStart)
    const fileSet = metadata ? { partitionReference: 1, block: 0 } : { partitionReference: 0, block }
    this.structure = {
      form,
      volume: context.volume,
      partitionStart,
      partitionBlocks: partitionEnd - partitionStart,
      metadata,
      fileSet,
      mainSequence: regions.mainSequence.start,
      reserveSequence: end.start + reserveOffset,
      integritySequence: regions.integrity.start,
      files: plan.files,
      directories: plan.directories,
      nextUniqueId: plan.nextUniqueId,
    }
    this.writer = new FileSetWriter(plan, form, context.contents, context.volume, {
      partitionReference: fileSet.partitionReference,
      firstBlock: fileSet.block,
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

  private *encodeEnd(start: number): Generator<Uint8Array> {
    yield new Uint8Array(reserveOffset * BLOCK_BYTES)
    yield encodeVolumeDescriptorSequence(this.placedStructure, start + reserveOffset)
    yield encodeAnchor(this.placedStructure, start + END_BLOCKS - 1)
  }
}

/** The reserve sequence ends right before the last anchor, so that its extent tells where the volume ends. */
const reserveOffset = END_BLOCKS - 1 - SEQUENCE_BLOCKS

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit
}
