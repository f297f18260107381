import { Field } from './field'

function span(offset: number, length: number): string {
  return length === 1 ? `${offset}` : `${offset}-${offset + length - 1}`
}

function unsigned(offset: number, length: number, littleEndian = false): Field<number> {
  const at = (index: number) => (littleEndian ? offset + index : offset + length - 1 - index)
  const maximum = 2 ** (8 * length) - 1
  return new Field<number>({
    offset,
    length,
    place: span(offset, length),
    domain: { kind: 'integer', minimum: 0, maximum },
    read: bytes => {
      let value = 0
      for (let index = length - 1; index >= 0; index--) value = value * 256 + bytes[at(index)]!
      return value
    },
    write: (bytes, value) => {
      checkRange(value, 0, maximum)
      if (length <= 4) {
        for (let index = 0; index < length; index++) bytes[at(index)] = value >>> (8 * index)
        return
      }
      let rest = value
      for (let index = 0; index < length; index++) {
        bytes[at(index)] = rest % 256
        rest = Math.floor(rest / 256)
      }
    },
  })
}

function checkRange(value: number, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw new RangeError(`${value} is not a whole number from ${minimum} to ${maximum}`)
  }
}

/** An unsigned byte. */
export const u8 = (offset: number) => unsigned(offset, 1)
/** An unsigned big-endian number of 16 bits. */
export const u16 = (offset: number) => unsigned(offset, 2)
/** An unsigned big-endian number of 24 bits. */
export const u24 = (offset: number) => unsigned(offset, 3)
/** An unsigned big-endian number of 32 bits. */
export const u32 = (offset: number) => unsigned(offset, 4)
/** An unsigned big-endian number of 48 bits. */
export const u48 = (offset: number) => unsigned(offset, 6)
/** An unsigned little-endian number of 16 bits. */
export const u16le = (offset: number) => unsigned(offset, 2, true)
/** An unsigned little-endian number of 32 bits. */
export const u32le = (offset: number) => unsigned(offset, 4, true)

/** A signed (two's complement) big-endian number of 32 bits. */
export function i32(offset: number): Field<number> {
  const raw = u32(offset)
  return new Field<number>({
    ...raw.definition,
    domain: { kind: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
    read: bytes => raw.definition.read(bytes)! | 0,
    write: (bytes, value) => {
      checkRange(value, -(2 ** 31), 2 ** 31 - 1)
      raw.definition.write(bytes, value >>> 0)
    },
  })
}

function wide(offset: number, littleEndian: boolean): Field<bigint> {
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return new Field<bigint>({
    offset,
    length: 8,
    place: span(offset, 8),
    domain: { kind: 'bigint', minimum: 0n, maximum: 2n ** 64n - 1n },
    read: bytes => view(bytes).getBigUint64(offset, littleEndian),
    write: (bytes, value) => view(bytes).setBigUint64(offset, value, littleEndian),
  })
}

/** An unsigned big-endian number of 64 bits. */
export const u64 = (offset: number) => wide(offset, false)
/** An unsigned little-endian number of 64 bits. */
export const u64le = (offset: number) => wide(offset, true)

/** A number of 16 bits whose two bytes stand apart (READ DISC INFORMATION, READ TRACK INFORMATION). */
export function split16(mostSignificant: number, leastSignificant: number): Field<number> {
  return new Field<number>({
    // The high byte came with a later standard: a short reply still has the low one.
    offset: leastSignificant,
    length: 1,
    place: `${mostSignificant}, ${leastSignificant}`,
    domain: { kind: 'integer', minimum: 0, maximum: 0xffff },
    read: bytes => (bytes[mostSignificant] ?? 0) * 256 + bytes[leastSignificant]!,
    write: (bytes, value) => {
      checkRange(value, 0, 0xffff)
      bytes[leastSignificant] = value & 0xff
      if (mostSignificant < bytes.length) bytes[mostSignificant] = value >> 8
    },
  })
}

function bitPlace(offset: number, high: number, low: number): string {
  return high === low ? `${offset} bit ${high}` : `${offset} bits ${high}-${low}`
}

/** Bits `high` to `low` of one byte. */
export function bits(offset: number, high: number, low: number): Field<number> {
  const mask = 2 ** (high - low + 1) - 1
  return new Field<number>({
    offset,
    length: 1,
    place: bitPlace(offset, high, low),
    domain: { kind: 'integer', minimum: 0, maximum: mask },
    read: bytes => (bytes[offset]! >> low) & mask,
    write: (bytes, value) => {
      checkRange(value, 0, mask)
      bytes[offset] = (bytes[offset]! & ~(mask << low)) | (value << low)
    },
  })
}

/** One bit. */
export function flag(offset: number, bit: number): Field<boolean> {
  return new Field<boolean>({
    offset,
    length: 1,
    place: bitPlace(offset, bit, bit),
    domain: { kind: 'boolean' },
    read: bytes => (bytes[offset]! & (1 << bit)) !== 0,
    write: (bytes, value) => {
      bytes[offset] = value ? bytes[offset]! | (1 << bit) : bytes[offset]! & ~(1 << bit)
    },
  })
}

/** Bits that stand for names: an array names every value from 0 on. Encoding takes a name or its number. */
export function choice<const N extends readonly string[]>(
  offset: number,
  high: number,
  low: number,
  names: N,
): Field<N[number], N[number] | number>
/** Bits that stand for names: a record names some values, the others stay numbers. */
export function choice<const N extends Readonly<Record<number, string>>>(
  offset: number,
  high: number,
  low: number,
  names: N,
): Field<N[keyof N] | number>
export function choice(
  offset: number,
  high: number,
  low: number,
  names: readonly string[] | Readonly<Record<number, string>>,
): Field<string | number> {
  const raw = bits(offset, high, low)
  const nameOf = names as Readonly<Record<number, string>>
  const values = Array.from({ length: 2 ** (high - low + 1) }, (_, value) => nameOf[value] ?? value)
  if (Array.isArray(names) && names.length !== values.length) {
    throw new RangeError(`${names.length} names for ${values.length} values at ${raw.place}`)
  }
  return new Field<string | number>({
    offset,
    length: 1,
    place: raw.place,
    domain: { kind: 'one-of', values },
    read: bytes => values[raw.definition.read(bytes)!],
    write: (bytes, value) => {
      const code = typeof value === 'number' ? value : values.indexOf(value)
      if (code < 0 || code >= values.length)
        throw new RangeError(`${JSON.stringify(value)} is none of ${JSON.stringify(values)}`)
      raw.definition.write(bytes, code)
    },
  })
}

/** ASCII text in a fixed place, padded with blanks (or NULs) which are not part of the value. */
export function ascii(offset: number, length: number, padding = 0x20): Field<string> {
  return new Field<string>({
    offset,
    length,
    place: span(offset, length),
    domain: { kind: 'text', maximumLength: length },
    read: bytes => {
      let end = offset + length
      while (end > offset && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--
      return String.fromCharCode(...bytes.subarray(offset, end))
    },
    write: (bytes, value) => {
      if (value.length > length) throw new RangeError(`"${value}" is longer than ${length} bytes`)
      bytes.fill(padding, offset, offset + length)
      for (let index = 0; index < value.length; index++) {
        const code = value.charCodeAt(index)
        if (code > 0xff) throw new RangeError(`"${value}" has characters beyond one byte`)
        bytes[offset + index] = code
      }
    },
  })
}

/** `length` bytes as they are. */
export function bytes(offset: number, length: number): Field<Uint8Array> {
  return new Field<Uint8Array>({
    offset,
    length,
    place: span(offset, length),
    domain: { kind: 'bytes', length, open: false },
    read: from => from.subarray(offset, offset + length),
    write: (to, value) => {
      if (value.length > length) throw new RangeError(`${value.length} bytes where ${length} fit`)
      to.fill(0, offset, offset + length)
      to.set(value, offset)
    },
  })
}

/** All bytes from `offset` to the end. */
export function rest(offset: number): Field<Uint8Array> {
  return new Field<Uint8Array>({
    offset,
    length: 0,
    place: `${offset}-end`,
    domain: { kind: 'bytes', length: 64, open: true },
    read: from => (from.length > offset ? from.subarray(offset) : undefined),
    write: () => {},
    extend: value => value,
  })
}

/** ASCII text from `offset` to the end, blanks and NULs behind it left out. */
export function asciiRest(offset: number): Field<string> {
  return new Field<string>({
    offset,
    length: 0,
    place: `${offset}-end`,
    domain: { kind: 'text', maximumLength: 64 },
    read: from => {
      let end = from.length
      while (end > offset && (from[end - 1] === 0x20 || from[end - 1] === 0)) end--
      return from.length > offset ? Buffer.from(from.subarray(offset, end)).toString('latin1') : undefined
    },
    write: () => {},
    extend: value => {
      if (/[^\0-\xff]/.test(value)) throw new RangeError(`"${value}" has characters beyond one byte`)
      return Uint8Array.from(Buffer.from(value, 'latin1'))
    },
  })
}

const FRAMES_BEFORE_LBA_0 = 150
const LEAD_IN_FRAMES = 450_150

/** Minute, second and frame (binary) as an LBA; 90 minutes and more lie before LBA 0 (MMC-6, LBA to MSF translation). */
export function msf(offset: number): Field<number> {
  return new Field<number>({
    offset,
    length: 3,
    place: span(offset, 3),
    domain: { kind: 'integer', minimum: -45_150, maximum: 404_849 },
    read: from => msfToLba(from[offset]!, from[offset + 1]!, from[offset + 2]!),
    write: (to, value) => {
      checkRange(value, -45_150, 404_849)
      to.set(lbaToMsf(value), offset)
    },
  })
}

/** The LBA of a minute, second and frame. */
export function msfToLba(minute: number, second: number, frame: number): number {
  return (minute * 60 + second) * 75 + frame - (minute < 90 ? FRAMES_BEFORE_LBA_0 : LEAD_IN_FRAMES)
}

/** Minute, second and frame of an LBA. */
export function lbaToMsf(lba: number): [minute: number, second: number, frame: number] {
  const frames = lba + (lba >= -FRAMES_BEFORE_LBA_0 ? FRAMES_BEFORE_LBA_0 : LEAD_IN_FRAMES)
  return [Math.floor(frames / 4500), Math.floor(frames / 75) % 60, frames % 75]
}
