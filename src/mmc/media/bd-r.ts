import type { Claims } from './claims'
import type { Conclusion, MediumFamily } from './family'
import { answered, type MediumObservations, type Question } from './observations'
import { concludeSequential, sequentialQuestions } from './sequential'
import { sequentialState } from './sequential-state'

const BLOCKS_PER_CLUSTER = 32
const PSEUDO_OVERWRITE = 0x0038

const traits = { isErasable: false, writeUnitSize: BLOCKS_PER_CLUSTER }

/** BD-R: sequential recording mode, with pseudo-overwrite or without, and random recording mode. */
export const bdR: MediumFamily = {
  names: ['bd-r', 'bd-r-pow'],
  questions(observed, name) {
    const questions = sequentialQuestions(observed, traits)
    if (questions.length > 0 || observed.tracks === undefined) return questions
    return [...(isFreshlyFormatted(observed) ? (['capacity'] as const) : []), ...powQuestions(name)]
  },
  conclude(claims, name) {
    const conclusion = concludeSequential(claims, traits)
    return name === 'bd-r-pow' ? concludePseudoOverwrite(claims, conclusion) : conclusion
  },
}

const powQuestions = (name: string): readonly Question[] => (name === 'bd-r-pow' ? ['powResources'] : [])

/** "Appendable" with one empty session: READ CAPACITY tells whether anything is recorded. */
function isFreshlyFormatted(observed: MediumObservations): boolean {
  const disc = answered(observed.discInformation)
  return disc?.discStatus === 'appendable' && disc.numberOfSessions === 1 && disc.stateOfLastSession === 'empty'
}

/** With pseudo-overwrite the file system at the disc's beginning is the one that counts, whatever the sessions. */
function concludePseudoOverwrite(claims: Claims, conclusion: Conclusion): Conclusion {
  claims.restOnFeature(
    ['isOverwritable'],
    PSEUDO_OVERWRITE,
    'Written blocks can be replaced, each time out of the spare area.',
  )
  const resources = answered(claims.observed.powResources)
  if (resources?.remainingPowReplacements === 0) claims.warn('No pseudo-overwrite is left on the disc.')
  if (conclusion.isBlank || conclusion.lastSessionStart !== null) return conclusion
  const [first] = sequentialState(claims.observed).tracks
  if (!first) return conclusion
  claims.rest(
    ['lastSessionStart', 'lastRecordedAddress'],
    first,
    'trackStartAddress',
    'The session that is open can be read from its start to where writing goes on.',
  )
  return {
    ...conclusion,
    lastSessionStart: first.trackStartAddress ?? 0,
    lastRecordedAddress: conclusion.nextWritableAddress === null ? null : conclusion.nextWritableAddress - 1,
  }
}
