import { choice, flag, layout, list, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'
import { defectiveBlockInformationCacheZoneDescriptor } from './get-performance'

/** Performance descriptor (MMC-6 6.38.3.2): so many kB (of 1000 bytes) in so many ms, over a range of LBAs. */
export const performanceDescriptor = layout(
  'Performance Descriptor',
  {
    writeRotationControl: choice(0, 4, 3, { 0: 'default', 1: 'cav' }).named('WRC'),
    restoreDefaults: flag(0, 2).named('RDD'),
    exact: flag(0, 1),
    randomAccess: flag(0, 0).named('RA'),
    startLba: u32(4).named('Start LBA'),
    endLba: u32(8).named('End LBA'),
    readSize: u32(12),
    readTimeMs: u32(16).named('Read Time'),
    writeSize: u32(20),
    writeTimeMs: u32(24).named('Write Time'),
  },
  { clause: 'MMC-6 6.38.3.2' },
)

/** DBI cache zones to set (MMC-6 6.38.3.3). */
export const defectiveBlockInformationCacheZonesToSet = layout(
  'DBI Cache Zones to Set',
  { descriptors: list(8, defectiveBlockInformationCacheZoneDescriptor) },
  { length: 8, clause: 'MMC-6 6.38.3.3' },
)

const setStreamingCommand = {
  name: 'SET STREAMING',
  opcode: 0xb6,
  clause: 'MMC-6 6.38',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: { type: u8(8), parameterListLength: u16(9) },
} as const

/** SET STREAMING (B6h), type 00h: the speed to read and write with. It outlasts the medium. */
export const setStreaming = command({
  ...setStreamingCommand,
  variant: { type: 0x00 },
  parameterList: performanceDescriptor,
})

/** SET STREAMING (B6h), type 05h. */
export const setDefectiveBlockInformationCacheZones = command({
  ...setStreamingCommand,
  variant: { type: 0x05 },
  parameterList: defectiveBlockInformationCacheZonesToSet,
})
