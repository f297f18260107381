import type { Access, Command } from '../command'
import { pauseResume, playAudio10, playAudio12, playAudioMsf, readSubChannel, scan, stopPlayScan } from './audio-play'
import { blank } from './blank'
import { closeTrackSession } from './close-track-session'
import { logSelect, logSense, receiveDiagnosticResults, sendDiagnostic } from './diagnostics'
import { erase10 } from './erase'
import { formatUnit } from './format-unit'
import { getConfiguration } from './get-configuration'
import {
  getDeviceBusyEvent,
  getEventStatusNotification,
  getExternalRequestEvent,
  getMediaEvent,
  getMultiHostEvent,
  getOperationalChangeEvent,
  getPowerManagementEvent,
} from './get-event-status-notification'
import {
  getDefectiveBlockInformation,
  getDefectiveBlockInformationCacheZones,
  getDefectStatus,
  getExceptionalPerformance,
  getPerformance,
  getUnusableArea,
  getWriteSpeeds,
} from './get-performance'
import {
  inquiry,
  inquiryDeviceIdentification,
  inquirySupportedVitalProductDataPages,
  inquiryUnitSerialNumber,
  inquiryVitalProductData,
} from './inquiry'
import { loadUnloadMedium } from './load-unload-medium'
import { mechanismStatus } from './mechanism-status'
import { modeSelect6, modeSelect10 } from './mode-select'
import { modeSense6, modeSense10 } from './mode-sense'
import { preventAllowMediumRemoval } from './prevent-allow-medium-removal'
import { read10, read12 } from './read'
import { readBuffer, readBufferDescriptor, readBufferHeaderAndData } from './read-buffer'
import { readBufferCapacity, readBufferCapacityInBlocks } from './read-buffer-capacity'
import { readCapacity } from './read-capacity'
import { readCd, readCdMsf } from './read-cd'
import { readDiscInformation } from './read-disc-information'
import { readPowResources, readTrackResources } from './read-disc-resources'
import { READ_DISC_STRUCTURES, readDiscStructure } from './read-disc-structure'
import { readFormatCapacities } from './read-format-capacities'
import { readMediaSerialNumber } from './read-media-serial-number'
import {
  readAtip,
  readCdText,
  readFullToc,
  readMultiSessionInformation,
  readPma,
  readToc,
  readTocMsf,
} from './read-toc'
import { readTrackInformation } from './read-track-information'
import { repairTrack } from './repair-track'
import { reportAuthenticationSuccessFlag, reportKey, reportRpcState } from './report-key'
import { reportLuns } from './report-luns'
import { requestSense, requestSenseDescriptors } from './request-sense'
import { persistentReserveIn, persistentReserveOut, release6, release10, reserve6, reserve10 } from './reservations'
import { reserveTrack } from './reserve-track'
import { securityProtocolIn, securityProtocolOut } from './security-protocol'
import { seek10 } from './seek'
import { sendCueSheet } from './send-cue-sheet'
import { sendDiscStructure } from './send-disc-structure'
import { sendKey } from './send-key'
import { sendOpcInformation } from './send-opc-information'
import { setCdSpeed } from './set-cd-speed'
import { setReadAhead } from './set-read-ahead'
import { setDefectiveBlockInformationCacheZones, setStreaming } from './set-streaming'
import { startStopUnit } from './start-stop-unit'
import { synchronizeCache } from './synchronize-cache'
import { testUnitReady } from './test-unit-ready'
import { verify10 } from './verify'
import { write10, write12, writeAndVerify10 } from './write'
import { writeBuffer } from './write-buffer'

export * from './audio-play'
export * from './blank'
export * from './close-track-session'
export * from './diagnostics'
export * from './erase'
export * from './format-unit'
export * from './get-configuration'
export * from './get-event-status-notification'
export * from './get-performance'
export * from './inquiry'
export * from './load-unload-medium'
export * from './mechanism-status'
export * from './mode-select'
export * from './mode-sense'
export * from './prevent-allow-medium-removal'
export * from './read'
export * from './read-buffer'
export * from './read-buffer-capacity'
export * from './read-capacity'
export * from './read-cd'
export * from './read-disc-information'
export * from './read-disc-resources'
export * from './read-disc-structure'
export * from './read-format-capacities'
export * from './read-media-serial-number'
export * from './read-toc'
export * from './read-track-information'
export * from './repair-track'
export * from './report-key'
export * from './report-luns'
export * from './request-sense'
export * from './reservations'
export * from './reserve-track'
export * from './security-protocol'
export * from './seek'
export * from './send-cue-sheet'
export * from './send-disc-structure'
export * from './send-key'
export * from './send-opc-information'
export * from './set-cd-speed'
export * from './set-read-ahead'
export * from './set-streaming'
export * from './start-stop-unit'
export * from './synchronize-cache'
export * from './test-unit-ready'
export * from './verify'
export * from './write'
export * from './write-buffer'

/** All commands there are; of several variants of one opcode, the plainest first. */
// biome-ignore lint/suspicious/noExplicitAny: a list of commands of every shape
export const COMMANDS: readonly Command<any, any, any>[] = [
  testUnitReady,
  inquiry,
  inquiryVitalProductData,
  inquirySupportedVitalProductDataPages,
  inquiryUnitSerialNumber,
  inquiryDeviceIdentification,
  requestSense,
  requestSenseDescriptors,
  read10,
  read12,
  readCd,
  readCdMsf,
  readCapacity,
  readFormatCapacities,
  getConfiguration,
  readDiscInformation,
  readTrackResources,
  readPowResources,
  readTrackInformation,
  readToc,
  readTocMsf,
  readMultiSessionInformation,
  readFullToc,
  readPma,
  readAtip,
  readCdText,
  readDiscStructure,
  ...READ_DISC_STRUCTURES,
  readMediaSerialNumber,
  modeSense10,
  modeSense6,
  getEventStatusNotification,
  getMediaEvent,
  getOperationalChangeEvent,
  getPowerManagementEvent,
  getExternalRequestEvent,
  getMultiHostEvent,
  getDeviceBusyEvent,
  mechanismStatus,
  readBufferCapacity,
  readBufferCapacityInBlocks,
  readBuffer,
  readBufferHeaderAndData,
  readBufferDescriptor,
  getPerformance,
  getExceptionalPerformance,
  getUnusableArea,
  getDefectStatus,
  getWriteSpeeds,
  getDefectiveBlockInformation,
  getDefectiveBlockInformationCacheZones,
  reportKey,
  reportRpcState,
  reportAuthenticationSuccessFlag,
  reportLuns,
  verify10,
  seek10,
  write10,
  write12,
  writeAndVerify10,
  synchronizeCache,
  closeTrackSession,
  blank,
  formatUnit,
  reserveTrack,
  repairTrack,
  sendOpcInformation,
  sendCueSheet,
  sendDiscStructure,
  modeSelect10,
  modeSelect6,
  setCdSpeed,
  setStreaming,
  setDefectiveBlockInformationCacheZones,
  setReadAhead,
  startStopUnit,
  preventAllowMediumRemoval,
  loadUnloadMedium,
  writeBuffer,
  sendKey,
  erase10,
  securityProtocolIn,
  securityProtocolOut,
  reserve6,
  release6,
  reserve10,
  release10,
  persistentReserveIn,
  persistentReserveOut,
  sendDiagnostic,
  receiveDiagnosticResults,
  logSense,
  logSelect,
  playAudio10,
  playAudio12,
  playAudioMsf,
  pauseResume,
  stopPlayScan,
  scan,
  readSubChannel,
]

const byOpcode = new Map<number, (typeof COMMANDS)[number][]>()
for (const command of COMMANDS) byOpcode.set(command.opcode, [...(byOpcode.get(command.opcode) ?? []), command])

/** The variants of a CDB's command. */
export function commandsOf(cdb: Uint8Array): readonly Command[] {
  return byOpcode.get(cdb[0] ?? -1) ?? []
}

/** The name of a CDB's command, or its opcode where it is unknown. */
export function nameOf(cdb: Uint8Array): string {
  return commandsOf(cdb)[0]?.name ?? `opcode ${(cdb[0] ?? 0).toString(16).toUpperCase().padStart(2, '0')}h`
}

/** What a CDB's command may do; `undefined` where it is unknown. */
export function accessOf(cdb: Uint8Array): Access | undefined {
  const variants = commandsOf(cdb)
  if (variants.length === 0) return undefined
  return variants.some(({ access }) => access === 'write') ? 'write' : 'read'
}
