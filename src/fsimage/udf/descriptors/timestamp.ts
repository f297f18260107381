import { bits, type Complete, type Decoded, type Encodable, layout, u8 } from '../../../layout'
import { i12le, i16le } from './fields'

/** timestamp (ECMA-167 1/7.3). */
export const timestamp = layout(
  'timestamp',
  {
    type: bits(1, 7, 4).means({ 0: 'Coordinated Universal Time', 1: 'local time', 2: 'by agreement' }),
    timezone: i12le(0),
    year: i16le(2),
    month: u8(4),
    day: u8(5),
    hour: u8(6),
    minute: u8(7),
    second: u8(8),
    centiseconds: u8(9),
    hundredsOfMicroseconds: u8(10),
    microseconds: u8(11),
  },
  { clause: 'ECMA-167 1/7.3' },
)

/** The time zone that stands for "not specified". */
const UNSPECIFIED_TIMEZONE = -2047
const MINUTES_OF_A_DAY = 1440

/**
 * The moment that a timestamp names, in milliseconds since 1970-01-01 UTC; a local time of unspecified zone is taken as UTC,
 * fractions out of range as the largest.
 *
 * @returns undefined where it names none (month 0, hour 30, …)
 */
export function momentOf(value: Decoded<typeof timestamp.fields> | undefined): number | undefined {
  const year = value?.year
  if (value?.microseconds === undefined || year === undefined || year < 1 || year > 9999) return undefined
  const { type, timezone, month, day, hour, minute, second } = value as Complete<typeof timestamp.fields>
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined
  const milliseconds = Math.min(value.centiseconds!, 99) * 10 + fraction(value)
  const moment = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds)
  // Date.UTC takes the years 0 to 99 for those of the 20th century.
  const local = year > 99 ? moment : new Date(moment).setUTCFullYear(year)
  const zone = timezone === UNSPECIFIED_TIMEZONE || Math.abs(timezone) > MINUTES_OF_A_DAY ? 0 : timezone
  return local - (type === 0 ? 0 : zone * 60_000)
}

function fraction({ hundredsOfMicroseconds }: Decoded<typeof timestamp.fields>): number {
  return Math.floor(Math.min(hundredsOfMicroseconds ?? 0, 99) / 10)
}

/** A moment as UDF 2.1.4 wants it: local time, here of zone 0, to the millisecond. Years are kept to 1 to 9999. */
export function timestampOf(date: Date): Encodable<typeof timestamp.fields> {
  const time = Number.isNaN(date.getTime()) ? new Date(0) : date
  const milliseconds = time.getUTCMilliseconds()
  return {
    type: 1,
    timezone: 0,
    year: Math.min(Math.max(time.getUTCFullYear(), 1), 9999),
    month: time.getUTCMonth() + 1,
    day: time.getUTCDate(),
    hour: time.getUTCHours(),
    minute: time.getUTCMinutes(),
    second: time.getUTCSeconds(),
    centiseconds: Math.floor(milliseconds / 10),
    hundredsOfMicroseconds: (milliseconds % 10) * 10,
    microseconds: 0,
  }
}

/** The bytes of {@link timestampOf}: of every file three or four are written, and without detours that counts. */
export function encodeTimestamp(milliseconds: number): Uint8Array {
  const bytes = new Uint8Array(timestamp.length)
  const values = timestampOf(new Date(milliseconds)) as Readonly<Record<string, number>>
  for (const [name, field] of FIELDS) field.definition.write(bytes, values[name]!)
  return bytes
}

const FIELDS = Object.entries(timestamp.fields)
