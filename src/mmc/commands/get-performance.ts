import { bits, choice, flag, layout, list, rest, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

const ROTATION_CONTROL = ['clv', 'cav', 'reserved-2', 'reserved-3'] as const
const header = { performanceDataLength: u32(0), write: flag(4, 1), except: flag(4, 0) }
const announced = { field: 'performanceDataLength', excludes: 4 } as const
const HEADER_BYTES = 8

/** Nominal performance (MMC-6 6.7.3.2): speed from one block to another, in kB/s of 1000 bytes. */
export const nominalPerformanceDescriptor = layout(
  'Nominal Performance Descriptor',
  {
    startLba: u32(0).named('Start LBA'),
    startPerformanceKBps: u32(4).named('Start Performance'),
    endLba: u32(8).named('End LBA'),
    endPerformanceKBps: u32(12).named('End Performance'),
  },
  { clause: 'MMC-6 6.7.3.2' },
)

/** Exceptional performance (MMC-6 6.7.3.2): a place that takes longer, in units of 100 ms. */
export const exceptionalPerformanceDescriptor = layout(
  'Exceptional Performance Descriptor',
  { lba: u32(0).named('LBA'), time: u16(4) },
  { clause: 'MMC-6 6.7.3.2' },
)

/** Unusable area data (MMC-6 6.7.3.3): blocks of a DVD-RAM or BD that cannot be written in a stream. */
export const unusableAreaDescriptor = layout(
  'Unusable Area Descriptor',
  { lba: u32(0).named('LBA'), numberOfUnusablePhysicalBlocks: u32(4) },
  { clause: 'MMC-6 6.7.3.3' },
)

/** Defect status data (MMC-6 6.7.3.4), for media with drive-managed defects reported by the host. */
export const defectStatusDescriptor = layout(
  'Defect Status Descriptor',
  {
    startLba: u32(0).named('Start LBA'),
    endLba: u32(4).named('End LBA'),
    blockingFactor: u8(8),
    firstBitOffset: bits(9, 2, 0),
    defectStatuses: rest(10),
  },
  { length: 2048, clause: 'MMC-6 6.7.3.4' },
)

/** Write speed descriptor (MMC-6 6.7.3.5), in kB/s of 1000 bytes. */
export const writeSpeedDescriptor = layout(
  'Write Speed Descriptor',
  {
    writeRotationControl: choice(0, 4, 3, ROTATION_CONTROL).named('WRC'),
    restoreDefaults: flag(0, 2).named('RDD'),
    exact: flag(0, 1),
    mixtureOfReadAndWrite: flag(0, 0).named('MRW'),
    endLba: u32(4).named('End LBA'),
    readSpeedKBps: u32(8).named('Read Speed'),
    writeSpeedKBps: u32(12).named('Write Speed'),
  },
  { clause: 'MMC-6 6.7.3.5' },
)

/** Defective block information (MMC-6 6.7.3.6). */
export const defectiveBlockInformationDescriptor = layout(
  'DBI Descriptor',
  { lba: u32(0).named('LBA'), defectType: u8(4) },
  { length: 8, clause: 'MMC-6 6.7.3.6' },
)

/** Defective block information cache zone (MMC-6 6.7.3.7). */
export const defectiveBlockInformationCacheZoneDescriptor = layout(
  'DBI Cache Zone Descriptor',
  { startLba: u32(0).named('Start LBA'), endLba: u32(4).named('End LBA') },
  { clause: 'MMC-6 6.7.3.7' },
)

/** Response to type 00h, nominal. */
export const nominalPerformance = layout(
  'Nominal Performance',
  { ...header, descriptors: list(8, nominalPerformanceDescriptor) },
  { announced, length: HEADER_BYTES, clause: 'MMC-6 6.7.3.2' },
)

/** Response to type 00h, exceptions. */
export const exceptionalPerformance = layout(
  'Exceptional Performance',
  { ...header, descriptors: list(8, exceptionalPerformanceDescriptor) },
  { announced, length: HEADER_BYTES, clause: 'MMC-6 6.7.3.2' },
)

/** Response to type 01h. */
export const unusableAreaData = layout(
  'Unusable Area Data',
  { ...header, descriptors: list(8, unusableAreaDescriptor) },
  { announced, length: HEADER_BYTES, clause: 'MMC-6 6.7.3.3' },
)

/** Response to type 02h. */
export const defectStatusData = layout(
  'Defect Status Data',
  { ...header, descriptors: list(8, defectStatusDescriptor) },
  { announced, length: HEADER_BYTES, clause: 'MMC-6 6.7.3.4' },
)

/** Response to type 03h. */
export const writeSpeeds = layout(
  'Write Speeds',
  { ...header, descriptors: list(8, writeSpeedDescriptor) },
  { announced, length: HEADER_BYTES, clause: 'MMC-6 6.7.3.5' },
)

/** Response to type 04h. */
export const defectiveBlockInformation = layout(
  'Defective Block Information',
  { ...header, descriptors: list(8, defectiveBlockInformationDescriptor) },
  { announced, length: HEADER_BYTES, clause: 'MMC-6 6.7.3.6' },
)

/** Response to type 05h. */
export const defectiveBlockInformationCacheZones = layout(
  'Defective Block Information Cache Zones',
  { ...header, descriptors: list(8, defectiveBlockInformationCacheZoneDescriptor) },
  { announced, length: HEADER_BYTES, clause: 'MMC-6 6.7.3.7' },
)

const common = {
  name: 'GET PERFORMANCE',
  opcode: 0xac,
  clause: 'MMC-6 6.7',
  access: 'read',
  timeoutMs: seconds(30),
} as const

const tail = { startingLba: u32(2).named('Starting LBA'), maximumNumberOfDescriptors: u16(8), type: u8(10) }

/** Type 00h: `tolerance` 10b is the only one there is; nominal, the whole table, or the exceptions. */
const performanceCdb = {
  tolerance: bits(1, 4, 3),
  write: flag(1, 2),
  except: choice(1, 1, 0, ['nominal', 'entire', 'exceptions', 'reserved']),
  ...tail,
}

const dataTypeCdb = { dataType: bits(1, 4, 0), ...tail }

const moved =
  (descriptorBytes: number) =>
  ({ maximumNumberOfDescriptors = 0 }: { maximumNumberOfDescriptors?: number | undefined }) =>
    HEADER_BYTES + maximumNumberOfDescriptors * descriptorBytes

/** GET PERFORMANCE (ACh), type 00h: speed over the disc; asks for `maximumNumberOfDescriptors`. */
export const getPerformance = command({
  ...common,
  cdb: performanceCdb,
  variant: { type: 0x00, except: 'nominal' },
  reply: nominalPerformance,
  transferBytes: moved(nominalPerformanceDescriptor.length),
})

/** GET PERFORMANCE (ACh), type 00h: the places that are slower than nominal. */
export const getExceptionalPerformance = command({
  ...common,
  cdb: performanceCdb,
  variant: { type: 0x00, except: 'exceptions' },
  reply: exceptionalPerformance,
  transferBytes: moved(exceptionalPerformanceDescriptor.length),
})

/** GET PERFORMANCE (ACh), type 01h: `dataType` 0 is by zoned CLV and defects, 1 of unusable blocks. */
export const getUnusableArea = command({
  ...common,
  cdb: dataTypeCdb,
  variant: { type: 0x01 },
  reply: unusableAreaData,
  transferBytes: moved(unusableAreaDescriptor.length),
})

/** GET PERFORMANCE (ACh), type 02h. */
export const getDefectStatus = command({
  ...common,
  cdb: dataTypeCdb,
  variant: { type: 0x02 },
  reply: defectStatusData,
  transferBytes: moved(defectStatusDescriptor.length),
})

/** GET PERFORMANCE (ACh), type 03h: the speeds that the medium can be written with. */
export const getWriteSpeeds = command({
  ...common,
  cdb: dataTypeCdb,
  variant: { type: 0x03 },
  reply: writeSpeeds,
  transferBytes: moved(writeSpeedDescriptor.length),
})

/** GET PERFORMANCE (ACh), type 04h. */
export const getDefectiveBlockInformation = command({
  ...common,
  cdb: dataTypeCdb,
  variant: { type: 0x04 },
  reply: defectiveBlockInformation,
  transferBytes: moved(defectiveBlockInformationDescriptor.length),
})

/** GET PERFORMANCE (ACh), type 05h. */
export const getDefectiveBlockInformationCacheZones = command({
  ...common,
  cdb: dataTypeCdb,
  variant: { type: 0x05 },
  reply: defectiveBlockInformationCacheZones,
  transferBytes: moved(defectiveBlockInformationCacheZoneDescriptor.length),
})
