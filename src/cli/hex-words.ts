import { UsageError } from '../errors'

/**
 * Bytes from hexadecimal as people paste it: with or without blanks, `0x`, commas, `h`, line breaks.
 *
 * @throws {UsageError} `USAGE_HEX` where it is none
 */
export function bytesFromHex(text: string): Uint8Array {
  const digits = text.replace(/0x|[\s,;:_-]|h\b/gi, '')
  const odd = digits.match(/[^0-9a-f]/i)
  if (odd)
    throw new UsageError('USAGE_HEX', `"${odd[0]}" is no hexadecimal digit.`, { hint: 'Give bytes like 51 00 0E.' })
  if (digits.length % 2 === 1) {
    throw new UsageError('USAGE_HEX', `${digits.length} hexadecimal digits make no whole bytes.`, {
      hint: 'Write each byte with two digits: 0E, not E.',
    })
  }
  return Uint8Array.from(digits.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
}
