import { bytes, layout, list, nested, rest, u16le, u32le, u64le } from '../../../layout'
import { extentAd, longAd, shortAd } from './allocation'
import { characterSpecification } from './character-specification'
import { entityIdentifier } from './entity-identifier'
import { dstring } from './fields'
import { descriptorTag } from './tag'
import { timestamp } from './timestamp'

/** Bytes of a volume descriptor; the rest of its logical sector is zero. */
export const VOLUME_DESCRIPTOR_BYTES = 512

/** Primary Volume Descriptor (ECMA-167 3/10.1). */
export const primaryVolumeDescriptor = layout(
  'Primary Volume Descriptor',
  {
    tag: nested(0, descriptorTag),
    volumeDescriptorSequenceNumber: u32le(16),
    primaryVolumeDescriptorNumber: u32le(20),
    volumeIdentifier: dstring(24, 32),
    volumeSequenceNumber: u16le(56),
    maximumVolumeSequenceNumber: u16le(58),
    interchangeLevel: u16le(60),
    maximumInterchangeLevel: u16le(62),
    characterSetList: u32le(64),
    maximumCharacterSetList: u32le(68),
    volumeSetIdentifier: dstring(72, 128),
    descriptorCharacterSet: nested(200, characterSpecification),
    explanatoryCharacterSet: nested(264, characterSpecification),
    volumeAbstract: nested(328, extentAd),
    volumeCopyrightNotice: nested(336, extentAd),
    applicationIdentifier: nested(344, entityIdentifier),
    recordingDateAndTime: nested(376, timestamp),
    implementationIdentifier: nested(388, entityIdentifier),
    implementationUse: bytes(420, 64),
    predecessorVolumeDescriptorSequenceLocation: u32le(484),
    flags: u16le(488),
  },
  { length: VOLUME_DESCRIPTOR_BYTES, clause: 'ECMA-167 3/10.1' },
)

/** Anchor Volume Descriptor Pointer (ECMA-167 3/10.2). */
export const anchorVolumeDescriptorPointer = layout(
  'Anchor Volume Descriptor Pointer',
  {
    tag: nested(0, descriptorTag),
    mainVolumeDescriptorSequenceExtent: nested(16, extentAd),
    reserveVolumeDescriptorSequenceExtent: nested(24, extentAd),
  },
  { length: VOLUME_DESCRIPTOR_BYTES, clause: 'ECMA-167 3/10.2' },
)

/** Volume Descriptor Pointer (ECMA-167 3/10.3). */
export const volumeDescriptorPointer = layout(
  'Volume Descriptor Pointer',
  {
    tag: nested(0, descriptorTag),
    volumeDescriptorSequenceNumber: u32le(16),
    nextVolumeDescriptorSequenceExtent: nested(20, extentAd),
  },
  { length: VOLUME_DESCRIPTOR_BYTES, clause: 'ECMA-167 3/10.3' },
)

/** Implementation Use Volume Descriptor (ECMA-167 3/10.4) as UDF 2.2.7 fills it: "*UDF LV Info". */
export const implementationUseVolumeDescriptor = layout(
  'Implementation Use Volume Descriptor',
  {
    tag: nested(0, descriptorTag),
    volumeDescriptorSequenceNumber: u32le(16),
    implementationIdentifier: nested(20, entityIdentifier),
    lviCharset: nested(52, characterSpecification).named('LVI Charset'),
    logicalVolumeIdentifier: dstring(116, 128),
    lvInfo1: dstring(244, 36).named('LV Info 1'),
    lvInfo2: dstring(280, 36).named('LV Info 2'),
    lvInfo3: dstring(316, 36).named('LV Info 3'),
    implementationId: nested(352, entityIdentifier).named('Implementation ID'),
    implementationUse: bytes(384, 128),
  },
  { length: VOLUME_DESCRIPTOR_BYTES, clause: 'UDF 2.60 2.2.7' },
)

/** Partition Descriptor (ECMA-167 3/10.5) with the Partition Header Descriptor (4/14.3) as its contents' use. */
export const partitionDescriptor = layout(
  'Partition Descriptor',
  {
    tag: nested(0, descriptorTag),
    volumeDescriptorSequenceNumber: u32le(16),
    partitionFlags: u16le(20),
    partitionNumber: u16le(22),
    partitionContents: nested(24, entityIdentifier),
    unallocatedSpaceTable: nested(56, shortAd),
    unallocatedSpaceBitmap: nested(64, shortAd),
    partitionIntegrityTable: nested(72, shortAd),
    freedSpaceTable: nested(80, shortAd),
    freedSpaceBitmap: nested(88, shortAd),
    accessType: u32le(184).means({
      0: 'pseudo-overwritable',
      1: 'read only',
      2: 'write once',
      3: 'rewritable',
      4: 'overwritable',
    }),
    partitionStartingLocation: u32le(188),
    partitionLength: u32le(192),
    implementationIdentifier: nested(196, entityIdentifier),
    implementationUse: bytes(228, 128),
  },
  { length: VOLUME_DESCRIPTOR_BYTES, clause: 'ECMA-167 3/10.5' },
)

/** Logical Volume Descriptor (ECMA-167 3/10.6); its contents' use is where the file set is (UDF 2.2.4.4). */
export const logicalVolumeDescriptor = layout(
  'Logical Volume Descriptor',
  {
    tag: nested(0, descriptorTag),
    volumeDescriptorSequenceNumber: u32le(16),
    descriptorCharacterSet: nested(20, characterSpecification),
    logicalVolumeIdentifier: dstring(84, 128),
    logicalBlockSize: u32le(212),
    domainIdentifier: nested(216, entityIdentifier),
    fileSetDescriptorSequence: nested(248, longAd),
    mapTableLength: u32le(264),
    numberOfPartitionMaps: u32le(268),
    implementationIdentifier: nested(272, entityIdentifier),
    implementationUse: bytes(304, 128),
    integritySequenceExtent: nested(432, extentAd),
    partitionMaps: rest(440),
  },
  { clause: 'ECMA-167 3/10.6' },
)

/** Unallocated Space Descriptor (ECMA-167 3/10.8). */
export const unallocatedSpaceDescriptor = layout(
  'Unallocated Space Descriptor',
  {
    tag: nested(0, descriptorTag),
    volumeDescriptorSequenceNumber: u32le(16),
    numberOfAllocationDescriptors: u32le(20),
    allocationDescriptors: list(24, extentAd, {
      countedBy: 'numberOfAllocationDescriptors',
      count: all => new DataView(all.buffer, all.byteOffset, all.byteLength).getUint32(20, true),
    }),
  },
  { clause: 'ECMA-167 3/10.8' },
)

/** Terminating Descriptor (ECMA-167 3/10.9, 4/14.2): nothing of its sequence follows. */
export const terminatingDescriptor = layout(
  'Terminating Descriptor',
  { tag: nested(0, descriptorTag) },
  { length: VOLUME_DESCRIPTOR_BYTES, clause: 'ECMA-167 3/10.9' },
)

/** Logical Volume Integrity Descriptor (ECMA-167 3/10.10), up to the tables whose length it says. */
export const logicalVolumeIntegrityDescriptor = layout(
  'Logical Volume Integrity Descriptor',
  {
    tag: nested(0, descriptorTag),
    recordingDateAndTime: nested(16, timestamp),
    integrityType: u32le(28).means({ 0: 'open', 1: 'close' }),
    nextIntegrityExtent: nested(32, extentAd),
    uniqueId: u64le(40).named('Unique ID'),
    numberOfPartitions: u32le(72),
    lengthOfImplementationUse: u32le(76).named('Length of Implementation Use'),
    tables: rest(80).named('Free Space Table, Size Table, Implementation Use'),
  },
  { clause: 'ECMA-167 3/10.10' },
)

/** The implementation use of a Logical Volume Integrity Descriptor (UDF 2.2.6.4). */
export const integrityImplementationUse = layout(
  'Logical Volume Integrity Implementation Use',
  {
    implementationIdentifier: nested(0, entityIdentifier),
    numberOfFiles: u32le(32),
    numberOfDirectories: u32le(36),
    minimumUdfReadRevision: u16le(40).named('Minimum UDF Read Revision'),
    minimumUdfWriteRevision: u16le(42).named('Minimum UDF Write Revision'),
    maximumUdfWriteRevision: u16le(44).named('Maximum UDF Write Revision'),
    implementationUse: bytes(46, 2),
  },
  { clause: 'UDF 2.60 2.2.6.4' },
)
