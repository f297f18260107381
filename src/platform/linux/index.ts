import type { Platform } from '../open'

/** Linux: `/dev/srN`, `/dev/sgN`, and links to them. What opens and lists them is loaded when it is needed. */
export const linuxPlatform: Platform = {
  name: 'linux',
  addressForms: ['/dev/sr0', '/dev/sg1'],
  opens: address => process.platform === 'linux' && address.startsWith('/'),
  open: async (address, options) => (await import('./open-sg-io')).openSgIo(address, options),
  list: async () => (process.platform === 'linux' ? (await import('./list')).listLinuxDrives() : []),
}
