import { MediumError } from '../../../errors'
import { readPowResources } from '../../commands'
import { CLOSE, close, closeOpenTracks } from '../close-functions'
import type { RecordingJob, RecordingRecipe } from '../recipe'
import { openTrack } from './dvd-plus-r'

/** BD-R in sequential recording mode: clusters of 32, sessions closed one by one (MMC-6 4.5.4). */
export const bdRRecipe: RecordingRecipe = {
  unitBlocks: 32,
  prepare: async () => {},
  finish: async job => {
    await close(job, CLOSE.track, openTrack(job))
    await close(job, job.options.close ? CLOSE.finalize : CLOSE.session)
  },
  close: async job => {
    await closeOpenTracks(job)
    await close(job, job.options.close ? CLOSE.finalize : CLOSE.session)
  },
}

/** BD-R with pseudo-overwrite: its session stays open, so that what was written can still be replaced. */
export const bdRPseudoOverwriteRecipe: RecordingRecipe = {
  unitBlocks: 32,
  prepare: requireReplacements,
  finish: async job => {
    // Blocks that were only replaced belong to tracks that are closed already.
    if (writesOn(job)) await close(job, CLOSE.track, openTrack(job))
    if (job.options.close) await close(job, CLOSE.finalize)
  },
  close: async job => {
    await closeOpenTracks(job)
    if (job.options.close) await close(job, CLOSE.finalize)
  },
}

/** What is to be replaced comes after what is new: a disc that cannot replace must be known before anything is written. */
async function requireReplacements({ drive, medium, start }: RecordingJob): Promise<void> {
  if (medium.nextWritableAddress === null || start >= medium.nextWritableAddress) return
  const { remainingPowReplacements } = await drive.send(readPowResources)
  if (remainingPowReplacements !== 0) return
  throw new MediumError('MEDIUM_NO_REPLACEMENTS', 'The disc has no spare cluster left to replace written ones with.', {
    hint: 'What is on it stays readable; take a new disc for more.',
  })
}

/** Whether something is written behind what there is. */
function writesOn({ medium, start, blocks }: RecordingJob): boolean {
  return medium.nextWritableAddress !== null && start + blocks > medium.nextWritableAddress
}
