import { asError } from '../../errors'
import { TransportError } from '../transport'
import type { ParameterType, ResultType, Signature } from './ffi'
import { Structure } from './structure'

/** None of a library's candidates could be loaded. */
export function libraryUnavailable(candidates: readonly (string | null)[], causes: readonly Error[]): TransportError {
  const names = candidates.map(path => path ?? 'the program itself').join(', ')
  return new TransportError('TRANSPORT_UNAVAILABLE', `No library could be loaded of: ${names}.`, {
    cause:
      causes.length === 1 ? causes[0] : new AggregateError(causes, causes.map(({ message }) => message).join('; ')),
    hint: 'They belong to the system: is this the system that the address is of?',
  })
}

/** A library lacks a function. */
export function symbolUnavailable(path: string | null, name: string, cause: unknown): TransportError {
  return new TransportError('TRANSPORT_UNAVAILABLE', `${path ?? 'The C library'} has no ${name}.`, {
    cause: asError(cause),
    hint: 'The system is too old, or not the one that the address is of.',
  })
}

/** Tells signatures apart. */
export function signatureKey(signature: Signature<readonly ParameterType[], ResultType>): string {
  const names = signature.parameters.map(type =>
    type instanceof Structure ? `${type.name}${JSON.stringify(type.members)}` : type,
  )
  return `${signature.result}(${names.join()}) ${signature.named ?? ''} ${signature.convention ?? ''}`
}
