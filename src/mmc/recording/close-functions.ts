import { closeTrackSession, INVISIBLE_TRACK } from '../commands'
import { pollLongOperation } from '../long-operation'
import { ScsiError } from '../scsi-error'
import { confirmMedium } from './held-drive'
import type { RecordingJob } from './recipe'

/** CLOSE TRACK SESSION functions (MMC-6 6.3.2.2). */
export const CLOSE = {
  stopBackgroundFormat: 0,
  track: 1,
  session: 2,
  finalizeMinimumRadius: 5,
  finalize: 6,
} as const

/** A close may take as long as writing a lead-out over the rest of the disc. */
const CLOSE_LIMIT_MS = 3_600_000

/** Closes track, session or disc, and waits until the drive has done it. */
export async function close(job: RecordingJob, closeFunction: number, logicalTrackNumber = 0): Promise<void> {
  const { drive, step } = job
  step('closing')
  await drive.send(closeTrackSession, { immediate: true, closeFunction, logicalTrackNumber })
  await pollLongOperation(drive, { limitMs: CLOSE_LIMIT_MS, onProgress: progress => step('closing', progress) })
  await confirmMedium(drive, medium => medium.isOverwritable || !medium.isBlank)
}

/** Closes the track of a CD that has just been written; most drives did so when their cache was synchronized. */
export function closeWrittenTrack(job: RecordingJob): Promise<void> {
  return closeUnlessClosed(job, INVISIBLE_TRACK)
}

/** A drive that has closed the track by itself refuses to do it once more, which is as good. */
async function closeUnlessClosed(job: RecordingJob, logicalTrackNumber: number): Promise<void> {
  await close(job, CLOSE.track, logicalTrackNumber).catch(error => {
    if (!(error instanceof ScsiError) || error.sense?.key !== 5) throw error
  })
}

/**
 * Closes each track that is open: what a recording that broke off has left.
 */
export async function closeOpenTracks(job: RecordingJob): Promise<void> {
  for (const { number, state } of job.medium.tracks) {
    if (state !== 'incomplete') continue
    await closeUnlessClosed(job, number)
  }
}

/** Closes for good by the first of the functions that the drive knows: recorders differ in which one they take. */
export async function closeByFirstKnown(job: RecordingJob, closeFunctions: readonly number[]): Promise<void> {
  for (const [index, closeFunction] of closeFunctions.entries()) {
    try {
      return await close(job, closeFunction)
    } catch (error) {
      const refused = error instanceof ScsiError && (error.is(5, 0x24) || error.is(5, 0x26))
      if (!refused || index === closeFunctions.length - 1) throw error
    }
  }
}
