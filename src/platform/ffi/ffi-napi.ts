import { Worker } from 'node:worker_threads'
import { asError } from '../../errors'
import { TransportError } from '../transport'
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
import { makeCaller, type StructureShape, type ThreadAnswer, type ThreadCall, threadSource } from './ffi-napi-thread'
import { isSigned, isWide, NATIVE, type ScalarType, Structure, scalarBytes } from './structure'
import { libraryUnavailable, signatureKey, symbolUnavailable } from './unavailable'

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

interface Pending {
  /** What the call points to. */
  readonly alive: readonly unknown[]
  readonly resolve: (answer: { value: number | string | null; error: number }) => void
  readonly reject: (error: Error) => void
}

/**
 * {@link Ffi} on ffi-napi, ref-napi and ref-struct-di. Its own asynchronous calls lose errno, so those here are
 * synchronous ones on a thread of this object's own, which starts with the first of them and ends with {@link close}.
 */
export class FfiNapiFfi implements Ffi {
  readonly name = 'ffi-napi'
  private readonly packages: FfiNapiPackages
  private readonly caller: ReturnType<typeof makeCaller>
  private readonly functions = new Map<string, NativeFunction<readonly ParameterType[], ResultType>>()
  private readonly pending = new Map<number, Pending>()
  private thread: Worker | undefined
  private nextId = 0
  private readonly callbacks = new Set<Buffer>()
  private readonly idle: (() => void)[] = []
  private closing: Promise<void> | undefined

  constructor(packages: FfiNapiPackages) {
    this.packages = packages
    this.caller = makeCaller(packages.ffi, packages.ref, packages.struct, process.platform === 'win32')
  }

  library(candidates: readonly (string | null)[]): NativeLibrary {
    const causes: Error[] = []
    for (const path of candidates) {
      try {
        const library = new this.packages.ffi.DynamicLibrary(path)
        const symbol = (name: string): bigint => {
          try {
            return this.addressOf(library.get(name))
          } catch (error) {
            throw symbolUnavailable(path, name, error)
          }
        }
        return { path, symbol, function: (name, signature) => this.functionAt(symbol(name), signature) }
      } catch (error) {
        causes.push(asError(error))
      }
    }
    throw libraryUnavailable(candidates, causes)
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
    const outcome = ({ value, error }: { value: number | string | null; error: number }): CallResult<R> => ({
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
    const copy = new Uint8Array(length)
    if (length > 0) this.memcpy().call(copy, address, length)
    return copy
  }

  write(address: bigint, bytes: Uint8Array): void {
    if (bytes.length > 0) this.memcpy().call(address, bytes, bytes.length)
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
    this.closing ??= this.end()
    return this.closing
  }

  private async end(): Promise<void> {
    // A call under way still writes into its buffers: they must stay until it ends.
    while (this.pending.size > 0) await new Promise<void>(resolve => this.idle.push(resolve))
    await this.thread?.terminate()
  }

  private crossing(type: ParameterType, value: number | bigint | Uint8Array | null): number | string | Uint8Array {
    if (value === null) return 0
    if (!(value instanceof Uint8Array)) return plain(value)
    return type instanceof Structure ? value.slice() : plain(this.addressOf(value))
  }

  private callOnThread(
    call: Omit<ThreadCall, 'id'>,
    alive: readonly unknown[],
  ): Promise<{ value: number | string | null; error: number }> {
    if (this.closing) return Promise.reject(new TransportError('TRANSPORT_CLOSED', 'The FFI backend was closed.'))
    const thread = this.startedThread()
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.pending.set(id, { alive, resolve, reject })
      // The process must not end while a call is under way, and may at any other time.
      thread.ref()
      thread.postMessage({ ...call, id })
    })
  }

  private startedThread(): Worker {
    if (this.thread) return this.thread
    const { paths } = this.packages
    const workerData = { paths, windows: process.platform === 'win32' }
    const thread = new Worker(threadSource, { eval: true, workerData })
    thread.on('message', (answer: ThreadAnswer) => {
      if ('failure' in answer) this.settle(answer.id, ({ reject }) => reject(new TypeError(answer.failure)))
      else this.settle(answer.id, ({ resolve }) => resolve(answer))
    })
    const broken = (cause: unknown) => {
      if (this.thread !== thread) return
      this.thread = undefined
      for (const id of [...this.pending.keys()]) {
        this.settle(id, ({ reject }) =>
          reject(
            new TransportError('TRANSPORT_FAILED', 'The thread that calls the system for ffi-napi has ended.', {
              cause,
              mayHaveRun: true,
              hint: 'Use the koffi backend instead.',
            }),
          ),
        )
      }
    }
    thread.on('error', broken)
    thread.on('exit', code => broken(new Error(`exit code ${code}`)))
    this.thread = thread
    return thread
  }

  private settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.pending.get(id)
    this.pending.delete(id)
    if (this.pending.size === 0) {
      this.thread?.unref()
      for (const resolve of this.idle.splice(0)) resolve()
    }
    if (pending) how(pending)
  }

  private memcpy() {
    return this.library(process.platform === 'win32' ? ['ntdll.dll'] : [null]).function('memcpy', {
      parameters: ['pointer', 'pointer', 'size'],
      result: 'pointer',
    })
  }
}
