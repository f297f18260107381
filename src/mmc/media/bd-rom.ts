import type { MediumFamily } from './family'
import { concludeReadOnly, readOnlyQuestions } from './read-only'

const traits = { writeUnitSize: 32 }

/** BD-ROM. */
export const bdRom: MediumFamily = {
  names: ['bd-rom'],
  questions: observed => readOnlyQuestions(observed, traits),
  conclude: claims => concludeReadOnly(claims, traits),
}
