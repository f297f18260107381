import type { Medium } from '../mmc'
import type { OpticalDrive } from '../optical-drive'
import { EXIT } from './exit-codes'
import { type CliCommand, type CommonOptions, type Invocation, openCliDrive } from './invocation'
import { driveJson, driveLine } from './print/drive'
import { mediumReport } from './print/medium'
import { printable } from './print/printable'
import { style } from './print/style'

interface InfoOptions extends CommonOptions {
  readonly watch?: boolean
}

/** `info`: drive, medium, sessions, tracks, and what all that was decided from. */
export const info: CliCommand = (program, invocation) => {
  program
    .command('info')
    .description('drive, medium, sessions, tracks, and the bytes they were decided from')
    .argument('<drive>', 'drive address')
    .option('--watch', 'go on and report each change of the medium')
    .action(async (address: string, options: InfoOptions) => {
      await using drive = await openCliDrive(address, options)
      const medium = await report(drive, options, invocation)
      if (options.watch) return watch(drive, options, invocation)
      if (!medium) invocation.exitCode = EXIT.notReady
    })
}

async function report(drive: OpticalDrive, options: InfoOptions, invocation: Invocation): Promise<Medium | null> {
  const { signal } = invocation
  const identity = await driveJson(drive)
  const medium = await drive.readMedium({ signal })
  if (options.json) {
    invocation.printJson({ drive: identity, medium })
  } else {
    const paint = style(invocation.stdout)
    invocation.print(driveLine(identity, paint))
    if (medium) invocation.print(`\n${mediumReport(medium, invocation.stdout.columns ?? 100, paint)}`)
  }
  for (const warning of medium?.warnings ?? []) invocation.note(`warning: ${printable(warning)}`)
  if (!medium && !options.json) invocation.note('There is no medium in the drive.')
  return medium
}

async function watch(drive: OpticalDrive, options: InfoOptions, invocation: Invocation): Promise<void> {
  const { watchMedium } = await import('../mmc')
  invocation.note('Watching the drive; Ctrl-C ends it.')
  for await (const change of watchMedium(drive, { signal: invocation.signal })) {
    if (change === 'ready') await report(drive, options, invocation)
    else if (options.json) invocation.printJson({ drive: await driveJson(drive), medium: null })
    else invocation.note('The medium was taken out.')
  }
}
