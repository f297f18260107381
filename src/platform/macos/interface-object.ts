import type { Ffi, NativeFunction, ParameterType, ResultType } from '../ffi'
import type { InterfaceFunction, InterfaceTable } from './interface-tables'

const POINTER_BYTES = 8

/** The native function behind an entry of an interface's table; its first argument is the object's own pointer. */
export type Method<F> =
  F extends InterfaceFunction<infer P, infer R> ? NativeFunction<readonly ['pointer', ...P], R> : never

/** Addresses of functions by that of their table and their offset in it; good while the plug-in they are in is held. */
export type FunctionAddresses = Map<string, bigint>

/**
 * An object with an interface as IOCFPlugIn gives it out: a pointer to a pointer to a table of functions. It counts its
 * references; {@link release} gives ours back.
 */
export class InterfaceObject<T extends InterfaceTable> {
  /** What every function takes as its first argument. */
  readonly pointer: bigint
  private readonly ffi: Ffi
  private readonly table: T
  private readonly tableAddress: bigint
  private readonly addresses: FunctionAddresses
  private released = false

  constructor(ffi: Ffi, pointer: bigint, table: T, addresses: FunctionAddresses) {
    this.ffi = ffi
    this.pointer = pointer
    this.table = table
    this.tableAddress = pointerAt(ffi, pointer)
    this.addresses = addresses
  }

  /** A function of the interface. */
  method<K extends keyof T & string>(name: K): Method<T[K]> {
    return this.at(this.table[name]! as InterfaceFunction<readonly ParameterType[], ResultType>) as Method<T[K]>
  }

  /** Gives the reference back, once. */
  release(): void {
    if (this.released) return
    this.released = true
    const release = this.at(this.table['Release']!) as unknown as NativeFunction<readonly ['pointer'], 'u32'>
    release.call(this.pointer)
  }

  private at({ offset, signature }: InterfaceFunction): unknown {
    const key = `${this.tableAddress} ${offset}`
    const address = this.addresses.get(key) ?? pointerAt(this.ffi, this.tableAddress + BigInt(offset))
    this.addresses.set(key, address)
    return this.ffi.functionAt(address, signature)
  }
}

function pointerAt(ffi: Ffi, address: bigint): bigint {
  const bytes = ffi.read(address, POINTER_BYTES)
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
}
