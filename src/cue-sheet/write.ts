import {
  type CueSheetFile,
  type CueSheetTexts,
  type CueSheetTrack,
  SECTORS_PER_SECOND,
  TEXT_COMMANDS,
} from './cue-sheet-file'

const two = (number: number) => `${number}`.padStart(2, '0')
const time = (sectors: number) => {
  const seconds = Math.floor(sectors / SECTORS_PER_SECOND)
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}:${two(sectors % SECTORS_PER_SECOND)}`
}
// Line ends and other control characters would begin a new command.
const quoted = (text: string) => `"${text.replace(/\p{Cc}+/gu, ' ')}"`

/** Those that not every program knows as commands of their own. */
const EXTENSIONS = ['COMPOSER', 'ARRANGER', 'MESSAGE']

/** The text of a cue sheet file, lines ended by CR LF as most programs write them. */
export function writeCueSheet(sheet: CueSheetFile): string {
  const lines: string[] = sheet.remarks.map(remark => `REM ${remark}`)
  if (sheet.catalog !== undefined) lines.push(`CATALOG ${sheet.catalog}`)
  if (sheet.cdTextFile !== undefined) lines.push(`CDTEXTFILE ${quoted(sheet.cdTextFile)}`)
  lines.push(...texts(sheet.texts))
  let file = -1
  let session = 1
  const openFile = (index: number) => {
    for (; file < index; file++) {
      const { name, type } = sheet.files[file + 1]!
      lines.push(`FILE ${quoted(name)} ${type}`)
    }
  }
  for (const track of sheet.tracks) {
    if (track.session !== session) {
      session = track.session
      lines.push(`REM SESSION ${two(session)}`)
    }
    openFile(track.indexes[0]!.file)
    lines.push(`  TRACK ${two(track.number)} ${track.mode}`)
    lines.push(...trackLines(track).map(line => `    ${line}`))
    for (const { number, file: of, position } of track.indexes) {
      openFile(of)
      lines.push(`    INDEX ${two(number)} ${time(position)}`)
    }
    if (track.postgap > 0) lines.push(`    POSTGAP ${time(track.postgap)}`)
  }
  return `${lines.join('\r\n')}\r\n`
}

function trackLines(track: CueSheetTrack): string[] {
  const flags = [
    ...(track.copyPermitted ? ['DCP'] : []),
    ...(track.fourChannel ? ['4CH'] : []),
    ...(track.preEmphasis ? ['PRE'] : []),
    ...(track.serialCopyManagement ? ['SCMS'] : []),
  ]
  return [
    ...track.remarks.map(remark => `REM ${remark}`),
    ...texts(track.texts),
    ...(flags.length > 0 ? [`FLAGS ${flags.join(' ')}`] : []),
    ...(track.isrc === undefined ? [] : [`ISRC ${track.isrc}`]),
    ...(track.pregap > 0 ? [`PREGAP ${time(track.pregap)}`] : []),
  ]
}

function texts(given: CueSheetTexts): string[] {
  return Object.entries(TEXT_COMMANDS).flatMap(([command, name]) => {
    const value = given[name]
    if (value === undefined) return []
    return [`${EXTENSIONS.includes(command) ? 'REM ' : ''}${command} ${quoted(value)}`]
  })
}
