import type { CliCommand, CommonOptions } from './invocation'
import { table } from './print/table'

/** `list`: the drives of this machine. */
export const list: CliCommand = (program, invocation) => {
  program
    .command('list')
    .description('the drives of this machine')
    .action(async (options: CommonOptions) => {
      const { listDrives } = await import('../open-drive')
      const drives = await listDrives(options)
      if (options.json) return invocation.printJson({ drives })
      if (drives.length === 0) return invocation.note('No optical drive was found on this machine.')
      invocation.print(
        table(
          ['address', 'vendor', 'product', 'revision', 'also', 'mounted at', 'held by'],
          drives.map(drive => [
            drive.address,
            drive.vendor,
            drive.product,
            drive.revision,
            drive.otherAddresses.join(' ') || '–',
            drive.mountPoints.join(' ') || '–',
            drive.heldBy.join(', ') || '–',
          ]),
        ),
      )
      for (const { address, problem } of drives) if (problem) invocation.note(`${address}: ${problem}`)
    })
}
