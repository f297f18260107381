import type { FfiName } from '../../../src/platform/ffi'

/** Node's own require: jest's sees the packages through test/native. */
const nodeRequire: NodeJS.Require = Reflect.get(globalThis, Symbol.for('scsi-mmc.require'))

function isInstalled(name: string): boolean {
  try {
    nodeRequire.resolve(name)
    return true
  } catch {
    return false
  }
}

/** The backends that are installed here: koffi always, ffi-napi where a compiler was at hand for it. */
export const installedBackends: readonly FfiName[] = isInstalled('ffi-napi') ? ['koffi', 'ffi-napi'] : ['koffi']
