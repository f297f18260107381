import type { FfiNapi, ForeignFunction, PackagePaths, RefNapi, RefStruct, RefType } from './ffi-napi-packages'

/** A structure by value, as it crosses to the thread: its members' types in order. */
export interface StructureShape {
  readonly name: string
  readonly members: Readonly<Record<string, readonly [type: string, count: number]>>
}

/** One call as it crosses to the thread: addresses and plain data, never memory that is shared. */
export interface ThreadCall {
  readonly id: number
  readonly address: bigint
  /** Tells functions apart: the address and the signature. */
  readonly key: string
  readonly result: string
  readonly parameters: readonly (string | StructureShape)[]
  readonly named: number | undefined
  readonly args: readonly (number | string | Uint8Array)[]
}

/** What the thread answers. */
export type ThreadAnswer =
  | { readonly id: number; readonly value: number | string | null; readonly error: number }
  | { readonly id: number; readonly failure: string }

/** The part of `parentPort` that the thread uses. */
interface Port {
  on(event: 'message', listener: (call: ThreadCall) => void): void
  postMessage(answer: ThreadAnswer): void
}

/**
 * What makes C functions out of addresses; the same on the JavaScript thread and on the backend's own one.
 *
 * This function and {@link serveCalls} are handed to the thread as source text, so that they run the same from
 * TypeScript, from the built package and from a bundle: they use nothing from outside themselves.
 */
/* istanbul ignore next */
export function makeCaller(ffi: FfiNapi, ref: RefNapi, struct: RefStruct, windows: boolean) {
  const structures = new Map<string, ReturnType<RefStruct>>()
  const functions = new Map<string, (args: readonly (number | string | Uint8Array)[]) => number | string | null>()

  const structureOf = (shape: StructureShape) => {
    const key = JSON.stringify(shape)
    const known = structures.get(key)
    if (known) return known
    const members: Record<string, RefType> = {}
    for (const [name, [type, count]] of Object.entries(shape.members)) {
      if (count < 0) members[name] = type
      else for (let index = 0; index < count; index++) members[`${name}_${index}`] = type
    }
    const made = struct(members)
    structures.set(key, made)
    return made
  }

  const pointerTo = (address: bigint): Buffer => {
    const holder = Buffer.alloc(8)
    if (process.arch === 'ia32' || process.arch === 'arm') holder.writeUInt32LE(Number(address))
    else holder.writeBigUInt64LE(address)
    return ref.readPointer(holder, 0, 0)
  }

  const functionOf = (call: Pick<ThreadCall, 'address' | 'key' | 'result' | 'parameters' | 'named'>) => {
    const known = functions.get(call.key)
    if (known) return known
    const types = call.parameters.map(type => (typeof type === 'string' ? type : structureOf(type)))
    const pointer = pointerTo(call.address)
    const callable: ForeignFunction =
      call.named === undefined
        ? ffi.ForeignFunction(pointer, call.result, types)
        : ffi.VariadicForeignFunction(pointer, call.result, types.slice(0, call.named))(...types.slice(call.named))
    const made = (args: readonly (number | string | Uint8Array)[]) =>
      callable(
        ...args.map((value, index) => {
          const type = types[index]
          return value instanceof Uint8Array && typeof type === 'function' ? new type(Buffer.from(value)) : value
        }),
      )
    functions.set(call.key, made)
    return made
  }

  const lastError = windows
    ? (ffi.ForeignFunction(new ffi.DynamicLibrary('kernel32.dll').get('GetLastError'), 'uint32', []) as () => number)
    : () => ffi.errno()

  return {
    structureOf,
    /** Calls, and reads this thread's error before anything else is called. */
    call: (call: Omit<ThreadCall, 'id'>) => {
      const value = functionOf(call)(call.args)
      return { value, error: lastError() }
    },
  }
}

/** The thread's main function: answers calls in their order. See {@link makeCaller}. */
/* istanbul ignore next */
export function serveCalls(
  port: Port,
  load: (path: string) => unknown,
  paths: PackagePaths,
  windows: boolean,
  make: typeof makeCaller,
): void {
  const ref = load(paths.ref) as RefNapi
  const struct = (load(paths.struct) as (ref: RefNapi) => RefStruct)(ref)
  const caller = make(load(paths.ffi) as FfiNapi, ref, struct, windows)
  port.on('message', call => {
    try {
      port.postMessage({ id: call.id, ...caller.call(call) })
    } catch (error) {
      port.postMessage({ id: call.id, failure: String((error as Error).message) })
    }
  })
}

/** The thread's program. */
export const threadSource = `
const { parentPort, workerData } = require('node:worker_threads');
(${serveCalls.toString()})(parentPort, require, workerData.paths, workerData.windows, ${makeCaller.toString()});
`
