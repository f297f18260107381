import { bits, choice, flag, layout, list, u8, u16 } from '../../layout'
import { modePage } from './mode-page'

/** Logical Unit Write Speed Performance Descriptor (MMC-3 5.5.10), in kB/s of 1000 bytes. */
export const writeSpeedPerformanceDescriptor = layout(
  'Write Speed Performance Descriptor',
  {
    rotationControl: choice(1, 2, 0, { 0: 'clv', 1: 'cav' }),
    writeSpeedKBps: u16(2).named('Write Speed Supported'),
  },
  { clause: 'MMC-3 5.5.10' },
)

/**
 * MM Capabilities and Mechanical Status (2Ah): what the drive can do, of the time before features. Some drives report CD
 * speeds here with a DVD in, or zeros: GET PERFORMANCE type 03h is the better source.
 */
export const capabilitiesPage = modePage(0x2a, 'MM Capabilities and Mechanical Status', 'MMC-3 5.5.10', 32, {
  dvdRamRead: flag(2, 5).named('DVD-RAM Read'),
  dvdRRead: flag(2, 4).named('DVD-R Read'),
  dvdRomRead: flag(2, 3).named('DVD-ROM Read'),
  method2: flag(2, 2),
  cdRwRead: flag(2, 1).named('CD-RW Read'),
  cdRRead: flag(2, 0).named('CD-R Read'),
  dvdRamWrite: flag(3, 5).named('DVD-RAM Write'),
  dvdRWrite: flag(3, 4).named('DVD-R Write'),
  testWrite: flag(3, 2),
  cdRwWrite: flag(3, 1).named('CD-RW Write'),
  cdRWrite: flag(3, 0).named('CD-R Write'),
  bufferUnderrunFree: flag(4, 7).named('BUF'),
  multiSession: flag(4, 6),
  mode2Form2: flag(4, 5).named('Mode 2 Form 2'),
  mode2Form1: flag(4, 4).named('Mode 2 Form 1'),
  digitalPort2: flag(4, 3).named('Digital Port (2)'),
  digitalPort1: flag(4, 2).named('Digital Port (1)'),
  composite: flag(4, 1),
  audioPlay: flag(4, 0),
  readBarCode: flag(5, 7),
  upc: flag(5, 6).named('UPC'),
  isrc: flag(5, 5).named('ISRC'),
  c2PointersSupported: flag(5, 4),
  rwDeinterleavedAndCorrected: flag(5, 3).named('R-W Deinterleaved & Corrected'),
  rwSupported: flag(5, 2).named('R-W Supported'),
  cdDaStreamIsAccurate: flag(5, 1).named('CD-DA Stream Is Accurate'),
  cdDaCommandsSupported: flag(5, 0).named('CD-DA Commands Supported'),
  loadingMechanismType: choice(6, 7, 5, {
    0: 'caddy',
    1: 'tray',
    2: 'pop-up',
    4: 'changer-individual',
    5: 'changer-magazine',
  }),
  eject: flag(6, 3),
  preventJumper: flag(6, 2),
  lockState: flag(6, 1),
  lock: flag(6, 0),
  rwInLeadIn: flag(7, 5).named('P-W in Lead-In'),
  sideChangeCapable: flag(7, 4),
  softwareSlotSelection: flag(7, 3).named('S/W Slot Selection'),
  changerSupportsDiscPresent: flag(7, 2),
  separateChannelMute: flag(7, 1),
  separateVolumeLevels: flag(7, 0),
  maximumReadSpeedKBps: u16(8).named('Maximum Read Speed Supported'),
  numberOfVolumeLevels: u16(10),
  bufferSizeKB: u16(12).named('Buffer Size Supported'),
  currentReadSpeedKBps: u16(14).named('Current Read Speed'),
  digitalOutputFormat: u8(17),
  maximumWriteSpeedKBps: u16(18).named('Maximum Write Speed Supported'),
  currentWriteSpeedObsoleteKBps: u16(20).named('Current Write Speed (obsolete)'),
  copyManagementRevisionSupported: u16(22),
  rotationControlSelected: bits(27, 1, 0),
  currentWriteSpeedKBps: u16(28).named('Current Write Speed Selected'),
  numberOfWriteSpeedPerformanceDescriptors: u16(30),
  writeSpeedPerformanceDescriptors: list(32, writeSpeedPerformanceDescriptor, {
    countedBy: 'numberOfWriteSpeedPerformanceDescriptors',
    count: all => (all[30] ?? 0) * 256 + (all[31] ?? 0),
  }),
})
