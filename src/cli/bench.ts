import { type CliCommand, type CommonOptions, openCliDrive } from './invocation'
import { wholeNumber } from './numbers'
import { driveJson, driveLine } from './print/drive'
import { style } from './print/style'
import { table } from './print/table'

interface BenchOptions extends CommonOptions {
  readonly commands: number
}

/** `bench`: how fast commands go to a drive and back. */
export const bench: CliCommand = (program, invocation) => {
  program
    .command('bench')
    .description('commands a second, latency percentiles and read throughput of a drive')
    .argument('<drive>', 'drive address')
    .option('--commands <count>', 'commands of each kind', wholeNumber, 1000)
    .action(async (address: string, options: BenchOptions) => {
      await using drive = await openCliDrive(address, options)
      const { measureDrive } = await import('../mmc')
      const measurements = await measureDrive(drive, { commands: options.commands, signal: invocation.signal })
      if (options.json) return invocation.printJson({ drive: await driveJson(drive), measurements })
      invocation.print(`${driveLine(await driveJson(drive), style(invocation.stdout))}\n`)
      invocation.print(
        table(
          ['command', 'count', 'a second', 'median µs', '95 % µs', '99 % µs', 'slowest µs', 'MB/s'],
          measurements.map(measured => [
            measured.command,
            measured.count,
            Math.round(measured.commandsPerSecond),
            Math.round(measured.medianUs),
            Math.round(measured.percentile95Us),
            Math.round(measured.percentile99Us),
            Math.round(measured.slowestUs),
            measured.bytesPerSecond === 0 ? null : Math.round(measured.bytesPerSecond / 1e5) / 10,
          ]),
        ),
      )
    })
}
