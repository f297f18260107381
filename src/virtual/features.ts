import type { Encodable, Fields } from '../layout'
import {
  bdReadFeature,
  bdRPseudoOverwriteFeature,
  bdWriteFeature,
  cdMasteringFeature,
  cdReadFeature,
  cdRwMediaWriteSupportFeature,
  cdTrackAtOnceFeature,
  coreFeature,
  driveSerialNumberFeature,
  dvdMinusRWriteFeature,
  dvdPlusRDualLayerFeature,
  dvdPlusRFeature,
  dvdPlusRwFeature,
  dvdReadFeature,
  type Feature,
  firmwareInformationFeature,
  formattableFeature,
  hardwareDefectManagementFeature,
  incrementalStreamingWritableFeature,
  layerJumpRecordingFeature,
  morphingFeature,
  multiReadFeature,
  powerManagementFeature,
  profileListFeature,
  randomReadableFeature,
  randomWritableFeature,
  realTimeStreamingFeature,
  removableMediumFeature,
  restrictedOverwriteFeature,
  rigidRestrictedOverwriteFeature,
  stopLongOperationFeature,
  timeoutFeature,
  writeOnceFeature,
  writeProtectFeature,
} from '../mmc/features'
import { SERIAL_NUMBER } from './commands/inquiry'
import type { LogicalUnit } from './logical-unit'

/** Profiles of the drive, the most capable first. */
const PROFILES = [
  0x43, 0x42, 0x41, 0x40, 0x2b, 0x1b, 0x1a, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x10, 0x0a, 0x09, 0x08,
] as const

/** Bits of the class bitmaps of BD: versions 1 and 2 of class 0. */
const BD_VERSIONS = 0x0006
const SATA = 7
const TRAY = 1
const LONGEST_CUE_SHEET_BYTES = 3072
/** Data block types 0 (raw), 8 to 13 (MMC-6 table 667), a bit each. */
const CD_DATA_TYPES = 0x3f01

interface DriveFeature {
  readonly code: number
  /** Current whatever the medium is. */
  readonly persistent: boolean
  encode(unit: LogicalUnit, current: boolean): Uint8Array
}

function driveFeature<F extends Fields>(
  feature: Feature<F>,
  persistent: boolean,
  value: (unit: LogicalUnit) => Encodable<F>,
): DriveFeature {
  return {
    code: feature.code,
    persistent,
    encode: (unit, current) =>
      feature.encode({ ...value(unit), persistent, current } as Parameters<typeof feature.encode>[0]),
  }
}

const persistent = <F extends Fields>(feature: Feature<F>, value: (unit: LogicalUnit) => Encodable<F>) =>
  driveFeature(feature, true, value)
const withMedium = <F extends Fields>(feature: Feature<F>, value: (unit: LogicalUnit) => Encodable<F>) =>
  driveFeature(feature, false, value)

const blocking = ({ medium }: LogicalUnit) => ({ logicalBlockSize: 2048, blocking: medium?.blockingFactor ?? 1 })
const none = () => ({})

/** All features of the drive, by code. */
const DRIVE_FEATURES: readonly DriveFeature[] = [
  persistent(profileListFeature, unit => ({
    profileDescriptors: PROFILES.map(profileNumber => ({
      profileNumber,
      currentProfile: profileNumber === currentProfile(unit),
    })),
  })),
  persistent(coreFeature, () => ({ physicalInterfaceStandard: SATA, inquiry2: true, deviceBusyEvent: true })),
  persistent(morphingFeature, () => ({ operationalChangeEvent: true })),
  persistent(removableMediumFeature, () => ({ loadingMechanismType: TRAY, load: true, eject: true, lock: true })),
  persistent(writeProtectFeature, () => ({
    supportsPersistentWriteProtection: true,
    supportsSoftwareWriteProtection: true,
  })),
  withMedium(randomReadableFeature, unit => ({ ...blocking(unit), pagePresent: true })),
  persistent(multiReadFeature, none),
  withMedium(cdReadFeature, () => ({ c2Flags: true, cdText: true })),
  withMedium(dvdReadFeature, () => ({ multi110: true, dualR: true })),
  withMedium(randomWritableFeature, unit => ({
    ...blocking(unit),
    lastLogicalBlockAddress: unit.medium?.lastAddress() ?? 0,
    pagePresent: true,
  })),
  withMedium(incrementalStreamingWritableFeature, ({ medium }) => ({
    dataTypeSupported: medium?.kind === 'cd' ? CD_DATA_TYPES : 0x0100,
    trackResourcesInformation: true,
    bufferUnderrunFree: true,
    linkSizes: medium?.kind === 'cd' ? [{ linkSize: 7 }] : [{ linkSize: 16 }],
  })),
  withMedium(formattableFeature, () => ({ certification: true, quickCertification: true, randomRecordingMode: true })),
  withMedium(hardwareDefectManagementFeature, () => ({ spareAreaInformation: true })),
  withMedium(writeOnceFeature, unit => ({ ...blocking(unit), pagePresent: true })),
  withMedium(restrictedOverwriteFeature, none),
  withMedium(dvdPlusRwFeature, () => ({ write: true })),
  withMedium(dvdPlusRFeature, () => ({ write: true })),
  withMedium(rigidRestrictedOverwriteFeature, () => ({ intermediate: true, blank: true })),
  withMedium(cdTrackAtOnceFeature, () => ({
    bufferUnderrunFree: true,
    testWrite: true,
    cdRw: true,
    dataTypeSupported: CD_DATA_TYPES,
  })),
  withMedium(cdMasteringFeature, unit => ({
    bufferUnderrunFree: true,
    sessionAtOnce: !unit.has('no-session-at-once'),
    testWrite: true,
    cdRw: true,
    rw: true,
    maximumCueSheetLength: LONGEST_CUE_SHEET_BYTES,
  })),
  withMedium(dvdMinusRWriteFeature, () => ({
    bufferUnderrunFree: true,
    rDualLayer: true,
    testWrite: true,
    dvdMinusRw: true,
  })),
  withMedium(layerJumpRecordingFeature, () => ({ linkSizes: [{ linkSize: 16 }] })),
  withMedium(stopLongOperationFeature, none),
  withMedium(cdRwMediaWriteSupportFeature, () => ({ cdRwMediaSubTypeSupport: 0x0f })),
  withMedium(bdRPseudoOverwriteFeature, none),
  withMedium(dvdPlusRDualLayerFeature, () => ({ write: true })),
  withMedium(bdReadFeature, () => ({
    bdReClass0: BD_VERSIONS,
    bdReClass1: BD_VERSIONS,
    bdRClass0: BD_VERSIONS,
    bdRClass1: BD_VERSIONS,
    bdRomClass0: BD_VERSIONS,
  })),
  withMedium(bdWriteFeature, () => ({
    bdReClass0: BD_VERSIONS,
    bdReClass1: BD_VERSIONS,
    bdRClass0: BD_VERSIONS,
    bdRClass1: BD_VERSIONS,
  })),
  persistent(powerManagementFeature, none),
  persistent(timeoutFeature, none),
  withMedium(realTimeStreamingFeature, () => ({
    readBufferCapacityBlock: true,
    setCdSpeed: true,
    modePage2A: true,
    writeSpeedPerformanceDescriptor: true,
    streamWriting: true,
  })),
  persistent(driveSerialNumberFeature, ({ options }) => ({ serialNumber: serialText(options.serialNumber) })),
  persistent(firmwareInformationFeature, () => ({
    century: '20',
    year: '26',
    month: '01',
    day: '01',
    hour: '00',
    minute: '00',
    second: '00',
  })),
]

/** Serial numbers are padded to a multiple of four bytes, as all additional data are. */
function serialText(serialNumber = SERIAL_NUMBER): string {
  return serialNumber.padEnd(Math.ceil(serialNumber.length / 4) * 4)
}

/** Profile that GET CONFIGURATION gives as the current one; 0 without a medium. */
export function currentProfile(unit: LogicalUnit): number {
  const { medium } = unit
  if (!medium || unit.has('profile-none-with-disc')) return 0
  const { finalized } = medium.state
  if (finalized && unit.has('closed-bd-r-as-bd-rom') && medium.profile === 0x41) return 0x40
  if (finalized && unit.has('closed-dvd-as-dvd-rom') && medium.kind === 'dvd') return 0x10
  return medium.profile
}

/** Codes of the features that the medium makes current. */
function currentFeatures({ medium }: LogicalUnit): ReadonlySet<number> {
  // Real time streaming is there with every medium.
  return new Set(medium ? [...medium.currentFeatures(), 0x0107] : [])
}

/** Which profile and features are current now: another text where others are. */
export function featureCurrency(unit: LogicalUnit): string {
  return [currentProfile(unit), ...currentFeatures(unit)].join()
}

/** The drive's features from a code on, as descriptors. */
export function featureDescriptors(
  unit: LogicalUnit,
  requested: 'all' | 'current' | 'one',
  from: number,
): Uint8Array[] {
  const current = currentFeatures(unit)
  return DRIVE_FEATURES.filter(feature => {
    if (requested === 'one' && !unit.has('every-feature-answered')) return feature.code === from
    if (feature.code < from) return false
    return requested !== 'current' || feature.persistent || current.has(feature.code)
  }).map(feature => feature.encode(unit, feature.persistent || current.has(feature.code)))
}
