import { setTimeout as sleep } from 'node:timers/promises'
import { blank } from '../../mmc/commands/blank'
import { closeTrackSession } from '../../mmc/commands/close-track-session'
import { formatUnit, formatUnitParameterList } from '../../mmc/commands/format-unit'
import { repairTrack } from '../../mmc/commands/repair-track'
import { reserveTrack } from '../../mmc/commands/reserve-track'
import { sendCueSheet } from '../../mmc/commands/send-cue-sheet'
import { sendOpcInformation } from '../../mmc/commands/send-opc-information'
import { synchronizeCache } from '../../mmc/commands/synchronize-cache'
import { write10, write12, writeAndVerify10 } from '../../mmc/commands/write'
import {
  addressOutOfRange,
  CheckCondition,
  cannotWriteMedium,
  commandSequenceError,
  invalidFieldInCdb,
  invalidFieldInParameterList,
  invalidOpcode,
  parameterListLengthError,
  recoveredWithReallocation,
} from '../check-condition'
import { type CommandContext, type CommandRule, onMedium } from '../command-rule'
import type { LogicalUnit } from '../logical-unit'
import { certify, replaceableDefects, replaceUnits } from '../media/defect-management'
import type { Medium, Operation } from '../media/medium'
import { realTimeSpeed } from '../pace'

/** Profiles whose media take WRITE AND VERIFY: DVD-RAM, DVD+RW, BD. */
const VERIFYING_PROFILES = [0x12, 0x1a, 0x41, 0x42, 0x43]
/** FORMAT UNIT: header, one descriptor. */
const FORMAT_LIST_BYTES = 12
/** Power calibrations that the test area has room for on write-once media. */
const MOST_CALIBRATIONS = 100

function assertWritable(unit: LogicalUnit): void {
  const { medium } = unit
  if (!medium || medium.writeSpeeds.length === 0) throw cannotWriteMedium()
  if (unit.modePages.softwareWriteProtect || !medium.disc.writable) throw new CheckCondition(7, 0x27, 0)
}

async function write(
  { unit, medium, data }: CommandContext,
  lba: number,
  blocks: number,
  streaming = false,
): Promise<void> {
  assertWritable(unit)
  if (blocks === 0) {
    const { formatted, capacityBlocks } = medium!.state
    // Only CDs have addresses before block 0.
    if (lba > (formatted?.blocks ?? capacityBlocks) || (lba < 0 && medium!.kind !== 'cd')) throw addressOutOfRange(lba)
    return
  }
  const parameters = unit.modePages.writeParameters
  const bytes = medium!.transferBytes(lba, blocks, parameters)
  // Fewer data than the CDB speaks of: the host's own mistake (SPC-4, INVALID FIELD IN COMMAND INFORMATION UNIT).
  if (data.length < bytes) throw new CheckCondition(5, 0x0e, 3)
  const { reallocates, reportsRecovered } = unit.modePages.errorRecovery
  const defects = replaceableDefects(medium!, unit.options.badBlocks, lba, blocks, { reallocates, streaming })
  const waitMs = unit.buffer.take(bytes, realTimeSpeed(unit, 'write'))
  await medium!.write(lba, blocks, data.subarray(0, bytes), parameters)
  if (defects.size > 0) replaceUnits(medium!, defects.keys())
  if (waitMs > 0) await sleep(waitMs)
  const [information] = defects.values()
  if (information !== undefined && reportsRecovered) throw recoveredWithReallocation(information)
}

/** Runs an operation that the command can leave behind. */
async function run(unit: LogicalUnit, operation: Operation, immediate: boolean | undefined): Promise<void> {
  unit.buffer.flushMs(realTimeSpeed(unit, 'write'))
  await unit.start(operation, immediate === true)
}

function format({ unit, medium, cdb, data }: CommandContext): Promise<void> {
  assertWritable(unit)
  const { formatData, formatCode } = formatUnit.cdbLayout.decode(cdb)
  if (!formatData) throw invalidFieldInCdb(1, 4)
  if (formatCode !== 1) throw invalidFieldInCdb(1, 2)
  if (data.length < FORMAT_LIST_BYTES) throw parameterListLengthError()
  const list = formatUnitParameterList.decodeComplete(data.subarray(0, FORMAT_LIST_BYTES))
  if (!list) throw parameterListLengthError()
  if (list.formatDescriptorLength !== 8) throw invalidFieldInParameterList(2)
  const request = {
    blocks: list.numberOfBlocks,
    type: list.formatType,
    subType: list.formatSubType,
    parameter: list.typeDependentParameter,
    certification: !(list.formatOptionsValid && list.disableCertification),
  }
  const operation = medium!.format(request, unit.modePages.writeParameters)
  if (list.tryOut) return Promise.resolve()
  const certified = medium!.certifies(request) ? certifying(unit, medium!, operation) : operation
  return run(unit, recognised(unit, certified), list.immediate)
}

/** The drive looks for defects once the format is laid out. */
function certifying(unit: LogicalUnit, medium: Medium, operation: Operation): Operation {
  return {
    ...operation,
    complete: async () => {
      await operation.complete()
      await certify(medium, unit.options.badBlocks ?? [])
    },
  }
}

/** After erasing and formatting the drive looks at the disc anew: hosts learn of it as of a new medium. */
function recognised(unit: LogicalUnit, operation: Operation): Operation {
  return {
    ...operation,
    complete: async () => {
      await operation.complete()
      unit.events.happened('new-media')
    },
  }
}

async function calibrate({ unit, medium, cdb, data }: CommandContext): Promise<void> {
  assertWritable(unit)
  const { doOpc, parameterListLength = 0 } = sendOpcInformation.cdbLayout.decode(cdb)
  if (!doOpc) {
    if (data.length < parameterListLength || parameterListLength % 8 !== 0) throw parameterListLengthError()
    return
  }
  const { state, disc } = medium!
  if (state.finalized) throw commandSequenceError()
  const erasable = medium!.discInformation().erasable
  const calibrations = state.calibrations ?? 0
  if (!erasable && calibrations >= MOST_CALIBRATIONS) throw new CheckCondition(3, 0x73, 3)
  state.calibrations = calibrations + 1
  await disc.commit()
}

/** All that changes the medium. */
export const WRITE_RULES: readonly CommandRule[] = [
  onMedium(write10, context => {
    const { logicalBlockAddress = 0, transferLength = 0 } = write10.cdbLayout.decode(context.cdb)
    return write(context, logicalBlockAddress, transferLength)
  }),
  onMedium(write12, context => {
    const { logicalBlockAddress = 0, transferLength = 0, streaming } = write12.cdbLayout.decode(context.cdb)
    return write(context, logicalBlockAddress, transferLength, streaming)
  }),
  onMedium(writeAndVerify10, async context => {
    if (!VERIFYING_PROFILES.includes(context.medium!.profile)) throw invalidOpcode()
    const { logicalBlockAddress = 0, transferLength = 0 } = writeAndVerify10.cdbLayout.decode(context.cdb)
    await write(context, logicalBlockAddress, transferLength)
    await context.medium!.synchronize(context.unit.modePages.writeParameters)
  }),
  onMedium(synchronizeCache, async ({ unit, medium, cdb }) => {
    const { immediate } = synchronizeCache.cdbLayout.decode(cdb)
    if (!medium!.disc.writable) return
    const parameters = unit.modePages.writeParameters
    const seconds = unit.buffer.flushMs(realTimeSpeed(unit, 'write')) / 1000
    await unit.start({ seconds, complete: () => medium!.synchronize(parameters) }, immediate === true, seconds * 1000)
  }),
  onMedium(closeTrackSession, async ({ unit, medium, cdb }) => {
    assertWritable(unit)
    const { immediate, closeFunction = 0, logicalTrackNumber = 0 } = closeTrackSession.cdbLayout.decode(cdb)
    await run(unit, medium!.close(closeFunction, logicalTrackNumber, unit.modePages.writeParameters), immediate)
  }),
  onMedium(blank, async ({ unit, medium, cdb }) => {
    assertWritable(unit)
    const { immediate, startAddressOrTrackNumber = 0 } = blank.cdbLayout.decode(cdb)
    await run(unit, recognised(unit, medium!.blank(cdb[1]! & 7, startAddressOrTrackNumber)), immediate)
  }),
  onMedium(formatUnit, format),
  onMedium(reserveTrack, async ({ unit, medium, cdb }) => {
    assertWritable(unit)
    const { addressReservation, recordingManagementZone, reservationSize = 0 } = reserveTrack.cdbLayout.decode(cdb)
    if (recordingManagementZone) throw invalidFieldInCdb(1, 1)
    const splitAt = addressReservation ? reservationSize : undefined
    await medium!.reserve(reservationSize, splitAt, unit.modePages.writeParameters)
  }),
  onMedium(repairTrack, async ({ unit, medium, cdb }) => {
    assertWritable(unit)
    const { immediate, trackNumber = 0 } = repairTrack.cdbLayout.decode(cdb)
    await run(unit, medium!.repair(trackNumber), immediate)
  }),
  onMedium(sendOpcInformation, calibrate),
  onMedium(sendCueSheet, async ({ unit, medium, cdb, data }) => {
    assertWritable(unit)
    const { parameterListLength = 0 } = sendCueSheet.cdbLayout.decode(cdb)
    if (data.length < parameterListLength) throw parameterListLengthError()
    await medium!.sendCueSheet(data.subarray(0, parameterListLength), unit.modePages.writeParameters)
  }),
]
