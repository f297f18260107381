import type { MediumFamilyName } from '../../mmc'

/** kB/s of 1000 bytes of user data at 1×: what the numbers on drives and discs are multiples of. */
export function singleSpeedKBps(family: MediumFamilyName): number {
  if (family.startsWith('cd-')) return 153.6
  if (family.startsWith('hd-dvd')) return 4568
  return family.startsWith('bd-') ? 4495 : 1385
}
