import {
  dvdCopyrightInformation,
  dvdDiscManufacturingInformation,
  dvdLayerCapacity,
  dvdPhysicalFormatInformation,
  dvdPlusAdip,
  dvdPreRecordedInformation,
  dvdRamMediumStatus,
  dvdRamSpareAreaInformation,
  dvdRecordingManagementData,
  dvdRPhysicalFormatInformation,
  dvdWriteProtectionStatus,
} from '../../mmc/structures'
import { invalidFieldInParameterList } from '../check-condition'
import { type DiscState, MEDIA_TYPES, type MediaType } from '../disc/disc-state'
import { type Medium, roundUp } from './medium'

/** Blocks of an ECC block. */
export const DVD_BLOCKING_FACTOR = 16
/** Physical sector number of LBA 0, but on DVD-RAM. */
const FIRST_SECTOR = 0x030000
const DVD_RAM_FIRST_SECTOR = 0x031000
/** A sector of 2048 bytes of the lead-in behind the reply's header. */
const LEAD_IN_SECTOR = 2052
const ADIP_BYTES = 260
/** Blocks of a DVD-RAM's primary spare area, which is used before the supplementary one. */
export const PRIMARY_SPARE_BLOCKS = 12_800
const MANUFACTURER = 'SCSIMMC'
const MEDIA_TYPE = '001'

/** Book type and its version by the kind of disc. */
const BOOKS: Readonly<Partial<Record<MediaType, readonly [bookType: number, version: number]>>> = {
  'dvd-rom': [0, 1],
  'dvd-ram': [1, 6],
  'dvd-r': [2, 5],
  'dvd-r-dl': [2, 6],
  'dvd-rw': [3, 3],
  'dvd-rw-ro': [3, 3],
  'dvd+rw': [9, 2],
  'dvd+r': [10, 1],
  'dvd+r-dl': [14, 1],
}

const PLUS_MEDIA: readonly MediaType[] = ['dvd+r', 'dvd+r-dl', 'dvd+rw']
const MINUS_MEDIA: readonly MediaType[] = ['dvd-r', 'dvd-r-dl', 'dvd-rw', 'dvd-rw-ro']
const isDoubleLayer = ({ media }: DiscState) => media === 'dvd+r-dl' || media === 'dvd-r-dl'

/** Blocks of layer 0 of a disc with two: what the host set, else half of the disc, in whole ECC blocks. */
export function layerZeroBlocks(state: DiscState): number {
  // Layer jumps need a block of layer 1 above each block of layer 0.
  if (state.organisation === 'layer-jump')
    return DVD_BLOCKING_FACTOR * Math.floor(state.capacityBlocks / 2 / DVD_BLOCKING_FACTOR)
  return state.layerZeroBlocks ?? roundUp(state.capacityBlocks / 2, DVD_BLOCKING_FACTOR)
}

/**
 * The layer 0 capacity that SEND DISC STRUCTURE format 20h sets.
 *
 * @throws {CheckCondition} where it is no possible one
 */
export function layerZeroOf(data: Uint8Array, capacityBlocks: number): number {
  const blocks = dvdLayerCapacity.layout.decodeComplete(data)?.layer0DataAreaCapacity
  const possible = blocks !== undefined && blocks > 0 && blocks <= Math.ceil(capacityBlocks / 2)
  if (!possible || blocks % DVD_BLOCKING_FACTOR !== 0) throw invalidFieldInParameterList(8)
  return blocks
}

function physicalFormat(medium: Medium) {
  const { state } = medium
  const [bookType, partVersion] = BOOKS[state.media] ?? [0, 1]
  const first = state.media === 'dvd-ram' ? DVD_RAM_FIRST_SECTOR : FIRST_SECTOR
  const pressed = state.media === 'dvd-rom'
  // Discs that can still be recorded give the whole data area, the others what is recorded.
  const blocks = state.finalized || pressed ? medium.lastAddress() + 1 : state.capacityBlocks
  const double = isDoubleLayer(state)
  const layerZero = layerZeroBlocks(state)
  return {
    bookType,
    partVersion,
    maximumRate: pressed ? 2 : 15,
    numberOfLayers: double ? 1 : 0,
    trackPath: double ? ('opposite' as const) : ('parallel' as const),
    layerTypeEmbossed: pressed,
    layerTypeRecordable: !pressed,
    layerTypeRewritable: state.media === 'dvd-ram' || /rw/.test(state.media),
    startingPhysicalSectorNumberOfDataArea: first,
    // On opposite track paths the second layer counts from the complement of the first one's end.
    endPhysicalSectorNumberOfDataArea: double
      ? (0xffffff - (first + layerZero - 1) + (blocks - layerZero - 1)) & 0xffffff
      : first + blocks - 1,
    endPhysicalSectorNumberInLayer0: double ? first + layerZero - 1 : 0,
  }
}

type Encoder = (medium: Medium) => Uint8Array

interface Structure {
  readonly format: number
  /** Media that have it; all DVDs where it is not given. */
  readonly media?: readonly MediaType[]
  /** Media that it can be sent to. */
  readonly sendable?: readonly MediaType[]
  readonly encode: Encoder
}

const STRUCTURES: readonly Structure[] = [
  { format: 0x00, encode: medium => dvdPhysicalFormatInformation.encode(physicalFormat(medium), LEAD_IN_SECTOR) },
  { format: 0x01, encode: () => dvdCopyrightInformation.encode({}) },
  { format: 0x04, encode: () => dvdDiscManufacturingInformation.encode({}, LEAD_IN_SECTOR) },
  {
    format: 0x09,
    media: ['dvd-ram'],
    encode: ({ state }) =>
      dvdRamMediumStatus.encode({
        discTypeIdentification: 0x10,
        persistentWriteProtect: state.writeProtected === true,
      }),
  },
  {
    format: 0x0a,
    media: ['dvd-ram'],
    encode: ({ state: { formatted } }) => {
      const { spareBlocks = 0, spareUsed = 0 } = formatted ?? {}
      return dvdRamSpareAreaInformation.encode({
        numberOfUnusedPrimarySpareBlocks: Math.max(0, PRIMARY_SPARE_BLOCKS - spareUsed),
        numberOfUnusedSupplementarySpareBlocks: spareBlocks - Math.max(0, spareUsed - PRIMARY_SPARE_BLOCKS),
        numberOfAllocatedSupplementarySpareBlocks: spareBlocks,
      })
    },
  },
  { format: 0x0d, media: MINUS_MEDIA, encode: () => dvdRecordingManagementData.encode({}, LEAD_IN_SECTOR) },
  {
    format: 0x0e,
    media: MINUS_MEDIA,
    encode: ({ state }) =>
      dvdPreRecordedInformation.encode(
        {
          field1: 1,
          discApplicationCode: 0x40,
          discPhysicalCode: 0xc1,
          lastAddressOfDataRecordableArea: FIRST_SECTOR + state.capacityBlocks - 1,
          partVersionAndExtensionCode: 0x50,
          field2: 2,
          field3: 3,
          manufacturerId1: MANUFACTURER.slice(0, 6),
          field4: 4,
          manufacturerId2: MEDIA_TYPE,
        },
        68,
      ),
  },
  {
    format: 0x10,
    media: MINUS_MEDIA,
    encode: medium => dvdRPhysicalFormatInformation.encode(physicalFormat(medium), LEAD_IN_SECTOR),
  },
  {
    format: 0x11,
    media: PLUS_MEDIA,
    encode: medium =>
      dvdPlusAdip.encode(
        {
          ...physicalFormat(medium),
          discManufacturerId: MANUFACTURER,
          mediaTypeId: MEDIA_TYPE,
          productRevisionNumber: 0,
        },
        ADIP_BYTES,
      ),
  },
  {
    format: 0x20,
    media: ['dvd+r-dl', 'dvd-r-dl'],
    sendable: ['dvd+r-dl'],
    encode: ({ state }) =>
      dvdLayerCapacity.encode({
        initStatus: state.layerZeroBlocks !== undefined || state.tracks.length > 0,
        layer0DataAreaCapacity: layerZeroBlocks(state),
      }),
  },
  {
    format: 0xc0,
    sendable: MEDIA_TYPES,
    encode: ({ state }) =>
      dvdWriteProtectionStatus.encode({ persistentWriteProtection: state.writeProtected === true }),
  },
]

const ofMedium = ({ state }: Medium) => STRUCTURES.filter(({ media }) => !media || media.includes(state.media))

/** A structure of a DVD as READ DISC STRUCTURE sends it; undefined where this one has none. */
export function dvdStructure(medium: Medium, format: number, layer: number, _address: number): Uint8Array | undefined {
  if (layer > (isDoubleLayer(medium.state) ? 1 : 0)) return undefined
  return ofMedium(medium)
    .find(structure => structure.format === format)
    ?.encode(medium)
}

export function dvdStructureFormats(medium: Medium) {
  return ofMedium(medium).map(({ format, sendable, encode }) => ({
    format,
    sendable: sendable?.includes(medium.state.media) === true,
    length: encode(medium).length,
  }))
}
