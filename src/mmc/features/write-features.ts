import { flag, layout, list, u8, u16, u24, u32 } from '../../layout'
import { feature } from './feature'

const linkSize = layout('Link Size', { linkSize: u8(0) })
const bufferUnderrunFree = flag(4, 6).named('BUF')
const testWrite = flag(4, 2)

/** Random Writable (0020h): any block can be written. */
export const randomWritableFeature = feature(
  0x0020,
  'Random Writable',
  1,
  '5.3.10',
  {
    lastLogicalBlockAddress: u32(4),
    logicalBlockSize: u32(8),
    blocking: u16(12),
    pagePresent: flag(14, 0).named('PP'),
  },
  16,
)

/** Incremental Streaming Writable (0021h): tracks can be written bit by bit. */
export const incrementalStreamingWritableFeature = feature(0x0021, 'Incremental Streaming Writable', 3, '5.3.11', {
  dataTypeSupported: u16(4),
  trackResourcesInformation: flag(6, 2).named('TRIO'),
  addressModeReservation: flag(6, 1).named('ARSV'),
  bufferUnderrunFree: flag(6, 0).named('BUF'),
  numberOfLinkSizes: u8(7),
  linkSizes: list(8, linkSize, { countedBy: 'numberOfLinkSizes', count: all => all[7] ?? 0 }),
})

/** Sector Erasable (0022h), of MMC-5 and earlier: the drive has ERASE. */
export const sectorErasableFeature = feature(0x0022, 'Sector Erasable', 0, '5.3.12', {})

/** Formattable (0023h). */
export const formattableFeature = feature(
  0x0023,
  'Formattable',
  2,
  '5.3.13',
  {
    formatUnitRequired: flag(4, 7).named('FRF'),
    reducedSpareFormat: flag(4, 3).named('RENoSA'),
    expand: flag(4, 2),
    quickCertification: flag(4, 1).named('QCert'),
    certification: flag(4, 0).named('Cert'),
    randomRecordingMode: flag(8, 0).named('RRM'),
  },
  12,
)

/** Hardware Defect Management (0024h): the drive replaces bad blocks by itself. */
export const hardwareDefectManagementFeature = feature(
  0x0024,
  'Hardware Defect Management',
  1,
  '5.3.14',
  { spareAreaInformation: flag(4, 7).named('SSA') },
  8,
)

/** Write Once (0025h): any block can be written, but once. */
export const writeOnceFeature = feature(
  0x0025,
  'Write Once',
  0,
  '5.3.15',
  { logicalBlockSize: u32(4), blocking: u16(8), pagePresent: flag(10, 0).named('PP') },
  12,
)

/** Restricted Overwrite (0026h): packets can be overwritten. */
export const restrictedOverwriteFeature = feature(0x0026, 'Restricted Overwrite', 0, '5.3.16', {})

/** CD-RW CAV Write (0027h). */
export const cdRwCavWriteFeature = feature(0x0027, 'CD-RW CAV Write', 0, '5.3.17', {}, 8)

/** MRW (0028h), Mount Rainier. */
export const mrwFeature = feature(
  0x0028,
  'MRW',
  2,
  '5.3.18',
  {
    dvdPlusWrite: flag(4, 2).named('DVD+Write'),
    dvdPlusRead: flag(4, 1).named('DVD+Read'),
    cdWrite: flag(4, 0).named('CD Write'),
  },
  8,
)

/** Enhanced Defect Reporting (0029h). */
export const enhancedDefectReportingFeature = feature(0x0029, 'Enhanced Defect Reporting', 1, '5.3.19', {
  distributedRealTimeDefectManagement: flag(4, 0).named('DRT-DM'),
  numberOfDbiCacheZones: u8(5).named('Number of DBI Cache Zones'),
  numberOfEntries: u16(6),
})

/** DVD+RW (002Ah). */
export const dvdPlusRwFeature = feature(
  0x002a,
  'DVD+RW',
  0,
  '5.3.20',
  { write: flag(4, 0), quickStart: flag(5, 1), closeOnly: flag(5, 0) },
  8,
)

/** DVD+R (002Bh). */
export const dvdPlusRFeature = feature(0x002b, 'DVD+R', 0, '5.3.21', { write: flag(4, 0) }, 8)

/** Rigid Restricted Overwrite (002Ch): DVD-RW that overwrites whole ECC blocks. */
export const rigidRestrictedOverwriteFeature = feature(
  0x002c,
  'Rigid Restricted Overwrite',
  0,
  '5.3.22',
  {
    defectStatusDataGenerate: flag(4, 3).named('DSDG'),
    defectStatusDataRead: flag(4, 2).named('DSDR'),
    intermediate: flag(4, 1),
    blank: flag(4, 0),
  },
  8,
)

/** CD Track at Once (002Dh). */
export const cdTrackAtOnceFeature = feature(0x002d, 'CD Track at Once', 2, '5.3.23', {
  bufferUnderrunFree,
  rwRaw: flag(4, 4).named('R-W Raw'),
  rwPack: flag(4, 3).named('R-W Pack'),
  testWrite,
  cdRw: flag(4, 1).named('CD-RW'),
  rwSubcode: flag(4, 0).named('R-W Subcode'),
  dataTypeSupported: u16(6),
})

/** CD Mastering (002Eh): session at once and raw. */
export const cdMasteringFeature = feature(0x002e, 'CD Mastering', 0, '5.3.24', {
  bufferUnderrunFree,
  sessionAtOnce: flag(4, 5).named('SAO'),
  rawMultiSession: flag(4, 4).named('Raw MS'),
  raw: flag(4, 3),
  testWrite,
  cdRw: flag(4, 1).named('CD-RW'),
  rw: flag(4, 0).named('R-W'),
  maximumCueSheetLength: u24(5),
})

/** DVD-R/-RW Write (002Fh). */
export const dvdMinusRWriteFeature = feature(
  0x002f,
  'DVD-R/-RW Write',
  2,
  '5.3.25',
  { bufferUnderrunFree, rDualLayer: flag(4, 3).named('RDL'), testWrite, dvdMinusRw: flag(4, 1).named('DVD-RW') },
  8,
)

/** DDCD-R Write (0031h), of MMC-3. */
export const ddcdRWriteFeature = feature(0x0031, 'DDCD-R Write', 0, '5.3.28', { testWrite }, 8)

/** DDCD-RW Write (0032h), of MMC-3. */
export const ddcdRwWriteFeature = feature(
  0x0032,
  'DDCD-RW Write',
  0,
  '5.3.29',
  { intermediate: flag(4, 1), blank: flag(4, 0) },
  8,
)

/** Layer Jump Recording (0033h). */
export const layerJumpRecordingFeature = feature(0x0033, 'Layer Jump Recording', 0, '5.3.30', {
  numberOfLinkSizes: u8(7),
  linkSizes: list(8, linkSize, { countedBy: 'numberOfLinkSizes', count: all => all[7] ?? 0 }),
})

/** Layer Jump Rigid Restricted Overwrite (0034h). */
export const layerJumpRigidRestrictedOverwriteFeature = feature(
  0x0034,
  'Layer Jump Rigid Restricted Overwrite',
  0,
  '5.3.31',
  { closeLayerJumpBlock: flag(4, 0).named('CLJB'), numberOfBufferBlocks: u8(7) },
)

/** CD-RW Media Write Support (0037h): a bit per sub-type of CD-RW. */
export const cdRwMediaWriteSupportFeature = feature(
  0x0037,
  'CD-RW Media Write Support',
  0,
  '5.3.33',
  { cdRwMediaSubTypeSupport: u8(5).named('CD-RW Media Sub-type Support') },
  8,
)

/** BD-R Pseudo-Overwrite (0038h): current where the medium was formatted for it. */
export const bdRPseudoOverwriteFeature = feature(0x0038, 'BD-R Pseudo-Overwrite (POW)', 0, '5.3.34', {}, 8)

/** DVD+RW Dual Layer (003Ah). */
export const dvdPlusRwDualLayerFeature = feature(
  0x003a,
  'DVD+RW Dual Layer',
  0,
  '5.3.35',
  { write: flag(4, 0), quickStart: flag(5, 1), closeOnly: flag(5, 0) },
  8,
)

/** DVD+R Dual Layer (003Bh). */
export const dvdPlusRDualLayerFeature = feature(0x003b, 'DVD+R Dual Layer', 0, '5.3.35', { write: flag(4, 0) }, 8)

/** TSR (0042h), timely safe recording. */
export const timelySafeRecordingFeature = feature(0x0042, 'TSR', 0, '5.3.38', {})
