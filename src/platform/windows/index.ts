import type { Platform } from '../open'
import { parseWindowsAddress } from './address'

/** Optical drives of Windows, through SCSI pass-through. What opens and lists them is loaded when it is needed. */
export const windowsPlatform: Platform = {
  name: 'Windows',
  addressForms: ['D:', '\\\\.\\CdRom0'],
  opens: address => process.platform === 'win32' && parseWindowsAddress(address) !== undefined,
  open: async (address, options) => (await import('./drives')).openWindowsDrive(address, options),
  list: async options => (process.platform === 'win32' ? (await import('./drives')).windowsDrives(options) : []),
}
