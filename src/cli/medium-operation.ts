import type { Command } from 'commander'
import type { DurationEstimate, Medium, OperationOptions, OperationReport } from '../mmc'
import type { OpticalDrive } from '../optical-drive'
import { confirm } from './confirm'
import type { CommonOptions, Invocation } from './invocation'
import { printable } from './print/printable'
import { recordingView } from './print/recording-progress'
import { openRecordingDrive } from './recording-drive'

/** The options of `blank`, `format` and `close`. */
export interface MediumOperationOptions extends CommonOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly jsonStream?: boolean
}

/** Adds those options to a command. */
export function withOperationOptions(command: Command): Command {
  return command
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show the commands that would be sent, and send none that changes anything')
    .option('--json-stream', 'print progress as JSON, an event a line')
}

/**
 * Runs an operation on a whole medium from the command line: says what will be lost, asks, shows progress, and reports
 * what the medium says afterwards.
 *
 * @param loss  what happens to a medium that holds data: `Everything on it will be lost.`
 */
export async function runOperation(
  address: string,
  options: MediumOperationOptions,
  invocation: Invocation,
  loss: string,
  operation: (drive: OpticalDrive, options: OperationOptions) => Promise<OperationReport>,
): Promise<void> {
  await using drive = await openRecordingDrive(address, options, invocation)
  const view = await recordingView(invocation, options)
  const report = await operation(drive, {
    signal: invocation.signal,
    onProgress: view.onProgress,
    dryRun: options.dryRun === true,
    approve: async (medium, duration) => {
      if (medium.isBlank || options.dryRun) return
      await confirm(
        `The ${medium.family} in ${printable(address)} ${holdings(medium)}. ${loss}${timeNeeded(duration)}`,
        options,
        invocation,
      )
    },
  }).finally(view.stop)
  for (const warning of report.warnings) invocation.note(`warning: ${printable(warning)}`)
  if (options.jsonStream) return invocation.printJsonLine({ event: 'done', ...report })
  if (options.json) return invocation.printJson(report)
  const { family, state } = report.mediumAfter
  invocation.print(options.dryRun ? 'Nothing was sent that changes the medium.' : `The ${family} is ${state} now.`)
}

/** How long it may take, as a sentence, where the drive tells enough. */
function timeNeeded(duration: DurationEstimate | null): string {
  if (duration === null) return ''
  const minutes = Math.max(1, Math.round(duration.seconds / 60))
  return ` By the drive’s speed (${duration.speedKBps} kB/s) writing all of it takes about ${minutes} min: an estimate.`
}

/** What a medium holds, as the predicate of a sentence. */
function holdings({ isOverwritable, sessionCount, lastSessionState }: Medium): string {
  const recorded = lastSessionState === 'empty' ? sessionCount - 1 : sessionCount
  if (isOverwritable || recorded < 1) return 'holds data'
  return recorded === 1 ? 'holds one session' : `holds ${recorded} sessions`
}
