import { FormatError } from '../errors'
import {
  type CueSheetFile,
  type CueSheetFileType,
  type CueSheetIndex,
  type CueSheetSource,
  type CueSheetTexts,
  type CueSheetTrack,
  FILE_TYPES,
  SECTORS_PER_SECOND,
  TEXT_COMMANDS,
} from './cue-sheet-file'
import { isTrackMode, TRACK_MODES } from './track-mode'

/** A sheet of 99 tracks with 99 indexes each has less than that. */
const LONGEST_SHEET = 2 ** 20
const LONGEST_NAME = 4096
const MOST_TRACKS = 99
const MOST_INDEXES = 99
const MOST_MINUTES = 999
const CATALOG_DIGITS = 13
const ISRC = /^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$/

/** Endings that other programs give as types of audio files: all are told apart by their content. */
const OTHER_AUDIO_TYPES = ['WAV', 'AIF', 'AIFC', 'OGG', 'APE', 'AU', 'WV']

/** A cue sheet, and what was odd about it. */
export interface ParsedCueSheet {
  readonly sheet: CueSheetFile
  readonly warnings: readonly string[]
}

/** Commands of some programs that are kept as remarks. */
const PLAIN_REMARKS = ['GENRE', 'DISC_ID', 'UPC_EAN']

type TextCommand = keyof typeof TEXT_COMMANDS

function isTextCommand(word: string): word is TextCommand {
  return Object.hasOwn(TEXT_COMMANDS, word)
}

type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }
interface TrackDraft extends Draft<CueSheetTrack> {
  line: number
}

/**
 * Reads a cue sheet in any of its dialects: gaps appended to the file before, prepended, or left out; FILE inside a
 * TRACK; texts as commands or after REM.
 *
 * @throws {FormatError} `FORMAT_CUE_SHEET`, naming the line and what to do
 */
export function parseCueSheet(text: string): ParsedCueSheet {
  if (text.length > LONGEST_SHEET) {
    throw new FormatError('FORMAT_CUE_SHEET', `A cue sheet of ${text.length} characters is none.`, {
      hint: 'Give the text file that ends in .cue, not the image that it describes.',
    })
  }
  const parser = new Parser()
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (const [index, line] of lines.entries()) parser.line(index + 1, line.trim())
  return parser.end()
}

class Parser {
  private number = 0
  private readonly warnings: string[] = []
  private catalog: string | undefined
  private cdTextFile: string | undefined
  private readonly texts: Draft<CueSheetTexts> = {}
  private readonly remarks: string[] = []
  private readonly files: CueSheetSource[] = []
  private readonly tracks: TrackDraft[] = []
  private session = 1

  private get track(): TrackDraft | undefined {
    return this.tracks.at(-1)
  }

  line(number: number, line: string): void {
    this.number = number
    if (line === '' || line.startsWith(';')) return
    const [word = '', rest = ''] = split(line)
    const keyword = word.toUpperCase()
    if (isTextCommand(keyword)) this.text(keyword, rest)
    else if (PLAIN_REMARKS.includes(keyword)) this.remark(line)
    else if (Object.hasOwn(this.commands, keyword)) this.commands[keyword]!(rest)
    else
      throw this.error(`"${word.slice(0, 40)}" is no command of cue sheets.`, 'Remove the line, or put REM before it.')
  }

  private readonly commands: Readonly<Record<string, (rest: string) => void>> = {
    REM: rest => this.remark(rest),
    CATALOG: rest => this.catalogNumber(unquoted(rest)),
    CDTEXTFILE: rest => {
      this.cdTextFile = this.name(unquoted(rest))
    },
    FILE: rest => this.file(rest),
    TRACK: rest => this.beginTrack(rest),
    FLAGS: rest => this.flags(rest),
    ISRC: rest => this.isrc(unquoted(rest)),
    INDEX: rest => this.index(rest),
    PREGAP: rest => this.gap('pregap', rest),
    POSTGAP: rest => this.gap('postgap', rest),
  }

  end(): ParsedCueSheet {
    this.endTrack()
    if (this.tracks.length === 0) {
      throw new FormatError('FORMAT_CUE_SHEET', 'The cue sheet has no TRACK.', {
        hint: 'Give the text file that ends in .cue.',
      })
    }
    const { catalog, cdTextFile, texts, remarks, files } = this
    const tracks = this.tracks.map(({ line, ...track }) => track)
    return { sheet: { catalog, cdTextFile, texts, remarks, files, tracks }, warnings: this.warnings }
  }

  private error(what: string, hint: string): FormatError {
    return new FormatError('FORMAT_CUE_SHEET', `Line ${this.number}: ${what}`, { hint })
  }

  private warn(what: string): void {
    this.warnings.push(`Line ${this.number}: ${what}`)
  }

  private within(command: string): TrackDraft {
    if (this.track) return this.track
    throw this.error(`${command} stands before the first TRACK.`, 'Put it behind the TRACK that it belongs to.')
  }

  private text(command: TextCommand, rest: string): void {
    const value = unquoted(rest)
    const texts: Draft<CueSheetTexts> = this.track?.texts ?? this.texts
    texts[TEXT_COMMANDS[command]] = value
  }

  private remark(rest: string): void {
    const [word = '', value = ''] = split(rest)
    const keyword = word.toUpperCase()
    if (keyword === 'SESSION') {
      const session = /^\d{1,2}$/.test(value) ? Number(value) : 0
      if (session < this.session) throw this.error(`Session ${value} is out of order.`, 'Number sessions from 01 on.')
      this.session = session
    } else if (isTextCommand(keyword)) {
      this.text(keyword, value)
    } else {
      const remarks = this.track?.remarks ?? this.remarks
      remarks.push(rest)
    }
  }

  private catalogNumber(value: string): void {
    if (this.track) this.warn('CATALOG is meant to stand before the first TRACK.')
    if (this.catalog !== undefined) throw this.error('There is a second CATALOG.', 'A disc has one: remove the other.')
    const digits = value.replace(/[\s-]/g, '')
    // A UPC of 12 digits is the EAN with a zero in front.
    if (/^\d{12,13}$/.test(digits)) this.catalog = digits.padStart(CATALOG_DIGITS, '0')
    else this.warn(`The catalogue number "${value.slice(0, 40)}" has not 13 digits: it is left out.`)
  }

  private name(name: string): string {
    if (name === '') throw this.error('The name of the file is missing.', 'Write FILE "name" TYPE.')
    if (name.length > LONGEST_NAME || name.includes('\0')) {
      throw this.error('That is no file name.', `Names have ${LONGEST_NAME} characters at most.`)
    }
    return name
  }

  private file(rest: string): void {
    const last = rest.lastIndexOf('"')
    const at = last > 0 ? last + 1 : Math.max(rest.lastIndexOf(' '), rest.lastIndexOf('\t'))
    const given = (at > 0 ? rest.slice(at) : '').trim().toUpperCase()
    const name = this.name(unquoted(at > 0 ? rest.slice(0, at).trim() : rest))
    const type = OTHER_AUDIO_TYPES.includes(given) ? 'WAVE' : given
    if (!(FILE_TYPES as readonly string[]).includes(type)) {
      throw this.error(`"${given.slice(0, 40)}" is no type of file.`, `The types are ${FILE_TYPES.join(', ')}.`)
    }
    this.files.push({ name, type: type as CueSheetFileType })
  }

  private beginTrack(rest: string): void {
    this.endTrack()
    const [digits = '', given = ''] = rest.split(/\s+/)
    const number = /^\d{1,2}$/.test(digits) ? Number(digits) : 0
    const expected = this.track ? this.track.number + 1 : undefined
    if (number < 1 || number > MOST_TRACKS) {
      throw this.error(`"${digits.slice(0, 40)}" is no track number.`, 'Tracks are numbered 01 to 99.')
    }
    if (expected !== undefined && number !== expected) {
      throw this.error(`Track ${number} follows track ${expected - 1}.`, `Number it ${expected}.`)
    }
    const mode = given.toUpperCase()
    if (!isTrackMode(mode)) {
      throw this.error(`"${given.slice(0, 40)}" is no mode.`, `The modes are ${Object.keys(TRACK_MODES).join(', ')}.`)
    }
    this.tracks.push({
      line: this.number,
      number,
      mode,
      session: this.session,
      copyPermitted: false,
      fourChannel: false,
      preEmphasis: false,
      serialCopyManagement: false,
      isrc: undefined,
      pregap: 0,
      postgap: 0,
      texts: {},
      indexes: [],
      remarks: [],
    })
  }

  private endTrack(): void {
    const { track } = this
    if (!track || track.indexes.some(({ number }) => number === 1)) return
    const message = `Line ${track.line}: track ${track.number} has no INDEX 01.`
    throw new FormatError('FORMAT_CUE_SHEET', message, { hint: 'Add INDEX 01, where the track begins to sound.' })
  }

  private flags(rest: string): void {
    const track = this.within('FLAGS')
    for (const word of rest.toUpperCase().split(/\s+/)) {
      if (word === 'DCP') track.copyPermitted = true
      else if (word === '4CH') track.fourChannel = true
      else if (word === 'PRE') track.preEmphasis = true
      else if (word === 'SCMS') track.serialCopyManagement = true
      else if (word !== 'DATA' && word !== '') {
        throw this.error(`"${word.slice(0, 40)}" is no flag.`, 'The flags are DCP, 4CH, PRE and SCMS.')
      }
    }
  }

  private isrc(value: string): void {
    const track = this.within('ISRC')
    const code = value.replace(/[\s-]/g, '').toUpperCase()
    if (ISRC.test(code)) track.isrc = code
    else if (!/^0*$/.test(code)) this.warn(`"${value.slice(0, 40)}" is no ISRC (CCOOOYYNNNNN): it is left out.`)
  }

  private index(rest: string): void {
    const track = this.within('INDEX')
    const [digits = '', time = ''] = rest.split(/\s+/)
    const number = /^\d{1,2}$/.test(digits) ? Number(digits) : MOST_INDEXES + 1
    if (number > MOST_INDEXES) throw this.error(`"${digits.slice(0, 40)}" is no index.`, 'They are numbered 00 to 99.')
    const file = this.files.length - 1
    if (file < 0) throw this.error('INDEX stands before the first FILE.', 'Say with FILE which file it is a place in.')
    const position = this.time(time)
    const last = track.indexes.at(-1)
    const possible = last ? [last.number + 1] : [0, 1]
    if (!possible.includes(number)) {
      throw this.error(`INDEX ${digits} is out of order.`, `Here INDEX 0${possible.at(-1)} is expected.`)
    }
    this.assertRising(file, position)
    track.indexes.push({ number, file, position } satisfies CueSheetIndex)
  }

  private assertRising(file: number, position: number): void {
    const earlier = this.tracks.flatMap(({ indexes }) => indexes).findLast(index => index.file === file)
    if (!earlier || earlier.position <= position) return
    throw this.error('It is before the INDEX above it.', 'Times rise from the begin of each FILE to its end.')
  }

  private gap(kind: 'pregap' | 'postgap', rest: string): void {
    const command = kind.toUpperCase()
    const track = this.within(command)
    if (kind === 'pregap' && track.indexes.length > 0) {
      throw this.error('PREGAP stands behind an INDEX.', 'Put it before the first INDEX of its track.')
    }
    if (track[kind] > 0) throw this.error(`There is a second ${command}.`, 'Remove one of them.')
    track[kind] = this.time(rest.trim())
  }

  private time(text: string): number {
    const [, minutes, seconds, frames] = /^(\d{1,4}):(\d{1,2}):(\d{1,3})$/.exec(text) ?? []
    if (minutes === undefined || Number(minutes) > MOST_MINUTES || Number(seconds) > 59 || Number(frames) > 74) {
      throw this.error(
        `"${text.slice(0, 40)}" is no time.`,
        'Write mm:ss:ff: minutes, seconds below 60, frames (1/75 s) below 75.',
      )
    }
    return (Number(minutes) * 60 + Number(seconds)) * SECTORS_PER_SECOND + Number(frames)
  }
}

/** The first word of a line, and the rest. */
function split(line: string): [string, string] {
  const end = line.search(/\s/)
  return end < 0 ? [line, ''] : [line.slice(0, end), line.slice(end).trim()]
}

/** What stands between the first and the last quotation mark: there are no escapes, so that those inside stay. */
function unquoted(text: string): string {
  const first = text.indexOf('"')
  const last = text.lastIndexOf('"')
  return first === 0 && last > 0 ? text.slice(1, last) : text
}
