import { type Command, Option } from 'commander'
import type { BurnOptions, BurnReport } from '../burn'
import { MediumError, UsageError } from '../errors'
import type { OpticalDrive } from '../optical-drive'
import { confirm } from './confirm'
import { EXIT, exitCodeOf } from './exit-codes'
import type { CliCommand, Invocation } from './invocation'
import { type SpeedWish, speedWish, wholeNumber } from './numbers'
import { plainError } from './plain-error'
import { size } from './print/figures'
import { printable } from './print/printable'
import { type RecordingViewOptions, recordingView } from './print/recording-progress'
import { openRecordingDrive } from './recording-drive'

interface BurnCliOptions extends RecordingViewOptions {
  readonly close?: boolean
  readonly speed?: SpeedWish
  readonly verify?: boolean
  readonly dryRun?: boolean
  readonly simulate?: boolean
  readonly discAtOnce?: boolean
  readonly streaming?: boolean
  readonly as?: 'image' | 'files'
  readonly buffer?: number
  readonly volume?: string
  readonly session?: number
  readonly exclude?: string[]
  readonly overwrite?: boolean
  readonly yes?: boolean
  readonly copies?: string[]
}

function withBurnOptions(command: Command): Command {
  return command
    .option('--close', 'close the medium for good; without it, another session can follow')
    .option('--speed <speed>', 'writing speed: kB/s of 1000, or 8x', speedWish)
    .option('--verify', 'read everything back and compare it')
    .option('--dry-run', 'show the commands that would be sent, and send none that changes anything')
    .option('--simulate', 'test writing: the drive goes through the motions with the laser at low power')
    .option('--streaming', 'DVD-RAM and BD-RE: full speed, without the drive’s own checks: --verify then')
    .option('--buffer <MiB>', 'how much is read ahead of the drive', wholeNumber, 16)
    .option('--volume <name>', 'name of the volume')
    .option('--exclude <glob...>', 'what is left out')
    .option('--yes', 'do not ask')
    .option('--json-stream', 'print progress as JSON, an event a line')
}

/** `burn`: the first session of a medium. */
export const burn: CliCommand = (program, invocation) => {
  withBurnOptions(
    program
      .command('burn')
      .description('records directories, files or an image as the first session of a medium')
      .argument('<drive>', 'drive address')
      .argument('<source...>', 'directories and files; or one image file; or one .cue file, for a CD'),
  )
    .option('--disc-at-once', 'DVD-R and DVD-RW: one session from the first block to the last')
    .addOption(new Option('--as <kind>', 'what a single file is, where that is not plain').choices(['image', 'files']))
    .option('--overwrite', 'write over what a rewritable medium holds')
    .option('--copies <drive...>', 'further drives, all recorded from one read of the source')
    .action((address: string, sources: string[], options: BurnCliOptions) =>
      isCueSheet(sources, options)
        ? burnCueSheet(address, sources, options, invocation)
        : run([address, ...(options.copies ?? [])], sources, options, invocation),
    )
}

const isCueSheet = (sources: readonly string[], { as }: BurnCliOptions) =>
  as === undefined && sources.length === 1 && /\.cue$/i.test(sources[0]!)

/** A cue sheet describes the tracks of a CD. */
async function burnCueSheet(
  address: string,
  sources: readonly string[],
  options: BurnCliOptions,
  invocation: Invocation,
): Promise<void> {
  const foreign = (['copies', 'volume', 'exclude', 'streaming', 'discAtOnce', 'overwrite'] as const).find(
    option => options[option] !== undefined,
  )
  if (foreign !== undefined) {
    throw new UsageError('USAGE_CUE_SHEET', `A cue sheet is recorded without ${flag(foreign)}.`, {
      hint: 'See scsi-mmc audio burn --help for what goes with cue sheets.',
    })
  }
  const { burnTracks } = await import('./audio')
  await burnTracks(address, sources, { ...options, cdText: true }, invocation)
}

const flag = (option: string) => `--${option.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

/** `append`: the next session. */
export const append: CliCommand = (program, invocation) => {
  withBurnOptions(
    program
      .command('append')
      .description('adds a session: what is on the medium stays visible beside what is new')
      .argument('<drive>', 'drive address')
      .argument('<source...>', 'directories and files'),
  )
    .option(
      '--session <number>',
      'which session it goes on from, 0 for none (default: the last whole one)',
      wholeNumber,
    )
    .action(async (address: string, sources: string[], options: BurnCliOptions) => {
      const burning = await import('../burn')
      await using drive = await openRecordingDrive(address, options, invocation)
      const view = await recordingView(invocation, options)
      const given = {
        ...burnOptions(options, invocation),
        onProgress: view.onProgress,
        ...(options.session === undefined ? {} : { importSession: options.session }),
      }
      const report = await burning.append(drive, sources, given).finally(view.stop)
      conclude([{ address, report }], options, invocation)
    })
}

async function run(
  addresses: readonly string[],
  sources: readonly string[],
  options: BurnCliOptions,
  invocation: Invocation,
): Promise<void> {
  const burning = await import('../burn')
  const drives: OpticalDrive[] = []
  try {
    for (const address of addresses) drives.push(await openRecordingDrive(address, options, invocation))
    await approveOverwriting(drives, options, invocation)
    const view = await recordingView(invocation, options)
    const given: BurnOptions = { ...burnOptions(options, invocation), overwrite: true }
    const outcomes = await burning.burnCopies(drives, sources, given, view.onProgress).finally(view.stop)
    const failed = outcomes.find(outcome => outcome.error !== undefined)
    // One drive alone fails as such; of several, the others' reports must not be lost.
    if (failed && outcomes.length === 1) throw failed.error
    conclude(
      outcomes.map(({ report, error }, index) => ({ address: addresses[index]!, report, error })),
      options,
      invocation,
    )
  } finally {
    await Promise.all(drives.map(drive => drive.close()))
  }
}

function burnOptions(options: BurnCliOptions, { signal }: Invocation): BurnOptions {
  return {
    signal,
    close: options.close === true,
    verify: options.verify === true,
    dryRun: options.dryRun === true,
    simulate: options.simulate === true,
    discAtOnce: options.discAtOnce === true,
    streaming: options.streaming === true,
    bufferBytes: (options.buffer ?? 16) * 2 ** 20,
    ...options.speed,
    ...(options.as === undefined ? {} : { as: options.as }),
    ...(options.volume === undefined ? {} : { volumeName: options.volume }),
    ...(options.exclude === undefined ? {} : { excludes: options.exclude }),
  }
}

/** Asks whether overwriting is meant, where there is something to lose. */
async function approveOverwriting(
  drives: readonly OpticalDrive[],
  options: BurnCliOptions,
  invocation: Invocation,
): Promise<void> {
  if (options.dryRun) return
  for (const drive of drives) {
    const medium = await drive.readMedium({ signal: invocation.signal })
    if (!medium?.isOverwritable || medium.isBlank) continue
    if (!options.overwrite && !options.yes && !process.stdin.isTTY) {
      throw new MediumError('MEDIUM_NOT_BLANK', `The ${medium.family} in ${drive.address} holds data.`, {
        hint: 'Append to it instead, or add --overwrite if what it holds may be lost.',
      })
    }
    const question = `The ${medium.family} in ${printable(drive.address)} holds data, which will be lost.`
    await confirm(question, { yes: options.yes === true || options.overwrite === true }, invocation)
  }
}

interface Outcome {
  readonly address: string
  readonly report?: BurnReport | undefined
  readonly error?: unknown
}

function conclude(outcomes: readonly Outcome[], options: BurnCliOptions, invocation: Invocation): void {
  for (const { address, report, error } of outcomes) {
    if (error !== undefined) {
      const { message, hint } = plainError(error)
      invocation.note(`${printable(address)}: ${printable(`${message}`)}${hint ? `\n  ${printable(`${hint}`)}` : ''}`)
    }
    for (const warning of report?.warnings ?? [])
      invocation.note(`${printable(address)}: warning: ${printable(warning)}`)
    const differs = report?.verification && !isClean(report.verification)
    if (error !== undefined) invocation.exitCode = invocation.signal.aborted ? EXIT.interrupted : exitCodeOf(error)
    else if (differs && invocation.exitCode === EXIT.done) invocation.exitCode = EXIT.mediumSaysNo
  }
  const documents = outcomes.map(({ address, report, error }) => ({
    address,
    ...(report ? { ...report, checksums: undefined } : { error: plainError(error) }),
  }))
  if (options.jsonStream) {
    for (const document of documents) {
      invocation.printJsonLine({ event: 'error' in document ? 'error' : 'done', ...document })
    }
    return
  }
  if (options.json) {
    invocation.printJson(documents.length === 1 ? documents[0] : { copies: documents })
    return
  }
  for (const { address, report } of outcomes) if (report) invocation.print(summary(address, report, options))
}

const isClean = ({ differences, unreadable }: NonNullable<BurnReport['verification']>) =>
  differences.length === 0 && unreadable.length === 0

function summary(address: string, report: BurnReport, options: BurnCliOptions): string {
  if (options.dryRun) return 'Nothing was sent that changes the medium.'
  const { written, averageKBps, durationMs, mediumAfter, verification } = report
  const blocks = written.reduce((sum, range) => sum + range.blocks, 0)
  const speed = `${(averageKBps / 1000).toFixed(1)} MB/s, ${(durationMs / 1000).toFixed(1)} s in all`
  const state = mediumAfter ? `the ${mediumAfter.family} is ${mediumAfter.state} now` : 'its state is unknown'
  const checked = verification
    ? isClean(verification)
      ? `\n  verified: ${size(verification.comparedBlocks)} read back, all as written`
      : `\n  DIFFERENT: ${verification.differences.length} places differ, ${verification.unreadable.length} cannot be read${verification.files.map(file => `\n    ${printable(file)}`).join('')}\n  Verify again slower (verify --speed 4x), or in another drive, before giving the disc up.`
    : ''
  return `${printable(address)}: ${size(blocks)} recorded (${speed}); ${state}.${checked}`
}
