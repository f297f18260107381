import type { Platform } from '../open'

/** Transcripts as drives. */
export const replayPlatform: Platform = {
  name: 'replay',
  addressForms: ['replay:FILE'],
  opens: address => address.startsWith('replay:'),
  open: async address => (await import('./replay')).openReplay(address.slice('replay:'.length)),
}
