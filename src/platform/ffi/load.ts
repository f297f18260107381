import { createRequire } from 'node:module'
import { asError, UsageError } from '../../errors'
import type { OpenOptions } from '../open'
import { TransportError } from '../transport'
import type { Ffi, FfiName } from './ffi'
import { FfiNapiFfi } from './ffi-napi'
import type { FfiNapi, RefNapi, RefStruct } from './ffi-napi-packages'
import { KoffiFfi } from './koffi'

/** How packages are found and loaded: `require`, or what a test puts in its place. */
export interface PackageLoader {
  (name: string): unknown
  resolve(name: string): string
}

const INSTALL: Readonly<Record<FfiName, string>> = {
  koffi: 'npm install koffi',
  'ffi-napi':
    'npm install ffi-napi@npm:@2060.io/ffi-napi ref-napi@npm:@2060.io/ref-napi ref-struct-di (it needs a C++ compiler)',
}
const OTHER: Readonly<Record<FfiName, FfiName>> = { koffi: 'ffi-napi', 'ffi-napi': 'koffi' }

const backends: Readonly<Record<FfiName, (load: PackageLoader) => Ffi>> = {
  koffi: load => new KoffiFfi(load('koffi') as typeof import('koffi')),
  'ffi-napi': load => {
    if (process.platform === 'win32' && process.arch === 'ia32') {
      throw new Error('ffi-napi cannot call the functions of 32-bit Windows')
    }
    const ref = load('ref-napi') as RefNapi
    return new FfiNapiFfi({
      ref,
      ffi: load('ffi-napi') as FfiNapi,
      struct: (load('ref-struct-di') as (ref: RefNapi) => RefStruct)(ref),
      paths: { ffi: load.resolve('ffi-napi'), ref: load.resolve('ref-napi'), struct: load.resolve('ref-struct-di') },
    })
  },
}

/** Which backend is meant: the option, else the environment's `SCSI_MMC_FFI`, else koffi. */
export function ffiName(options: OpenOptions, environment: NodeJS.ProcessEnv = process.env): FfiName {
  const name = options.ffi ?? (environment['SCSI_MMC_FFI'] || 'koffi')
  if (Object.hasOwn(backends, name)) return name as FfiName
  throw new UsageError('USAGE_FFI', `"${name}" is no FFI backend.`, {
    hint: `Choose one of: ${Object.keys(backends).join(', ')}.`,
  })
}

/**
 * Loads an FFI backend: nothing native is loaded before. The caller closes it.
 *
 * @throws {UsageError} `USAGE_FFI` where there is no such backend
 * @throws {TransportError} `TRANSPORT_UNAVAILABLE` where its package is missing or does not work here
 */
export function loadFfi(options: OpenOptions = {}, load: PackageLoader = createRequire(__filename)): Ffi {
  const name = ffiName(options)
  try {
    return backends[name](load)
  } catch (error) {
    throw new TransportError('TRANSPORT_UNAVAILABLE', `The FFI backend ${name} cannot be loaded: ${reason(error)}.`, {
      cause: asError(error),
      hint: `Install it with "${INSTALL[name]}", or use the other one: --ffi ${OTHER[name]} or SCSI_MMC_FFI=${OTHER[name]}.`,
    })
  }
}

/** The first line of what went wrong: Node adds a list of the requiring modules. */
function reason(error: unknown): string {
  return asError(error).message.split('\n')[0]!.replace(/\.$/, '')
}
