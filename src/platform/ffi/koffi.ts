import { asError } from '../../errors'
import type {
  CallResult,
  Ffi,
  NativeCallback,
  NativeFunction,
  NativeLibrary,
  ParameterType,
  ResultType,
  ResultValue,
  Signature,
} from './ffi'
import { copyOfNative, copyToNative, firstLibrary } from './native-library'
import { signatureKey } from './signature-key'
import { isWide, type ScalarType, Structure } from './structure'

type Koffi = typeof import('koffi')
type Type = ReturnType<Koffi['pointer']>

/** A function as koffi decodes it from an address; `async` is missing from variadic ones. */
type Callable = ((...args: unknown[]) => unknown) & {
  async?: (...args: unknown[]) => void
}

const KOFFI_TYPES: Readonly<Record<ScalarType, string>> = {
  i8: 'int8',
  u8: 'uint8',
  i16: 'int16',
  u16: 'uint16',
  i32: 'int32',
  u32: 'uint32',
  i64: 'int64',
  u64: 'uint64',
  long: 'long',
  ulong: 'ulong',
  size: 'size_t',
  pointer: 'void *',
}

/**
 * The parts that belong to the process rather than to one user. Functions are decoded once for each address and
 * signature: decoding takes longer than calling.
 */
interface Shared {
  readonly koffi: Koffi
  readonly functions: Map<string, NativeFunction<readonly ParameterType[], ResultType>>
  /** koffi unloads a library whose handle is collected, and with it the functions that were found in it. */
  readonly libraries: Map<string | null, ReturnType<Koffi['load']>>
  readonly structures: Map<string, Type>
  readonly prototypes: Map<string, Type>
  readonly lastError: () => number
  /** What calls under way point to. */
  readonly alive: Set<readonly unknown[]>
}

const shared = new WeakMap<Koffi, Shared>()

function sharedOf(koffi: Koffi): Shared {
  const known = shared.get(koffi)
  if (known) return known
  const fresh: Shared = {
    koffi,
    functions: new Map(),
    libraries: new Map(),
    structures: new Map(),
    prototypes: new Map(),
    lastError:
      process.platform === 'win32'
        ? (koffi.load('kernel32.dll').func('uint32 __stdcall GetLastError()') as unknown as () => number)
        : () => koffi.errno(),
    alive: new Set(),
  }
  shared.set(koffi, fresh)
  return fresh
}

/** {@link Ffi} on koffi: prebuilt for every system, calls on libuv's threads, errno right for each call. */
export class KoffiFfi implements Ffi {
  readonly name = 'koffi'
  private readonly shared: Shared

  constructor(koffi: Koffi) {
    this.shared = sharedOf(koffi)
  }

  library(candidates: readonly (string | null)[]): NativeLibrary {
    return firstLibrary(this, candidates, path => {
      const handle = this.loaded(path)
      return name => BigInt(handle.symbol(name) as bigint)
    })
  }

  functionAt<const P extends readonly ParameterType[], const R extends ResultType>(
    address: bigint,
    signature: Signature<P, R>,
  ): NativeFunction<P, R> {
    const key = `${address} ${signatureKey(signature)}`
    const { functions } = this.shared
    const known = functions.get(key)
    if (known) return known as unknown as NativeFunction<P, R>
    const made = this.callable(address, signature)
    functions.set(key, made as unknown as NativeFunction<readonly ParameterType[], ResultType>)
    return made
  }

  callback<const P extends readonly ScalarType[], const R extends ResultType>(
    signature: Signature<P, R>,
    callee: (...args: { readonly [K in keyof P]: ResultValue<P[K]> }) => ResultValue<R> | undefined,
  ): NativeCallback {
    const { koffi } = this.shared
    const wide = signature.parameters.map(isWide)
    const type = this.prototype(addressAsNumber(signature.result), signature.parameters.map(addressAsNumber))
    const address = koffi.register(
      (...args: (number | bigint)[]) =>
        callee(...(args.map((value, index) => (wide[index] ? BigInt(value) : value)) as never)),
      koffi.pointer(type),
    )
    let held = true
    return {
      address: BigInt(address),
      release: () => {
        if (held) koffi.unregister(address)
        held = false
      },
    }
  }

  addressOf(bytes: Uint8Array): bigint {
    return this.shared.koffi.address(bytes)
  }

  read(address: bigint, length: number): Uint8Array {
    return copyOfNative(this, address, length)
  }

  write(address: bigint, bytes: Uint8Array): void {
    copyToNative(this, address, bytes)
  }

  measure(structure: Structure) {
    const { koffi } = this.shared
    const type = this.structureType(structure)
    const offsets = Object.keys(structure.members).map(member => [member, koffi.offsetof(type, member)] as const)
    return { size: koffi.sizeof(type), offsets: Object.fromEntries(offsets) }
  }

  async close(): Promise<void> {
    // koffi's threads are libuv's, and a call under way holds its buffers until it ends: nothing of our own to give free.
  }

  private loaded(path: string | null) {
    const { koffi, libraries } = this.shared
    const known = libraries.get(path)
    if (known) return known
    const handle = koffi.load(path)
    libraries.set(path, handle)
    return handle
  }

  private callable<P extends readonly ParameterType[], R extends ResultType>(
    address: bigint,
    signature: Signature<P, R>,
  ): NativeFunction<P, R> {
    const { lastError, alive } = this.shared
    const { parameters, result, named, convention } = signature
    const types = parameters.map(parameter => this.typeOf(parameter))
    const converted = parameters.some(parameter => parameter instanceof Structure)
    const convert = (args: readonly unknown[]) =>
      converted ? args.map((value, index) => this.convert(parameters[index]!, value)) : args
    const resultType = addressAsNumber(result)
    const wide = isWide(result)
    const outcome = (value: unknown, error: number): CallResult<R> => ({
      value: (wide ? BigInt(value as number | bigint) : value) as ResultValue<R>,
      error,
    })

    const fixed = this.decode(address, this.prototype(resultType, types, convention))
    const variadic =
      named === undefined
        ? undefined
        : this.decode(address, this.prototype(resultType, [...types.slice(0, named), '...']))
    const spread = (args: readonly unknown[]) =>
      args.flatMap((value, index) => (index < named! ? [value] : [types[index], value]))
    // koffi has no asynchronous variadic calls. Integers and addresses travel alike in both kinds of call everywhere but
    // on Apple's arm64, where "..." goes over the stack.
    const unlike = named !== undefined && process.platform === 'darwin' && process.arch === 'arm64'

    return {
      call: (...args) => {
        const given = convert(args)
        const value = variadic ? variadic(...spread(given)) : fixed(...given)
        return outcome(value, lastError())
      },
      callAsync: async (...args) => {
        if (unlike) throw new TypeError('a variadic function cannot be called asynchronously on this system')
        const given = convert(args)
        alive.add(given)
        try {
          return await new Promise<CallResult<R>>((resolve, reject) => {
            fixed.async!(...given, (error: unknown, value: unknown) => {
              // Only here, before anything else is called, is it this call's own error.
              const number = lastError()
              if (error) reject(asError(error))
              else resolve(outcome(value, number))
            })
          })
        } finally {
          alive.delete(given)
        }
      },
    }
  }

  private decode(address: bigint, type: Type): Callable {
    return this.shared.koffi.decode(address, type) as Callable
  }

  private prototype(result: string, parameters: readonly (string | Type)[], convention?: 'stdcall'): Type {
    const { koffi, prototypes } = this.shared
    const names = parameters.map(type => (typeof type === 'string' ? type : type.name)).join()
    const key = `${convention ?? ''} ${result}(${names})`
    const known = prototypes.get(key)
    if (known) return known
    const made = convention
      ? koffi.proto(`__${convention}`, null, result, parameters as string[])
      : koffi.proto(result, parameters as string[])
    prototypes.set(key, made)
    return made
  }

  private typeOf(type: ParameterType): string | Type {
    return type instanceof Structure ? this.structureType(type) : KOFFI_TYPES[type]
  }

  private structureType(structure: Structure): Type {
    const { koffi, structures } = this.shared
    const members = Object.entries(structure.members).map(([name, type]) => [
      name,
      typeof type === 'string' ? KOFFI_TYPES[type] : koffi.array(KOFFI_TYPES[type[0]], type[1]),
    ])
    const key = `${structure.name} ${JSON.stringify(structure.members)}`
    const known = structures.get(key)
    if (known) return known
    const made = koffi.struct(Object.fromEntries(members))
    structures.set(key, made)
    return made
  }

  private convert(type: ParameterType, value: unknown): unknown {
    if (!(type instanceof Structure)) return value
    return this.shared.koffi.decode(value, this.structureType(type))
  }
}

/** Addresses that come from native code come as numbers, as everywhere in {@link Ffi}. */
function addressAsNumber(type: ResultType): string {
  if (type === 'void') return 'void'
  return type === 'pointer' ? 'uintptr_t' : KOFFI_TYPES[type as ScalarType]
}
