import { asError } from '../../errors'
import { TransportError } from '../transport'
import type { Ffi, NativeLibrary } from './ffi'

/** Loads one library, and gives what finds its symbols' addresses; both throw the backend's own errors. */
type LibraryOpener = (path: string | null) => (name: string) => bigint

/** {@link Ffi.library} for every backend: the first candidate that can be opened. */
export function firstLibrary(
  ffi: Pick<Ffi, 'functionAt'>,
  candidates: readonly (string | null)[],
  open: LibraryOpener,
): NativeLibrary {
  const causes: Error[] = []
  for (const path of candidates) {
    try {
      const addressOf = open(path)
      const symbol = (name: string): bigint => {
        try {
          return addressOf(name)
        } catch (error) {
          throw symbolUnavailable(path, name, error)
        }
      }
      return { path, symbol, function: (name, signature) => ffi.functionAt(symbol(name), signature) }
    } catch (error) {
      causes.push(asError(error))
    }
  }
  throw libraryUnavailable(candidates, causes)
}

/** {@link Ffi.read} by C's own memcpy: backends need not wrap memory that they do not own. */
export function copyOfNative(ffi: Ffi, address: bigint, length: number): Uint8Array {
  const copy = new Uint8Array(length)
  if (length > 0) memcpy(ffi).call(copy, address, length)
  return copy
}

/** {@link Ffi.write} by C's own memcpy. */
export function copyToNative(ffi: Ffi, address: bigint, bytes: Uint8Array): void {
  if (bytes.length > 0) memcpy(ffi).call(address, bytes, bytes.length)
}

function memcpy(ffi: Ffi) {
  return ffi.library(process.platform === 'win32' ? ['ntdll.dll'] : [null]).function('memcpy', {
    parameters: ['pointer', 'pointer', 'size'],
    result: 'pointer',
  })
}

function libraryUnavailable(candidates: readonly (string | null)[], causes: readonly Error[]): TransportError {
  const names = candidates.map(path => path ?? 'the program itself').join(', ')
  return new TransportError('TRANSPORT_UNAVAILABLE', `No library could be loaded of: ${names}.`, {
    cause:
      causes.length === 1 ? causes[0] : new AggregateError(causes, causes.map(({ message }) => message).join('; ')),
    hint: 'They belong to the system: is this the system that the address is of?',
  })
}

function symbolUnavailable(path: string | null, name: string, cause: unknown): TransportError {
  return new TransportError('TRANSPORT_UNAVAILABLE', `${path ?? 'The C library'} has no ${name}.`, {
    cause: asError(cause),
    hint: 'The system is too old, or not the one that the address is of.',
  })
}
