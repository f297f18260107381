import { TransportError } from '../transport'
import { CallThread, type ThreadResult } from './call-thread'
import type {
  Arguments,
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
import type { FfiNapiPackages } from './ffi-napi-packages'
import { makeCaller, type StructureShape, type ThreadCall } from './ffi-napi-thread'
import { copyOfNative, copyToNative, firstLibrary } from './native-library'
import { signatureKey } from './signature-key'
import { isSigned, isWide, NATIVE, type ScalarType, Structure, scalarBytes } from './structure'

/** Addresses go as numbers, so that no memory of others is ever wrapped. */
function refTypeOf(type: ScalarType): string {
  return `${isSigned(type) ? '' : 'u'}int${8 * scalarBytes(type, NATIVE)}`
}

function shapeOf(structure: Structure): StructureShape {
  const members = Object.entries(structure.members).map(([name, type]) => [
    name,
    typeof type === 'string' ? [refTypeOf(type), -1] : [refTypeOf(type[0]), type[1]],
  ])
  return { name: structure.name, members: Object.fromEntries(members) }
}

/** ref-napi takes 64-bit values as numbers up to 2^53, as text above. */
function plain(value: number | bigint): number | string {
  if (typeof value === 'number') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

/**
 * {@link Ffi} on ffi-napi, ref-napi and ref-struct-di. Its own asynchronous calls lose errno, so those here are
 * synchronous ones on a {@link CallThread} of this object's own, which it has from the first of them until {@link close}.
 */
export class FfiNapiFfi implements Ffi {
  readonly name = 'ffi-napi'
  private readonly packages: FfiNapiPackages
  private readonly caller: ReturnType<typeof makeCaller>
  private readonly functions = new Map<string, NativeFunction<readonly ParameterType[], ResultType>>()
  private thread: CallThread | undefined
  private readonly callbacks = new Set<Buffer>()
  private closing: Promise<void> | undefined

  constructor(packages: FfiNapiPackages) {
    this.packages = packages
    this.caller = makeCaller(packages.ffi, packages.ref, packages.struct, process.platform === 'win32')
  }

  library(candidates: readonly (string | null)[]): NativeLibrary {
    return firstLibrary(this, candidates, path => {
      const library = new this.packages.ffi.DynamicLibrary(path)
      return name => this.addressOf(library.get(name))
    })
  }

  functionAt<const P extends readonly ParameterType[], const R extends ResultType>(
    address: bigint,
    signature: Signature<P, R>,
  ): NativeFunction<P, R> {
    const key = `${address} ${signatureKey(signature)}`
    const known = this.functions.get(key)
    if (known) return known as unknown as NativeFunction<P, R>
    const wide = isWide(signature.result)
    const template = {
      address,
      key,
      result: signature.result === 'void' ? 'void' : refTypeOf(signature.result),
      parameters: signature.parameters.map(type => (type instanceof Structure ? shapeOf(type) : refTypeOf(type))),
      named: signature.named,
    }
    const outcome = ({ value, error }: ThreadResult): CallResult<R> => ({
      value: (signature.result === 'void' ? undefined : wide ? BigInt(value!) : value) as ResultValue<R>,
      error,
    })
    const cross = (args: Arguments<P>) =>
      args.map((value, index) => this.crossing(signature.parameters[index]!, value as never))
    const made: NativeFunction<P, R> = {
      call: (...args) => outcome(this.caller.call({ ...template, args: cross(args) })),
      callAsync: async (...args) => outcome(await this.callOnThread({ ...template, args: cross(args) }, args)),
    }
    this.functions.set(key, made as unknown as NativeFunction<readonly ParameterType[], ResultType>)
    return made
  }

  callback<const P extends readonly ScalarType[], const R extends ResultType>(
    signature: Signature<P, R>,
    callee: (...args: { readonly [K in keyof P]: ResultValue<P[K]> }) => ResultValue<R> | undefined,
  ): NativeCallback {
    const wide = signature.parameters.map(isWide)
    const result = signature.result === 'void' ? 'void' : refTypeOf(signature.result)
    let pointer: Buffer | undefined = this.packages.ffi.Callback(
      result,
      signature.parameters.map(refTypeOf),
      (...args) => {
        const value = callee(...(args.map((given, index) => (wide[index] ? BigInt(given as number) : given)) as never))
        return typeof value === 'bigint' ? plain(value) : value
      },
    )
    const address = this.addressOf(pointer)
    const held = this.callbacks
    held.add(pointer)
    return {
      address,
      release: () => {
        if (pointer) held.delete(pointer)
        pointer = undefined
      },
    }
  }

  addressOf(bytes: Uint8Array): bigint {
    return BigInt(this.packages.ref.address(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
  }

  read(address: bigint, length: number): Uint8Array {
    return copyOfNative(this, address, length)
  }

  write(address: bigint, bytes: Uint8Array): void {
    copyToNative(this, address, bytes)
  }

  measure(structure: Structure) {
    const type = this.caller.structureOf(shapeOf(structure))
    const offsets = Object.entries(structure.members).map(([name, member]) => [
      name,
      type.fields[typeof member === 'string' ? name : `${name}_0`]!.offset,
    ])
    return { size: type.size, offsets: Object.fromEntries(offsets) as Record<string, number> }
  }

  close(): Promise<void> {
    this.closing ??= this.thread?.giveBack() ?? Promise.resolve()
    return this.closing
  }

  private crossing(type: ParameterType, value: number | bigint | Uint8Array | null): number | string | Uint8Array {
    if (value === null) return 0
    if (!(value instanceof Uint8Array)) return plain(value)
    return type instanceof Structure ? value.slice() : plain(this.addressOf(value))
  }

  private async callOnThread(call: Omit<ThreadCall, 'id'>, alive: readonly unknown[]): Promise<ThreadResult> {
    if (this.closing) throw new TransportError('TRANSPORT_CLOSED', 'The FFI backend was closed.')
    if (!this.thread?.isUsable) this.thread = CallThread.take(this.packages.paths)
    return this.thread.call(call, alive)
  }
}
