import { ascii, bits, choice, flag, rest, u8, u16, u24, u32 } from '../../layout'
import { discStructureOf } from './disc-structure'

/** Book types of a DVD's physical format information (MMC-6 table 424). */
export const BOOK_TYPES = {
  0: 'DVD-ROM',
  1: 'DVD-RAM',
  2: 'DVD-R',
  3: 'DVD-RW',
  4: 'HD DVD-ROM',
  5: 'HD DVD-RAM',
  6: 'HD DVD-R',
  7: 'HD DVD-RW',
  9: 'DVD+RW',
  10: 'DVD+R',
  13: 'DVD+RW DL',
  14: 'DVD+R DL',
} as const

const physicalFormat = {
  bookType: choice(4, 7, 4, BOOK_TYPES),
  partVersion: bits(4, 3, 0),
  discSize: choice(5, 7, 4, { 0: '120 mm', 1: '80 mm' }),
  maximumRate: bits(5, 3, 0).means({ 0: '2.52 Mbit/s', 1: '5.04 Mbit/s', 2: '10.08 Mbit/s', 15: 'not specified' }),
  numberOfLayers: bits(6, 6, 5).means({ 0: 'one layer', 1: 'two layers' }),
  trackPath: choice(6, 4, 4, ['parallel', 'opposite']),
  layerTypeRewritable: flag(6, 2),
  layerTypeRecordable: flag(6, 1),
  layerTypeEmbossed: flag(6, 0),
  linearDensity: bits(7, 7, 4),
  trackDensity: bits(7, 3, 0),
  startingPhysicalSectorNumberOfDataArea: u24(9),
  endPhysicalSectorNumberOfDataArea: u24(13),
  endPhysicalSectorNumberInLayer0: u24(17).named('End Physical Sector Number in Layer 0'),
  burstCuttingArea: flag(20, 7).named('BCA'),
}

/** Physical Format Information (format 00h): which DVD it is, as its lead-in says. */
export const dvdPhysicalFormatInformation = discStructureOf(
  'dvd',
  0x00,
  'Physical Format Information',
  'MMC-6 6.22.3.2.1',
  { ...physicalFormat, mediaSpecific: rest(21) },
  21,
)

/** Copyright Information from the lead-in (format 01h). In `regionManagementInformation` a bit of 0 is a region that plays. */
export const dvdCopyrightInformation = discStructureOf(
  'dvd',
  0x01,
  'DVD Copyright Information',
  'MMC-6 6.22.3.2.2',
  {
    copyrightProtectionSystemType: u8(4).means({ 0: 'none', 1: 'CSS or CPPM', 2: 'CPRM', 3: 'AACS', 16: 'AACS' }),
    regionManagementInformation: u8(5),
  },
  8,
)

/** Disc Key (format 02h), as the drive gives it after authentication: its presence is told by the reply as such. */
export const dvdDiscKey = discStructureOf('dvd', 0x02, 'Disc Key', 'MMC-6 6.22.3.2.3', { discKey: rest(4) })

/** Burst Cutting Area (format 03h). */
export const dvdBurstCuttingArea = discStructureOf('dvd', 0x03, 'BCA Information', 'MMC-6 6.22.3.2.4', {
  bcaInformation: rest(4).named('BCA Information'),
})

/** Disc Manufacturing Information (format 04h). */
export const dvdDiscManufacturingInformation = discStructureOf(
  'dvd',
  0x04,
  'Disc Manufacturing Information',
  'MMC-6 6.22.3.2.5',
  { discManufacturingInformation: rest(4) },
)

/** Copyright Management Information of a sector (format 05h). */
export const dvdCopyrightManagementInformation = discStructureOf(
  'dvd',
  0x05,
  'Copyright Management Information',
  'MMC-6 6.22.3.2.6',
  { copyrightManagement: u8(4).named('CPM, CGMS, ADP_TY') },
  8,
)

/** Media Identifier (format 06h), of CPRM. */
export const dvdCprmMediaIdentifier = discStructureOf('dvd', 0x06, 'Media Identifier', 'MMC-6 6.22.3.2.7', {
  mediaIdentifier: rest(4),
})

/** Media Key Block (format 07h), of CPRM. */
export const dvdCprmMediaKeyBlock = discStructureOf('dvd', 0x07, 'Media Key Block', 'MMC-6 6.22.3.2.8', {
  mediaKeyBlockPack: rest(4),
})

/** DVD-RAM DDS Information (format 08h): how defects are managed. */
export const dvdRamDefectDefinitionStructure = discStructureOf(
  'dvd',
  0x08,
  'DVD-RAM DDS Information',
  'MMC-6 6.22.3.2.9',
  {
    ddsInformation: rest(4).named('DDS Information'),
  },
)

/** DVD-RAM Medium Status (format 09h). */
export const dvdRamMediumStatus = discStructureOf(
  'dvd',
  0x09,
  'DVD-RAM Medium Status',
  'MMC-6 6.22.3.2.10',
  {
    cartridge: flag(4, 7),
    out: flag(4, 6),
    mediaSpecificWriteInhibition: flag(4, 3).named('MSWI'),
    cartridgeWriteProtect: flag(4, 2).named('CWP'),
    persistentWriteProtect: flag(4, 1).named('PWP'),
    discTypeIdentification: u8(5).means({
      0: 'not to be written without cartridge',
      16: 'may be written without cartridge',
    }),
    writeInhibitInformation: u8(7).named('RAM-SWI Information'),
  },
  8,
)

/** DVD-RAM Spare Area Information (format 0Ah), in blocks. */
export const dvdRamSpareAreaInformation = discStructureOf(
  'dvd',
  0x0a,
  'DVD-RAM Spare Area Information',
  'MMC-6 6.22.3.2.11',
  {
    numberOfUnusedPrimarySpareBlocks: u32(4),
    numberOfUnusedSupplementarySpareBlocks: u32(8),
    numberOfAllocatedSupplementarySpareBlocks: u32(12),
  },
)

/** DVD-RAM Recording Type (format 0Bh). */
export const dvdRamRecordingType = discStructureOf(
  'dvd',
  0x0b,
  'DVD-RAM Recording Type Information',
  'MMC-6 6.22.3.2.12',
  { recordingTypeRealTime: flag(4, 4).named('RRT') },
  8,
)

/** RMD of the last border-out (format 0Ch). */
export const dvdRecordingManagementDataLastBorder = discStructureOf(
  'dvd',
  0x0c,
  'RMD in Last Border-Out',
  'MMC-6 6.22.3.2.13',
  {
    recordingManagementData: rest(4),
  },
)

/** RMD of the recording management area (format 0Dh): what a DVD-R/-RW recorder has noted of its writing. */
export const dvdRecordingManagementData = discStructureOf('dvd', 0x0d, 'Specified RMD from RMA', 'MMC-6 6.22.3.2.14', {
  lastRecordedRmdSectorNumber: u24(5),
  recordingManagementData: rest(8),
})

/**
 * Pre-recorded Information of the lead-in (format 0Eh): what a blank DVD-R/-RW says of itself. Its fields of 8 bytes
 * each begin with their number; 3 and 4 carry the maker's identification.
 */
export const dvdPreRecordedInformation = discStructureOf(
  'dvd',
  0x0e,
  'Pre-recorded Information in Lead-in',
  'MMC-6 6.22.3.2.15',
  {
    field1: u8(4).named('Field ID 1'),
    discApplicationCode: u8(5),
    discPhysicalCode: u8(6),
    lastAddressOfDataRecordableArea: u24(7),
    partVersionAndExtensionCode: u8(10),
    field2: u8(12).named('Field ID 2'),
    opcSuggestedCode: u8(13).named('OPC Suggested Code'),
    field3: u8(20).named('Field ID 3'),
    manufacturerId1: ascii(21, 6).named('Manufacturer ID 1'),
    field4: u8(28).named('Field ID 4'),
    manufacturerId2: ascii(29, 6).named('Manufacturer ID 2'),
    furtherFields: rest(36),
  },
)

/** Unique Disc Identifier (format 0Fh), of DVD-R/-RW. */
export const dvdUniqueDiscIdentifier = discStructureOf('dvd', 0x0f, 'Unique Disc Identifier', 'MMC-6 6.22.3.2.16', {
  randomNumber: u16(6),
  year: ascii(8, 4),
  month: ascii(12, 2),
  day: ascii(14, 2),
  hour: ascii(16, 2),
  minute: ascii(18, 2),
  second: ascii(20, 2),
})

/** Physical Format Information of the lead-in (format 10h), of DVD-R/-RW; layer 0 as recorded. */
export const dvdRPhysicalFormatInformation = discStructureOf(
  'dvd',
  0x10,
  'Physical Format Information of Lead-in',
  'MMC-6 6.22.3.2.17',
  { ...physicalFormat, mediaSpecific: rest(21) },
  21,
)

/** ADIP Information (format 11h): what the groove of a DVD+R/+RW says; it has the maker's and the media type's names. */
export const dvdPlusAdip = discStructureOf(
  'dvd',
  0x11,
  'ADIP Information',
  'MMC-6 6.22.3.2.18',
  {
    ...physicalFormat,
    discManufacturerId: ascii(23, 8).named('Disc Manufacturer ID'),
    mediaTypeId: ascii(31, 3).named('Media Type ID'),
    productRevisionNumber: u8(34),
    furtherInformation: rest(35),
  },
  35,
)

/** HD DVD Copyright Protection Information (format 12h). */
export const hdDvdCopyrightInformation = discStructureOf(
  'dvd',
  0x12,
  'HD DVD Copyright Protection Information',
  'MMC-6 6.22.3.2.19',
  {
    copyrightProtectionSystemType: u8(4),
    copyrightInformation: rest(5),
  },
)

/** HD DVD-R Medium Status (format 19h). */
export const hdDvdRMediumStatus = discStructureOf(
  'dvd',
  0x19,
  'HD DVD-R Medium Status',
  'MMC-6 6.22.3.2.20',
  { extendedTestZone: flag(4, 0), numberOfRemainingRmds: u8(6), numberOfCurrentRmds: u16(8) },
  12,
)

/** HD DVD-R Last Recorded RMD (format 1Ah). */
export const hdDvdLastRecordedRmd = discStructureOf(
  'dvd',
  0x1a,
  'Last Recorded RMD in the Latest RMZ',
  'MMC-6 6.22.3.2.21',
  {
    recordingManagementData: rest(4),
  },
)
