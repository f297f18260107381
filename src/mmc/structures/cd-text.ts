import { bits, bytes, bytesOf, type Decoded, flag, layout, u8, u16 } from '../../layout'
import { LANGUAGES } from './cd-text-languages'

const PACK_TYPES = {
  128: 'title',
  129: 'performer',
  130: 'songwriter',
  131: 'composer',
  132: 'arranger',
  133: 'message',
  134: 'disc identification',
  135: 'genre',
  136: 'TOC information',
  137: 'second TOC information',
  141: 'closed information',
  142: 'UPC/EAN or ISRC',
  143: 'size information',
}

/** One CD-Text pack (MMC-6 annex J): twelve bytes of text or data, with their place and a CRC. */
export const cdTextPack = layout(
  'CD-Text Pack',
  {
    packType: u8(0).means(PACK_TYPES),
    trackNumber: u8(1),
    sequenceNumber: u8(2),
    doubleByteCharacters: flag(3, 7).named('DBCC'),
    blockNumber: bits(3, 6, 4),
    characterPosition: bits(3, 3, 0),
    textData: bytes(4, 12),
    crc: u16(16).named('CRC'),
  },
  { clause: 'MMC-6 annex J' },
)

/** Where the languages of the eight blocks stand in the joined packs of type 8Fh. */
const LANGUAGE_CODES_AT = 28

const CHARACTER_SETS: Readonly<Record<number, string>> = { 128: 'shift_jis', 129: 'euc-kr', 130: 'gb18030' }
const TEXT_TYPES = {
  128: 'title',
  129: 'performer',
  130: 'songwriter',
  131: 'composer',
  132: 'arranger',
  133: 'message',
  142: 'code',
} as const
type TextKind = (typeof TEXT_TYPES)[keyof typeof TEXT_TYPES]

/** The texts of one track; `code` is its ISRC, or the UPC/EAN of the disc. */
export interface CdTextTrack extends Partial<Record<TextKind, string>> {
  /** 0 is the disc as a whole. */
  readonly number: number
}

/** The texts of one language. */
export interface CdTextBlock {
  readonly number: number
  /** In English; undefined where the code is missing or unknown. */
  readonly language: string | undefined
  readonly languageCode: number | undefined
  readonly characterCode: number
  readonly discIdentification: string | undefined
  /** The genre's number (EACC) and its text. */
  readonly genre: { readonly code: number; readonly text: string } | undefined
  readonly tracks: readonly CdTextTrack[]
}

/** CD-Text in words, up to eight languages. */
export interface CdText {
  readonly blocks: readonly CdTextBlock[]
  /** Packs whose CRC is wrong: they were left out. */
  readonly damagedPacks: number
}

type Pack = Decoded<(typeof cdTextPack)['fields']>

/** The CRC of a pack's first sixteen bytes: CCITT, inverted (MMC-6 annex J). */
export function cdTextCrc(pack: Uint8Array): number {
  let crc = 0
  for (const byte of pack.subarray(0, 16)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc ^ 0xffff
}

/**
 * Joins CD-Text packs (READ TOC/PMA/ATIP format 5) to text. Packs with a wrong CRC are left out, and with them the texts
 * that they are part of; some drives give 0000h for every CRC, which is believed.
 */
export function cdText(packs: readonly Pack[]): CdText {
  const whole = packs.filter(pack => pack.crc !== undefined)
  const unchecked = whole.every(({ crc }) => crc === 0)
  const sound = unchecked ? whole : whole.filter(pack => cdTextCrc(bytesOf(pack)) === pack.crc)
  const numbers = [...new Set(sound.map(({ blockNumber }) => blockNumber ?? 0))].sort((a, b) => a - b)
  const languages = sizeInformation(sound.filter(({ packType }) => packType === 0x8f))
  return {
    blocks: numbers.map(number => {
      const packsOfBlock = sound.filter(({ blockNumber }) => blockNumber === number)
      return block(number, packsOfBlock, languages?.[LANGUAGE_CODES_AT + number])
    }),
    damagedPacks: packs.length - sound.length,
  }
}

/** The 36 bytes of one block's size information; each block's say the languages of all. */
function sizeInformation(packs: readonly Pack[]): Uint8Array | undefined {
  const first = packs[0]?.blockNumber
  const parts = [0, 1, 2].map(part => packs.find(pack => pack.blockNumber === first && pack.trackNumber === part))
  if (parts.some(part => part === undefined)) return undefined
  return Uint8Array.from(parts.flatMap(part => [...(part!.textData ?? [])]))
}

function block(number: number, packs: readonly Pack[], languageCode: number | undefined): CdTextBlock {
  const size = sizeInformation(packs.filter(({ packType }) => packType === 0x8f))
  const characterCode = size?.[0] ?? 0
  const tracks = new Map<number, CdTextTrack>()
  for (const [type, kind] of Object.entries(TEXT_TYPES)) {
    const ofType = packs.filter(({ packType }) => packType === Number(type))
    for (const [track, text] of strings(ofType, kind === 'code' ? 0 : characterCode)) {
      tracks.set(track, { ...(tracks.get(track) ?? { number: track }), [kind]: text })
    }
  }
  const genre = joined(packs.filter(({ packType }) => packType === 0x87))
  const identification = joined(packs.filter(({ packType }) => packType === 0x86))
  return {
    number,
    language: languageCode === undefined ? undefined : LANGUAGES[languageCode],
    languageCode,
    characterCode,
    discIdentification: identification && text(upToNul(identification), 0),
    genre:
      genre && genre.length >= 2
        ? { code: genre[0]! * 256 + genre[1]!, text: text(upToNul(genre.subarray(2)), 0) }
        : undefined,
    tracks: [...tracks.values()].sort((a, b) => a.number - b.number),
  }
}

function joined(packs: readonly Pack[]): Uint8Array | undefined {
  return packs.length === 0 ? undefined : Uint8Array.from(packs.flatMap(({ textData }) => [...(textData ?? [])]))
}

function upToNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** The texts of one pack type: each ends with NUL (two of them where characters take two bytes), a TAB repeats the last. */
function strings(packs: readonly Pack[], characterCode: number): Map<number, string> {
  const found = new Map<number, string>()
  let track = -1
  let pending: number[] = []
  let broken = false
  for (const pack of packs) {
    const width = pack.doubleByteCharacters ? 2 : 1
    const position = pack.characterPosition ?? 0
    // A text that began in a pack that is missing cannot be told whole: it is skipped up to its end.
    if (pack.trackNumber !== track || (position === 0) !== (pending.length === 0)) {
      track = pack.trackNumber ?? 0
      pending = []
      broken = position > 0
    }
    const data = pack.textData ?? new Uint8Array()
    for (let at = 0; at + width <= data.length; at += width) {
      const character = data.subarray(at, at + width)
      if (character.some(byte => byte !== 0)) {
        pending.push(...character)
        continue
      }
      if (!broken && pending.length > 0) {
        const repeats = pending.every(byte => byte === 0x09)
        const previous = found.get(track - 1)
        const value = repeats ? previous : text(Uint8Array.from(pending), characterCode)
        if (value !== undefined) found.set(track, value)
      }
      track++
      pending = []
      broken = false
    }
  }
  return found
}

function text(bytes: Uint8Array, characterCode: number): string {
  const set = CHARACTER_SETS[characterCode]
  return set ? new TextDecoder(set).decode(bytes) : Buffer.from(bytes).toString('latin1')
}
