import { ascii, bytes, flag, layout, nested, u8, u16le, u32, u32le } from '../../layout'
import { recordingDate, volumeDate } from './date'
import { both16, both32 } from './fields'

/** First descriptor of a volume, in blocks from the start of its session (6.2.1: the system area comes before). */
export const FIRST_DESCRIPTOR_BLOCK = 16

/** What every volume descriptor begins with (8.1). */
export const volumeDescriptorHeader = layout(
  'Volume Descriptor',
  { volumeDescriptorType: u8(0), standardIdentifier: ascii(1, 5), volumeDescriptorVersion: u8(6) },
  { clause: 'ECMA-119 8.1', length: 2048 },
)

/** Types of volume descriptor (8.1.1). */
export const DESCRIPTOR_TYPE = { bootRecord: 0, primary: 1, supplementary: 2, partition: 3, terminator: 255 } as const

const record = {
  lengthOfDirectoryRecord: u8(0),
  extendedAttributeRecordLength: u8(1),
  locationOfExtent: both32(2),
  dataLength: both32(10),
  recordingDateAndTime: recordingDate(18),
  existence: flag(25, 0).named('Existence (hidden)'),
  directory: flag(25, 1),
  associatedFile: flag(25, 2),
  record: flag(25, 3),
  protection: flag(25, 4),
  multiExtent: flag(25, 7),
  fileUnitSize: u8(26),
  interleaveGapSize: u8(27),
  volumeSequenceNumber: both16(28),
  lengthOfFileIdentifier: u8(32),
}

/** Directory Record up to its file identifier, which begins at byte 33 (9.1). */
export const directoryRecord = layout('Directory Record', record, { clause: 'ECMA-119 9.1', length: 33 })

/** The root's directory record inside a volume descriptor: 34 bytes, the identifier is one byte of 00. */
export const rootDirectoryRecord = layout(
  'Root Directory Record',
  { ...record, fileIdentifier: u8(33) },
  {
    clause: 'ECMA-119 8.4.18',
  },
)

/** Primary and Supplementary (Joliet, Enhanced) Volume Descriptor (8.4, 8.5); texts are bytes, their charset differs. */
export const volumeDescriptor = layout(
  'Primary or Supplementary Volume Descriptor',
  {
    volumeDescriptorType: u8(0),
    standardIdentifier: ascii(1, 5),
    volumeDescriptorVersion: u8(6),
    volumeFlags: u8(7),
    systemIdentifier: bytes(8, 32),
    volumeIdentifier: bytes(40, 32),
    volumeSpaceSize: both32(80),
    escapeSequences: bytes(88, 32),
    volumeSetSize: both16(120),
    volumeSequenceNumber: both16(124),
    logicalBlockSize: both16(128),
    pathTableSize: both32(132),
    locationOfTypeLPathTable: u32le(140).named('Location of Occurrence of Type L Path Table'),
    locationOfOptionalTypeLPathTable: u32le(144),
    locationOfTypeMPathTable: u32(148).named('Location of Occurrence of Type M Path Table'),
    locationOfOptionalTypeMPathTable: u32(152),
    rootDirectory: nested(156, rootDirectoryRecord),
    volumeSetIdentifier: bytes(190, 128),
    publisherIdentifier: bytes(318, 128),
    dataPreparerIdentifier: bytes(446, 128),
    applicationIdentifier: bytes(574, 128),
    copyrightFileIdentifier: bytes(702, 37),
    abstractFileIdentifier: bytes(739, 37),
    bibliographicFileIdentifier: bytes(776, 37),
    volumeCreationDateAndTime: volumeDate(813),
    volumeModificationDateAndTime: volumeDate(830),
    volumeExpirationDateAndTime: volumeDate(847),
    volumeEffectiveDateAndTime: volumeDate(864),
    fileStructureVersion: u8(881),
    applicationUse: bytes(883, 512),
  },
  { clause: 'ECMA-119 8.4, 8.5', length: 2048 },
)

/** Boot Record (8.2) as El Torito uses it. */
export const bootRecord = layout(
  'Boot Record',
  {
    volumeDescriptorType: u8(0),
    standardIdentifier: ascii(1, 5),
    volumeDescriptorVersion: u8(6),
    bootSystemIdentifier: ascii(7, 32, 0),
    bootIdentifier: ascii(39, 32, 0),
    bootCatalog: u32le(71).named('Boot Catalog (absolute block)'),
  },
  { clause: 'ECMA-119 8.2, El Torito figure 7', length: 2048 },
)

/** Path Table Record of the type L table up to its identifier, which begins at byte 8 (9.4). */
export const pathTableRecordL = layout(
  'Path Table Record (type L)',
  {
    lengthOfDirectoryIdentifier: u8(0),
    extendedAttributeRecordLength: u8(1),
    locationOfExtent: u32le(2),
    parentDirectoryNumber: u16le(6),
  },
  { clause: 'ECMA-119 9.4', length: 8 },
)

/** Escape sequences that say that a supplementary descriptor's text is UCS-2 (Joliet), by level. */
export const JOLIET_ESCAPE_SEQUENCES = [
  [0x25, 0x2f, 0x40],
  [0x25, 0x2f, 0x43],
  [0x25, 0x2f, 0x45],
] as const
