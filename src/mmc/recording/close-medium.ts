import { MediumError } from '../../errors'
import type { Drive } from '../drive'
import { type OperationOptions, type OperationReport, operate } from './operate'
import { recipeFor } from './recipes'

/**
 * Closes what a medium has open without writing data: the last session, or with `close` the medium for good. A session
 * that a failed recording left open is closed by it, too.
 *
 * @throws {MediumError} `MEDIUM_COMPLETE`, `MEDIUM_NOTHING_TO_CLOSE`
 */
export function closeMedium(
  drive: Drive,
  options: OperationOptions & { readonly close?: boolean } = {},
): Promise<OperationReport> {
  return operate(
    drive,
    {
      check: medium => {
        const nothingRecorded = medium.isBlank && !medium.isOverwritable
        if (recipeFor(medium, {}).close && !nothingRecorded) return
        throw new MediumError('MEDIUM_NOTHING_TO_CLOSE', `There is nothing to close on this ${medium.family}.`, {
          evidence: medium.evidence.filter(({ claim }) => claim === 'state' || claim === 'isBlank'),
        })
      },
      perform: async job => recipeFor(job.medium, {}).close?.(job),
      complaint: after =>
        options.close && after.isAppendable ? 'the medium says that it is still appendable' : undefined,
    },
    options,
  )
}
