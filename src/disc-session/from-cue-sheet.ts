import { readFile } from 'node:fs/promises'
import { openAudioFile, openSectorFile } from '../audio'
import {
  type CueSheetFile,
  type CueSheetTrack,
  decodeCueSheetText,
  parseCueSheet,
  placeTracks,
  TRACK_MODES,
} from '../cue-sheet'
import { UsageError } from '../errors'
import { type CdTextSource, CHARACTER_CODE, type DiscSession, type SectorForm } from '../mmc'
import { cdTextFile } from './cd-text-file'
import { sessionContent } from './session-content'
import { fileOfSheet, type MeasureOptions, measured, type SourceFile } from './source-file'

/** How a cue sheet is read. */
export interface CueSheetOptions extends MeasureOptions {
  /** Lets the sheet name files outside its own folder. */
  readonly allowOutside?: boolean
  /** For sheets that are no Unicode; windows-1252 unless given. */
  readonly encoding?: string
  /** EBU language code of its texts for CD-Text; English (9), or Japanese (105) in Shift JIS, unless given. */
  readonly languageCode?: number
  /** Character code of its texts for CD-Text; `iso8859` unless given. */
  readonly characterCode?: keyof typeof CHARACTER_CODE
  /** Leaves the texts out of the lead-in. */
  readonly withoutCdText?: boolean
}

/** A session ready to be recorded, and what was odd about its source. */
export interface DiscSessionSource {
  readonly session: DiscSession
  readonly warnings: readonly string[]
}

const LARGEST_SHEET_BYTES = 2 ** 20
const ENGLISH = 9
const JAPANESE = 0x69

/**
 * The session that a cue sheet file describes.
 *
 * @throws {UsageError} `USAGE_FILE`, `USAGE_OUTSIDE`, `USAGE_CUE_SHEET`, `USAGE_AUDIO_FORMAT`
 * @throws {FormatError} `FORMAT_CUE_SHEET`, `FORMAT_AUDIO`
 */
export async function sessionFromCueSheet(path: string, options: CueSheetOptions = {}): Promise<DiscSessionSource> {
  const bytes = await readFile(path).catch(error => {
    throw new UsageError('USAGE_FILE', `${path} cannot be read: ${error.message}.`, { cause: error })
  })
  const { text } = decodeCueSheetText(bytes.subarray(0, LARGEST_SHEET_BYTES + 1), options.encoding)
  const { sheet, warnings } = parseCueSheet(text)
  assertRecordable(sheet)
  const notes: string[] = []
  const files = await Promise.all(
    sheet.files.map(async ({ name, type }, index): Promise<SourceFile> => {
      const isBare = type === 'BINARY' || type === 'MOTOROLA'
      const holdsData = sheet.tracks.some(track => TRACK_MODES[track.mode].isData && isOf(track, index))
      const isSound = !isBare && !holdsData
      const file = await fileOfSheet(path, name, {
        allowOutside: options.allowOutside === true,
        isSound,
        onOther: other => notes.push(`The sheet names ${name}, which is not there: ${other} is recorded.`),
      })
      const open = isSound ? () => openAudioFile(file) : () => openSectorFile(file, { motorola: type === 'MOTOROLA' })
      return { path: file, open }
    }),
  )
  const lengths = await measured(files, options)
  const placement = placeTracks(sheet, lengths)
  const forms = await Promise.all(
    placement.tracks.map(async ({ track, parts }) => {
      const part = parts.find(({ file }) => file !== undefined)
      return formOf(track, part && files[part.file!], part?.offsetBytes ?? 0)
    }),
  )
  const session: DiscSession = {
    tracks: placement.tracks.map(({ track, pregap, sectors, indexes }, index) => ({
      number: track.number,
      form: forms[index]!,
      copyPermitted: track.copyPermitted,
      preEmphasis: track.preEmphasis,
      fourChannel: track.fourChannel,
      alternateCopy: track.serialCopyManagement,
      isrc: track.isrc,
      pregap,
      sectors,
      indexes,
    })),
    mediaCatalogNumber: sheet.catalog,
    discType: discTypeOf(sheet),
    cdText: options.withoutCdText ? [] : cdTextOf(sheet, options),
    cdTextPacks: await packsOf(path, sheet, options, notes),
    content: () => sessionContent(files, placement.tracks, forms),
  }
  return { session, warnings: [...warnings, ...placement.warnings, ...notes] }
}

const isOf = (track: CueSheetTrack, file: number) => track.indexes.some(index => index.file === file)

function assertRecordable({ tracks }: CueSheetFile): void {
  const graphics = tracks.find(({ mode }) => mode === 'CDG')
  if (graphics) {
    throw new UsageError('USAGE_CUE_SHEET', `Track ${graphics.number} is CD+G, whose graphics cannot be recorded.`, {
      hint: 'Record the sound alone, from a sheet with AUDIO tracks.',
    })
  }
  if (tracks.some(({ session }) => session > 1)) {
    throw new UsageError('USAGE_CUE_SHEET', 'The sheet describes several sessions.', {
      hint: 'Record the first session from a sheet of its own, then append the data.',
    })
  }
}

const SUB_HEADER_BYTES = 8
const HEADER_BYTES = 16

/** Mode 2 has sub-headers, sent twice, if it is XA; that is told by the first sector. */
async function formOf({ mode }: CueSheetTrack, source: SourceFile | undefined, offset: number): Promise<SectorForm> {
  if (mode === 'AUDIO' || mode === 'CDG') return 'audio'
  if (mode.startsWith('MODE1')) return 'mode-1'
  if (!source || mode === 'MODE2/2048' || mode === 'MODE2/2324') return 'mode-2-xa'
  await using file = await source.open()
  const at = mode.endsWith('2352') ? HEADER_BYTES : 0
  for await (const chunk of file.read(offset + at)) {
    const [first, second] = [chunk.subarray(0, 4), chunk.subarray(4, SUB_HEADER_BYTES)]
    return Buffer.compare(first, second) === 0 ? 'mode-2-xa' : 'mode-2'
  }
  return 'mode-2-xa'
}

function discTypeOf({ tracks }: CueSheetFile): DiscSession['discType'] {
  if (tracks.some(({ mode }) => mode.startsWith('CDI'))) return 'cd-i'
  return tracks.some(({ mode }) => mode.startsWith('MODE2')) ? 'cd-rom-xa' : 'cd-da-or-cd-rom'
}

/** What CDTEXTFILE names: texts of every kind and language, as they were on the disc that the sheet was made of. */
async function packsOf(
  sheetPath: string,
  { cdTextFile: name, tracks }: CueSheetFile,
  options: CueSheetOptions,
  notes: string[],
): Promise<Uint8Array | undefined> {
  if (name === undefined || options.withoutCdText) return undefined
  const path = await fileOfSheet(sheetPath, name, {
    allowOutside: options.allowOutside === true,
    isSound: false,
    onOther: other => notes.push(`The sheet names ${name}, which is not there: ${other} is recorded.`),
  })
  const file = await cdTextFile(path)
  const [first, last] = file.tracks ?? []
  if (file.tracks && (first !== tracks[0]!.number || last !== tracks.at(-1)!.number)) {
    notes.push(`The CD-Text in ${name} is of tracks ${first} to ${last}, and not made from the texts in the sheet.`)
  }
  return file.packs
}

function cdTextOf({ texts, tracks, catalog }: CueSheetFile, options: CueSheetOptions): CdTextSource[] {
  const characterCode = CHARACTER_CODE[options.characterCode ?? 'iso8859']
  const languageCode = options.languageCode ?? (options.characterCode === 'shiftJis' ? JAPANESE : ENGLISH)
  const all = [texts, ...tracks.map(track => track.texts)]
  if (all.every(own => Object.values(own).every(text => text === ''))) return []
  return [
    {
      languageCode,
      characterCode,
      tracks: [
        { number: 0, ...texts, ...(catalog === undefined ? {} : { code: catalog }) },
        ...tracks.map(({ number, texts: own, isrc }) => ({
          number,
          ...own,
          ...(isrc === undefined ? {} : { code: isrc }),
        })),
      ],
    },
  ]
}
