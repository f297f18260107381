import type { MediumFamily } from './family'
import { concludeOverwritable, formattingByCapacities, overwritableQuestions } from './overwritable'

const traits = { writeUnitSize: 16, formatting: formattingByCapacities }

/** DVD-RAM and HD DVD-RAM: Disc Status says nothing of use, READ FORMAT CAPACITIES does. */
export const dvdRam: MediumFamily = {
  names: ['dvd-ram', 'hd-dvd-ram'],
  questions: observed => overwritableQuestions(observed, traits),
  conclude: claims => concludeOverwritable(claims, traits),
}
