import { asError, ScsiMmcError } from '../errors'

/** An error as plain data, as JSON documents carry it. */
export function plainError(thrown: unknown): Record<string, unknown> {
  return thrown instanceof ScsiMmcError ? thrown.toJSON() : { code: 'INTERNAL', message: asError(thrown).message }
}
