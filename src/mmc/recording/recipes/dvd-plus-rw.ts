import { readDiscInformation, readFormatCapacities } from '../../commands'
import { CLOSE, close } from '../close-functions'
import { FORMAT, formatMedium } from '../format-medium'
import { confirmMedium } from '../held-drive'
import type { RecordingJob, RecordingRecipe } from '../recipe'

/** Background format "restart": what was formatted before it was stopped stays so. */
const RESTART = 1
const WHOLE_DISC = 0xffff_ffff

/** DVD+RW: any block, once its background format has begun (MMC-6 4.5.5). */
export const dvdPlusRwRecipe: RecordingRecipe = {
  // The drive takes single blocks, but reads an ECC block back for each: whole ones are faster, and safer.
  unitBlocks: 16,
  prepare: beginFormat,
  finish: job => stopFormat(job),
  close: job => stopFormat(job),
}

async function beginFormat(job: RecordingJob): Promise<void> {
  const { backgroundFormatStatus } = await job.drive.send(readDiscInformation)
  if (backgroundFormatStatus === 'none') {
    await formatMedium(job, { types: [FORMAT.dvdPlusRwBasic], blocks: WHOLE_DISC, parameter: 0 })
    return confirmMedium(job.drive, ({ family, isBlank }) => family === job.medium.family && isBlank)
  }
  if (backgroundFormatStatus !== 'suspended') return
  // A stopped format is taken up again only where the data reach beyond what it had done.
  const { numberOfBlocks = 0 } = await job.drive.send(readFormatCapacities)
  if (job.start + job.blocks > numberOfBlocks) {
    await formatMedium(job, { types: [FORMAT.dvdPlusRwBasic], blocks: WHOLE_DISC, parameter: RESTART })
    await confirmMedium(
      job.drive,
      ({ family, isBlank }) => family === job.medium.family && isBlank === job.medium.isBlank,
    )
  }
}

/** Stops the background format so that the disc can be taken out; closing writes the lead-out for DVD-ROM drives, too. */
async function stopFormat(job: RecordingJob): Promise<void> {
  const { backgroundFormatStatus } = await job.drive.send(readDiscInformation)
  if (backgroundFormatStatus === 'running') await close(job, CLOSE.stopBackgroundFormat)
  if (job.options.close) await close(job, CLOSE.session)
}
