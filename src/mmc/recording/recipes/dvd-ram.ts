import { FORMAT, formatMedium } from '../format-medium'
import { confirmMedium } from '../held-drive'
import type { RecordingRecipe } from '../recipe'

/** DVD-RAM: any block, once it is formatted (MMC-6 4.5.2). There is nothing to close. */
export const dvdRamRecipe: RecordingRecipe = {
  unitBlocks: 16,
  canStream: true,
  prepare: async job => {
    if (job.medium.state !== 'unformatted') return
    await formatMedium(job, { types: [FORMAT.full], optionsValid: true })
    await confirmMedium(job.drive, ({ family, isBlank }) => family === job.medium.family && isBlank)
  },
  finish: async () => {},
}
