/**
 * Dates of ECMA-119: 7 bytes in directory records (9.1.5), 17 in volume descriptors (8.4.26.1). Both are local to an
 * offset from GMT in quarter hours. A date is milliseconds since 1970-01-01 UTC; `undefined` where none was given or
 * what stands there is none.
 */
import { Field } from '../../layout'

/** No date, for a layout's encoder, which passes over what is `undefined`. */
export const NOT_GIVEN = Number.NaN
/** Bytes of a recording date and time (9.1.5). */
export const RECORDING_DATE_BYTES = 7
/** Bytes of a volume descriptor's date and time (8.4.26.1). */
export const VOLUME_DATE_BYTES = 17

const QUARTER_HOUR_MS = 15 * 60 * 1000
const MINIMUM_YEAR = 1900
const MAXIMUM_YEAR = 2155

/** Discs carry any byte as the offset: one out of range counts as GMT. */
function offsetMs(byte: number): number {
  const quarters = byte > 127 ? byte - 256 : byte
  return quarters >= -48 && quarters <= 52 ? quarters * QUARTER_HOUR_MS : 0
}

function moment(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  milliseconds: number,
  offset: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) - offsetMs(offset)
}

/** The last one decoded: neighbours on a disc often have the same time, to the second. */
const lastDecoded = { high: -1, low: -1, value: undefined as number | undefined }

/** Reads a recording date and time (9.1.5). */
export function decodeRecordingDate(bytes: Uint8Array, at: number): number | undefined {
  const month = bytes[at + 1]!
  if (month === 0) return undefined
  const high = (bytes[at]! << 24) | (month << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  const low = (bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]!
  if (high === lastDecoded.high && low === lastDecoded.low) return lastDecoded.value
  lastDecoded.high = high
  lastDecoded.low = low
  lastDecoded.value = moment(
    MINIMUM_YEAR + bytes[at]!,
    month,
    bytes[at + 2]!,
    bytes[at + 3]!,
    bytes[at + 4]!,
    bytes[at + 5]!,
    0,
    bytes[at + 6]!,
  )
  return lastDecoded.value
}

/** A moment as the year, month, … second of UTC; years that the format cannot hold become its first or last moment. */
function calendar(date: number): Date {
  const utc = new Date(date)
  if (!(utc.getUTCFullYear() >= MINIMUM_YEAR)) return new Date(Date.UTC(MINIMUM_YEAR, 0, 1))
  if (utc.getUTCFullYear() > MAXIMUM_YEAR) return new Date(Date.UTC(MAXIMUM_YEAR, 11, 31, 23, 59, 59, 990))
  return utc
}

let lastEncoded = Number.NaN
const lastBytes = new Uint8Array(6)

/** Writes a recording date and time (9.1.5), in UTC; all zero where there is none. */
export function encodeRecordingDate(bytes: Uint8Array, at: number, date: number | undefined): void {
  if (date === undefined || Number.isNaN(date)) {
    bytes.fill(0, at, at + RECORDING_DATE_BYTES)
    return
  }
  const second = Math.floor(date / 1000)
  // Neighbours in a tree often have the same time, to the second.
  if (second !== lastEncoded) {
    const utc = calendar(date)
    lastBytes[0] = utc.getUTCFullYear() - MINIMUM_YEAR
    lastBytes[1] = utc.getUTCMonth() + 1
    lastBytes[2] = utc.getUTCDate()
    lastBytes[3] = utc.getUTCHours()
    lastBytes[4] = utc.getUTCMinutes()
    lastBytes[5] = utc.getUTCSeconds()
    lastEncoded = second
  }
  for (let index = 0; index < 6; index++) bytes[at + index] = lastBytes[index]!
  bytes[at + 6] = 0
}

/** Reads a volume descriptor's date and time (8.4.26.1). */
export function decodeVolumeDate(bytes: Uint8Array, at: number): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(at, at + 16))
  if (!/^\d{16}$/.test(text)) return undefined
  const part = (from: number, to: number) => Number(text.slice(from, to))
  const year = part(0, 4)
  if (year === 0) return undefined
  const hundredths = part(14, 16) * 10
  return moment(year, part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14), hundredths, bytes[at + 16]!)
}

/** Writes a volume descriptor's date and time (8.4.26.1), in UTC; sixteen zeros where there is none. */
export function encodeVolumeDate(bytes: Uint8Array, at: number, date: number | undefined): void {
  const text =
    date === undefined || Number.isNaN(date)
      ? '0'.repeat(16)
      : calendar(date)
          .toISOString()
          .replace(/[-T:.Z]/g, '')
          .slice(0, 16)
  for (let index = 0; index < 16; index++) bytes[at + index] = text.charCodeAt(index)
  bytes[at + 16] = 0
}

const EXAMPLES = [
  undefined,
  Date.UTC(1900, 0, 1),
  Date.UTC(1999, 11, 31, 23, 59, 59),
  Date.UTC(2026, 1, 28, 12, 34, 56),
  Date.UTC(2155, 11, 31),
]

/** A recording date and time (9.1.5). */
export function recordingDate(offset: number): Field<number | undefined> {
  return new Field<number | undefined>({
    offset,
    length: RECORDING_DATE_BYTES,
    place: `${offset}-${offset + RECORDING_DATE_BYTES - 1}`,
    domain: { kind: 'one-of', values: EXAMPLES },
    read: bytes => decodeRecordingDate(bytes, offset),
    write: (bytes, value) => encodeRecordingDate(bytes, offset, value),
  })
}

/** A volume descriptor's date and time (8.4.26.1). */
export function volumeDate(offset: number): Field<number | undefined> {
  return new Field<number | undefined>({
    offset,
    length: VOLUME_DATE_BYTES,
    place: `${offset}-${offset + VOLUME_DATE_BYTES - 1}`,
    domain: { kind: 'one-of', values: EXAMPLES },
    read: bytes => decodeVolumeDate(bytes, offset),
    write: (bytes, value) => encodeVolumeDate(bytes, offset, value),
  })
}
