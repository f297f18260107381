import type { Medium, MediumFamilyName } from '../medium-state'
import type { Claims } from './claims'
import type { MediumObservations, Question } from './observations'

/** What is concluded about a medium, before evidence and IMAPI's words are put beside it. */
export type Conclusion = Omit<Medium, 'profile' | 'family' | 'imapi' | 'evidence' | 'warnings'>

/** How one family of media is asked about, and what its answers mean. */
export interface MediumFamily {
  readonly names: readonly MediumFamilyName[]
  /**
   * What is still to be asked, in order, after what was observed so far; nothing when all is known. Called again after
   * each round; what was asked once is not asked again.
   */
  questions(observed: MediumObservations, name: MediumFamilyName): readonly Question[]
  /** Pure: draws the conclusion from what was observed. */
  conclude(claims: Claims, name: MediumFamilyName): Conclusion
}
