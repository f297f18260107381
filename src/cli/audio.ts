import type { BurnSessionReport, ReadDiscReport } from '../disc-session'
import { UsageError } from '../errors'
import { EXIT } from './exit-codes'
import { type CliCommand, type CommonOptions, type Invocation, openCliDrive } from './invocation'
import { type SpeedWish, speedWish, wholeNumber } from './numbers'
import { printable } from './print/printable'
import { progressBar } from './print/progress-bar'
import { type RecordingViewOptions, recordingView } from './print/recording-progress'
import { table } from './print/table'
import { openRecordingDrive } from './recording-drive'

interface AudioBurnOptions extends RecordingViewOptions {
  readonly close?: boolean
  readonly speed?: SpeedWish
  readonly verify?: boolean
  readonly dryRun?: boolean
  readonly simulate?: boolean
  readonly gaps?: boolean
  readonly allowOutside?: boolean
  readonly encoding?: string
  readonly cdText: boolean
  readonly shiftJis?: boolean
}

interface AudioReadOptions extends CommonOptions {
  readonly output: string
  readonly session?: number
  readonly name?: string
}

/** `audio burn`, `audio read`: CDs with tracks of sound, and their cue sheets. */
export const audio: CliCommand = (program, invocation) => {
  const audio = program.command('audio').description('CDs with tracks of sound, from and to cue sheets')
  audio
    .command('burn')
    .description('records a cue sheet, or files of sound as a track each, on a blank CD')
    .argument('<drive>', 'drive address')
    .argument('<file...>', 'one .cue file; or WAVE, AIFF and FLAC files, 44.1 kHz, 16 bits, stereo')
    .option('--close', 'no session can follow; without it, data can be appended (CD-Extra)')
    .option('--speed <speed>', 'writing speed: kB/s of 1000, or 8x', speedWish)
    .option('--verify', 'read everything back and compare it')
    .option('--dry-run', 'show what would be recorded and the commands that would be sent')
    .option('--simulate', 'test writing: the drive goes through the motions with the laser at low power')
    .option('--gaps', 'two seconds of silence between files; a cue sheet has its own')
    .option('--no-cd-text', 'leave the texts of the cue sheet, and its CDTEXTFILE, out')
    .option('--shift-jis', 'CD-Text in Shift JIS, language Japanese, instead of ISO 8859-1')
    .option('--allow-outside', 'let the cue sheet name files outside its folder')
    .option('--encoding <label>', 'of cue sheets that are not UTF-8', 'windows-1252')
    .option('--json-stream', 'print progress as JSON, an event a line')
    .action((address: string, files: string[], options: AudioBurnOptions) =>
      burnTracks(address, files, options, invocation),
    )
  audio
    .command('read')
    .description('reads a CD into a file of sectors and a cue sheet, with its CD-Text')
    .argument('<drive>', 'drive address')
    .requiredOption('-o, --output <dir>', 'folder that they go to')
    .option('--session <number>', 'which session', wholeNumber)
    .option('--name <name>', 'what the files are called', 'disc')
    .action((address: string, options: AudioReadOptions) => readTracks(address, options, invocation))
}

/** Records a cue sheet, or files of sound, as the options say. */
export async function burnTracks(
  address: string,
  files: readonly string[],
  options: AudioBurnOptions,
  invocation: Invocation,
): Promise<void> {
  const { burnSession, isAsWritten, sessionFromAudioFiles, sessionFromCueSheet } = await import('../disc-session')
  const [first] = files
  const isSheet = (file: string) => /\.cue$/i.test(file)
  if (files.length > 1 && files.some(isSheet)) {
    throw new UsageError('USAGE_CUE_SHEET', 'A cue sheet describes a whole disc: nothing can be given beside it.', {
      hint: 'Give one .cue file, or files of sound.',
    })
  }
  if (!isEncoding(options.encoding)) throw new UsageError('USAGE_ENCODING', `"${options.encoding}" is no encoding.`)
  const looking: Parameters<typeof sessionFromAudioFiles>[1] = {
    signal: invocation.signal,
    onChecking: file => {
      if (!options.json) invocation.note(`checking ${printable(file)}`)
    },
  }
  const source =
    first !== undefined && isSheet(first)
      ? await sessionFromCueSheet(first, {
          ...looking,
          allowOutside: options.allowOutside === true,
          withoutCdText: !options.cdText,
          ...(options.shiftJis ? { characterCode: 'shiftJis' } : {}),
          ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
        })
      : await sessionFromAudioFiles(files, { ...looking, gaps: options.gaps === true })
  await using drive = await openRecordingDrive(address, options, invocation)
  if (options.dryRun) await describe(source.session, options, invocation)
  const view = await recordingView(invocation, options)
  const report = await burnSession(drive, source, {
    signal: invocation.signal,
    onProgress: view.onProgress,
    close: options.close === true,
    verify: options.verify === true,
    dryRun: options.dryRun === true,
    simulate: options.simulate === true,
    ...options.speed,
  }).finally(view.stop)
  for (const warning of report.warnings) invocation.note(`warning: ${printable(warning)}`)
  if (report.verification && !isAsWritten(report.verification)) invocation.exitCode = EXIT.mediumSaysNo
  const { checksums, ...plain } = report
  if (options.jsonStream) invocation.printJsonLine({ event: 'done', ...plain })
  else if (options.json) invocation.printJson(plain)
  else invocation.print(summary(address, report, options))
}

function isEncoding(label: string | undefined): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}

/** What would be recorded: the cue sheet and the packs of CD-Text, entry by entry. */
async function describe(
  session: Parameters<typeof import('../mmc').cdTextPacks>[0],
  options: AudioBurnOptions,
  { print, note }: Invocation,
): Promise<void> {
  const { cdTextPacks, cueSheetEntry, sessionCueSheet } = await import('../mmc')
  const { hex } = await import('../layout')
  const tell = options.json || options.jsonStream ? note : print
  const packs = cdTextPacks(session)
  const sheet = sessionCueSheet(session, { cdText: packs.length > 0 })
  tell('cue sheet:')
  for (let at = 0; at < sheet.length; at += 8) {
    const bytes = sheet.subarray(at, at + 8)
    const { adr, trackNumber, index, address } = cueSheetEntry.decode(bytes)
    const meaning =
      adr === 1 ? `track ${trackNumber}, index ${index}, LBA ${address}` : adr === 2 ? 'catalogue number' : 'ISRC'
    tell(`  ${hex(bytes)}  ${printable(meaning)}`)
  }
  if (packs.length > 0) tell('CD-Text:')
  for (let at = 0; at < packs.length; at += 18) {
    const pack = packs.subarray(at, at + 18)
    tell(`  ${hex(pack)}  ${printable(Buffer.from(pack.subarray(4, 16)).toString('latin1').replaceAll('\0', '·'))}`)
  }
}

function summary(address: string, report: BurnSessionReport, options: AudioBurnOptions): string {
  if (options.dryRun) return 'Nothing was sent that changes the medium.'
  const { trackStarts, writeType, hasCdText, verification, durationMs, mediumAfter } = report
  const state = mediumAfter ? `the ${mediumAfter.family} is ${mediumAfter.state} now` : 'its state is unknown'
  const how = `${writeType.replaceAll('-', ' ')}${hasCdText ? ', with CD-Text' : ''}`
  const lines = [
    `${printable(address)}: ${trackStarts.length} tracks, ${how}, ${(durationMs / 1000).toFixed(1)} s; ${state}.`,
  ]
  if (verification) {
    const { comparedSectors, differences, unreadable, complaints, sampleOffset } = verification
    const bad = differences.length + unreadable.length
    lines.push(
      bad === 0
        ? `  verified: ${comparedSectors} sectors read back as written${sampleOffset ? `, ${sampleOffset} samples apart` : ''}`
        : `  DIFFERENT: ${differences.length} places differ, ${unreadable.length} cannot be read`,
      ...complaints.map(complaint => `  DIFFERENT: ${printable(complaint)}`),
    )
  }
  return lines.join('\n')
}

async function readTracks(address: string, options: AudioReadOptions, invocation: Invocation): Promise<void> {
  const { readDisc } = await import('../disc-session')
  if (options.name !== undefined && /[\\/\0]/.test(options.name)) {
    throw new UsageError('USAGE_NAME', `"${options.name}" is no name of a file.`)
  }
  await using drive = await openCliDrive(address, options)
  let bar: ReturnType<typeof progressBar> | undefined
  const report = await readDisc(drive, options.output, {
    signal: invocation.signal,
    ...(options.session === undefined ? {} : { session: options.session }),
    ...(options.name === undefined ? {} : { name: options.name }),
    onProgress: async (read, total) => {
      bar ??= progressBar(invocation.stderr, 'reading', total)
      const { update } = await bar
      update(read)
    },
  }).finally(async () => (await bar)?.stop())
  if (report.unreadable.length > 0) {
    invocation.note(
      `${report.unreadable.length} sectors could not be read and are zeros, the first one LBA ${report.unreadable[0]}.`,
    )
    invocation.exitCode = EXIT.driveFailed
  }
  if (options.json) invocation.printJson(report)
  else invocation.print(tracksTable(report))
}

function tracksTable({ cueSheet, cueSheetFile, binaryFile }: ReadDiscReport): string {
  const rows = cueSheet.tracks.map(({ number, mode, indexes, isrc, texts }) => [
    number,
    mode,
    indexes.find(index => index.number === 1)!.position,
    isrc ?? '',
    texts.performer ?? '',
    texts.title ?? '',
  ])
  return `${table(['track', 'mode', 'sector', 'ISRC', 'performer', 'title'], rows)}\n${binaryFile}\n${cueSheetFile}`
}
