/** Compression identifiers of OSTA CS0 (UDF 2.1.1): one or two bytes a character; 254 and 255 in deleted names. */
export const COMPRESSION = { eightBit: 8, sixteenBit: 16, deletedEightBit: 254, deletedSixteenBit: 255 } as const

/** Text as OSTA CS0 held it. */
export interface CompressedUnicode {
  readonly text: string
  /** What is wrong with the bytes, if anything. */
  readonly problem?: string
}

/** Decodes OSTA CS0 characters: a compression identifier and the characters, the two-byte ones big-endian. */
export function decodeCharacters(bytes: Uint8Array): CompressedUnicode {
  if (bytes.length === 0) return { text: '' }
  const identifier = bytes[0]!
  const wide = identifier === COMPRESSION.sixteenBit || identifier === COMPRESSION.deletedSixteenBit
  const narrow = identifier === COMPRESSION.eightBit || identifier === COMPRESSION.deletedEightBit
  if (!wide && !narrow) {
    return { text: Buffer.from(bytes).toString('latin1'), problem: `compression identifier ${identifier} is unknown` }
  }
  const body = Buffer.from(bytes.subarray(1))
  if (narrow) return { text: body.toString('latin1') }
  const even = body.subarray(0, body.length & ~1)
  const text = even.swap16().toString('utf16le')
  return body.length === even.length ? { text } : { text, problem: 'a two-byte character is cut in half' }
}

/** Encodes text as OSTA CS0 with the shorter compression that holds it; the empty text takes no byte. */
export function encodeCharacters(text: string): Uint8Array {
  if (text === '') return new Uint8Array(0)
  if (fitsEightBits(text)) {
    const narrow = Buffer.alloc(1 + text.length)
    narrow[0] = COMPRESSION.eightBit
    narrow.write(text, 1, 'latin1')
    return narrow
  }
  const wide = Buffer.alloc(1 + 2 * text.length)
  wide[0] = COMPRESSION.sixteenBit
  wide.write(text, 1, 'utf16le')
  wide.subarray(1).swap16()
  return wide
}

/** Bytes that {@link encodeCharacters} takes for the text. */
export function encodedLength(text: string): number {
  if (text === '') return 0
  return 1 + text.length * (fitsEightBits(text) ? 1 : 2)
}

function fitsEightBits(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0xff) return false
  return true
}

/** Cuts text, between code points, to what `bytes` bytes of OSTA CS0 hold. */
export function truncateCharacters(text: string, bytes: number): string {
  if (encodedLength(text) <= bytes) return text
  let kept = ''
  for (const character of text) {
    if (encodedLength(kept + character) > bytes) break
    kept += character
  }
  return kept
}
