import { ascii, bits, bytes, flag, layout, u8, u16le, u32le } from '../../layout'

/** Bytes of every entry of a boot catalog. */
export const CATALOG_ENTRY_BYTES = 32
/** Unit of an entry's sector count. */
export const VIRTUAL_SECTOR_BYTES = 512

/** Platforms of El Torito (IMAPI's PlatformId). */
export const PLATFORM_ID = { x86: 0, powerPC: 1, mac: 2, efi: 0xef } as const

/** What a boot image is taken for; IMAPI's EmulationType has the same numbers. */
export const EMULATION = ['none', 'floppy-1.2M', 'floppy-1.44M', 'floppy-2.88M', 'hard-disk'] as const
export type Emulation = (typeof EMULATION)[number]

/** Bytes that a floppy image must have to be taken for one. */
export const FLOPPY_BYTES: Readonly<Record<number, Emulation>> = {
  1228800: 'floppy-1.2M',
  1474560: 'floppy-1.44M',
  2949120: 'floppy-2.88M',
}

/** Header IDs of catalog entries. */
export const HEADER_ID = {
  validation: 0x01,
  bootable: 0x88,
  notBootable: 0x00,
  sectionHeader: 0x90,
  lastSectionHeader: 0x91,
  extension: 0x44,
} as const

/** Validation Entry (El Torito 2.1). */
export const validationEntry = layout(
  'Validation Entry',
  {
    headerId: u8(0).named('Header ID'),
    platformId: u8(1).named('Platform ID'),
    idString: ascii(4, 24, 0).named('ID string'),
    checksum: u16le(28),
    keyBytes: u16le(30),
  },
  { clause: 'El Torito 2.1', length: CATALOG_ENTRY_BYTES },
)

/** Initial/Default Entry and Section Entry (El Torito 2.2, 2.4). */
export const bootEntry = layout(
  'Boot Entry',
  {
    bootIndicator: u8(0),
    bootMediaType: bits(1, 3, 0),
    continuationEntryFollows: flag(1, 5),
    loadSegment: u16le(2),
    systemType: u8(4),
    sectorCount: u16le(6),
    loadRba: u32le(8).named('Load RBA'),
    selectionCriteriaType: u8(12),
    selectionCriteria: bytes(13, 19),
  },
  { clause: 'El Torito 2.2, 2.4', length: CATALOG_ENTRY_BYTES },
)

/** Section Header Entry (El Torito 2.3). */
export const sectionHeaderEntry = layout(
  'Section Header Entry',
  {
    headerIndicator: u8(0),
    platformId: u8(1).named('Platform ID'),
    numberOfSectionEntries: u16le(2),
    idString: ascii(4, 28, 0).named('ID string'),
  },
  { clause: 'El Torito 2.3', length: CATALOG_ENTRY_BYTES },
)
