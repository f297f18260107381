import { readFile } from 'node:fs/promises'
import { FormatError, UsageError } from '../errors'
import { cdTextCrc, cdTextPack } from '../mmc'

const PACK_BYTES = 18
const HEADER_BYTES = 4
/** Eight languages of 256 packs: more than READ TOC could give back. */
const MOST_BYTES = 8 * 256 * PACK_BYTES + HEADER_BYTES
const SIZE_INFORMATION = 0x8f
const HINT = 'Remove CDTEXTFILE from the sheet to have CD-Text made from its texts, or record without CD-Text.'

/**
 * The packs of a file of CD-Text, as readers of discs write them: bare, behind the header of READ TOC, or ended by a
 * zero byte.
 *
 * @returns also the first and the last track that they speak of, where they say so
 * @throws {UsageError} `USAGE_FILE`
 * @throws {FormatError} `FORMAT_CD_TEXT` where it holds anything else
 */
export async function cdTextFile(
  path: string,
): Promise<{ packs: Uint8Array; tracks: readonly [first: number, last: number] | undefined }> {
  const bytes = await readFile(path).catch(error => {
    throw new UsageError('USAGE_FILE', `${path} cannot be read: ${error.message}.`, { cause: error, hint: HINT })
  })
  const rest = bytes.length % PACK_BYTES
  const start = rest === HEADER_BYTES && bytes.readUInt16BE(0) === bytes.length - 2 ? HEADER_BYTES : 0
  const isEnded = rest === 1 && bytes.at(-1) === 0
  const packs = bytes.subarray(start, isEnded ? -1 : bytes.length)
  if (packs.length === 0 || packs.length % PACK_BYTES !== 0 || bytes.length > MOST_BYTES) {
    throw new FormatError('FORMAT_CD_TEXT', `${path} is no file of CD-Text packs.`, { hint: HINT })
  }
  let tracks: [number, number] | undefined
  for (let at = 0; at < packs.length; at += PACK_BYTES) {
    const bytesOfPack = packs.subarray(at, at + PACK_BYTES)
    const { packType, trackNumber, textData, crc } = cdTextPack.decode(bytesOfPack)
    if (cdTextCrc(bytesOfPack) !== crc) {
      throw new FormatError('FORMAT_CD_TEXT', `Pack ${at / PACK_BYTES + 1} of ${path} has a wrong checksum.`, {
        hint: HINT,
      })
    }
    if (packType === SIZE_INFORMATION && trackNumber === 0 && textData) tracks ??= [textData[1]!, textData[2]!]
  }
  return { packs: Uint8Array.from(packs), tracks }
}
