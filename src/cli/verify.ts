import { Option } from 'commander'
import { EXIT } from './exit-codes'
import type { CliCommand, Invocation } from './invocation'
import { openCliDrive } from './invocation'
import { type SpeedWish, speedWish } from './numbers'
import { size } from './print/figures'
import { printable } from './print/printable'
import { type RecordingViewOptions, recordingView } from './print/recording-progress'
import { table } from './print/table'
import { inKBps } from './speed'

interface VerifyCliOptions extends RecordingViewOptions {
  readonly as?: 'image' | 'files'
  readonly speed?: SpeedWish
}

/** `verify`: what a disc holds against directories or an image. */
export const verify: CliCommand = (program, invocation) => {
  program
    .command('verify')
    .description('compares what a disc holds with directories and files, or with an image')
    .argument('<drive>', 'drive address')
    .argument('<source...>', 'directories and files; or one image file')
    .addOption(new Option('--as <kind>', 'what a single file is, where that is not plain').choices(['image', 'files']))
    .option('--speed <speed>', 'reading speed: kB/s of 1000, or 4x', speedWish)
    .option('--json-stream', 'print progress as JSON, an event a line')
    .action((address: string, sources: string[], options: VerifyCliOptions) =>
      compare(address, sources, options, invocation),
    )
}

async function compare(
  address: string,
  sources: readonly string[],
  options: VerifyCliOptions,
  invocation: Invocation,
): Promise<void> {
  const { verifyDisc } = await import('../verify-disc')
  await using drive = await openCliDrive(address, options, options.speed ? 'write' : 'read')
  const view = await recordingView(invocation, options)
  const report = await verifyDisc(drive, sources, {
    signal: invocation.signal,
    onProgress: view.onProgress,
    ...(options.speed && { readSpeedKBps: await inKBps(options.speed, drive) }),
    ...(options.as === undefined ? {} : { as: options.as }),
  }).finally(view.stop)
  const clean = report.differences.length === 0
  if (!clean) invocation.exitCode = EXIT.mediumSaysNo
  if (options.jsonStream) return invocation.printJsonLine({ event: 'done', ...report })
  if (options.json) return invocation.printJson(report)
  if (!clean) {
    const rows = report.differences.map(({ path, problem, lba }) => [printable(path), problem, lba])
    invocation.print(table(['what', 'how it differs', 'block'], rows))
  }
  const amount = `${report.comparedFiles} files, ${size(Math.ceil(report.comparedBytes / 2048))}`
  if (!clean) invocation.note('What cannot be read may be read slower (--speed 4x), or by another drive.')
  invocation.note(clean ? `${amount}: all the same.` : `${amount} compared, ${report.differences.length} differ.`)
}
