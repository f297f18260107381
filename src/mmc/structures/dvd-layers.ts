import { flag, rest, u8, u32 } from '../../layout'
import { discStructureOf } from './disc-structure'

/** DVD Layer Capacity (format 20h): blocks of layer 0 of a DVD+R DL, DVD-R DL or HD DVD-R DL; `fixed` once it is set. */
export const dvdLayerCapacity = discStructureOf('dvd', 0x20, 'DVD Layer Capacity', 'MMC-6 6.22.3.2.22', {
  initStatus: flag(4, 7).named('Init Status'),
  layer0DataAreaCapacity: u32(8).named('L0 Data Area Capacity'),
})

/** Shifted Middle Area Start Address (format 21h), of DVD-R DL. */
export const dvdShiftedMiddleArea = discStructureOf(
  'dvd',
  0x21,
  'Shifted Middle Area Start Address',
  'MMC-6 6.22.3.2.23',
  {
    initStatus: flag(4, 7).named('Init Status'),
    shiftedMiddleAreaStartAddress: u32(8),
  },
)

/** Jump Interval Size (format 22h), of DVD-R DL in layer jump recording. */
export const dvdJumpIntervalSize = discStructureOf('dvd', 0x22, 'Jump Interval Size', 'MMC-6 6.22.3.2.24', {
  jumpIntervalSize: u32(8),
})

/** Manual Layer Jump Address (format 23h). */
export const dvdManualLayerJumpAddress = discStructureOf(
  'dvd',
  0x23,
  'Manual Layer Jump Address',
  'MMC-6 6.22.3.2.25',
  {
    manualLayerJumpAddress: u32(8).named('Manual Layer Jump Address'),
  },
)

/** Remapping Address (format 24h). */
export const dvdRemappingAddress = discStructureOf('dvd', 0x24, 'Remapping Address', 'MMC-6 6.22.3.2.26', {
  anchorPointNumber: u8(4),
  remappingAddress: u32(8),
})

/** DCB, Disc Control Block (format 30h): `contentDescriptor` names which. */
export const dvdDiscControlBlock = discStructureOf(
  'dvd',
  0x30,
  'Disc Control Block',
  'MMC-6 6.22.3.2.27',
  {
    contentDescriptor: u32(4),
    unknownContentDescriptorActions: u32(8),
    vendorIdAndData: rest(12).named('Vendor ID and DCB Data'),
  },
  12,
)

/** MTA ECC Block (format 31h), of DVD+RW with MRW. */
export const dvdMainTableAreaBlock = discStructureOf('dvd', 0x31, 'MTA ECC Block', 'MMC-6 6.22.3.2.28', {
  mtaEccBlock: rest(4).named('MTA ECC Block'),
})
