/** The profiles of MMC-6 table 93, by number: which kind of medium the drive is acting for. */
export const PROFILES: Readonly<Record<number, string>> = {
  0: 'No current profile',
  1: 'Non-removable disk',
  2: 'Removable disk',
  3: 'MO erasable',
  4: 'Optical write once',
  5: 'AS-MO',
  8: 'CD-ROM',
  9: 'CD-R',
  10: 'CD-RW',
  16: 'DVD-ROM',
  17: 'DVD-R Sequential Recording',
  18: 'DVD-RAM',
  19: 'DVD-RW Restricted Overwrite',
  20: 'DVD-RW Sequential Recording',
  21: 'DVD-R Dual Layer Sequential Recording',
  22: 'DVD-R Dual Layer Jump Recording',
  23: 'DVD-RW Dual Layer',
  24: 'DVD-Download disc recording',
  26: 'DVD+RW',
  27: 'DVD+R',
  32: 'DDCD-ROM',
  33: 'DDCD-R',
  34: 'DDCD-RW',
  42: 'DVD+RW Dual Layer',
  43: 'DVD+R Dual Layer',
  64: 'BD-ROM',
  65: 'BD-R Sequential Recording Mode (SRM)',
  66: 'BD-R Random Recording Mode (RRM)',
  67: 'BD-RE',
  80: 'HD DVD-ROM',
  81: 'HD DVD-R',
  82: 'HD DVD-RAM',
  83: 'HD DVD-RW',
  88: 'HD DVD-R Dual Layer',
  90: 'HD DVD-RW Dual Layer',
  65535: 'Logical unit does not conform to any profile',
}

/** The standard's name of a profile; `undefined` where the number is reserved. */
export function profileName(profile: number): string | undefined {
  return PROFILES[profile]
}
