const PACK_BYTES = 18
const SYMBOLS_OF_PACK = 24
/** Bytes of R-W sub-channel that the host sends for one lead-in sector: four packs. */
export const LEAD_IN_SECTOR_BYTES = 96

/**
 * The CD-Text packs in lead-in sectors: 18 bytes of a pack are spread over 24 six-bit symbols (MMC-6 annex J).
 *
 * @param sectors  96 bytes each
 * @returns 18 bytes a pack
 */
export function packsOfLeadIn(sectors: Uint8Array): Uint8Array[] {
  const packs: Uint8Array[] = []
  for (let at = 0; at + SYMBOLS_OF_PACK <= sectors.length; at += SYMBOLS_OF_PACK) {
    const pack = new Uint8Array(PACK_BYTES)
    for (let group = 0; group < SYMBOLS_OF_PACK / 4; group++) {
      const [a = 0, b = 0, c = 0, d = 0] = sectors.subarray(at + group * 4, at + group * 4 + 4)
      pack[group * 3] = (a << 2) | ((b & 0x3f) >> 4)
      pack[group * 3 + 1] = (b << 4) | ((c & 0x3f) >> 2)
      pack[group * 3 + 2] = (c << 6) | (d & 0x3f)
    }
    packs.push(pack)
  }
  return packs
}
