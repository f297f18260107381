import { loadFfi } from '../ffi'
import type { OpenOptions, Platform } from '../open'
import { parseMacosAddress } from './address'
import { type Frameworks, loadFrameworks } from './frameworks'
import { listMacosDrives } from './list'
import { ScsiTaskTransport } from './scsi-task-transport'

/** Optical drives of macOS, through SCSITaskLib. */
export const macosPlatform: Platform = {
  name: 'macOS',
  addressForms: ['disk4', '/dev/disk4', 'IOService:/…'],
  opens: address => process.platform === 'darwin' && parseMacosAddress(address) !== undefined,
  open: async (address, options) => {
    const frameworks = loaded(options)
    const close = () => frameworks.ffi.close()
    try {
      const name = parseMacosAddress(address) ?? address
      return await ScsiTaskTransport.open(frameworks, name, { ...options, whenClosed: close })
    } catch (error) {
      await close()
      throw error
    }
  },
  list: async options => {
    if (process.platform !== 'darwin') return []
    const frameworks = loaded(options)
    try {
      return listMacosDrives(frameworks)
    } finally {
      await frameworks.ffi.close()
    }
  },
}

function loaded(options: OpenOptions): Frameworks {
  return loadFrameworks(loadFfi(options))
}
