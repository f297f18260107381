import { readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
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
import type { CdTextSource, DiscSession, SectorForm } from '../mmc'
import { type SourceFile, sessionContent } from './session-content'

/** How a cue sheet is read. */
export interface CueSheetOptions {
  /** Lets the sheet name files outside its own folder. */
  readonly allowOutside?: boolean
  /** For sheets that are no Unicode; windows-1252 unless given. */
  readonly encoding?: string
  /** EBU language code of its texts for CD-Text; 9, English, unless given. */
  readonly languageCode?: number
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
  const files = sheet.files.map(({ name, type }, index): SourceFile => {
    const file = inFolder(path, name, options)
    const isBare = type === 'BINARY' || type === 'MOTOROLA'
    const holdsData = sheet.tracks.some(track => TRACK_MODES[track.mode].isData && isOf(track, index))
    const open =
      isBare || holdsData ? () => openSectorFile(file, { motorola: type === 'MOTOROLA' }) : () => openAudioFile(file)
    return { open }
  })
  const lengths: number[] = []
  for (const { open } of files) {
    await using file = await open()
    lengths.push(file.bytes)
  }
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
    cdText: options.withoutCdText ? [] : cdTextOf(sheet, options.languageCode ?? ENGLISH),
    content: () => sessionContent(files, placement.tracks, forms),
  }
  const notes =
    sheet.cdTextFile === undefined ? [] : ['CDTEXTFILE is not used: CD-Text is made from the texts in the sheet.']
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

/** The file that a sheet means: beside it, whatever folders of another system its name begins with. */
function inFolder(sheet: string, name: string, { allowOutside }: CueSheetOptions): string {
  const folder = dirname(resolve(sheet))
  const isForeign = /^[A-Za-z]:[\\/]|^\\\\/.test(name)
  if (isForeign) return resolve(folder, basename(name.replaceAll('\\', '/')))
  const path = resolve(folder, name.replaceAll('\\', '/'))
  const way = relative(folder, path)
  if (allowOutside || !(way.startsWith('..') || isAbsolute(way))) return path
  throw new UsageError('USAGE_OUTSIDE', `The cue sheet names ${name}, which is outside its folder.`, {
    hint: 'Allow it if you know the sheet, or move the file beside it.',
  })
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

function cdTextOf({ texts, tracks, catalog }: CueSheetFile, languageCode: number): CdTextSource[] {
  const all = [texts, ...tracks.map(track => track.texts)]
  if (all.every(own => Object.values(own).every(text => text === ''))) return []
  return [
    {
      languageCode,
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
