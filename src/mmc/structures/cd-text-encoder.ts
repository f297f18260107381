import { UsageError } from '../../errors'
import { type CdTextBlock, type CdTextTrack, cdTextCrc } from './cd-text'

/** Text types in the order of their packs, and what they are called in a track's texts. */
const TEXTS = [
  [0x80, 'title'],
  [0x81, 'performer'],
  [0x82, 'songwriter'],
  [0x83, 'composer'],
  [0x84, 'arranger'],
  [0x85, 'message'],
] as const
const DISC_IDENTIFICATION = 0x86
const GENRE = 0x87
const CODE = 0x8e
const SIZE_INFORMATION = 0x8f
const FIRST_TYPE = 0x80

const PACK_BYTES = 18
const TEXT_BYTES = 12
/** Sequence numbers are one byte, and three packs are taken by the size information. */
const MOST_PACKS = 253
const MOST_BLOCKS = 8
const MOST_POSITION = 15
export const CHARACTER_CODE = { iso8859: 0, ascii: 1, shiftJis: 0x80 } as const

/** The texts of one language, as they are to be recorded. */
export type CdTextSource = Pick<CdTextBlock, 'tracks'> &
  Partial<Pick<CdTextBlock, 'languageCode' | 'characterCode' | 'discIdentification' | 'genre'>>

/** How packs are made. */
export interface EncodeCdTextOptions {
  /** Last track of the disc; the highest one with texts unless given. */
  readonly lastTrack?: number
  /** First track of the disc, 1 unless given. */
  readonly firstTrack?: number
  /** Writes a TAB for a text that is that of the track before. Few players know it. */
  readonly abbreviate?: boolean
  /** Told of each text in which a character had to be replaced. */
  readonly onReplaced?: (text: string, written: string) => void
}

/**
 * The packs of a disc's texts (MMC-6 annex J), 18 bytes each with their CRC: block after block, types rising, the size
 * information last. A text that any track has, all have, possibly an empty one.
 *
 * @param blocks  one for each language, eight at most
 * @throws {UsageError} `USAGE_CD_TEXT` where there is more text than a block takes
 */
export function encodeCdText(blocks: readonly CdTextSource[], options: EncodeCdTextOptions = {}): Uint8Array {
  if (blocks.length > MOST_BLOCKS) {
    throw new UsageError('USAGE_CD_TEXT', `CD-Text has room for ${MOST_BLOCKS} languages, not ${blocks.length}.`)
  }
  const numbers = blocks.flatMap(({ tracks }) => tracks.map(({ number }) => number))
  const firstTrack = options.firstTrack ?? 1
  const lastTrack = options.lastTrack ?? Math.max(firstTrack, ...numbers)
  const made = blocks.map((block, number) => textPacks(block, number, firstTrack, lastTrack, options))
  const lastSequence = Array.from({ length: MOST_BLOCKS }, (_, block) => (made[block] ? made[block].length + 2 : 0))
  const languages = Array.from({ length: MOST_BLOCKS }, (_, block) => blocks[block]?.languageCode ?? 0)
  const packs = made.flatMap((own, number) => {
    const counts = Array.from({ length: 16 }, (_, type) => own.filter(pack => pack[0] === FIRST_TYPE + type).length)
    counts[SIZE_INFORMATION - FIRST_TYPE] = 3
    const code = blocks[number]!.characterCode ?? CHARACTER_CODE.iso8859
    const size = [code, firstTrack, lastTrack, 0, ...counts, ...lastSequence, ...languages]
    const sizePacks = [0, 1, 2].map(part =>
      pack(SIZE_INFORMATION, part, own.length + part, number << 4, size.slice(part * TEXT_BYTES)),
    )
    return [...own, ...sizePacks]
  })
  return Uint8Array.from(packs.flatMap(one => [...one]))
}

function pack(type: number, track: number, sequence: number, place: number, text: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(PACK_BYTES)
  bytes.set([type, track, sequence, place])
  bytes.set(text.slice(0, TEXT_BYTES), 4)
  const crc = cdTextCrc(bytes)
  bytes[16] = crc >> 8
  bytes[17] = crc & 0xff
  return bytes
}

/** The packs of a block but for the size information. */
function textPacks(
  block: CdTextSource,
  number: number,
  firstTrack: number,
  lastTrack: number,
  options: EncodeCdTextOptions,
): Uint8Array[] {
  const packs: Uint8Array[] = []
  const code = block.characterCode ?? CHARACTER_CODE.iso8859
  const isDouble = code === CHARACTER_CODE.shiftJis
  const tracks = [0, ...Array.from({ length: lastTrack - firstTrack + 1 }, (_, index) => firstTrack + index)]
  const textsOf = (kind: keyof Omit<CdTextTrack, 'number'>) =>
    tracks.map(track => block.tracks.find(({ number: of }) => of === track)?.[kind] ?? '')
  const add = (type: number, texts: readonly string[], characterCode: number, wide: boolean) => {
    if (texts.every(text => text === '')) return
    const encoded = texts.map((text, index) => {
      const repeats = options.abbreviate && index > 0 && text !== '' && text === texts[index - 1]
      return repeats ? [...(wide ? [9, 9] : [9])] : encodeText(text, characterCode, options.onReplaced)
    })
    packs.push(...flow(type, encoded, tracks, packs.length, number, wide))
  }
  for (const [type, kind] of TEXTS) add(type, textsOf(kind), code, isDouble)
  const { discIdentification, genre } = block
  if (discIdentification) {
    const text = encodeText(discIdentification, CHARACTER_CODE.ascii, options.onReplaced)
    packs.push(...flow(DISC_IDENTIFICATION, [text], tracks, packs.length, number, false))
  }
  if (genre) {
    const text = encodeText(genre.text, CHARACTER_CODE.ascii, options.onReplaced)
    packs.push(...flow(GENRE, [[genre.code >> 8, genre.code & 0xff, ...text]], tracks, packs.length, number, false))
  }
  add(CODE, textsOf('code'), CHARACTER_CODE.ascii, false)
  if (packs.length <= MOST_PACKS) return packs
  throw new UsageError('USAGE_CD_TEXT', `The texts take ${packs.length} packs of CD-Text, and ${MOST_PACKS} are all.`, {
    hint: 'Shorten the texts, or leave some of them out.',
  })
}

/** Texts one after the other, each ended by NUL, cut into packs without regard to where they end. */
function flow(
  type: number,
  texts: readonly (readonly number[])[],
  tracks: readonly number[],
  sequence: number,
  block: number,
  isDouble: boolean,
): Uint8Array[] {
  const width = isDouble ? 2 : 1
  const places: { track: number; position: number }[] = []
  const bytes: number[] = []
  for (const [index, text] of texts.entries()) {
    for (const [at, byte] of [...text, ...(isDouble ? [0, 0] : [0])].entries()) {
      bytes.push(byte)
      places.push({ track: tracks[index]!, position: Math.floor(at / width) })
    }
  }
  const packs: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += TEXT_BYTES) {
    const { track, position } = places[at]!
    const place = (isDouble ? 0x80 : 0) | (block << 4) | Math.min(MOST_POSITION, position)
    packs.push(pack(type, track, sequence + packs.length, place, bytes.slice(at, at + TEXT_BYTES)))
  }
  return packs
}

/** Typographic characters, and what a typewriter has for them. */
const PLAIN: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': ',',
  '‛': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '•': '·',
  '′': "'",
  '″': '"',
  '‹': '<',
  '›': '>',
}

/** A text in a block's character set. What is not in it becomes plain, else a question mark. */
function encodeText(
  text: string,
  code: number,
  onReplaced: EncodeCdTextOptions['onReplaced'] = () => undefined,
): number[] {
  const clean = text.replace(/[\t\0]/g, ' ')
  if (code === CHARACTER_CODE.shiftJis) return encodeShiftJis(clean, onReplaced)
  const last = code === CHARACTER_CODE.ascii ? 0x7f : 0xff
  const isKnown = (character: string) => character.charCodeAt(0) <= last && !/[\u0080-\u009f]/.test(character)
  const written = [...clean]
    .map(character => {
      if (character.length === 1 && isKnown(character)) return character
      const bare = [...(PLAIN[character] ?? character).normalize('NFKD')]
        .filter(part => part.length === 1 && isKnown(part))
        .join('')
      return bare === '' ? '?' : bare
    })
    .join('')
  if (written !== clean) onReplaced(text, written)
  return [...Buffer.from(written, 'latin1')]
}

let shiftJis: Map<string, number> | undefined

/** Characters of two bytes each, Latin ones in their wide form. */
function encodeShiftJis(text: string, onReplaced: NonNullable<EncodeCdTextOptions['onReplaced']>): number[] {
  shiftJis ??= shiftJisTable()
  const unknown = shiftJis.get('\uff1f')!
  let replaced = false
  const codes = [...text].map(character => {
    const isLatin = /^[\u0021-\u007e]$/.test(character)
    const wide = isLatin ? String.fromCharCode(character.charCodeAt(0) + 0xfee0) : character.replace(' ', '\u3000')
    const code = shiftJis!.get(wide)
    replaced ||= code === undefined
    return code ?? unknown
  })
  if (replaced) onReplaced(text, new TextDecoder('shift_jis').decode(Uint8Array.from(codes.flatMap(pair))))
  return codes.flatMap(pair)
}

const pair = (code: number) => [code >> 8, code & 0xff]

/** Encoding is decoding backwards: every code of two bytes, by the character that it stands for. */
function shiftJisTable(): Map<string, number> {
  const table = new Map<string, number>()
  const decoder = new TextDecoder('shift_jis')
  for (let lead = 0x81; lead <= 0xef; lead++) {
    if (lead > 0x9f && lead < 0xe0) continue
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail))
      if (character.length === 1 && character !== '\ufffd' && !table.has(character))
        table.set(character, lead * 256 + trail)
    }
  }
  return table
}

const SYMBOLS_OF_PACK = 24
const PACKS_OF_SECTOR = 4
/** Bytes of R-W sub-channel that a sector of the lead-in takes from the host. */
export const CD_TEXT_SECTOR_BYTES = SYMBOLS_OF_PACK * PACKS_OF_SECTOR

/**
 * Packs as the sub-channel of lead-in sectors: 18 bytes become 24 symbols of six bits, four packs a sector. The packs
 * are repeated until they make whole sectors.
 *
 * @returns 96 bytes a sector; to be sent over and over until the lead-in is full
 */
export function cdTextSectors(packs: Uint8Array): Uint8Array {
  const count = Math.floor(packs.length / PACK_BYTES)
  const repeated = [1, 2, 4].find(times => (count * times) % PACKS_OF_SECTOR === 0)! * count
  const sectors = new Uint8Array(repeated * SYMBOLS_OF_PACK)
  for (let index = 0; index < repeated; index++) {
    const from = (index % count) * PACK_BYTES
    for (let group = 0; group < PACK_BYTES / 3; group++) {
      const [a = 0, b = 0, c = 0] = packs.subarray(from + group * 3, from + group * 3 + 3)
      sectors.set(
        [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 0xf) << 2) | (c >> 6), c & 0x3f],
        index * SYMBOLS_OF_PACK + group * 4,
      )
    }
  }
  return sectors
}
