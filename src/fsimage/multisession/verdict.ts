import { type Evidence, refusal } from '../../mmc/evidence'
import { isReadOnlyKind, type Medium } from '../../mmc/medium-state'
import { ScsiError } from '../../mmc/scsi-error'
import type { ImapiError } from '../imapi-error'
import { type Candidate, evidenceOf } from './candidates'
import { fail } from './failure'

/**
 * Rows 8 to 12: what the medium says of one candidate.
 *
 * @param all  all elements: where there is no drive, they are all that is known of the medium
 * @param inUse  the candidate is the caller's choice
 * @returns the failing result, or `undefined` where the medium allows it
 */
export function verdict(candidate: Candidate, all: readonly Candidate[], inUse: boolean): ImapiError | undefined {
  const { index: element, state } = candidate
  if (state?.absence) return noMedium(candidate, state.absence)
  const medium = state?.medium
  if (medium && (isReadOnlyKind(medium.family) || medium.family === 'unknown')) {
    return fail(
      'IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED',
      `The medium is ${medium.family}: ${medium.family === 'unknown' ? 'nothing is known of its kind' : 'media of this kind are only ever read'}, so there is no next session.`,
      { rule: 9, element, property: 'isSupportedOnCurrentMediaState', evidence: evidenceOf(state, 'family') },
    )
  }
  if (medium ? medium.isBlank && !medium.isOverwritable : looksBlank(candidate, all)) {
    return fail('IMAPI_E_IMPORT_SEEK_FAILURE', 'The medium is blank: there is no previous session to go on from.', {
      rule: 10,
      element,
      property: 'startAddressOfPreviousSession',
      evidence: evidenceOf(state, 'isBlank'),
      hint: 'Make the first session without setting multisession interfaces: on the command line, burn it.',
    })
  }
  return candidate.isSupportedOnMedium ? undefined : notSupported(candidate, medium ?? undefined, inUse)
}

function noMedium({ index, drive }: Candidate, absence: Error): ImapiError {
  const sense = absence instanceof ScsiError ? absence : absence.cause instanceof ScsiError ? absence.cause : undefined
  const evidence: Evidence[] = sense ? [refusal('state', sense, 'There is no medium that can be read.')] : []
  return fail(
    'IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE',
    `There is no medium in ${drive?.address ?? 'the drive'}, or it is not ready: ${sense?.sense?.text ?? absence.message}`,
    { rule: 8, element: index, property: 'isSupportedOnCurrentMediaState', evidence, cause: absence },
  )
}

/** By its properties alone: no previous session, and block 0 comes next, on a medium that is not written at random. */
function looksBlank({ kind, drive, values, isSupportedOnMedium }: Candidate, all: readonly Candidate[]): boolean {
  if (kind !== 'sequential' || drive || !isSupportedOnMedium) return false
  const isOverwritable = all.some(each => !each.drive && each.kind === 'random-write' && each.isSupportedOnMedium)
  return !isOverwritable && values['startAddressOfPreviousSession'] === -1 && values['nextWritableAddress'] === 0
}

function notSupported(candidate: Candidate, medium: Medium | undefined, inUse: boolean): ImapiError {
  const { index: element, kind, state } = candidate
  const details = {
    element,
    property: 'isSupportedOnCurrentMediaState',
    evidence: evidenceOf(state, 'state'),
    ...(medium?.state === 'complete' && medium.isErasable ? { hint: 'Blank the medium to record it anew.' } : {}),
  }
  const because = medium ? `the medium is ${medium.family}, ${medium.state}` : 'it says so itself'
  if (inUse) {
    const message = `Element ${element} (${kind}), the one in use, does not work on the medium: ${because}.`
    return fail('IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE', message, { rule: 11, ...details })
  }
  const message = `None of the multisession interfaces works on the medium: ${because}.`
  return fail('IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE', message, { rule: 12, ...details })
}
