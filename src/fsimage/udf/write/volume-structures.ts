import { createHash } from 'node:crypto'
import type { VolumeIdentification } from '../../image/image-layer'
import { OSTA_CS0 } from '../descriptors/character-specification'
import { domainIdentifier, IDENTIFIER, implementationIdentifier, udfIdentifier } from '../descriptors/entity-identifier'
import { metadataPartitionMap, NO_BLOCK, type1PartitionMap, type2PartitionMap } from '../descriptors/partition-map'
import { sealDescriptor, TAG } from '../descriptors/tag'
import { timestampOf } from '../descriptors/timestamp'
import {
  anchorVolumeDescriptorPointer,
  implementationUseVolumeDescriptor,
  integrityImplementationUse,
  logicalVolumeDescriptor,
  logicalVolumeIntegrityDescriptor,
  partitionDescriptor,
  primaryVolumeDescriptor,
  terminatingDescriptor,
  unallocatedSpaceDescriptor,
} from '../descriptors/volume-descriptors'
import { STANDARD_IDENTIFIER, volumeStructureDescriptor } from '../descriptors/volume-recognition'
import type { RevisionForm } from './revision'
import { identifierText } from './volume-texts'

const BLOCK_BYTES = 2048
/** Blocks of each volume descriptor sequence (ECMA-167 3/8.4.2.1: 16 at least). */
export const SEQUENCE_BLOCKS = 16
/** Blocks of the logical volume integrity sequence. */
export const INTEGRITY_BLOCKS = 4
const UNSPECIFIED_PREFIX = 16
const ACCESS_TYPE = { readOnly: 1, writeOnce: 2 } as const
/** The size and free space of a virtual partition (UDF 2.2.6.2, 2.2.6.3). */
const NOT_COUNTED = 0xffffffff
const INTEGRITY_USE_BYTES = 46

/** Where the metadata partition lies, by blocks of the physical partition. */
export interface MetadataPlacement {
  readonly fileBlock: number
  readonly mirrorBlock: number
  readonly allocationUnit: number
  readonly isDuplicated: boolean
  /** Blocks of the metadata file. */
  readonly blocks: number
}

/** What the volume structures describe. */
export interface VolumeStructure {
  readonly form: RevisionForm
  readonly volume: VolumeIdentification
  /** LBA and length of the physical partition. */
  readonly partitionStart: number
  readonly partitionBlocks: number
  /** Blocks of it that nothing is recorded in yet. */
  readonly freeBlocks: number
  readonly metadata: MetadataPlacement | undefined
  /** Where the file set descriptor is. */
  readonly fileSet: { readonly partitionReference: number; readonly block: number }
  /** LBAs of the sequences. */
  readonly mainSequence: number
  readonly reserveSequence: number
  readonly integritySequence: number
  readonly files: number
  readonly directories: number
  readonly nextUniqueId: number
}

function blocks(count: number): Uint8Array {
  return new Uint8Array(count * BLOCK_BYTES)
}

/** The volume recognition sequence of the extended area: BEA01, NSR02 or NSR03, TEA01. */
export function encodeVolumeRecognition(form: RevisionForm): Uint8Array {
  const bytes = blocks(3)
  const identifiers = [STANDARD_IDENTIFIER.beginning, form.standardIdentifier, STANDARD_IDENTIFIER.terminating]
  for (const [index, standardIdentifier] of identifiers.entries()) {
    bytes.set(volumeStructureDescriptor.encode({ standardIdentifier, structureVersion: 1 }), index * BLOCK_BYTES)
  }
  return bytes
}

/** An Anchor Volume Descriptor Pointer for the block that it stands in. */
export function encodeAnchor(structure: VolumeStructure, lba: number): Uint8Array {
  const bytes = blocks(1)
  const extent = (extentLocation: number) => ({ extentLength: SEQUENCE_BLOCKS * BLOCK_BYTES, extentLocation })
  const anchor = anchorVolumeDescriptorPointer.encode({
    mainVolumeDescriptorSequenceExtent: extent(structure.mainSequence),
    reserveVolumeDescriptorSequenceExtent: extent(structure.reserveSequence),
  })
  bytes.set(seal(structure.form, anchor, TAG.anchorVolumeDescriptorPointer, lba))
  return bytes
}

function seal(form: RevisionForm, bytes: Uint8Array, tagIdentifier: number, tagLocation: number): Uint8Array {
  return sealDescriptor(bytes, { tagIdentifier, descriptorVersion: form.descriptorVersion, tagLocation })
}

/** A volume descriptor sequence, the Primary Volume Descriptor first: udfclient takes no other order. */
export function encodeVolumeDescriptorSequence(structure: VolumeStructure, lba: number): Uint8Array {
  const bytes = blocks(SEQUENCE_BLOCKS)
  const descriptors: [tagIdentifier: number, bytes: (number: number) => Uint8Array][] = [
    [TAG.primaryVolumeDescriptor, number => primaryVolume(structure, number)],
    [TAG.implementationUseVolumeDescriptor, number => logicalVolumeInformation(structure, number)],
    [TAG.partitionDescriptor, number => partition(structure, number)],
    [TAG.logicalVolumeDescriptor, number => logicalVolume(structure, number)],
    [
      TAG.unallocatedSpaceDescriptor,
      volumeDescriptorSequenceNumber =>
        unallocatedSpaceDescriptor.encode({ volumeDescriptorSequenceNumber, allocationDescriptors: [] }),
    ],
    [TAG.terminatingDescriptor, () => terminatingDescriptor.encode({})],
  ]
  for (const [index, [tagIdentifier, encode]] of descriptors.entries()) {
    bytes.set(seal(structure.form, encode(index), tagIdentifier, lba + index), index * BLOCK_BYTES)
  }
  return bytes
}

function logicalVolumeInformation({ form, volume }: VolumeStructure, number: number): Uint8Array {
  return implementationUseVolumeDescriptor.encode({
    volumeDescriptorSequenceNumber: number,
    implementationIdentifier: udfIdentifier(IDENTIFIER.logicalVolumeInformation, form.code),
    lviCharset: OSTA_CS0,
    logicalVolumeIdentifier: identifierText(volume.volumeName, 128),
    lvInfo1: identifierText(volume.publisher, 36),
    lvInfo2: identifierText(volume.dataPreparer, 36),
    lvInfo3: identifierText(volume.application, 36),
    implementationId: implementationIdentifier,
  })
}

function partition(structure: VolumeStructure, number: number): Uint8Array {
  return partitionDescriptor.encode({
    volumeDescriptorSequenceNumber: number,
    // Bit 0: the partition is allocated.
    partitionFlags: 1,
    partitionNumber: 0,
    partitionContents: { identifier: `+${structure.form.standardIdentifier}` },
    accessType: structure.form.hasVirtualPartition ? ACCESS_TYPE.writeOnce : ACCESS_TYPE.readOnly,
    partitionStartingLocation: structure.partitionStart,
    partitionLength: structure.partitionBlocks,
    implementationIdentifier,
  })
}

function logicalVolume(structure: VolumeStructure, number: number): Uint8Array {
  const { form, volume, fileSet, metadata } = structure
  const maps = [
    type1PartitionMap.encode({
      partitionMapType: 1,
      partitionMapLength: 6,
      volumeSequenceNumber: 1,
      partitionNumber: 0,
    }),
  ]
  if (metadata) {
    maps.push(
      metadataPartitionMap.encode({
        partitionMapType: 2,
        partitionMapLength: metadataPartitionMap.length,
        partitionTypeIdentifier: udfIdentifier(IDENTIFIER.metadataPartition, form.code),
        volumeSequenceNumber: 1,
        partitionNumber: 0,
        metadataFileLocation: metadata.fileBlock,
        metadataMirrorFileLocation: metadata.mirrorBlock,
        metadataBitmapFileLocation: NO_BLOCK,
        allocationUnitSize: metadata.allocationUnit,
        alignmentUnitSize: metadata.allocationUnit,
        duplicateMetadata: metadata.isDuplicated,
      }),
    )
  }
  if (form.hasVirtualPartition) {
    maps.push(
      type2PartitionMap.encode({
        partitionMapType: 2,
        partitionMapLength: type2PartitionMap.length,
        partitionTypeIdentifier: udfIdentifier(IDENTIFIER.virtualPartition, form.code),
        volumeSequenceNumber: 1,
        partitionNumber: 0,
      }),
    )
  }
  const partitionMaps = Buffer.concat(maps)
  return logicalVolumeDescriptor.encode({
    volumeDescriptorSequenceNumber: number,
    descriptorCharacterSet: OSTA_CS0,
    logicalVolumeIdentifier: identifierText(volume.volumeName, 128),
    logicalBlockSize: BLOCK_BYTES,
    domainIdentifier: domainIdentifier(form.code),
    fileSetDescriptorSequence: {
      // An extent of a virtual partition is one block: its neighbour may come to stand elsewhere.
      extentLength: (form.hasVirtualPartition ? 1 : 2) * BLOCK_BYTES,
      extentLocation: {
        logicalBlockNumber: fileSet.block,
        partitionReferenceNumber: fileSet.partitionReference,
      },
    },
    mapTableLength: partitionMaps.length,
    numberOfPartitionMaps: maps.length,
    implementationIdentifier,
    integritySequenceExtent: {
      extentLength: INTEGRITY_BLOCKS * BLOCK_BYTES,
      extentLocation: structure.integritySequence,
    },
    partitionMaps,
  })
}

function primaryVolume({ volume }: VolumeStructure, number: number): Uint8Array {
  return primaryVolumeDescriptor.encode({
    volumeDescriptorSequenceNumber: number,
    volumeIdentifier: identifierText(volume.volumeName, 32),
    volumeSequenceNumber: 1,
    maximumVolumeSequenceNumber: 1,
    interchangeLevel: 2,
    maximumInterchangeLevel: 2,
    characterSetList: 1,
    maximumCharacterSetList: 1,
    volumeSetIdentifier: volumeSetIdentifier(volume),
    descriptorCharacterSet: OSTA_CS0,
    explanatoryCharacterSet: OSTA_CS0,
    recordingDateAndTime: timestampOf(new Date(volume.created)),
    implementationIdentifier,
  })
}

/** Sixteen characters that set the volume apart from others (UDF 2.2.2.5), the time among them, and the name given. */
function volumeSetIdentifier(volume: VolumeIdentification): string {
  const seconds = (Math.floor(volume.created / 1000) >>> 0).toString(16).padStart(8, '0')
  const own = createHash('sha256').update(JSON.stringify(volume)).digest('hex')
  const unique = `${seconds}${own}`.slice(0, UNSPECIFIED_PREFIX)
  return identifierText(`${unique}${volume.volumeSetIdentifier || volume.volumeName}`, 128)
}

/**
 * The logical volume integrity sequence, and a Terminating Descriptor: closed, or where a Virtual Allocation Table goes on
 * counting, open for ever (UDF 2.2.6).
 */
export function encodeIntegritySequence(structure: VolumeStructure): Uint8Array {
  const { form, volume, metadata, partitionBlocks, freeBlocks, integritySequence } = structure
  const bytes = blocks(INTEGRITY_BLOCKS)
  const second = metadata ? [metadata.blocks] : form.hasVirtualPartition ? [NOT_COUNTED] : []
  const sizes = [partitionBlocks, ...second]
  const use = integrityImplementationUse.encode(
    {
      implementationIdentifier,
      numberOfFiles: structure.files,
      numberOfDirectories: structure.directories,
      minimumUdfReadRevision: form.minimumReadRevision,
      minimumUdfWriteRevision: form.code,
      maximumUdfWriteRevision: form.code,
    },
    INTEGRITY_USE_BYTES,
  )
  const freeAndSizes = Buffer.alloc(8 * sizes.length)
  freeAndSizes.writeUInt32LE(freeBlocks, 0)
  if (form.hasVirtualPartition) freeAndSizes.writeUInt32LE(NOT_COUNTED, 4)
  for (const [index, size] of sizes.entries()) freeAndSizes.writeUInt32LE(size, 4 * (sizes.length + index))
  const tables = Buffer.concat([freeAndSizes, use])
  const integrity = logicalVolumeIntegrityDescriptor.encode({
    recordingDateAndTime: timestampOf(new Date(volume.created)),
    integrityType: form.hasVirtualPartition ? 0 : 1,
    uniqueId: BigInt(structure.nextUniqueId),
    numberOfPartitions: sizes.length,
    lengthOfImplementationUse: use.length,
    tables,
  })
  bytes.set(seal(form, integrity, TAG.logicalVolumeIntegrityDescriptor, integritySequence))
  const end = seal(form, terminatingDescriptor.encode({}), TAG.terminatingDescriptor, integritySequence + 1)
  bytes.set(end, BLOCK_BYTES)
  return bytes
}
