import type { MediumFamily } from './family'
import { concludeSequential, sequentialQuestions } from './sequential'

/** CD-R and CD-RW: sessions of tracks; a CD-RW that is to be recorded anew is blanked as a whole. */
export const cdR: MediumFamily = {
  names: ['cd-r', 'cd-rw'],
  questions: (observed, name) => sequentialQuestions(observed, traitsOf(name)),
  conclude: (claims, name) => concludeSequential(claims, traitsOf(name)),
}

const traitsOf = (name: string) => ({ isCd: true, isErasable: name === 'cd-rw', writeUnitSize: 1 })
