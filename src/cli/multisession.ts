import { Option } from 'commander'
import { EXIT } from './exit-codes'
import { type CliCommand, type CommonOptions, openCliDrive } from './invocation'
import { driveJson, driveLine } from './print/drive'
import { multisessionReport } from './print/multisession'
import { style } from './print/style'

interface MultisessionOptions extends CommonOptions {
  readonly use: 'sequential' | 'random-write' | 'none'
}

/** `multisession`: what put_MultisessionInterfaces answers for the medium, and why. */
export const multisession: CliCommand = (program, invocation) => {
  program
    .command('multisession')
    .description('what put_MultisessionInterfaces answers for the medium, and why')
    .argument('<drive>', 'drive address')
    .addOption(
      new Option('--use <interface>', 'which interface is marked as in use')
        .choices(['sequential', 'random-write', 'none'])
        .default('none'),
    )
    .action(async (address: string, options: MultisessionOptions) => {
      const { evaluateMultisession } = await import('../fsimage/multisession')
      await using drive = await openCliDrive(address, options)
      const evaluation = await evaluateMultisession(drive, { use: options.use, signal: invocation.signal })
      if (options.json) {
        invocation.printJson(evaluation)
      } else {
        const paint = style(invocation.stdout)
        invocation.print(`${driveLine(await driveJson(drive), paint)}\n`)
        invocation.print(multisessionReport(evaluation, paint))
      }
      if (evaluation.result.name !== 'S_OK') invocation.exitCode = EXIT.mediumSaysNo
    })
}
