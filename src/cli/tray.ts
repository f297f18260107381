import { EXIT } from './exit-codes'
import { type CliCommand, type CommonOptions, openCliDrive } from './invocation'

/** `eject`: opens the tray. */
export const eject: CliCommand = (program, invocation) => {
  program
    .command('eject')
    .description('opens the tray')
    .argument('<drive>', 'drive address')
    .option('--unlock', 'unlock the door first, if a program left it locked')
    .action(async (address: string, options: CommonOptions & { readonly unlock?: boolean }) => {
      const { ejectMedium } = await import('../mmc')
      await using drive = await openCliDrive(address, options, 'write')
      await ejectMedium(drive, { signal: invocation.signal, unlock: options.unlock === true })
      if (options.json) invocation.printJson({ address, tray: 'open' })
    })
}

/** `load`: closes the tray and waits for the medium. */
export const load: CliCommand = (program, invocation) => {
  program
    .command('load')
    .description('closes the tray and waits until the medium is ready')
    .argument('<drive>', 'drive address')
    .action(async (address: string, options: CommonOptions) => {
      const { loadMedium } = await import('../mmc')
      await using drive = await openCliDrive(address, options, 'write')
      const mediumPresent = await loadMedium(drive, { signal: invocation.signal })
      if (options.json) invocation.printJson({ address, tray: 'closed', mediumPresent })
      if (mediumPresent) return
      invocation.exitCode = EXIT.notReady
      if (!options.json) invocation.note('There is no medium in the drive.')
    })
}
