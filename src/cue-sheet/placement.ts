import { FormatError } from '../errors'
import type { CueSheetFile, CueSheetTrack } from './cue-sheet-file'
import { TRACK_MODES } from './track-mode'

/** Two seconds before the first track, which no sheet speaks of. */
const FIRST_PREGAP = 150
/** Between sectors of different kinds the pick-up needs two seconds. */
const PREGAP_AT_CHANGE = 150
/** A track lasts four seconds at least (MMC-6 4.2.3.2). */
const SHORTEST_TRACK = 300

/** Sectors of a track that come from one place: a file, or nowhere (zeros). */
export interface TrackPart {
  /** Position of the file among the sheet's files; undefined for zeros. */
  readonly file: number | undefined
  /** First byte in the file (in its samples, for audio files). */
  readonly offsetBytes: number
  /** Bytes in the file; the last sector is filled up with zeros. */
  readonly bytes: number
  readonly sectors: number
}

/** Where a track comes to lie. */
export interface PlacedTrack {
  readonly track: CueSheetTrack
  /** Sectors of index 0; those two seconds before the first track count. */
  readonly pregap: number
  /** Sectors from index 1 to the end. */
  readonly sectors: number
  /** Indexes 2 and up, in sectors from index 1. */
  readonly indexes: readonly number[]
  readonly parts: readonly TrackPart[]
}

interface Stretch {
  readonly track: CueSheetTrack
  readonly file: number
  readonly from: number
  readonly offsetBytes: number
  readonly bytes: number
  readonly sectors: number
}

/**
 * Where each track of a sheet comes to lie, and which bytes of which file it is made of.
 *
 * @param fileBytes  length of each file's sectors or samples, in bytes
 * @throws {FormatError} `FORMAT_CUE_SHEET` where the files are shorter than the sheet says
 */
export function placeTracks(
  sheet: CueSheetFile,
  fileBytes: readonly number[],
): { tracks: PlacedTrack[]; warnings: string[] } {
  const warnings: string[] = []
  const stretches = sheet.files.flatMap((_, file) => stretchesOf(sheet, file, fileBytes[file] ?? 0))
  const tracks = sheet.tracks.map((track, index) => {
    const own = stretches.filter(stretch => stretch.track === track)
    return placed(track, sheet.tracks[index - 1], own, warnings)
  })
  return { tracks, warnings }
}

/** A file cut at the first index that each track has in it. What comes before the first one is that track's, too. */
function stretchesOf(sheet: CueSheetFile, file: number, bytes: number): Stretch[] {
  const starts = sheet.tracks.flatMap(track => {
    const index = track.indexes.find(index => index.file === file)
    return index ? [{ track, position: index.position }] : []
  })
  const stretches: Stretch[] = []
  let offsetBytes = 0
  for (const [order, { track, position }] of starts.entries()) {
    const { sectorBytes } = TRACK_MODES[track.mode]
    const from = order === 0 ? 0 : position
    const next = starts[order + 1]
    const left = Math.max(0, bytes - offsetBytes)
    const sectors = next ? next.position - from : Math.ceil(left / sectorBytes)
    const own = Math.min(sectors * sectorBytes, left)
    if (next ? own < sectors * sectorBytes : from + sectors < position)
      throw tooShort(sheet, file, next?.track ?? track)
    if (TRACK_MODES[track.mode].isData && own % sectorBytes !== 0) throw torn(sheet, file, track)
    stretches.push({ track, file, from, offsetBytes, bytes: own, sectors })
    offsetBytes += own
  }
  return stretches
}

function tooShort(sheet: CueSheetFile, file: number, { number }: CueSheetTrack): FormatError {
  return new FormatError(
    'FORMAT_CUE_SHEET',
    `${sheet.files[file]!.name} ends before the place where track ${number} begins.`,
    { hint: 'The file is cut short, belongs to another sheet, or the mode of one of its tracks is wrong.' },
  )
}

function torn(sheet: CueSheetFile, file: number, { number, mode }: CueSheetTrack): FormatError {
  return new FormatError(
    'FORMAT_CUE_SHEET',
    `${sheet.files[file]!.name} does not hold whole sectors of ${TRACK_MODES[mode].sectorBytes} bytes for track ${number}.`,
    { hint: 'The file is cut short, or the mode of one of its tracks is wrong.' },
  )
}

const zeros = (sectors: number): TrackPart[] =>
  sectors > 0 ? [{ file: undefined, offsetBytes: 0, bytes: 0, sectors }] : []

function placed(
  track: CueSheetTrack,
  previous: CueSheetTrack | undefined,
  stretches: readonly Stretch[],
  warnings: string[],
): PlacedTrack {
  const at = (file: number, position: number) => {
    let sectors = 0
    for (const stretch of stretches) {
      if (stretch.file === file) return sectors + position - stretch.from
      sectors += stretch.sectors
    }
    return sectors
  }
  const places = track.indexes.map(({ number, file, position }) => ({ number, place: at(file, position) }))
  const first = places.find(({ number }) => number === 1)!.place
  const recorded = stretches.reduce((sum, { sectors }) => sum + sectors, 0)
  if (recorded < Math.max(...places.map(({ place }) => place))) {
    throw new FormatError('FORMAT_CUE_SHEET', `Track ${track.number} has an INDEX behind the end of its file.`, {
      hint: 'The file is cut short, or the sheet belongs to another one.',
    })
  }
  let silence = track.pregap + (previous ? 0 : FIRST_PREGAP)
  const changes = previous !== undefined && kindOf(previous) !== kindOf(track)
  if (changes && silence + first < PREGAP_AT_CHANGE) {
    silence = PREGAP_AT_CHANGE - first
    warnings.push(
      `Track ${track.number} is of another kind than the one before it: ${silence} sectors lie between them.`,
    )
  }
  const length = recorded - first + track.postgap
  const padding = Math.max(0, SHORTEST_TRACK - length)
  if (padding > 0) warnings.push(`Track ${track.number} is filled up with silence to four seconds.`)
  return {
    track,
    pregap: silence + first,
    sectors: length + padding,
    indexes: places.filter(({ number }) => number > 1).map(({ place }) => place - first),
    parts: [
      ...zeros(silence),
      ...stretches.map(({ file, offsetBytes, bytes, sectors }) => ({ file, offsetBytes, bytes, sectors })),
      ...zeros(track.postgap + padding),
    ],
  }
}

/** Tracks of one kind may follow each other without a gap. */
function kindOf({ mode }: CueSheetTrack): string {
  return mode.split('/')[0]!
}
