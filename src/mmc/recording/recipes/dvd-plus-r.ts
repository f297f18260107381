import { CLOSE, close, closeByFirstKnown, closeOpenTracks } from '../close-functions'
import { setLayerZero } from '../layer-zero'
import type { RecordingJob, RecordingRecipe } from '../recipe'

/** DVD+R and DVD+R DL: sequential, in ECC blocks of 16, sessions closed one by one (MMC-6 4.5.3). */
export const dvdPlusRRecipe: RecordingRecipe = {
  unitBlocks: 16,
  // There are no write parameters, and the drive calibrates by itself.
  prepare: setLayerZero,
  finish: async job => {
    await close(job, CLOSE.track, openTrack(job))
    await closeSession(job)
  },
  close: async job => {
    await closeOpenTracks(job)
    await closeSession(job)
  },
}

async function closeSession(job: RecordingJob): Promise<void> {
  if (!job.options.close) return close(job, CLOSE.session)
  // Single layer: 6; hp's dvd520n insists on 5 for two layers. Whichever a drive refuses, it takes the other.
  const twoLayers = job.medium.family === 'dvd+r-dl'
  const finalizing = [CLOSE.finalize, CLOSE.finalizeMinimumRadius]
  await closeByFirstKnown(job, twoLayers ? finalizing.reverse() : finalizing)
}

/** The number of the track that is written: the one whose next writable address the image was built for. */
export function openTrack({ medium, start }: RecordingJob): number {
  const track = medium.tracks.find(({ nextWritableAddress }) => nextWritableAddress === start)
  return (track ?? medium.tracks.at(-1))?.number ?? 1
}
