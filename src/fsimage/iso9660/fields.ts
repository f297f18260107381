import { Field, u16, u16le, u32, u32le } from '../../layout'

/** A number recorded in both byte orders (ECMA-119 7.2.3, 7.3.3): reading takes the first half, least significant first. */
function both(half: number, offset: number): Field<number> {
  const [little, big] = half === 2 ? [u16le(offset), u16(offset + half)] : [u32le(offset), u32(offset + half)]
  return new Field<number>({
    offset,
    length: 2 * half,
    place: `${offset}-${offset + 2 * half - 1}`,
    domain: little.domain,
    read: bytes => little.definition.read(bytes),
    write: (bytes, value) => {
      little.definition.write(bytes, value)
      big.definition.write(bytes, value)
    },
  })
}

/** A number of 16 bits in both byte orders (7.2.3). */
export const both16 = (offset: number) => both(2, offset)
/** A number of 32 bits in both byte orders (7.3.3). */
export const both32 = (offset: number) => both(4, offset)

/** Reads a 32-bit number, least significant byte first, where speed counts. */
export function little32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

/** Reads a 32-bit number, most significant byte first, where speed counts. */
export function big32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** Writes a 32-bit number in both byte orders where speed counts. */
export function writeBoth32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = bytes[at + 7] = value & 0xff
  bytes[at + 1] = bytes[at + 6] = (value >>> 8) & 0xff
  bytes[at + 2] = bytes[at + 5] = (value >>> 16) & 0xff
  bytes[at + 3] = bytes[at + 4] = value >>> 24
}

/** Writes a 16-bit number in both byte orders where speed counts. */
export function writeBoth16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = bytes[at + 3] = value & 0xff
  bytes[at + 1] = bytes[at + 2] = (value >>> 8) & 0xff
}

/** The same bytes as a Buffer, whose text is read without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
