import type { MediumFamily } from './family'
import { concludeReadOnly, readOnlyQuestions } from './read-only'

const traits = { isCd: true, writeUnitSize: 1 }

/** CD-ROM, and every CD in a drive that only reads: complete whatever is on it. */
export const cdRom: MediumFamily = {
  names: ['cd-rom'],
  questions: observed => readOnlyQuestions(observed, traits),
  conclude: claims => concludeReadOnly(claims, traits),
}
