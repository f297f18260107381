import { ADDITIONAL_SENSE_ADVICE } from './additional-sense-advice'
import { ADDITIONAL_SENSE_TEXTS } from './additional-sense-texts'

const hex = (number: number) => `${number.toString(16).toUpperCase().padStart(2, '0')}h`

/** Codes whose ASCQ is not a qualifier, but a number of its own (NN in the standard's list). */
const RANGES: readonly { asc: number; from: number; to: number; text: (ascq: number) => string }[] = [
  { asc: 0x40, from: 0x80, to: 0xff, text: ascq => `DIAGNOSTIC FAILURE ON COMPONENT ${hex(ascq)}` },
  { asc: 0x4d, from: 0x00, to: 0xff, text: ascq => `TAGGED OVERLAPPED COMMANDS (TASK TAG ${hex(ascq)})` },
  { asc: 0x70, from: 0x00, to: 0xff, text: ascq => `DECOMPRESSION EXCEPTION SHORT ALGORITHM ID OF ${hex(ascq)}` },
]

/** The standard's wording of an ASC and ASCQ (SPC-4 table 49 and annex F). */
export function additionalSenseText(asc: number, ascq: number): string {
  const assigned = ADDITIONAL_SENSE_TEXTS[asc * 256 + ascq]
  if (assigned !== undefined) return assigned
  const range = RANGES.find(({ asc: of, from, to }) => of === asc && ascq >= from && ascq <= to)
  if (range) return range.text(ascq)
  const code = `ASC ${hex(asc)}, ASCQ ${hex(ascq)}`
  return asc >= 0x80 || ascq >= 0x80 ? `VENDOR SPECIFIC (${code})` : code
}

/** What a user can do about it, for those that matter to optical drives. */
export function additionalSenseAdvice(key: number, asc: number, ascq: number): string | undefined {
  const advice = ADDITIONAL_SENSE_ADVICE.find(
    entry =>
      entry.asc === asc &&
      (entry.ascq === undefined || entry.ascq.includes(ascq)) &&
      (entry.key === undefined || entry.key.includes(key)),
  )
  return advice?.advice
}
