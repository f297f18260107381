import type { MediumFamilyName } from '../medium-state'
import { answered, type MediumObservations } from './observations'

const BOOK_TYPES: Readonly<Record<number, MediumFamilyName>> = {
  0: 'dvd-rom',
  1: 'dvd-ram',
  2: 'dvd-r',
  3: 'dvd-rw',
  4: 'hd-dvd-rom',
  5: 'hd-dvd-ram',
  6: 'hd-dvd-r',
  9: 'dvd+rw',
  10: 'dvd+r',
  13: 'dvd+rw',
  14: 'dvd+r-dl',
}
const DISC_TYPE_IDENTIFIERS: Readonly<Record<string, MediumFamilyName>> = {
  BDO: 'bd-rom',
  BDR: 'bd-r',
  BDW: 'bd-re',
}

/** What the medium's own physical description says, in the lead-in of a DVD or the disc information of a BD. */
export interface PhysicalFormat {
  readonly family: MediumFamilyName | undefined
  /** The bytes' own words: `book type Ah`, `disc type identifier "BDR"`. */
  readonly says: string
  readonly layers: number
  /** Blocks of the data area; DVD only. */
  readonly dataAreaBlocks?: number
}

/** The physical format from READ DISC STRUCTURE format 00h (MMC-6 6.22.3.2.1, 6.22.3.3.1); `undefined` without it. */
export function physicalFormat(observed: MediumObservations): PhysicalFormat | undefined {
  const data = answered(observed.discStructure)?.structureData
  if (!data || data.length < 16) return undefined
  return String.fromCharCode(data[0]!, data[1]!) === 'DI' ? discInformationUnit(data) : physicalFormatInformation(data)
}

function discInformationUnit(data: Uint8Array): PhysicalFormat {
  const identifier = String.fromCharCode(...data.subarray(8, 11))
  return {
    family: DISC_TYPE_IDENTIFIERS[identifier],
    says: `disc type identifier "${identifier.replace(/[^ -~]/g, '?')}"`,
    layers: data[12]! >> 4 || 1,
  }
}

function physicalFormatInformation(data: Uint8Array): PhysicalFormat {
  const bookType = data[0]! >> 4
  const layers = ((data[2]! >> 5) & 3) + 1
  const family = BOOK_TYPES[bookType]
  const address = (offset: number) => data[offset]! * 0x10000 + data[offset + 1]! * 0x100 + data[offset + 2]!
  const blocks = address(9) - address(5) + 1
  return {
    family: family === 'dvd-r' && layers > 1 ? 'dvd-r-dl' : family,
    says: `book type ${bookType.toString(16).toUpperCase()}h`,
    layers,
    ...(blocks > 1 ? { dataAreaBlocks: blocks } : {}),
  }
}
