import { FORMAT, formatMedium } from '../format-medium'
import type { RecordingRecipe } from '../recipe'

/** DVD-RAM: any block, once it is formatted (MMC-6 4.5.2). There is nothing to close. */
export const dvdRamRecipe: RecordingRecipe = {
  unitBlocks: 16,
  prepare: async job => {
    if (job.medium.state === 'unformatted') await formatMedium(job, { types: [FORMAT.full], optionsValid: true })
  },
  finish: async () => {},
}
