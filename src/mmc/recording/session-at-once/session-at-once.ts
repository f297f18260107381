import { msfToLba } from '../../../layout'
import { getConfiguration, readAtip, sendCueSheet } from '../../commands'
import { cdMasteringFeature } from '../../features'
import { findFeature } from '../../features/decode-feature'
import { ScsiError } from '../../scsi-error'
import { CD_TEXT_SECTOR_BYTES, cdTextSectors } from '../../structures/cd-text-encoder'
import type { RecordingJob } from '../recipe'
import { WriteFailure, writePiece } from '../write-blocks'
import { multiSession, setWriteParameters, TRACK_MODE } from '../write-parameters'
import { type DiscSession, FIRST_PREGAP, layOut, SECTOR_FORMS, SESSION_FORMATS } from './disc-session'
import type { Portions } from './portions'
import { type CueSheetManner, sessionCueSheet } from './session-cue-sheet'
import { type SessionTally, writeArea } from './write-areas'

const LEAD_IN_SECTORS_A_WRITE = 500
const CD_TEXT_SECTORS = { blockBytes: CD_TEXT_SECTOR_BYTES, isOverwritable: false, synchronizes: 'never' } as const
const INVALID_FIELD_IN_PARAMETER_LIST = 0x26
/** The sub-channel of the first lead-in begins where the ATIP says; a drive that does not say has the usual place. */
const USUAL_LEAD_IN_START = msfToLba(97, 26, 66)

/** Whether the drive records this medium session at once, and takes CD-Text; by its CD Mastering feature (002Eh). */
export async function masteringOf({ drive }: RecordingJob): Promise<{ sessionAtOnce: boolean; cdText: boolean }> {
  const reply = await drive.send(getConfiguration, {
    requestedType: 'one',
    startingFeatureNumber: cdMasteringFeature.code,
  })
  const feature = findFeature(reply, cdMasteringFeature)
  return { sessionAtOnce: feature?.sessionAtOnce === true, cdText: feature?.rw === true }
}

/**
 * Sets the write parameters and sends the cue sheet, in one of the ways in which recorders want it.
 *
 * @returns how the sheet was taken; undefined where the drive takes it in none
 */
export async function plan(
  job: RecordingJob,
  session: DiscSession,
  packs: Uint8Array,
): Promise<CueSheetManner | undefined> {
  const first = session.tracks[0]!
  await setWriteParameters(job, {
    bufferUnderrunFreeEnabled: true,
    linkSizeValid: false,
    testWrite: job.options.simulate === true,
    writeType: 'session-at-once',
    multiSession: multiSession(job),
    fixedPacket: false,
    copy: false,
    trackMode: SECTOR_FORMS[first.form].isData ? TRACK_MODE.dataUninterrupted : TRACK_MODE.audio,
    dataBlockType: 0,
    linkSize: 0,
    packetSize: 0,
    audioPauseLength: FIRST_PREGAP,
    sessionFormat: SESSION_FORMATS[session.discType],
  })
  const leadInStart = packs.length > 0 ? await startOfLeadIn(job) : undefined
  for (const manner of manners(packs.length > 0, leadInStart)) {
    try {
      await job.drive.send(sendCueSheet, {}, { data: sessionCueSheet(session, manner) })
      if (packs.length > 0 && !manner.cdText) job.warn('The drive takes no CD-Text: the disc will have none.')
      return manner
    } catch (error) {
      const isRefused =
        error instanceof ScsiError && (error.is(5, INVALID_FIELD_IN_PARAMETER_LIST) || error.is(5, 0x24))
      if (!isRefused) throw error
      job.warn(`A form of the cue sheet was refused: ${error.message}`)
    }
  }
  return undefined
}

/** In the order in which real recorders have been seen to need them. */
function manners(hasCdText: boolean, leadInStart: number | undefined): CueSheetManner[] {
  const plain = { cdText: false }
  if (!hasCdText) return [plain, { ...plain, bareIsrc: true }]
  const text = { cdText: true }
  return [
    text,
    { ...text, bareIsrc: true },
    ...(leadInStart === undefined ? [] : [{ ...text, leadInStart }]),
    plain,
    { ...plain, bareIsrc: true },
  ]
}

async function startOfLeadIn({ drive }: RecordingJob): Promise<number> {
  const atip = await drive.send(readAtip).catch(error => {
    if (error instanceof ScsiError) return undefined
    throw error
  })
  const { startTimeOfLeadInMinute: minute, startTimeOfLeadInSecond, startTimeOfLeadInFrame } = atip ?? {}
  if (minute === undefined || minute < 90) return USUAL_LEAD_IN_START
  return msfToLba(minute, startTimeOfLeadInSecond ?? 0, startTimeOfLeadInFrame ?? 0)
}

/** Fills the lead-in with CD-Text, and writes every sector from the first pre-gap to the lead-out. */
export async function writeSessionAtOnce(
  job: RecordingJob,
  session: DiscSession,
  manner: CueSheetManner,
  packs: Uint8Array,
  content: Portions,
  tally: SessionTally,
): Promise<void> {
  if (manner.cdText) await writeLeadIn(job, packs)
  for (const area of layOut(session).areas) await writeArea(job, content, area, tally)
}

async function writeLeadIn(job: RecordingJob, packs: Uint8Array): Promise<void> {
  const { drive, options } = job
  const cycle = cdTextSectors(packs)
  const start = await startOfLeadIn(job)
  const room = Math.floor(drive.transport.limits.maximumTransferBytes / CD_TEXT_SECTOR_BYTES)
  const step = Math.max(1, Math.min(LEAD_IN_SECTORS_A_WRITE, room))
  for (let lba = start; lba < -FIRST_PREGAP; ) {
    options.signal?.throwIfAborted()
    const sectors = Math.min(step, -FIRST_PREGAP - lba)
    const data = repeated(cycle, (lba - start) * CD_TEXT_SECTOR_BYTES, sectors * CD_TEXT_SECTOR_BYTES)
    await writePiece(drive, lba, data, CD_TEXT_SECTORS).catch(error => {
      throw new WriteFailure(lba, error)
    })
    lba += sectors
  }
}

/** A stretch of a pattern that goes on for ever. */
function repeated(pattern: Uint8Array, from: number, length: number): Uint8Array {
  const data = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const part = pattern.subarray((from + at) % pattern.length).subarray(0, length - at)
    data.set(part, at)
    at += part.length
  }
  return data
}
