import { createRequire } from 'node:module'
import type { FfiName } from '../../../src/platform/ffi'

const require = createRequire(__filename)

function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

/** The backends that are installed here: koffi always, ffi-napi where a compiler was at hand for it. */
export const installedBackends: readonly FfiName[] = isInstalled('ffi-napi') ? ['koffi', 'ffi-napi'] : ['koffi']
