import { ascii, asciiRest, bits, choice, flag, layout, list, u8, u16, u32 } from '../../layout'
import { feature } from './feature'
import { profileName } from './profiles'

/** One profile that the drive has (MMC-6 5.3.1). */
export const profileDescriptor = layout(
  'Profile Descriptor',
  { profileNumber: u16(0).means(profileName), currentProfile: flag(2, 0).named('CurrentP') },
  { length: 4, clause: 'MMC-6 5.3.1' },
)

/** Profile List (0000h): all profiles, the best first. */
export const profileListFeature = feature(0x0000, 'Profile List', 0, '5.3.1', {
  profileDescriptors: list(4, profileDescriptor),
})

/** Core (0001h). */
export const coreFeature = feature(
  0x0001,
  'Core',
  2,
  '5.3.2',
  {
    physicalInterfaceStandard: u32(4).means({
      1: 'SCSI family',
      2: 'ATAPI',
      3: 'IEEE 1394-1995',
      4: 'IEEE 1394A',
      5: 'Fibre Channel',
      6: 'IEEE 1394B',
      7: 'Serial ATAPI',
      8: 'USB (both 1.1 and 2.0)',
    }),
    inquiry2: flag(8, 1).named('INQ2'),
    deviceBusyEvent: flag(8, 0).named('DBE'),
  },
  12,
)

/** Morphing (0002h): the drive can tell that it has changed. */
export const morphingFeature = feature(
  0x0002,
  'Morphing',
  1,
  '5.3.3',
  { operationalChangeEvent: flag(4, 1).named('OCEvent'), asynchronous: flag(4, 0).named('ASYNC') },
  8,
)

/** Removable Medium (0003h): what moves the medium, and who may. */
export const removableMediumFeature = feature(
  0x0003,
  'Removable Medium',
  2,
  '5.3.4',
  {
    loadingMechanismType: choice(4, 7, 5, {
      0: 'caddy or slot',
      1: 'tray',
      2: 'pop-up',
      4: 'changer with individually changeable discs',
      5: 'changer with a magazine',
    }),
    load: flag(4, 4),
    eject: flag(4, 3),
    preventJumper: flag(4, 2).named('Pvnt Jmpr'),
    deviceBusyMechanism: flag(4, 1).named('DBML'),
    lock: flag(4, 0),
  },
  8,
)

/** Write Protect (0004h). */
export const writeProtectFeature = feature(
  0x0004,
  'Write Protect',
  2,
  '5.3.5',
  {
    discWriteProtectPac: flag(4, 3).named('DWP'),
    writeInhibitDcb: flag(4, 2).named('WDCB'),
    supportsPersistentWriteProtection: flag(4, 1).named('SPWP'),
    supportsSoftwareWriteProtection: flag(4, 0).named('SSWPP'),
  },
  8,
)

/** Stop Long Operation (0035h): an operation under way can be stopped by STOP (SYNCHRONIZE CACHE, FORMAT UNIT). */
export const stopLongOperationFeature = feature(0x0035, 'Stop Long Operation', 0, '5.3.32', {}, 8)

/** Power Management (0100h). */
export const powerManagementFeature = feature(0x0100, 'Power Management', 0, '5.3.43', {})

/** S.M.A.R.T. (0101h). */
export const smartFeature = feature(0x0101, 'S.M.A.R.T.', 0, '5.3.44', { pagePresent: flag(4, 0).named('PP') }, 8)

/** Embedded Changer (0102h). */
export const embeddedChangerFeature = feature(0x0102, 'Embedded Changer', 0, '5.3.45', {
  sideChangeCapable: flag(4, 4).named('SCC'),
  supportsDiscPresent: flag(4, 2).named('SDP'),
  highestSlotNumber: bits(7, 4, 0),
})

/** CD Audio External Play (0103h), of MMC-5 and earlier. */
export const cdAudioExternalPlayFeature = feature(0x0103, 'CD Audio External Play', 0, '5.3.46', {
  scan: flag(4, 2),
  separateChannelMute: flag(4, 1).named('SCM'),
  separateVolume: flag(4, 0).named('SV'),
  numberOfVolumeLevels: u16(6),
})

/** Microcode Upgrade (0104h). */
export const microcodeUpgradeFeature = feature(
  0x0104,
  'Microcode Upgrade',
  1,
  '5.3.47',
  { mode5: flag(4, 0).named('M5') },
  8,
)

/** Timeout (0105h): `unitLength` in seconds per unit of a Group 3 command's length. */
export const timeoutFeature = feature(0x0105, 'Timeout', 1, '5.3.48', { group3: flag(4, 0), unitLength: u16(6) }, 8)

/** Real Time Streaming (0107h): which ways of setting a speed the drive knows. */
export const realTimeStreamingFeature = feature(
  0x0107,
  'Real Time Streaming',
  5,
  '5.3.50',
  {
    setMinimumPerformance: flag(4, 5).named('SMP'),
    readBufferCapacityBlock: flag(4, 4).named('RBCB'),
    setCdSpeed: flag(4, 3).named('SCS'),
    modePage2A: flag(4, 2).named('MP2A'),
    writeSpeedPerformanceDescriptor: flag(4, 1).named('WSPD'),
    streamWriting: flag(4, 0).named('SW'),
  },
  8,
)

/** Drive Serial Number (0108h). */
export const driveSerialNumberFeature = feature(0x0108, 'Drive Serial Number', 0, '5.3.51', {
  serialNumber: asciiRest(4),
})

/** Media Serial Number (0109h): the drive has READ MEDIA SERIAL NUMBER. */
export const mediaSerialNumberFeature = feature(0x0109, 'Media Serial Number', 0, '5.3.52', {})

const discControlBlock = layout('Disc Control Block', { contentDescriptor: u32(0) })

/** Disc Control Blocks (010Ah). */
export const discControlBlocksFeature = feature(0x010a, 'Disc Control Blocks', 0, '5.3.53', {
  supportedEntries: list(4, discControlBlock).named('Supported DCB Entries'),
})

/** Firmware Information (010Ch): when the firmware was made, digits of UTC. */
export const firmwareInformationFeature = feature(
  0x010c,
  'Firmware Information',
  0,
  '5.3.55',
  {
    century: ascii(4, 2),
    year: ascii(6, 2),
    month: ascii(8, 2),
    day: ascii(10, 2),
    hour: ascii(12, 2),
    minute: ascii(14, 2),
    second: ascii(16, 2),
  },
  20,
)

const supportedProfile = layout('Profile', { profileNumber: u16(0).means(profileName) })

/** OSSC, Optical Security Subsystem Class (0142h). */
export const opticalSecuritySubsystemClassFeature = feature(0x0142, 'OSSC', 0, '5.3.62', {
  perStorageAreaUnit: flag(4, 7).named('PSAU'),
  linkedOpticalSecurityProtectedBlocks: flag(4, 6).named('LOSPB'),
  mediaEncryption: flag(4, 0).named('ME'),
  numberOfProfiles: u8(5),
  profiles: list(6, supportedProfile),
})
