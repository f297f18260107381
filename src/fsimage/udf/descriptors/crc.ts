const POLYNOMIAL = 0x1021

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 8
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 0x8000 ? ((remainder << 1) ^ POLYNOMIAL) & 0xffff : (remainder << 1) & 0xffff
  }
  return remainder
})

/**
 * The CRC of descriptors (ECMA-167 7.2.6): polynomial x^16 + x^12 + x^5 + 1, initial value 0, most significant bit first.
 *
 * @param from  first byte
 * @param to  byte behind the last one
 */
export function crc16(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  let crc = 0
  for (let index = from; index < to; index++) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ bytes[index]!]!
  return crc
}
