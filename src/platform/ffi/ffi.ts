import type { ScalarType, Structure, WideType } from './structure'

/** The names of the backends. */
export type FfiName = 'koffi' | 'ffi-napi'

/** What a native function takes: a scalar, or a structure by value. */
export type ParameterType = ScalarType | Structure

/** What a native function gives back. */
export type ResultType = ScalarType | 'void'

/**
 * How a native function is called.
 *
 * @typeParam P the parameters' types, those of a variadic function's call included
 * @typeParam R the result's type
 */
export interface Signature<P extends readonly ParameterType[], R extends ResultType> {
  readonly parameters: P
  readonly result: R
  /**
   * For a variadic function: how many of the parameters are declared by name. The others come in C's `...`, which some
   * systems (Apple's arm64) pass in another way.
   */
  readonly named?: number
  /** The convention of 32-bit Windows' own functions; other systems know one convention only, and take no notice. */
  readonly convention?: 'stdcall'
}

/**
 * What is passed for a parameter: for `pointer` an address, bytes whose first one is pointed to, or null; for a
 * structure its bytes.
 */
export type Argument<T> = T extends 'pointer'
  ? bigint | Uint8Array | null
  : T extends WideType
    ? number | bigint
    : T extends ScalarType
      ? number
      : Uint8Array

/** What a call gives: 64-bit values and addresses (0n is NULL) as bigint, smaller ones as numbers. */
export type ResultValue<R> = R extends 'void' ? undefined : R extends WideType ? bigint : number

export type Arguments<P extends readonly ParameterType[]> = { readonly [K in keyof P]: Argument<P[K]> }

/** What became of one call. */
export interface CallResult<R extends ResultType> {
  readonly value: ResultValue<R>
  /**
   * `errno` (Linux, macOS) or GetLastError (Windows) as this very call left it. It means something only where `value`
   * says that the call failed: a success leaves it as it was.
   */
  readonly error: number
}

/** A native function that can be called. */
export interface NativeFunction<P extends readonly ParameterType[], R extends ResultType> {
  /** Calls on the caller's thread: the event loop stands still as long. */
  call(...args: Arguments<P>): CallResult<R>
  /**
   * Calls on another thread. Bytes given as pointers are kept alive, and stay where they are, until the promise settles;
   * what they point to in turn is the caller's to keep.
   */
  callAsync(...args: Arguments<P>): Promise<CallResult<R>>
}

/** A JavaScript function that native code can call. */
export interface NativeCallback {
  readonly address: bigint
  /** Gives the address free. Native code must not call it any more. */
  release(): void
}

/** A library that is loaded. */
export interface NativeLibrary {
  /** The candidate that could be loaded; null is the program itself with the libraries it runs on. */
  readonly path: string | null
  /**
   * The address of an exported symbol.
   *
   * @throws {TransportError} `TRANSPORT_UNAVAILABLE` where the library has no such symbol
   */
  symbol(name: string): bigint
  /** An exported function; see {@link symbol}. */
  function<const P extends readonly ParameterType[], const R extends ResultType>(
    name: string,
    signature: Signature<P, R>,
  ): NativeFunction<P, R>
}

/**
 * Calling C. One interface for every system and every backend; transports own one each and close it.
 *
 * Memory that native code owns is never wrapped, only copied: {@link read} and {@link write}.
 */
export interface Ffi {
  readonly name: FfiName
  /**
   * Loads the first library of the candidates that can be loaded; null stands for the program itself and the libraries
   * it runs on (the C library, on Linux and macOS).
   *
   * @throws {TransportError} `TRANSPORT_UNAVAILABLE` where none can
   */
  library(candidates: readonly (string | null)[]): NativeLibrary
  /** The function at an address, such as an entry of a table of methods. Asking twice gives the same function. */
  functionAt<const P extends readonly ParameterType[], const R extends ResultType>(
    address: bigint,
    signature: Signature<P, R>,
  ): NativeFunction<P, R>
  /** Makes a JavaScript function callable for native code; it runs on the JavaScript thread, whoever calls. */
  callback<const P extends readonly ScalarType[], const R extends ResultType>(
    signature: Signature<P, R>,
    callee: (...args: { readonly [K in keyof P]: ResultValue<P[K]> }) => ResultValue<R> | undefined,
  ): NativeCallback
  /** The address of the first byte. It holds as long as the caller keeps the bytes. */
  addressOf(bytes: Uint8Array): bigint
  /** A copy of native memory. The caller vouches for address and length. */
  read(address: bigint, length: number): Uint8Array
  /** Copies bytes into native memory. The caller vouches for the room there. */
  write(address: bigint, bytes: Uint8Array): void
  /** How the backend itself lays a structure out: what {@link Structure.offsets} is checked against. */
  measure(structure: Structure): { readonly size: number; readonly offsets: Readonly<Record<string, number>> }
  /** Waits for calls under way, then gives threads free. May be called twice. */
  close(): Promise<void>
}

/** Text as C takes it: UTF-8 with a NUL at its end. */
export function cString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`, 'utf8')
}

/** Text as Windows takes it: UTF-16 with a NUL at its end. */
export function wideString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`, 'utf16le')
}
