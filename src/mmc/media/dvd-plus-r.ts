import type { MediumFamily } from './family'
import { concludeSequential, sequentialQuestions } from './sequential'

const traits = { isErasable: false, writeUnitSize: 16 }

/** DVD+R and DVD+R DL: sessions of fragments. */
export const dvdPlusR: MediumFamily = {
  names: ['dvd+r', 'dvd+r-dl'],
  questions: observed => sequentialQuestions(observed, traits),
  conclude: claims => concludeSequential(claims, traits),
}
