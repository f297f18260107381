import { MediumError } from '../../errors'
import { repairTrack } from '../commands'
import type { Drive } from '../drive'
import { pollLongOperation } from '../long-operation'
import type { Medium } from '../medium-state'
import { confirmMedium } from './held-drive'
import { type OperationOptions, type OperationReport, operate } from './operate'
import { presentMedium } from './present-medium'
import type { RecordingJob } from './recipe'
import { recipeFor } from './recipes'

/**
 * Closes what a medium has open without writing data: the last session, or with `close` the medium for good. A session
 * that a failed recording left open is closed by it, too; a track whose writing was cut off is repaired first.
 *
 * @throws {MediumError} `MEDIUM_COMPLETE`, `MEDIUM_NOTHING_TO_CLOSE`
 * @throws {OperationError} once the drive has been told to close
 */
export function closeMedium(
  drive: Drive,
  options: OperationOptions & { readonly close?: boolean } = {},
): Promise<OperationReport> {
  return operate(
    drive,
    {
      name: 'Closing',
      check: medium => {
        if (medium.state === 'damaged' && damagedTracks(medium).length > 0) return
        const nothingRecorded = medium.isBlank && !medium.isOverwritable
        const recipe = recipeFor(medium, {})
        const isEmptySession = recipe.closesRecordedSessionsOnly === true && medium.lastSessionState === 'empty'
        if (recipe.close && !nothingRecorded && !isEmptySession) return
        throw new MediumError('MEDIUM_NOTHING_TO_CLOSE', `There is nothing to close on this ${medium.family}.`, {
          ...(isEmptySession
            ? { hint: 'It is closed for good by its last session: append one, and have it close.' }
            : {}),
          evidence: medium.evidence.filter(({ claim }) => claim === 'state' || claim === 'isBlank'),
        })
      },
      perform: async job => {
        const mended = await mend(job)
        await recipeFor(mended.medium, {}).close?.(mended)
      },
      complaint: (after, before) => {
        if (after.isBlank && !before.isBlank) return 'the medium says that it is blank'
        if (after.state === 'damaged') return 'the medium says that its last session is still damaged'
        return options.close && after.isAppendable ? 'the medium says that it is still appendable' : undefined
      },
    },
    options,
  )
}

const damagedTracks = ({ tracks }: Medium) => tracks.filter(({ state }) => state === 'damaged')

/** Has the drive find out where the recording of damaged tracks ended, and make that end a good one. */
async function mend(job: RecordingJob): Promise<RecordingJob> {
  if (job.medium.state !== 'damaged') return job
  for (const { number } of damagedTracks(job.medium)) {
    job.step('closing')
    await job.drive.send(repairTrack, { immediate: true, trackNumber: number })
    await pollLongOperation(job.drive, { onProgress: progress => job.step('closing', progress) })
  }
  const { family } = job.medium
  await confirmMedium(job.drive, medium => medium.family === family)
  return { ...job, medium: await presentMedium(job.drive, {}) }
}
