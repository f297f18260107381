import type { Platform } from '../../platform'
import { isIscsiAddress } from './address'

/** Drives behind iSCSI targets, on all systems alike. */
export const iscsiPlatform: Platform = {
  name: 'iSCSI',
  addressForms: ['iscsi://[user[%password]@]host[:port]/target-iqn/lun'],
  opens: isIscsiAddress,
  // The protocol is loaded when a drive is behind it, not when a program starts.
  open: async address => (await import('./transport')).IscsiTransport.open(address),
}
