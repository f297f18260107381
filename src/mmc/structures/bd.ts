import { ascii, bits, choice, flag, layout, list, rest, u8, u16, u32 } from '../../layout'
import { discStructureOf } from './disc-structure'

const RECORDABLE = { 0: 'none', 1: 'rom', 2: 'recordable', 3: 'rewritable' }

/**
 * One Disc Information unit of a BD (BD white paper; MMC-6 6.22.3.3.1), 112 bytes: what the groove or the lead-in says of
 * one layer.
 */
export const bdDiscInformationUnit = layout(
  'BD Disc Information Unit',
  {
    discInformationIdentifier: ascii(0, 2).named('Disc Information Identifier'),
    discInformationFormat: u8(2),
    numberOfUnitsInBlock: bits(3, 7, 3).named('Number of DI Units in Each DI Block'),
    layerNumber: bits(3, 2, 0).named('Number of the Layer to Which This DI Unit Applies'),
    legacyInformation: u8(4),
    sequenceNumber: u8(5).named('Sequence Number of DI Unit in DI Block'),
    continuationFlag: flag(6, 7),
    numberOfBytesInUse: bits(6, 6, 0),
    discTypeIdentifier: ascii(8, 3).means(
      id => ({ BDO: 'BD-ROM', BDR: 'BD-R', BDW: 'BD-RE', BDU: 'Ultra HD BD-ROM' })[id],
    ),
    discSize: choice(11, 7, 6, { 0: '120 mm', 1: '80 mm' }),
    discClass: bits(11, 5, 4),
    discVersion: bits(11, 3, 0),
    numberOfLayers: bits(12, 7, 4),
    layerType: bits(12, 3, 0),
    dvdLayer: choice(13, 7, 6, RECORDABLE),
    cdLayer: choice(13, 5, 4, RECORDABLE),
    channelBitLength: bits(13, 3, 0).means({
      1: '74.5 nm, 25 GB a layer',
      2: '69 nm, 27 GB a layer',
      6: '33.4 GB a layer',
    }),
    polarity: u8(14).named('Push-pull Polarity'),
    recordedMarkPolarity: u8(15).means({ 0: 'high to low', 1: 'low to high' }),
    burstCuttingAreaDescriptor: bits(16, 3, 0).named('BCA Descriptor'),
    maximumTransferRate: u8(17),
    lastUserDataPhysicalSectorNumber: u32(20).named('End PSN of User Data'),
    firstAddressUnitNumber: u32(24).named('First AUN of Data Zone'),
    lastAddressUnitNumber: u32(28).named('Last AUN of Data Zone'),
    discManufacturerId: ascii(100, 6).named('Disc Manufacturer ID'),
    mediaTypeId: ascii(106, 3).named('Media Type ID'),
    timeStamp: u16(109),
    productRevisionNumber: u8(111),
  },
  { clause: 'MMC-6 6.22.3.3.1' },
)

/** Disc Information (format 00h): the units of all layers (recordable BD), or the PIC of a BD-ROM. */
export const bdDiscInformation = discStructureOf('bd', 0x00, 'BD Disc Information', 'MMC-6 6.22.3.3.1', {
  units: list(4, bdDiscInformationUnit),
})

/**
 * The units of a BD's Disc Information that are there: the reply is padded with zeros up to 4100 bytes.
 *
 * @param reply  what READ DISC STRUCTURE format 00h gave
 */
export function bdDiscInformationUnits<U extends { readonly discInformationIdentifier: string | undefined }>(reply: {
  readonly units: readonly U[] | undefined
}): U[] {
  return (reply.units ?? []).filter(({ discInformationIdentifier }) => discInformationIdentifier === 'DI')
}

/** Burst Cutting Area (format 03h). */
export const bdBurstCuttingArea = discStructureOf('bd', 0x03, 'BD BCA Information', 'MMC-6 6.22.3.3.2', {
  bcaInformation: rest(4).named('BCA Information'),
})

/** DDS, Disc Definition Structure (format 08h). */
export const bdDiscDefinitionStructure = discStructureOf(
  'bd',
  0x08,
  'BD Disc Definition Structure',
  'MMC-6 6.22.3.3.3',
  {
    ddsInformation: rest(4).named('DDS Information'),
  },
)

/** Cartridge Status (format 09h). */
export const bdCartridgeStatus = discStructureOf(
  'bd',
  0x09,
  'BD Cartridge Status',
  'MMC-6 6.22.3.3.4',
  { cartridge: flag(4, 7), out: flag(4, 6), cartridgeWriteProtect: flag(4, 2).named('CWP') },
  8,
)

/** Spare Area Information (format 0Ah), in blocks. */
export const bdSpareAreaInformation = discStructureOf('bd', 0x0a, 'BD Spare Area Information', 'MMC-6 6.22.3.3.5', {
  numberOfFreeSpareBlocks: u32(8),
  numberOfAllocatedSpareBlocks: u32(12),
})

/** Raw DFL, Defect List (format 12h). */
export const bdRawDefectList = discStructureOf('bd', 0x12, 'BD Raw Defect List', 'MMC-6 6.22.3.3.6', {
  defectListInformation: rest(4).named('Defect List Information'),
})

/** PAC header, Physical Access Control (format 30h): who may do what to the disc. */
export const bdPhysicalAccessControl = discStructureOf(
  'bd',
  0x30,
  'BD Physical Access Control',
  'MMC-6 6.22.3.3.7',
  {
    pacId: ascii(4, 3).named('PAC ID'),
    pacFormatNumber: u8(7).named('PAC Format Number'),
    pacUpdateCount: u32(8),
    unknownPacRules: u32(12).named('Unknown PAC Rules'),
    entireDisc: flag(16, 0).named('Unknown PAC Entire Disc Flag'),
    numberOfSegments: u8(19),
    segmentsAndData: rest(20).named('Segments and PAC Data'),
  },
  20,
)
