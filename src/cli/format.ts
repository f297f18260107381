import type { CliCommand } from './invocation'
import { type MediumOperationOptions, runOperation, withOperationOptions } from './medium-operation'

interface FormatOptions extends MediumOperationOptions {
  readonly full?: boolean
  readonly spare: boolean
  readonly pseudoOverwrite?: boolean
}

/** `format`: DVD-RW, DVD+RW, DVD-RAM, BD-RE, blank BD-R. */
export const format: CliCommand = (program, invocation) => {
  withOperationOptions(
    program
      .command('format')
      .description('formats a DVD-RW, DVD+RW, DVD-RAM, BD-RE or blank BD-R: what is on it is lost')
      .argument('<drive>', 'drive address'),
  )
    .option('--full', 'everything, with certification: up to hours')
    .option('--no-spare', 'BD-RE: no spare areas: all of the capacity, full speed, no defect management')
    .option('--pseudo-overwrite', 'BD-R: written blocks can be replaced, at the cost of spare blocks')
    .action(async (address: string, options: FormatOptions) => {
      const { formatWholeMedium } = await import('../mmc')
      const { full, spare, pseudoOverwrite } = options
      await runOperation(address, options, invocation, 'That will be lost.', (drive, more) =>
        formatWholeMedium(drive, {
          ...more,
          spare,
          full: full === true,
          pseudoOverwrite: pseudoOverwrite === true,
        }),
      )
    })
}
