import { statSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../errors'
import type { ServedUnit, Target } from '../iscsi'
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
  readonly target?: string
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
    .option('--target <iqn>', 'iSCSI name of the target')
    .option('--write', 'let initiators write to real drives, too; virtual ones they always may')
    .option('--chap <user>', `user name that initiators must give; the secret is in ${CHAP_SECRET}`)
    .action((paths: string[], options: ServeOptions) => serve(paths, options, invocation))
}

function port(text: string): number {
  const value = wholeNumber(text)
  if (value > 65_535) throw new InvalidArgumentError('A port is at most 65535.')
  return value
}

async function create(path: string, options: CreateOptions, invocation: Invocation): Promise<void> {
  const { MEDIA_TYPES, virtualDisc } = await import('../virtual')
  const media = MEDIA_TYPES.find(type => type === options.media)
  if (!media) {
    throw new UsageError('USAGE_MEDIA', `"${options.media}" is no kind of medium.`, {
      hint: `There are: ${MEDIA_TYPES.join(', ')}.`,
    })
  }
  await virtualDisc.create(path, { ...options, media })
  const address = `virtual:${path}`
  await using drive = await openCliDrive(address, options)
  const medium = await drive.readMedium()
  if (options.json) return invocation.printJson({ address, medium })
  invocation.print(
    `${address}  ${medium?.family}, ${medium?.state}${medium?.isBlank === false ? `, sessions: ${medium.sessionCount}` : ''}`,
  )
}

async function serve(paths: string[], options: ServeOptions, invocation: Invocation): Promise<void> {
  const secret = process.env[CHAP_SECRET]
  if (options.chap !== undefined && !secret) {
    throw new UsageError('USAGE_CHAP_SECRET', `--chap needs the secret in the environment variable ${CHAP_SECRET}.`)
  }
  const [{ serve: serveDrives }, { openTransport }, { platforms }] = await Promise.all([
    import('../iscsi'),
    import('../platform'),
    import('../platforms'),
  ])
  const units: ServedUnit[] = []
  try {
    for (const path of paths) {
      const address = addressOf(path)
      const access = address.startsWith('virtual:') || options.write ? 'write' : 'read'
      units.push({ transport: await openTransport(platforms, address, { access }), access })
    }
    const target = await serveDrives({
      luns: units,
      host: options.host,
      port: options.port,
      ...(options.target ? { target: options.target } : {}),
      ...(options.chap !== undefined && secret ? { chap: { user: options.chap, password: secret } } : {}),
    })
    try {
      announce(target, options, invocation)
      await new Promise<void>(resolve => invocation.signal.addEventListener('abort', () => resolve(), { once: true }))
    } finally {
      await target.close()
    }
  } finally {
    await Promise.all(units.map(({ transport }) => transport.close()))
  }
}

/** What lies on this machine as a plain file is a virtual disc; all else is a drive's address as it stands. */
function addressOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? `virtual:${path}` : path
}

function announce(
  { portal, host, port, target, luns, warnings }: Target,
  options: ServeOptions,
  invocation: Invocation,
): void {
  for (const warning of warnings) invocation.note(`warning: ${warning}`)
  if (options.json) {
    invocation.printJsonLine({ portal, target, luns })
    return
  }
  invocation.print(`Target ${target} listens at ${portal}:`)
  for (const { lun, address } of luns) invocation.print(`  LUN ${lun}  ${address}`)
  invocation.print(`
Attach it (as root or administrator):
  Linux    iscsiadm -m discovery -t sendtargets -p ${portal} && iscsiadm -m node -T ${target} -p ${portal} --login
  Windows  New-IscsiTargetPortal -TargetPortalAddress ${host} -TargetPortalPortNumber ${port}; Connect-IscsiTarget -NodeAddress ${target}
  macOS    macOS has no initiator of its own: any that you install takes the portal ${portal} and the target name
  here     scsi-mmc info iscsi://${portal}/${target}/0
Ctrl-C ends it.`)
}
