import { Option } from 'commander'
import { ScsiMmcError } from '../errors'
import type { MultisessionInterface } from '../fsimage'
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
    .description('what IFileSystemImage::put_MultisessionInterfaces answers for the medium')
    .argument('<drive>', 'drive address')
    .addOption(
      new Option('--use <interface>', 'which interface is marked as in use')
        .choices(['sequential', 'random-write', 'none'])
        .default('none'),
    )
    .action(async (address: string, options: MultisessionOptions) => {
      const { FileSystemImage, formatHresult, ImapiError } = await import('../fsimage')
      await using drive = await openCliDrive(address, options)
      const identity = await driveJson(drive)
      const medium = await drive.readMedium({ signal: invocation.signal })
      const offered = await drive.multisessionInterfaces({ signal: invocation.signal })
      for (const element of offered) element.inUse = element.kind === options.use
      const image = new FileSystemImage()
      const refusal = await image.putMultisessionInterfaces(offered).then(
        () => undefined,
        error => error,
      )
      if (refusal !== undefined && !(refusal instanceof ImapiError)) throw refusal
      const accepted = (refusal ? undefined : image.acceptedMultisession?.element) ?? null
      const evaluation = {
        result: refusal
          ? {
              name: refusal.code,
              hresult: formatHresult(refusal.hresult),
              message: refusal.message,
              hint: refusal.hint,
            }
          : { name: 'S_OK', hresult: formatHresult(0) },
        accepted,
        offered,
        medium,
        evidence: [...(medium?.evidence ?? []), ...(refusal?.evidence ?? [])],
        ...(refusal?.cause instanceof ScsiMmcError ? { cause: refusal.cause } : {}),
      }
      if (options.json) {
        invocation.printJson({
          ...evaluation,
          accepted: accepted && withType(accepted),
          offered: offered.map(withType),
        })
      } else {
        const paint = style(invocation.stdout)
        invocation.print(`${driveLine(identity, paint)}\n`)
        invocation.print(multisessionReport(evaluation, paint))
      }
      if (refusal) invocation.exitCode = EXIT.mediumSaysNo
    })
}

/** An element as the JSON has it: its kind is its `type`. */
function withType({ importRecorder: _drive, ...properties }: MultisessionInterface) {
  return { type: properties.kind, ...properties }
}
