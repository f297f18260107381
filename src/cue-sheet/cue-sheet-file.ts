import type { TrackModeName } from './track-mode'

/** Commands whose argument is a text of CD-Text, and the text's name. */
export const TEXT_COMMANDS = {
  TITLE: 'title',
  PERFORMER: 'performer',
  SONGWRITER: 'songwriter',
  COMPOSER: 'composer',
  ARRANGER: 'arranger',
  MESSAGE: 'message',
} as const

export type CueSheetTexts = Partial<Record<(typeof TEXT_COMMANDS)[keyof typeof TEXT_COMMANDS], string>>

/** BINARY and MOTOROLA are bare sectors (samples little-endian, big-endian); all others audio files of any kind. */
export const FILE_TYPES = ['BINARY', 'MOTOROLA', 'WAVE', 'AIFF', 'FLAC', 'MP3'] as const
export type CueSheetFileType = (typeof FILE_TYPES)[number]

/** A file that a cue sheet names. */
export interface CueSheetSource {
  /** As written in the sheet. */
  readonly name: string
  readonly type: CueSheetFileType
}

/** INDEX: where an index begins, in sectors (1/75 s) from the begin of a file. */
export interface CueSheetIndex {
  readonly number: number
  /** Position of the file among the sheet's files. */
  readonly file: number
  readonly position: number
}

/** TRACK and all that belongs to it. Lengths are in sectors (1/75 s). */
export interface CueSheetTrack {
  readonly number: number
  readonly mode: TrackModeName
  /** REM SESSION; 1 unless the sheet says so. */
  readonly session: number
  readonly copyPermitted: boolean
  readonly fourChannel: boolean
  readonly preEmphasis: boolean
  readonly serialCopyManagement: boolean
  readonly isrc: string | undefined
  /** Silence that is in no file. */
  readonly pregap: number
  readonly postgap: number
  readonly texts: CueSheetTexts
  /** Rising; index 1 is among them. */
  readonly indexes: readonly CueSheetIndex[]
  /** REM lines, without the word. */
  readonly remarks: readonly string[]
}

/** A cue sheet file, as parsed and as written. */
export interface CueSheetFile {
  /** Media catalogue number, 13 digits. */
  readonly catalog: string | undefined
  /** File of CD-Text packs. */
  readonly cdTextFile: string | undefined
  readonly texts: CueSheetTexts
  readonly remarks: readonly string[]
  readonly files: readonly CueSheetSource[]
  readonly tracks: readonly CueSheetTrack[]
}

export const SECTORS_PER_SECOND = 75
