import {
  bdDiscInformation,
  bdPhysicalAccessControl,
  bdSpareAreaInformation,
  bdWriteProtectionStatus,
} from '../../mmc/structures'
import type { Medium } from './medium'

/** Blocks of a cluster. */
export const BD_BLOCKING_FACTOR = 32
/** First address unit of the data zone of layer 0 (16 address units a cluster). */
const FIRST_ADDRESS_UNIT = 131_072
const BLOCKS_OF_LAYER = 12_219_392
/** A block of Disc Information: 4096 bytes behind the reply's header. */
const DISC_INFORMATION_BYTES = 4100
const DISC_TYPES: Readonly<Record<string, string>> = { 'bd-rom': 'BDO', 'bd-re': 'BDW' }

function discInformation({ state }: Medium): Uint8Array {
  const layers = Math.max(1, Math.round(state.capacityBlocks / BLOCKS_OF_LAYER))
  const ofLayer = Math.ceil(state.capacityBlocks / layers)
  return bdDiscInformation.encode(
    {
      units: Array.from({ length: layers }, (_, layer) => ({
        discInformationIdentifier: 'DI',
        discInformationFormat: 1,
        numberOfUnitsInBlock: layers,
        layerNumber: layer,
        sequenceNumber: layer,
        numberOfBytesInUse: 98,
        discTypeIdentifier: DISC_TYPES[state.media] ?? 'BDR',
        discClass: 0,
        discVersion: 1,
        numberOfLayers: layers,
        layerType: state.media === 'bd-rom' ? 1 : state.media === 'bd-re' ? 4 : 2,
        channelBitLength: 1,
        maximumTransferRate: 0,
        firstAddressUnitNumber: FIRST_ADDRESS_UNIT,
        // Eight blocks share an address unit's step of two.
        lastAddressUnitNumber: FIRST_ADDRESS_UNIT + ofLayer / 8 - 2,
        discManufacturerId: 'SCSIMM',
        mediaTypeId: '001',
      })),
    },
    DISC_INFORMATION_BYTES,
  )
}

const ENCODERS: Readonly<Record<number, (medium: Medium) => Uint8Array | undefined>> = {
  0: discInformation,
  10: ({ state }) => {
    if (state.media === 'bd-rom') return undefined
    const { spareBlocks = 0, spareUsed = 0 } = state.formatted ?? {}
    return bdSpareAreaInformation.encode({
      numberOfFreeSpareBlocks: spareBlocks - spareUsed,
      numberOfAllocatedSpareBlocks: spareBlocks,
    })
  },
  48: () => bdPhysicalAccessControl.encode({}),
  192: ({ state }) => bdWriteProtectionStatus.encode({ persistentWriteProtection: state.writeProtected === true }),
}

/** A structure of a BD as READ DISC STRUCTURE sends it; undefined where this one has none. */
export function bdStructure(medium: Medium, format: number, _layer: number): Uint8Array | undefined {
  return ENCODERS[format]?.(medium)
}

export function bdStructureFormats() {
  return Object.keys(ENCODERS).map(format => ({
    format: Number(format),
    sendable: Number(format) === 0xc0,
    length: Number(format) === 0 ? DISC_INFORMATION_BYTES : 16,
  }))
}
