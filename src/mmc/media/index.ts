import type { MediumFamilyName } from '../medium-state'
import { bdR } from './bd-r'
import { bdRe } from './bd-re'
import { bdRom } from './bd-rom'
import { cdR } from './cd-r'
import { cdRom } from './cd-rom'
import { dvdMinusR } from './dvd-minus-r'
import { dvdPlusR } from './dvd-plus-r'
import { dvdPlusRw } from './dvd-plus-rw'
import { dvdRam } from './dvd-ram'
import { dvdRom } from './dvd-rom'
import { dvdRwRestrictedOverwrite } from './dvd-rw-restricted-overwrite'
import type { MediumFamily } from './family'
import { unknownMedium } from './unknown-medium'

/** All families of media; a new one is one more row. */
const FAMILIES: readonly MediumFamily[] = [
  cdRom,
  cdR,
  dvdRom,
  dvdMinusR,
  dvdRwRestrictedOverwrite,
  dvdPlusR,
  dvdPlusRw,
  dvdRam,
  bdRom,
  bdR,
  bdRe,
  unknownMedium,
]

/** The family that knows media of that name. */
export function familyOf(name: MediumFamilyName): MediumFamily {
  return FAMILIES.find(({ names }) => names.includes(name)) ?? unknownMedium
}
