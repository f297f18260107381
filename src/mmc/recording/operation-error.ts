import { MediumError, ScsiMmcError } from '../../errors'
import type { Medium } from '../medium-state'

/** What an operation on a whole medium had done when it failed. */
export interface OperationFailureReport {
  readonly mediumBefore: Medium
  /** Read again after the failure; null where the drive could not say, or is still at it. */
  readonly mediumAfter: Medium | null
  readonly durationMs: number
  readonly warnings: readonly string[]
}

/** Blanking, formatting or closing that did not end as it should: why, and what the medium is now. */
export class OperationError extends MediumError {
  readonly report: OperationFailureReport

  constructor(code: string, message: string, report: OperationFailureReport, cause?: unknown) {
    const { mediumAfter } = report
    super(code, `${message.replace(/\.?$/, '.')} ${stateOf(mediumAfter)}`, {
      hint: whatToDo(report),
      evidence: mediumAfter?.evidence.filter(({ claim }) => claim === 'state') ?? [],
      ...(cause === undefined ? {} : { cause }),
    })
    this.report = report
  }

  override toJSON(): Record<string, unknown> {
    const { cause } = this
    return { ...(cause instanceof ScsiMmcError ? cause.toJSON() : {}), ...super.toJSON(), report: this.report }
  }
}

function stateOf(medium: Medium | null): string {
  return medium ? `The ${medium.family} is ${medium.state} now.` : 'What state the medium is in is not known.'
}

function whatToDo({ mediumBefore, mediumAfter }: OperationFailureReport): string {
  if (mediumAfter === null) {
    return 'Leave the medium in the drive until that is quiet, then eject and load it, and look at its state.'
  }
  const { family, state, nextWritableAddress, isErasable, isOverwritable } = mediumAfter
  if (state === 'unformatted') return 'It can be formatted again; recording formats it, too.'
  if (family.startsWith('bd-r') && state === 'blank') return 'It can be formatted again, or recorded as it is.'
  if (state === 'blank') return 'It can be recorded.'
  if (isOverwritable) return 'It can be written, or formatted again: what it held may be lost.'
  if (state === 'damaged') {
    return isErasable ? 'Close it, which has the drive mend it; or blank it.' : 'Close it: that has the drive mend it.'
  }
  const isAsBefore = state === mediumBefore.state && nextWritableAddress === mediumBefore.nextWritableAddress
  if (isAsBefore) return 'Its state is as it was: try again.'
  if (state === 'complete') return isErasable ? 'It can be blanked.' : 'Nothing more can be recorded on it.'
  return 'It can be closed, or appended to.'
}
