import { layout, nested, rest, u8, u16le, u32le, u64le } from '../../../layout'
import { longAd } from './allocation'
import { entityIdentifier } from './entity-identifier'
import { icbTag } from './icb'
import { descriptorTag } from './tag'
import { timestamp } from './timestamp'

const beginning = {
  tag: nested(0, descriptorTag),
  icbTag: nested(16, icbTag).named('ICB Tag'),
  uid: u32le(36),
  gid: u32le(40),
  permissions: u32le(44),
  fileLinkCount: u16le(48),
  recordFormat: u8(50),
  recordDisplayAttributes: u8(51),
  recordLength: u32le(52),
  informationLength: u64le(56),
}

/** File Entry (ECMA-167 4/14.9); the extended attributes and then the allocation descriptors (or the data) end it. */
export const fileEntry = layout(
  'File Entry',
  {
    ...beginning,
    logicalBlocksRecorded: u64le(64),
    accessDateAndTime: nested(72, timestamp),
    modificationDateAndTime: nested(84, timestamp),
    attributeDateAndTime: nested(96, timestamp),
    checkpoint: u32le(108),
    extendedAttributeIcb: nested(112, longAd).named('Extended Attribute ICB'),
    implementationIdentifier: nested(128, entityIdentifier),
    uniqueId: u64le(160).named('Unique ID'),
    lengthOfExtendedAttributes: u32le(168).named('Length of Extended Attributes'),
    lengthOfAllocationDescriptors: u32le(172).named('Length of Allocation Descriptors'),
    variable: rest(176).named('Extended Attributes, Allocation Descriptors'),
  },
  { clause: 'ECMA-167 4/14.9' },
)

/** Extended File Entry (ECMA-167 4/14.17), of UDF 2.00 and later. */
export const extendedFileEntry = layout(
  'Extended File Entry',
  {
    ...beginning,
    objectSize: u64le(64),
    logicalBlocksRecorded: u64le(72),
    accessDateAndTime: nested(80, timestamp),
    modificationDateAndTime: nested(92, timestamp),
    creationDateAndTime: nested(104, timestamp),
    attributeDateAndTime: nested(116, timestamp),
    checkpoint: u32le(128),
    extendedAttributeIcb: nested(136, longAd).named('Extended Attribute ICB'),
    streamDirectoryIcb: nested(152, longAd).named('Stream Directory ICB'),
    implementationIdentifier: nested(168, entityIdentifier),
    uniqueId: u64le(200).named('Unique ID'),
    lengthOfExtendedAttributes: u32le(208).named('Length of Extended Attributes'),
    lengthOfAllocationDescriptors: u32le(212).named('Length of Allocation Descriptors'),
    variable: rest(216).named('Extended Attributes, Allocation Descriptors'),
  },
  { clause: 'ECMA-167 4/14.17' },
)

/** Bytes of a File Entry before its extended attributes. */
export const FILE_ENTRY_BYTES = 176
/** Bytes of an Extended File Entry before its extended attributes. */
export const EXTENDED_FILE_ENTRY_BYTES = 216

/** Unallocated Space Entry (ECMA-167 4/14.11). */
export const unallocatedSpaceEntry = layout(
  'Unallocated Space Entry',
  {
    tag: nested(0, descriptorTag),
    icbTag: nested(16, icbTag).named('ICB Tag'),
    lengthOfAllocationDescriptors: u32le(36).named('Length of Allocation Descriptors'),
    allocationDescriptors: rest(40),
  },
  { clause: 'ECMA-167 4/14.11' },
)
