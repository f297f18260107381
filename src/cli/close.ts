import type { CliCommand } from './invocation'
import { type MediumOperationOptions, runOperation, withOperationOptions } from './medium-operation'

interface CloseOptions extends MediumOperationOptions {
  readonly session?: boolean
}

/** `close`: for good, or an open session. */
export const close: CliCommand = (program, invocation) => {
  withOperationOptions(
    program
      .command('close')
      .description('closes the medium for good, so that nothing more can be recorded on it')
      .argument('<drive>', 'drive address'),
  )
    .option('--session', 'close an open session only; the medium stays appendable')
    .action(async (address: string, options: CloseOptions) => {
      const { closeMedium } = await import('../mmc')
      const forGood = !options.session
      const loss = forGood ? 'Nothing more can be recorded on it afterwards.' : 'Its open session will be closed.'
      await runOperation(address, options, invocation, loss, (drive, more) =>
        closeMedium(drive, { ...more, close: forGood }),
      )
    })
}
