import type { MediumFamily } from './family'
import { answered, isFeatureCurrent } from './observations'
import { concludeSequential, sequentialQuestions } from './sequential'

const INCREMENTAL_STREAMING_WRITABLE = 0x0021
const BLOCKS_PER_ECC_BLOCK = 16

const traitsOf = (name: string) => ({ isErasable: name === 'dvd-rw', writeUnitSize: BLOCKS_PER_ECC_BLOCK })

/** DVD-R, DVD-R DL, DVD-RW in sequential recording mode, HD DVD-R: borders of RZones. */
export const dvdMinusR: MediumFamily = {
  names: ['dvd-r', 'dvd-r-dl', 'dvd-rw', 'hd-dvd-r'],
  questions: (observed, name) => sequentialQuestions(observed, traitsOf(name)),
  conclude(claims, name) {
    const conclusion = concludeSequential(claims, traitsOf(name))
    if (name === 'dvd-rw' && conclusion.state === 'blank' && answered(claims.observed.configuration)) {
      if (!isFeatureCurrent(claims.observed, INCREMENTAL_STREAMING_WRITABLE)) {
        claims.warn(
          'The drive cannot record this blank DVD-RW incrementally (feature 0021h is not current; it was blanked minimally): it takes one session at once, or a full blanking first.',
        )
      }
    }
    return conclusion
  },
}
