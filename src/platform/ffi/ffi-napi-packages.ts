/** A type of ref-napi: a name that it knows, or one that ref-struct-di made. */
export type RefType = string | StructType

/** What ref-struct-di makes. */
export interface StructType {
  new (store: Buffer): object
  readonly size: number
  readonly fields: Readonly<Record<string, { readonly offset: number }>>
}

/** A C function as ffi-napi wraps it. */
export type ForeignFunction = (...args: readonly unknown[]) => number | string | null

/**
 * What this library uses of `ffi-napi`. Written down here since the package is optional, its types with it.
 */
export interface FfiNapi {
  readonly DynamicLibrary: new (path: string | null) => { get(symbol: string): Buffer }
  ForeignFunction(pointer: Buffer, result: RefType, parameters: readonly RefType[]): ForeignFunction
  VariadicForeignFunction(
    pointer: Buffer,
    result: RefType,
    named: readonly RefType[],
  ): (...others: readonly RefType[]) => ForeignFunction
  Callback(result: RefType, parameters: readonly RefType[], callee: (...args: readonly unknown[]) => unknown): Buffer
  errno(): number
}

/** What this library uses of `ref-napi`. */
export interface RefNapi {
  address(bytes: Buffer): number
  readPointer(bytes: Buffer, offset: number, length: number): Buffer
}

/** What this library uses of `ref-struct-di`, after it was given ref-napi. */
export type RefStruct = (members: Readonly<Record<string, RefType>>) => StructType

/** The three packages of this backend, and where they were found: the thread loads them from there, too. */
export interface FfiNapiPackages {
  readonly ffi: FfiNapi
  readonly ref: RefNapi
  readonly struct: RefStruct
  readonly paths: PackagePaths
}

/** Where the packages were found. */
export interface PackagePaths {
  readonly ffi: string
  readonly ref: string
  readonly struct: string
}
