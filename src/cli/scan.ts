import { type FileHandle, open } from 'node:fs/promises'
import { asError, ScsiMmcError, UsageError } from '../errors'
import type { MediumScan, ScannedZone } from '../mmc'
import { EXIT, exitCodeOf } from './exit-codes'
import { type CliCommand, type CommonOptions, type Invocation, openCliDrive } from './invocation'
import { wholeNumber } from './numbers'
import { driveJson, driveLine } from './print/drive'
import { progressBar } from './print/progress-bar'
import { style } from './print/style'

interface ScanCommandOptions extends CommonOptions {
  readonly start?: number
  readonly blocks?: number
  readonly report?: string
}

/** `scan`: the transfer rate across a medium and the state of its surface. */
export const scan: CliCommand = (program, invocation) => {
  program
    .command('scan')
    .description('reads all that has been recorded; shows how fast, and what cannot be read')
    .argument('<drive>', 'drive address')
    .option('--start <lba>', 'first block', wholeNumber)
    .option('--blocks <count>', 'how many', wholeNumber)
    .option('--report <file>', 'write a page (HTML) with graph, surface and what cannot be read')
    .action((address: string, options: ScanCommandOptions) => scanDrive(address, options, invocation))
}

async function scanDrive(address: string, options: ScanCommandOptions, invocation: Invocation): Promise<void> {
  const { scanMedium, summarizeScan } = await import('../mmc')
  await using drive = await openCliDrive(address, options)
  const { start, blocks } = options
  const range = { ...(start === undefined ? {} : { start }), ...(blocks === undefined ? {} : { blocks }) }
  const scan = await scanMedium(drive, { range, signal: invocation.signal })
  const identity = await driveJson(drive)
  // Before an hour's reading, not behind it.
  await using page = options.report === undefined ? undefined : await openReport(options.report)
  const { zones, brokenOff } = await collect(scan, invocation)
  const { medium } = scan
  const summary = summarizeScan(zones)
  if (page) {
    const { scanPage } = await import('./print/scan-page')
    await page.writeFile(scanPage({ drive: identity, medium, summary, zones, scannedAt: new Date() }))
  }
  if (options.json) {
    const { profile, family } = medium
    const error = brokenOff instanceof ScsiMmcError ? brokenOff.toJSON() : brokenOff && { message: brokenOff.message }
    invocation.printJson({ drive: identity, medium: { profile, family }, ...summary, zones, ...(error && { error }) })
  } else {
    const paint = style(invocation.stdout)
    invocation.print(`${driveLine(identity, paint)}\n`)
    const { scanReport } = await import('./print/scan')
    invocation.print(scanReport(medium, summary, zones, invocation.stdout.columns ?? 100))
    if (options.report !== undefined) invocation.note(`The report is in ${options.report}.`)
    // What has been found is printed; what ended the scan still is an error.
    if (brokenOff) throw brokenOff
  }
  if (brokenOff) invocation.exitCode = invocation.signal.aborted ? EXIT.interrupted : exitCodeOf(brokenOff)
  else if (summary.unreadableBlocks > 0) invocation.exitCode = EXIT.mediumSaysNo
}

/** All zones, or those up to where the scan broke off: an hour's reading is not lost with its last minute. */
async function collect(scan: MediumScan, { stderr }: Invocation): Promise<{ zones: ScannedZone[]; brokenOff?: Error }> {
  const zones: ScannedZone[] = []
  const bar = await progressBar(stderr, 'scanning', scan.blocks)
  let done = 0
  try {
    for await (const zone of scan.zones()) {
      zones.push(zone)
      done += zone.blocks
      bar.update(done)
    }
    return { zones }
  } catch (error) {
    if (zones.length === 0) throw error
    return { zones, brokenOff: asError(error) }
  } finally {
    bar.stop()
  }
}

function openReport(file: string): Promise<FileHandle> {
  return open(file, 'w').catch(error => {
    throw new UsageError('USAGE_FILE', `${file} cannot be written: ${error.message}`, { cause: error })
  })
}
