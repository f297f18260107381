import { stat } from 'node:fs/promises'
import { Option } from 'commander'
import { UsageError } from '../errors'
import type { BootImage, FileSystemImageResult, FileSystemType, InterchangeLevel, UdfRevision } from '../fsimage'
import type { CliCommand, CommonOptions, Invocation } from './invocation'
import { wholeNumber } from './numbers'
import { size } from './print/figures'
import { printable } from './print/printable'
import { progressBar } from './print/progress-bar'

interface InfoOptions extends CommonOptions {
  readonly sessionStart?: number
}

interface BuildOptions extends CommonOptions {
  readonly output: string
  readonly iso9660?: boolean
  readonly joliet?: boolean
  readonly rockRidge?: boolean
  readonly udf?: UdfRevision
  readonly virtualAllocationTable?: boolean
  readonly level: string
  readonly jolietLong?: boolean
  readonly boot?: string
  readonly efiBoot?: string
  readonly bootInfoTable?: boolean
  readonly volume?: string
  readonly exclude?: string[]
  readonly followLinks?: boolean
}

/** `image`: file-system images, on discs and in files. */
export const image: CliCommand = (program, invocation) => {
  const group = program.command('image').description('file-system images, on discs and in files')
  group
    .command('info')
    .description('sessions, file systems, boot entries')
    .argument('<drive-or-image>', 'drive address or image file')
    .option('--session-start <lba>', 'first block of a session that cannot be found', wholeNumber)
    .action((address: string, options: InfoOptions) => info(address, options, invocation))
  group
    .command('build')
    .description('builds an image of directories; ISO 9660 with Joliet and Rock Ridge unless told otherwise')
    .argument('<dir...>', 'directories whose contents the image holds')
    .requiredOption('-o, --output <file>', 'the image')
    .option('--iso9660', 'ISO 9660')
    .option('--joliet', 'Joliet, for Windows')
    .option('--rock-ridge', 'Rock Ridge, for POSIX systems')
    .addOption(
      new Option('--udf <version>', 'UDF of a revision').choices(['1.02', '1.50', '2.00', '2.01', '2.50', '2.60']),
    )
    .option('--virtual-allocation-table', 'with UDF 1.50 or later: for discs that packet writers go on writing')
    .addOption(
      new Option('--level <level>', 'interchange level of ISO 9660').choices(['1', '2', '3', '4']).default('3'),
    )
    .option('--joliet-long', 'Joliet names of up to 103 characters')
    .option('--boot <file>', 'boot image for PCs (El Torito)')
    .option('--efi-boot <file>', 'boot image for UEFI (El Torito)')
    .option('--boot-info-table', 'writes the addresses that isolinux asks for into the boot image')
    .option('--volume <name>', 'name of the volume')
    .option('--exclude <glob...>', 'leaves out what matches')
    .option('--follow-links', 'what symbolic links point to instead of the links')
    .action((directories: string[], options: BuildOptions) => build(directories, options, invocation))
}

async function info(address: string, options: InfoOptions, invocation: Invocation): Promise<void> {
  const { openCliImage } = await import('./opened-image')
  const opened = await openCliImage(address, options, invocation)
  try {
    const sessions = []
    const warnings: string[] = []
    for (const { number } of opened.sessions) {
      const session = await opened.session(number)
      const fileSystems = session.fileSystems.map(system => ({
        type: system.type,
        ...(system.rockRidge === undefined ? {} : { rockRidge: system.rockRidge }),
        ...(system.revision === undefined ? {} : { revision: system.revision }),
        volumeName: system.volumeName,
        blocks: system.blocks,
      }))
      sessions.push({ number, start: session.start, fileSystems, bootEntries: session.bootEntries })
      warnings.push(...session.warnings, ...new Set(session.fileSystems.flatMap(system => system.warnings)))
    }
    if (options.json) {
      invocation.printJson({ sessions, warnings })
      return
    }
    for (const warning of warnings) invocation.note(`warning: ${printable(warning)}`)
    const { table } = await import('./print/table')
    const rows = sessions.flatMap(({ number, start, fileSystems }) =>
      fileSystems.map(system => [
        number,
        start,
        `${system.type}${system.revision ? ` ${system.revision}` : ''}${system.rockRidge ? ' with Rock Ridge' : ''}`,
        system.volumeName,
        system.blocks,
      ]),
    )
    invocation.print(table(['session', 'start', 'file system', 'volume', 'blocks'], rows))
    const boots = sessions.flatMap(({ number, bootEntries }) =>
      bootEntries.map(entry => [
        number,
        entry.platformId,
        entry.emulation,
        entry.start,
        entry.bootable ? 'bootable' : 'not bootable',
      ]),
    )
    if (boots.length > 0) invocation.print(`\n${table(['session', 'platform', 'emulation', 'start', 'state'], boots)}`)
  } finally {
    await opened.close()
  }
}

async function build(directories: readonly string[], options: BuildOptions, invocation: Invocation): Promise<void> {
  const { FileSystemImage } = await import('../fsimage/file-system-image')
  const target = new FileSystemImage()
  const types = fileSystems(options)
  if (types.length > 0) target.fileSystemsToCreate = types
  if (types.length > 0) target.rockRidge = options.rockRidge ?? false
  if (options.udf) target.udfRevision = options.udf
  if (options.virtualAllocationTable) target.udfVirtualAllocationTable = true
  target.iso9660InterchangeLevel = Number(options.level) as InterchangeLevel
  if (options.jolietLong) target.jolietLongNames = true
  if (options.volume !== undefined) target.volumeName = options.volume
  target.bootImages = await bootImages(options)
  const { signal } = invocation
  for (const directory of directories) {
    await stat(directory).catch(error => {
      throw new UsageError('USAGE_FILE', `${directory} cannot be read: ${error.message}.`, { cause: error })
    })
    await target.root.addTree(directory, {
      signal,
      ...(options.exclude ? { excludes: options.exclude } : {}),
      ...(options.followLinks ? { followLinks: true } : {}),
    })
  }
  const result = await target.createResultImage()
  await writeImage(result, options.output, invocation)
  for (const warning of result.warnings) invocation.note(`warning: ${printable(warning)}`)
  if (options.json) {
    invocation.printJson({
      file: options.output,
      totalBlocks: result.totalBlocks,
      volumeName: target.volumeName,
      fileSystems: target.fileSystemsToCreate,
      discId: result.discId,
      renamed: result.renamed,
      warnings: result.warnings,
    })
  } else {
    if (result.renamed.length > 0)
      invocation.note(`${result.renamed.length} names had to be changed; --json lists them.`)
    invocation.note(`${options.output}: ${result.totalBlocks} blocks (${size(result.totalBlocks)}).`)
  }
}

function fileSystems(options: BuildOptions): FileSystemType[] {
  const types: FileSystemType[] = []
  if (options.iso9660 || options.rockRidge) types.push('ISO9660')
  if (options.joliet) types.push('Joliet')
  if (options.udf) types.push('UDF')
  return types
}

async function bootImages(options: BuildOptions): Promise<BootImage[]> {
  const [{ DiskFileContent }, { PLATFORM_ID }] = await Promise.all([
    import('../fsimage/tree/contents'),
    import('../fsimage/el-torito/boot-catalog'),
  ])
  const { stat } = await import('node:fs/promises')
  const content = async (path: string) => {
    const status = await stat(path).catch(error => {
      throw new UsageError('USAGE_FILE', `${path} cannot be read: ${(error as Error).message}.`, { cause: error })
    })
    return new DiskFileContent(path, status.size)
  }
  const images: BootImage[] = []
  if (options.boot) {
    images.push({ content: await content(options.boot), bootInfoTable: options.bootInfoTable ?? false })
  }
  if (options.efiBoot) {
    images.push({ content: await content(options.efiBoot), platformId: PLATFORM_ID.efi, emulation: 'none' })
  }
  return images
}

async function writeImage(result: FileSystemImageResult, path: string, invocation: Invocation): Promise<void> {
  const bar = await progressBar(invocation.stderr, 'building', result.totalBlocks)
  try {
    await result.writeFile(path, { signal: invocation.signal, progress: blocks => bar.update(blocks) })
  } finally {
    bar.stop()
  }
}
