import { Field } from '../../../layout'
import { decodeCharacters, encodeCharacters } from './character-set'

/**
 * A d-string (ECMA-167 1/7.2.12) of `length` bytes in OSTA CS0: the last byte counts the bytes used. One that counts more
 * bytes than there are, or none where there are some, is read up to its first NUL character.
 */
export function dstring(offset: number, length: number): Field<string> {
  return new Field<string>({
    offset,
    length,
    place: `${offset}-${offset + length - 1}`,
    // Two-byte characters: what fits whatever the text.
    domain: { kind: 'text', maximumLength: Math.floor((length - 2) / 2) },
    read: bytes => {
      const used = bytes[offset + length - 1]!
      const field = bytes.subarray(offset, offset + length - 1)
      if (used > 0 && used < length) return decodeCharacters(field.subarray(0, used)).text
      return decodeCharacters(field).text.replace(/\0.*$/s, '')
    },
    write: (bytes, value) => {
      const characters = encodeCharacters(value)
      if (characters.length > length - 1) throw new RangeError(`"${value}" takes more than ${length - 1} bytes`)
      bytes.fill(0, offset, offset + length)
      bytes.set(characters, offset)
      bytes[offset + length - 1] = characters.length
    },
  })
}

/** A signed little-endian number of 16 bits. */
export function i16le(offset: number): Field<number> {
  return signed(offset, 16, `${offset}-${offset + 1}`, 0xffff)
}

/** The lower 12 bits of a little-endian number of 16 bits, signed. */
export function i12le(offset: number): Field<number> {
  return signed(offset, 12, `${offset}-${offset + 1} bits 11-0`, 0x0fff)
}

function signed(offset: number, width: number, place: string, mask: number): Field<number> {
  const half = 2 ** (width - 1)
  return new Field<number>({
    offset,
    length: 2,
    place,
    domain: { kind: 'integer', minimum: -half, maximum: half - 1 },
    read: bytes => {
      const raw = (bytes[offset]! | (bytes[offset + 1]! << 8)) & mask
      return raw < half ? raw : raw - 2 * half
    },
    write: (bytes, value) => {
      if (!Number.isInteger(value) || value < -half || value >= half) {
        throw new RangeError(`${value} is not a whole number from ${-half} to ${half - 1}`)
      }
      const above = bytes[offset + 1]! & (0xff & ~(mask >> 8))
      bytes[offset] = value & 0xff
      bytes[offset + 1] = above | ((value >> 8) & (mask >> 8))
    },
  })
}

/** The lower 30 bits of a little-endian number of 32 bits: the length of an allocation descriptor's extent. */
export function u30le(offset: number): Field<number> {
  return new Field<number>({
    offset,
    length: 4,
    place: `${offset}-${offset + 3} bits 29-0`,
    domain: { kind: 'integer', minimum: 0, maximum: 2 ** 30 - 1 },
    read: bytes =>
      bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | ((bytes[offset + 3]! & 0x3f) << 24),
    write: (bytes, value) => {
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** 30) {
        throw new RangeError(`${value} is not a whole number from 0 to ${2 ** 30 - 1}`)
      }
      bytes[offset] = value & 0xff
      bytes[offset + 1] = (value >> 8) & 0xff
      bytes[offset + 2] = (value >> 16) & 0xff
      bytes[offset + 3] = (bytes[offset + 3]! & 0xc0) | (value >> 24)
    },
  })
}
