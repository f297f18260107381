import { lbaToMsf } from '../../layout'
import type { SectorForm } from '../disc/disc-state'
import { errorDetectionCode, SECTOR_BYTES, writeErrorCorrection } from './error-correction'

export { SECTOR_BYTES } from './error-correction'

/** Sectors that data block types of the write parameters make (MMC-6 table 667). */
export const DATA_BLOCK_FORMS: Readonly<Record<number, SectorForm>> = {
  0: 'audio',
  8: 'mode-1',
  9: 'mode-2',
  10: 'mode-2-form-1',
  11: 'mode-2-form-1',
  12: 'mode-2-form-2',
  13: 'mode-2-mixed',
}

/** Sub-headers (file, channel, submode, coding) of plain data, form 1 and form 2. */
const FORM_1_SUB_HEADER = [0, 0, 0x08, 0]
const FORM_2_SUB_HEADER = [0, 0, 0x20, 0]
const FORM_2_BIT = 0x20

const toBcd = (value: number) => Math.floor(value / 10) * 16 + (value % 10)

/** Sync pattern and header of a data sector. */
function writeHeader(sector: Uint8Array, lba: number, mode: number): void {
  sector.fill(0xff, 1, 11)
  sector[0] = 0
  sector[11] = 0
  sector.set(lbaToMsf(lba).map(toBcd), 12)
  sector[15] = mode
}

function writeErrorDetection(sector: Uint8Array, from: number, at: number): void {
  new DataView(sector.buffer, sector.byteOffset).setUint32(at, errorDetectionCode(sector.subarray(from, at)), true)
}

/** A mode 1 sector, 2352 bytes, around 2048 bytes of user data (ECMA-130 clause 14). */
export function modeOneSector(lba: number, userData: Uint8Array): Uint8Array {
  const sector = new Uint8Array(SECTOR_BYTES)
  writeHeader(sector, lba, 1)
  sector.set(userData, 16)
  writeErrorDetection(sector, 0, 2064)
  writeErrorCorrection(sector)
  return sector
}

/** A mode 2 form 1 sector around 2048 bytes of user data, or 2056 bytes with the sub-headers. */
export function formOneSector(lba: number, data: Uint8Array): Uint8Array {
  const sector = new Uint8Array(SECTOR_BYTES)
  if (data.length === 2056) sector.set(data, 16)
  else {
    sector.set([...FORM_1_SUB_HEADER, ...FORM_1_SUB_HEADER], 16)
    sector.set(data, 24)
  }
  writeErrorDetection(sector, 16, 2072)
  // The header counts as zero in the parity of mode 2: it is written last.
  writeErrorCorrection(sector)
  writeHeader(sector, lba, 2)
  return sector
}

/** A mode 2 form 2 sector around 2324 bytes of user data, or 2332 with the sub-headers. */
export function formTwoSector(lba: number, data: Uint8Array): Uint8Array {
  const sector = new Uint8Array(SECTOR_BYTES)
  if (data.length >= 2332) sector.set(data.subarray(0, 2332), 16)
  else {
    sector.set([...FORM_2_SUB_HEADER, ...FORM_2_SUB_HEADER], 16)
    sector.set(data, 24)
  }
  writeErrorDetection(sector, 16, 2348)
  writeHeader(sector, lba, 2)
  return sector
}

/** A mode 2 sector of either form, told by the sub-header of its 2332 or 2336 bytes. */
export function mixedSector(lba: number, data: Uint8Array): Uint8Array {
  const isFormTwo = (data[2]! & FORM_2_BIT) !== 0
  return isFormTwo ? formTwoSector(lba, data) : formOneSector(lba, data.subarray(0, 2056))
}

/** A formless mode 2 sector around 2336 bytes. */
export function formlessSector(lba: number, data: Uint8Array): Uint8Array {
  const sector = new Uint8Array(SECTOR_BYTES)
  writeHeader(sector, lba, 2)
  sector.set(data.subarray(0, 2336), 16)
  return sector
}

/** What a host sends, as the drive records it: 2352 bytes a sector. */
export function sectorOf(form: SectorForm, lba: number, data: Uint8Array): Uint8Array {
  if (data.length === SECTOR_BYTES) return form === 'audio' ? data : rebuilt(form, lba, data)
  switch (form) {
    case 'audio':
      return data
    case 'mode-1':
      return modeOneSector(lba, data)
    case 'mode-2':
      return formlessSector(lba, data)
    case 'mode-2-form-1':
      return formOneSector(lba, data)
    case 'mode-2-form-2':
      return formTwoSector(lba, data)
    case 'mode-2-mixed':
      return mixedSector(lba, data)
  }
}

/** A sector that the drive records by itself, of zeros: formatted packets, pre-gaps. */
export function zeroSector(form: Exclude<SectorForm, 'audio'>, lba: number): Uint8Array {
  const bytes = { 'mode-1': 2048, 'mode-2': 2336, 'mode-2-form-1': 2048, 'mode-2-form-2': 2324, 'mode-2-mixed': 2336 }
  return sectorOf(form, lba, new Uint8Array(bytes[form]))
}

/** A whole sector as sent by a host: header and codes are the drive's own. */
function rebuilt(form: SectorForm, lba: number, sector: Uint8Array): Uint8Array {
  if (form === 'mode-1') return modeOneSector(lba, sector.subarray(16, 2064))
  return form === 'mode-2' ? formlessSector(lba, sector.subarray(16)) : mixedSector(lba, sector.subarray(16))
}

/** The kinds of sectors that READ CD tells apart (MMC-6 6.16.2.1). */
export type SectorType = 'audio' | 'mode-1' | 'mode-2' | 'form-1' | 'form-2'

/** The kind of a recorded sector, by its mode byte and sub-header. */
export function sectorTypeOf(form: SectorForm, sector: Uint8Array): SectorType {
  if (form === 'audio' || form === 'mode-1' || form === 'mode-2') return form
  return sector[18]! & FORM_2_BIT ? 'form-2' : 'form-1'
}

/**
 * The parts of a sector that READ CD's byte 9 asks for (MMC-6 table 350), in the order in which they are sent; undefined
 * where the combination is refused.
 *
 * @param fields  byte 9, bits 7 to 3: sync 80h, sub-header 40h, header 20h, user data 10h, EDC and ECC 08h
 */
export function mainChannelParts(
  type: SectorType,
  fields: number,
): readonly (readonly [start: number, end: number])[] | undefined {
  const selected = fields & 0xf8
  if (selected === 0) return []
  if (type === 'audio') return [[0, SECTOR_BYTES]]
  if ([0x28, 0x48, 0x68, 0x88, 0x90, 0x98, 0xa8, 0xc0, 0xc8, 0xd0, 0xd8, 0xe8].includes(selected)) return undefined
  const parts: [number, number][] = []
  const sync = (selected & 0x80) !== 0
  const subHeader = (selected & 0x40) !== 0
  const header = (selected & 0x20) !== 0
  const userData = (selected & 0x10) !== 0
  const codes = (selected & 0x08) !== 0
  const hasSubHeader = type === 'form-1' || type === 'form-2'
  // Header and user data without what lies between them cannot be had.
  if (hasSubHeader && header && userData && !subHeader) return undefined
  if (sync) parts.push([0, 12])
  if (header) parts.push([12, 16])
  if (subHeader && hasSubHeader) parts.push([16, 24])
  const [userStart, userEnd, end] = {
    'mode-1': [16, 2064, 2352],
    'mode-2': [16, 2352, 2352],
    'form-1': [24, 2072, 2352],
    'form-2': [24, 2352, 2352],
  }[type] as [number, number, number]
  if (userData) parts.push([userStart, userEnd])
  if (codes && userData && end > userEnd) parts.push([userEnd, end])
  return parts
}
