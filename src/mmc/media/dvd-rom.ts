import type { MediumFamily } from './family'
import { concludeReadOnly, readOnlyQuestions } from './read-only'

const traits = { writeUnitSize: 16 }

/** DVD-ROM and HD DVD-ROM. */
export const dvdRom: MediumFamily = {
  names: ['dvd-rom', 'hd-dvd-rom'],
  questions: observed => readOnlyQuestions(observed, traits),
  conclude: claims => concludeReadOnly(claims, traits),
}
