import { InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../errors'
import { type CliCommand, type CommonOptions, type Invocation, openCliDrive } from './invocation'
import { wholeNumber } from './numbers'

interface CreateOptions extends CommonOptions {
  readonly media: string
  readonly state?: 'blank' | 'appendable' | 'complete' | 'unformatted'
  readonly sessions?: number
  readonly from?: string
  readonly capacity?: number
}

interface ServeOptions extends CommonOptions {
  readonly port: number
  readonly host: string
  readonly target: string
  readonly chap?: string
  readonly write?: boolean
}

const CHAP_SECRET = 'SCSI_MMC_CHAP_SECRET'

/** `virtual`: discs for the virtual drive, and drives offered over iSCSI. */
export const virtual: CliCommand = (program, invocation) => {
  const group = program.command('virtual').description('discs for the virtual drive, and drives offered over iSCSI')
  group
    .command('create')
    .description('makes a virtual disc')
    .argument('<path>', 'where the disc is stored; open it as virtual:PATH')
    .requiredOption('--media <type>', 'cd-r, dvd+rw, bd-re, …')
    .addOption(
      new Option('--state <state>', 'what has been done to the disc').choices([
        'blank',
        'appendable',
        'complete',
        'unformatted',
      ]),
    )
    .option('--sessions <count>', 'sessions on it', wholeNumber)
    .option('--from <image>', 'an image whose bytes the disc holds')
    .option('--capacity <blocks>', 'blocks of 2048 bytes', wholeNumber)
    .action((path: string, options: CreateOptions) => create(path, options, invocation))
  group
    .command('serve')
    .description('offers a drive for each PATH over iSCSI, LUN 0 on, until it is interrupted')
    .argument('<path...>', 'virtual discs, or any drive addresses')
    .option('--port <number>', 'TCP port; 0 takes a free one', port, 3260)
    .option(
      '--host <address>',
      'address to listen on; others than the loopback one are open to the network',
      '127.0.0.1',
    )
    .option('--target <iqn>', 'iSCSI name of the target', 'iqn.2026-01.scsi-mmc:drives')
    .option('--chap <user>', `user name that initiators must give; the secret is in ${CHAP_SECRET}`)
    .action((paths: string[], options: ServeOptions) => serve(paths, options, invocation))
}

function port(text: string): number {
  const value = wholeNumber(text)
  if (value > 65_535) throw new InvalidArgumentError('A port is at most 65535.')
  return value
}

async function create(path: string, options: CreateOptions, invocation: Invocation): Promise<void> {
  const { virtualDisc } = await import('../virtual')
  const disc = await virtualDisc.create(path, options)
  if (options.json) return invocation.printJson({ address: `virtual:${path}`, ...disc })
  invocation.print(`virtual:${path}  ${disc.media}, ${disc.state}, ${disc.sessions} sessions`)
}

async function serve(paths: string[], options: ServeOptions, invocation: Invocation): Promise<void> {
  const secret = process.env[CHAP_SECRET]
  if (options.chap !== undefined && !secret) {
    throw new UsageError('USAGE_CHAP_SECRET', `--chap needs the secret in the environment variable ${CHAP_SECRET}.`)
  }
}
