/** LUNs as iSCSI carries them: 8 bytes, of which the single-level forms use two (SAM-5 4.7.4, RFC 7143 4.6.1). */

/** The largest LUN that single-level flat addressing holds. */
export const MAXIMUM_LUN = 0x3fff
const PERIPHERAL_LIMIT = 0x100
const FLAT = 0x40

/** The 8 bytes of a LUN: peripheral addressing up to 255, flat addressing above. */
export function encodeLun(lun: number): Uint8Array {
  const bytes = new Uint8Array(8)
  bytes[0] = lun < PERIPHERAL_LIMIT ? 0 : FLAT | (lun >> 8)
  bytes[1] = lun & 0xff
  return bytes
}

/** The LUN that 8 bytes name in either single-level form; `undefined` for all others. */
export function decodeLun(bytes: Uint8Array): number | undefined {
  for (let index = 2; index < 8; index++) if (bytes[index] !== 0) return undefined
  const [high, low] = [bytes[0]!, bytes[1]!]
  if (high === 0) return low
  return high >> 6 === 1 ? ((high & 0x3f) << 8) | low : undefined
}
