import type { Platform } from '../open'
import { parseWindowsAddress } from './address'
import { listWindowsDrives } from './list'
import { ScsiPassThroughTransport } from './scsi-pass-through-transport'
import { win32SystemCalls } from './system-calls'

/** Optical drives of Windows, through SCSI pass-through. */
export const windowsPlatform: Platform = {
  name: 'Windows',
  addressForms: ['D:', '\\\\.\\CdRom0'],
  opens: address => process.platform === 'win32' && parseWindowsAddress(address) !== undefined,
  open: async (address, options) => {
    const win32 = win32SystemCalls(options)
    try {
      return await ScsiPassThroughTransport.open(win32, parseWindowsAddress(address)?.address ?? address, {
        ...options,
        whenClosed: () => win32.close(),
      })
    } catch (error) {
      await win32.close()
      throw error
    }
  },
  list: async options => {
    if (process.platform !== 'win32') return []
    const win32 = win32SystemCalls(options)
    try {
      return await listWindowsDrives(win32)
    } finally {
      await win32.close()
    }
  },
}
