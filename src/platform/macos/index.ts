import type { Platform } from '../open'
import { parseMacosAddress } from './address'

/** Optical drives of macOS, through SCSITaskLib. What opens and lists them is loaded when it is needed. */
export const macosPlatform: Platform = {
  name: 'macOS',
  addressForms: ['disk4', '/dev/disk4', 'IOService:/…'],
  opens: address => process.platform === 'darwin' && parseMacosAddress(address) !== undefined,
  open: async (address, options) => (await import('./drives')).openMacosDrive(address, options),
  list: async options => (process.platform === 'darwin' ? (await import('./drives')).macosDrives(options) : []),
}
