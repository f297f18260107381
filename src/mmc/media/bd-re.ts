import type { MediumFamily } from './family'
import { concludeOverwritable, formattingByCapacities, overwritableQuestions } from './overwritable'

const traits = { writeUnitSize: 32, formatting: formattingByCapacities }

/** BD-RE. */
export const bdRe: MediumFamily = {
  names: ['bd-re'],
  questions: observed => overwritableQuestions(observed, traits),
  conclude: claims => concludeOverwritable(claims, traits),
}
