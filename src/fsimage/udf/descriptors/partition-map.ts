import { bytes, flag, layout, nested, u8, u16le, u32le } from '../../../layout'
import { entityIdentifier } from './entity-identifier'

/** Type 1 Partition Map (ECMA-167 3/10.7.2): the blocks of a partition as they are. */
export const type1PartitionMap = layout(
  'Type 1 Partition Map',
  { partitionMapType: u8(0), partitionMapLength: u8(1), volumeSequenceNumber: u16le(2), partitionNumber: u16le(4) },
  { clause: 'ECMA-167 3/10.7.2' },
)

const type2 = {
  partitionMapType: u8(0),
  partitionMapLength: u8(1),
  partitionTypeIdentifier: nested(4, entityIdentifier),
  volumeSequenceNumber: u16le(36),
  partitionNumber: u16le(38),
}

/** What all Type 2 Partition Maps of UDF begin with (UDF 2.2.8); the Virtual Partition Map is no more than that. */
export const type2PartitionMap = layout('Type 2 Partition Map', type2, { length: 64, clause: 'UDF 2.60 2.2.8' })

/** Sparable Partition Map (UDF 2.2.9): packets that went bad are found elsewhere. */
export const sparablePartitionMap = layout(
  'Sparable Partition Map',
  {
    ...type2,
    packetLength: u16le(40),
    numberOfSparingTables: u8(42),
    sizeOfEachSparingTable: u32le(44).named('Size of Each Sparing Table'),
    sparingTable1: u32le(48).named('Location of Sparing Table 1'),
    sparingTable2: u32le(52).named('Location of Sparing Table 2'),
    sparingTable3: u32le(56).named('Location of Sparing Table 3'),
    sparingTable4: u32le(60).named('Location of Sparing Table 4'),
  },
  { clause: 'UDF 2.60 2.2.9' },
)

/** Metadata Partition Map (UDF 2.2.10): its blocks are the body of a file in the partition of the same number. */
export const metadataPartitionMap = layout(
  'Metadata Partition Map',
  {
    ...type2,
    metadataFileLocation: u32le(40),
    metadataMirrorFileLocation: u32le(44),
    metadataBitmapFileLocation: u32le(48),
    allocationUnitSize: u32le(52),
    alignmentUnitSize: u16le(56),
    duplicateMetadata: flag(58, 0),
    reserved: bytes(59, 5),
  },
  { clause: 'UDF 2.60 2.2.10' },
)

/** A block number that stands for "there is none". */
export const NO_BLOCK = 0xffffffff
