import { modeSelect6, modeSelect10 } from '../../mmc/commands/mode-select'
import { modeParameterList6, modeParameterList10, modeSense6, modeSense10 } from '../../mmc/commands/mode-sense'
import { capabilitiesPage } from '../../mmc/mode-pages'
import {
  CheckCondition,
  invalidFieldInCdb,
  invalidFieldInParameterList,
  parameterListLengthError,
} from '../check-condition'
import { type CommandContext, type CommandRule, onDrive } from '../command-rule'
import type { LogicalUnit } from '../logical-unit'
import { READ_SPEEDS, selectedSpeed } from '../pace'

const ALL_PAGES = 0x3f
const CAPABILITIES = 0x2a
/** PC: current, changeable, default, saved. */
const CHANGEABLE = 1
const SAVED = 3
const BYTES_OF_KB = 1024

/** MM Capabilities and Mechanical Status: what the drive can do, and its speeds as they are now. */
function capabilities(unit: LogicalUnit, control: number): Uint8Array {
  if (control === CHANGEABLE) return capabilitiesPage.encode({})
  const { medium } = unit
  const zeros = unit.has('capabilities-page-zero-speeds')
  const speeds = medium?.writeSpeeds ?? []
  const writeSpeed = zeros ? 0 : selectedSpeed(unit, 'write')
  return capabilitiesPage.encode({
    dvdRamRead: true,
    dvdRRead: true,
    dvdRomRead: true,
    method2: true,
    cdRwRead: true,
    cdRRead: true,
    dvdRamWrite: true,
    dvdRWrite: true,
    testWrite: true,
    cdRwWrite: true,
    cdRWrite: true,
    bufferUnderrunFree: true,
    multiSession: true,
    mode2Form2: true,
    mode2Form1: true,
    upc: true,
    isrc: true,
    c2PointersSupported: true,
    cdDaStreamIsAccurate: true,
    cdDaCommandsSupported: true,
    loadingMechanismType: 'tray',
    eject: true,
    lockState: unit.prevented,
    lock: true,
    rwInLeadIn: true,
    maximumReadSpeedKBps: zeros ? 0 : READ_SPEEDS[medium?.kind ?? 'bd'][0],
    bufferSizeKB: Math.min(0xffff, Math.floor(unit.buffer.bytes / BYTES_OF_KB)),
    currentReadSpeedKBps: zeros ? 0 : selectedSpeed(unit, 'read'),
    maximumWriteSpeedKBps: zeros ? 0 : (speeds[0] ?? 0),
    currentWriteSpeedObsoleteKBps: writeSpeed,
    copyManagementRevisionSupported: 1,
    currentWriteSpeedKBps: writeSpeed,
    writeSpeedPerformanceDescriptors: zeros ? [] : speeds.map(speed => ({ writeSpeedKBps: speed })),
  })
}

function pages(unit: LogicalUnit, cdb: Uint8Array): Uint8Array {
  const code = cdb[2]! & 0x3f
  const control = cdb[2]! >> 6
  if (control === SAVED) throw new CheckCondition(5, 0x39, 0)
  const known = [...unit.modePages.codes, CAPABILITIES].sort((a, b) => a - b)
  const wanted = code === ALL_PAGES ? known : known.filter(candidate => candidate === code)
  if (wanted.length === 0) throw invalidFieldInCdb(2, 5)
  return Buffer.concat(
    wanted.map(page => (page === CAPABILITIES ? capabilities(unit, control) : unit.modePages.read(page, control)!)),
  )
}

/** Hosts of the SCSI-2 time say once more that blocks have 2048 bytes; other lengths there are none. */
function isOwnBlockLength(descriptor: Uint8Array): boolean {
  return descriptor.length === 8 && descriptor[5] === 0 && descriptor[6] === 8 && descriptor[7] === 0
}

/** MODE SELECT: the pages behind the header, none of them or several. */
function select({ unit, data }: CommandContext, headerBytes: number, descriptorLengthAt: number, length: number): void {
  if (length === 0) return
  if (data.length < length || length < headerBytes) throw parameterListLengthError()
  const blockDescriptorBytes =
    headerBytes === 8 ? data[descriptorLengthAt]! * 256 + data[descriptorLengthAt + 1]! : data[descriptorLengthAt]!
  const pagesAt = headerBytes + blockDescriptorBytes
  if (blockDescriptorBytes !== 0 && !isOwnBlockLength(data.subarray(headerBytes, pagesAt))) {
    throw invalidFieldInParameterList(descriptorLengthAt)
  }
  for (let at = pagesAt; at < length; ) at += unit.modePages.select(data.subarray(at, length), at)
  unit.writeTypeSelected()
}

/** MODE SENSE and MODE SELECT, six and ten bytes. */
export const MODE_RULES: readonly CommandRule[] = [
  onDrive(modeSense10, ({ unit, cdb }) => modeParameterList10.encode({ blockDescriptorsAndPages: pages(unit, cdb) })),
  onDrive(modeSense6, ({ unit, cdb }) => {
    const all = pages(unit, cdb)
    if (all.length > 0xff - 4) throw invalidFieldInCdb(2, 5)
    return modeParameterList6.encode({ blockDescriptorsAndPages: all })
  }),
  onDrive(modeSelect10, context => {
    const { pageFormat, savePages, parameterListLength = 0 } = modeSelect10.cdbLayout.decode(context.cdb)
    if (!pageFormat) throw invalidFieldInCdb(1, 4)
    if (savePages) throw invalidFieldInCdb(1, 0)
    select(context, 8, 6, parameterListLength)
  }),
  onDrive(modeSelect6, context => {
    const { pageFormat, savePages, parameterListLength = 0 } = modeSelect6.cdbLayout.decode(context.cdb)
    if (!pageFormat) throw invalidFieldInCdb(1, 4)
    if (savePages) throw invalidFieldInCdb(1, 0)
    select(context, 4, 3, parameterListLength)
  }),
]
