import { choice, flag, layout, nested, u8, u16le, u32le } from '../../../layout'
import { logicalBlockAddress, longAd } from './allocation'
import { descriptorTag } from './tag'

/** File types of an ICB tag (ECMA-167 4/14.6.6, UDF 2.3.5.2). */
export const FILE_TYPE = {
  unspecified: 0,
  unallocatedSpaceEntry: 1,
  partitionIntegrityEntry: 2,
  indirectEntry: 3,
  directory: 4,
  file: 5,
  blockDevice: 6,
  characterDevice: 7,
  extendedAttributes: 8,
  fifo: 9,
  socket: 10,
  terminalEntry: 11,
  symbolicLink: 12,
  streamDirectory: 13,
  virtualAllocationTable: 248,
  realTimeFile: 249,
  metadataFile: 250,
  metadataMirrorFile: 251,
  metadataBitmapFile: 252,
} as const

/** How a file's extents are described (ECMA-167 4/14.6.8, bits 0 to 2 of the flags). */
const ALLOCATION_KINDS = {
  0: 'short_ad',
  1: 'long_ad',
  2: 'ext_ad',
  3: 'embedded',
} as const

/** ICB tag (ECMA-167 4/14.6). */
export const icbTag = layout(
  'ICB Tag',
  {
    priorRecordedNumberOfDirectEntries: u32le(0),
    strategyType: u16le(4),
    strategyParameter: u16le(6),
    maximumNumberOfEntries: u16le(8),
    fileType: u8(11).means(
      Object.fromEntries(Object.entries(FILE_TYPE).map(([name, value]) => [value, name])) as Record<number, string>,
    ),
    parentIcbLocation: nested(12, logicalBlockAddress).named('Parent ICB Location'),
    allocationKind: choice(18, 2, 0, ALLOCATION_KINDS).named('Flags, allocation descriptors'),
    sorted: flag(18, 3).named('Flags, sorted'),
    nonRelocatable: flag(18, 4).named('Flags, non-relocatable'),
    archive: flag(18, 5).named('Flags, archive'),
    setuid: flag(18, 6).named('Flags, setuid'),
    setgid: flag(18, 7).named('Flags, setgid'),
    sticky: flag(19, 0).named('Flags, sticky'),
    contiguous: flag(19, 1).named('Flags, contiguous'),
    system: flag(19, 2).named('Flags, system'),
    transformed: flag(19, 3).named('Flags, transformed'),
    multiVersions: flag(19, 4).named('Flags, multi-versions'),
    stream: flag(19, 5).named('Flags, stream'),
  },
  { clause: 'ECMA-167 4/14.6' },
)

/** Indirect Entry (ECMA-167 4/14.7): the ICB hierarchy goes on elsewhere. */
export const indirectEntry = layout(
  'Indirect Entry',
  { tag: nested(0, descriptorTag), icbTag: nested(16, icbTag).named('ICB Tag'), indirectIcb: nested(36, longAd) },
  { clause: 'ECMA-167 4/14.7' },
)

/** Terminal Entry (ECMA-167 4/14.8): the ICB hierarchy ends. */
export const terminalEntry = layout(
  'Terminal Entry',
  { tag: nested(0, descriptorTag), icbTag: nested(16, icbTag).named('ICB Tag') },
  { clause: 'ECMA-167 4/14.8' },
)
