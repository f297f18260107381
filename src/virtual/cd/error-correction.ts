/** Lengths of a CD sector and its user data (ECMA-130 clause 14, MMC-6 4.2.3.8). */
export const SECTOR_BYTES = 2352
const EDC_POLYNOMIAL = 0xd8018001

const edcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ EDC_POLYNOMIAL : value >>> 1
  return value
})

/** Error detection code of a data sector: CRC-32 by the polynomial of ECMA-130 14.3, stored little-endian. */
export function errorDetectionCode(bytes: Uint8Array): number {
  let value = 0
  for (const byte of bytes) value = (value >>> 8) ^ edcTable[(value ^ byte) & 0xff]!
  return value >>> 0
}

/** Multiplication by 2 in GF(256), polynomial 11Dh, and division by 3 (1 + 2), as tables. */
const doubled = Uint8Array.from({ length: 256 }, (_, value) => (value << 1) ^ (value & 0x80 ? 0x11d : 0))
const third = new Uint8Array(256)
for (let value = 0; value < 256; value++) third[value ^ doubled[value]!] = value

/**
 * One of the two Reed-Solomon product codes (ECMA-130 annex A), over the bytes from the header (12) on.
 *
 * @param sector  a whole sector; the parity bytes go to `parityAt`
 */
function writeParity(
  sector: Uint8Array,
  parityAt: number,
  code: { readonly words: number; readonly bytes: number; readonly startStep: number; readonly step: number },
): void {
  const size = code.words * code.bytes
  for (let word = 0; word < code.words; word++) {
    let index = (word >> 1) * code.startStep + (word & 1)
    let a = 0
    let b = 0
    for (let count = 0; count < code.bytes; count++) {
      const byte = sector[12 + index]!
      index += code.step
      if (index >= size) index -= size
      a = doubled[a ^ byte]!
      b ^= byte
    }
    const first = third[doubled[a]! ^ b]!
    sector[parityAt + word] = first
    sector[parityAt + code.words + word] = first ^ b
  }
}

/** Fills in the P and Q parity of a mode 1 or mode 2 form 1 sector, from 2076 on. */
export function writeErrorCorrection(sector: Uint8Array): void {
  writeParity(sector, 2076, { words: 86, bytes: 24, startStep: 2, step: 86 })
  writeParity(sector, 2248, { words: 52, bytes: 43, startStep: 86, step: 88 })
}
