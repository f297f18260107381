import { bits, bytes, flag, layout, list, rest, u8, u16 } from '../../layout'
import { type DiscStructureMediaType, discStructureOf } from './disc-structure'

/** One line of the list of formats. */
export const formatListEntry = layout(
  'Disc Structure List Entry',
  {
    formatCode: u8(0),
    sendable: flag(1, 7).named('SDS'),
    readable: flag(1, 6).named('RDS'),
    formatLength: u16(2),
  },
  { clause: 'MMC-6 6.22.3.1' },
)

const CLAUSE = 'MMC-6 6.22.3.1'

/** AACS Volume Identifier (format 80h). */
const volumeIdentifier = (mediaType: DiscStructureMediaType) =>
  discStructureOf(mediaType, 0x80, 'AACS Volume Identifier', CLAUSE, { volumeIdentifier: bytes(4, 16) })

const mediaSerialNumber = (mediaType: DiscStructureMediaType) =>
  discStructureOf(mediaType, 0x81, 'AACS Pre-recorded Media Serial Number', CLAUSE, { mediaSerialNumber: bytes(4, 16) })

const mediaIdentifier = (mediaType: DiscStructureMediaType) =>
  discStructureOf(mediaType, 0x82, 'AACS Media Identifier', CLAUSE, { mediaIdentifier: bytes(4, 16) })

const mediaKeyBlock = (mediaType: DiscStructureMediaType) =>
  discStructureOf(mediaType, 0x83, 'AACS Media Key Block', CLAUSE, { totalPacks: u8(3), mediaKeyBlockPack: rest(4) })

const recognizedFormatLayers = (mediaType: DiscStructureMediaType) =>
  discStructureOf(
    mediaType,
    0x90,
    'List of Recognized Format Layers',
    CLAUSE,
    {
      numberOfRecognizedFormatLayers: u8(4),
      defaultFormatLayer: bits(5, 5, 4),
      onlineFormatLayer: bits(5, 1, 0),
      formatLayerTypes: rest(6),
    },
    6,
  )

const writeProtectionStatus = (mediaType: DiscStructureMediaType) =>
  discStructureOf(
    mediaType,
    0xc0,
    'Write Protection Status',
    CLAUSE,
    {
      mediaSpecificWriteInhibition: flag(4, 3).named('MSWI'),
      cartridgeWriteProtection: flag(4, 2).named('CWP'),
      persistentWriteProtection: flag(4, 1).named('PWP'),
      softwareWriteProtection: flag(4, 0).named('SWPP'),
    },
    8,
  )

const structureList = (mediaType: DiscStructureMediaType) =>
  discStructureOf(mediaType, 0xff, 'Disc Structure List', CLAUSE, { structureList: list(4, formatListEntry) })

/** Structures that DVD and HD DVD have in common with BD. */
export const dvdVolumeIdentifier = volumeIdentifier('dvd')
export const dvdMediaSerialNumber = mediaSerialNumber('dvd')
export const dvdMediaIdentifier = mediaIdentifier('dvd')
export const dvdMediaKeyBlock = mediaKeyBlock('dvd')
export const dvdRecognizedFormatLayers = recognizedFormatLayers('dvd')
export const dvdWriteProtectionStatus = writeProtectionStatus('dvd')
export const dvdStructureList = structureList('dvd')
export const bdVolumeIdentifier = volumeIdentifier('bd')
export const bdMediaSerialNumber = mediaSerialNumber('bd')
export const bdMediaIdentifier = mediaIdentifier('bd')
export const bdMediaKeyBlock = mediaKeyBlock('bd')
export const bdRecognizedFormatLayers = recognizedFormatLayers('bd')
export const bdWriteProtectionStatus = writeProtectionStatus('bd')
export const bdStructureList = structureList('bd')
