import { FORMAT, formatMedium } from '../format-medium'
import { confirmMedium } from '../held-drive'
import type { RecordingRecipe } from '../recipe'

/** Format sub-type of a format without certification: minutes instead of an hour (MMC-6 6.4.3.14). */
const WITHOUT_CERTIFICATION = 0

/** BD-RE: any block, once it is formatted (MMC-6 4.5.6). There is nothing to close. */
export const bdReRecipe: RecordingRecipe = {
  unitBlocks: 32,
  canStream: true,
  prepare: async job => {
    if (job.medium.state !== 'unformatted') return
    await formatMedium(job, {
      types: [FORMAT.bdReWithSpare, FORMAT.full],
      subType: WITHOUT_CERTIFICATION,
      optionsValid: true,
    })
    await confirmMedium(job.drive, ({ family, isBlank }) => family === job.medium.family && isBlank)
  },
  finish: async () => {},
}
