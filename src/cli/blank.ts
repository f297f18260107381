import { Option } from 'commander'
import type { BlankingType } from '../mmc'
import type { CliCommand } from './invocation'
import { type MediumOperationOptions, runOperation, withOperationOptions } from './medium-operation'

interface BlankOptions extends MediumOperationOptions {
  readonly type: BlankingType
}

/** `blank`: a CD-RW or DVD-RW as new. */
export const blank: CliCommand = (program, invocation) => {
  withOperationOptions(
    program
      .command('blank')
      .description('blanks a CD-RW or DVD-RW: what is on it is lost')
      .argument('<drive>', 'drive address'),
  )
    .addOption(
      new Option(
        '--type <type>',
        'minimal takes a minute; disc up to an hour, and lets a DVD-RW be recorded incrementally',
      )
        .choices(['minimal', 'disc', 'last-session', 'unclose-last-session'])
        .default('minimal'),
    )
    .action(async (address: string, options: BlankOptions) => {
      const { blankMedium } = await import('../mmc')
      const { type } = options
      const loss = type === 'unclose-last-session' ? 'Its last session will be open again.' : 'That will be lost.'
      await runOperation(address, options, invocation, loss, (drive, more) => blankMedium(drive, { ...more, type }))
    })
}
