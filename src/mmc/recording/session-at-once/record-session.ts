import { MediumError, UsageError } from '../../../errors'
import type { Drive } from '../../drive'
import type { Medium } from '../../medium-state'
import { encodeCdText } from '../../structures/cd-text-encoder'
import { calibrate } from '../calibrate'
import { HeldDrive } from '../held-drive'
import { holdDrive } from '../hold-drive'
import { mediumAtRest, settledMedium } from '../present-medium'
import { ProgressMeter } from '../progress-meter'
import type { RecordingJob, RecordOptions } from '../recipe'
import { RecordingError, type RecordingReport } from '../recording-error'
import { synchronize } from '../synchronize'
import { WriteFailure } from '../write-blocks'
import { type DiscSession, layOut } from './disc-session'
import { Portions } from './portions'
import { masteringOf, plan, writeSessionAtOnce } from './session-at-once'
import { losses, writeTracksAtOnce } from './track-at-once'
import type { SessionTally } from './write-areas'

const BLOCK_BYTES = 2048
const MOST_TRACKS = 99

/** What recording a session did. `checksums` is empty: sessions are verified against their source. */
export interface SessionReport extends RecordingReport {
  readonly writeType: 'session-at-once' | 'track-at-once'
  /** LBA of each track's index 1. */
  readonly trackStarts: readonly number[]
  /** LBA of the lead-out; null where the tracks were recorded one by one. */
  readonly leadOut: number | null
  /** True where CD-Text went into the lead-in. */
  readonly hasCdText: boolean
}

/**
 * Records the first session of a CD-R or CD-RW at once (MMC-6 4.2.4): audio, data, or both, with pre-gaps, indexes,
 * catalogue number, ISRCs and CD-Text. A drive that cannot, or takes no form of the cue sheet, records track by track.
 *
 * @param drive  open with `access: 'write'`
 * @throws {MediumError} before anything is written: `MEDIUM_NO_CD`, `MEDIUM_NOT_BLANK`, `MEDIUM_TOO_SMALL`
 * @throws {RecordingError} after writing began
 */
export async function recordSession(
  drive: Drive,
  session: DiscSession,
  options: RecordOptions = {},
): Promise<SessionReport> {
  if (drive.access !== 'write') {
    throw new UsageError('USAGE_READ_ONLY', `${drive.address} is open for reading only.`, {
      hint: "Open the drive with access: 'write'.",
    })
  }
  const warnings: string[] = []
  const warn = (message: string) => void warnings.push(message)
  const packs = cdTextPacks(session, warn)
  const started = Date.now()
  const held = new HeldDrive(drive)
  const mediumBefore = await mediumAtRest(held, options)
  held.hold()
  const { bytes, leadOut, tracks } = layOut(session)
  check(session, mediumBefore, leadOut)
  const blocks = Math.ceil(bytes / BLOCK_BYTES)
  const meter = new ProgressMeter(blocks, options.onProgress)
  const tally: SessionTally = {
    bytes: 0,
    underruns: 0,
    writingMs: 0,
    written: [],
    wrote: (done, state) => meter.wrote(Math.floor(done / BLOCK_BYTES), state),
  }
  const job: RecordingJob = {
    drive: held,
    medium: mediumBefore,
    start: 0,
    blocks,
    options,
    step: (phase, operationProgress) => meter.step(phase, operationProgress),
    warn,
  }
  const report = (mediumAfter: Medium | null): RecordingReport => ({
    written: tally.written,
    checksums: [],
    start: 0,
    blocks,
    durationMs: Date.now() - started,
    averageKBps: tally.writingMs > 0 ? tally.bytes / tally.writingMs : 0,
    underruns: tally.underruns,
    mediumBefore,
    mediumAfter,
    warnings,
  })
  const content = new Portions(session.content())
  meter.begin()
  const release = await holdDrive(held, mediumBefore, options, warn)
  try {
    job.step('preparing')
    const mastering = await masteringOf(job)
    if (packs.length > 0 && !mastering.cdText) warn('The drive takes no CD-Text: the disc will have none.')
    const text = mastering.cdText ? packs : new Uint8Array()
    const manner = mastering.sessionAtOnce ? await plan(job, session, text) : undefined
    await calibrate(job)
    let trackStarts = tracks.map(({ start }) => start)
    if (manner) await writeSessionAtOnce(job, session, manner, text, content, tally)
    else {
      for (const loss of losses(session)) warn(loss)
      trackStarts = await writeTracksAtOnce(job, session, content, tally)
    }
    job.step('synchronizing')
    await synchronize(held, job)
    job.step('checking')
    const mediumAfter = await settledMedium(held, {})
    const isReal = !options.simulate && !options.dryRun
    if (
      isReal &&
      (mediumAfter.isBlank || mediumAfter.tracks.filter(({ isData }) => isData !== undefined).length === 0)
    ) {
      const message = 'The drive reported success, but the medium still says that it is blank.'
      throw new RecordingError('MEDIUM_UNCHANGED', message, report(mediumAfter), null, undefined)
    }
    return {
      ...report(mediumAfter),
      writeType: manner ? 'session-at-once' : 'track-at-once',
      trackStarts,
      leadOut: manner ? leadOut : null,
      hasCdText: manner?.cdText === true,
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error
    throw await failed(error, job, tally, report)
  } finally {
    await content.stop()
    await release()
    meter.end()
  }
}

/** The packs of a session's texts; none where it has no text. */
export function cdTextPacks(session: DiscSession, warn: (message: string) => void = () => undefined): Uint8Array {
  if (session.cdTextPacks) return session.cdTextPacks
  if (session.cdText.length === 0) return new Uint8Array()
  return encodeCdText(session.cdText, {
    firstTrack: session.tracks[0]!.number,
    lastTrack: session.tracks.at(-1)!.number,
    onReplaced: (text, written) => warn(`CD-Text cannot hold "${text}": it is written as "${written}".`),
  })
}

function check(session: DiscSession, medium: Medium, leadOut: number): void {
  const about = (claim: string) => ({ evidence: medium.evidence.filter(({ claim: of }) => of === claim) })
  if (session.tracks.length === 0 || session.tracks.at(-1)!.number > MOST_TRACKS) {
    throw new UsageError('USAGE_TRACKS', `A CD has 1 to ${MOST_TRACKS} tracks, not ${session.tracks.length}.`)
  }
  if (medium.family !== 'cd-r' && medium.family !== 'cd-rw') {
    throw new MediumError('MEDIUM_NO_CD', `There is a ${medium.family} in the drive: tracks of sound go on CDs only.`, {
      hint: 'Put in a blank CD-R or CD-RW.',
      ...about('family'),
    })
  }
  if (!medium.isBlank) {
    throw new MediumError('MEDIUM_NOT_BLANK', `The ${medium.family} holds something already.`, {
      hint: medium.isErasable ? 'Blank it first; everything on it will be lost.' : 'Take a new disc.',
      ...about('isBlank'),
    })
  }
  const room = medium.freeBlocks
  if (room !== null && leadOut > room) {
    throw new MediumError('MEDIUM_TOO_SMALL', `The tracks end at LBA ${leadOut}, and the disc at LBA ${room}.`, {
      hint: 'Leave a track out, or take a longer disc.',
      ...about('freeBlocks'),
    })
  }
}

async function failed(
  error: unknown,
  job: RecordingJob,
  tally: SessionTally,
  report: (mediumAfter: Medium | null) => RecordingReport,
): Promise<Error> {
  const failedAt = error instanceof WriteFailure ? error.lba : null
  const cause = error instanceof WriteFailure ? error.cause : error
  const isAborted = job.options.signal?.aborted === true && failedAt === null
  if (tally.bytes === 0 && failedAt === null && !isAborted) return cause as Error
  await synchronize(job.drive, job).catch(thrown =>
    job.warn(`The drive's buffer could not be emptied: ${thrown.message}`),
  )
  const mediumAfter = await settledMedium(job.drive, {}).catch(() => null)
  if (isAborted) {
    const message = 'The recording was interrupted.'
    return new RecordingError('MEDIUM_RECORDING_ABORTED', message, report(mediumAfter), null, error)
  }
  const where = failedAt === null ? 'after the last block' : `at LBA ${failedAt}`
  const message = `The recording failed ${where}: ${(cause as Error).message}`
  return new RecordingError('MEDIUM_RECORDING_FAILED', message, report(mediumAfter), failedAt, cause)
}
