import type { MediumFamilyName } from './medium-state'

/** Sound on CD (44,100 samples of 4 bytes a second), DVD, HD DVD, BD; kB/s of 1000 bytes. */
const SINGLE_SPEEDS = { 'cd-': 176.4, 'dvd-': 1385, 'dvd+': 1385, 'hd-dvd': 4568, 'bd-': 4495.5 } as const

/**
 * What a family's speeds are multiples of, kB/s of 1000 bytes. Drives count CDs in sectors of 2352 bytes, whatever is
 * in them.
 *
 * @returns undefined for a medium of an unknown kind
 */
export function singleSpeedKBps(family: MediumFamilyName): number | undefined {
  return Object.entries(SINGLE_SPEEDS).find(([kind]) => family.startsWith(kind))?.[1]
}

/**
 * What a multiple of a medium's single speed (8 for 8x) is in kB/s of 1000 bytes.
 *
 * @returns undefined for a medium of an unknown kind
 */
export function timesSingleSpeed(times: number, family: MediumFamilyName): number | undefined {
  const single = singleSpeedKBps(family)
  return single && Math.round(times * single)
}
