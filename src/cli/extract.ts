import { UsageError } from '../errors'
import type { CliCommand, Invocation } from './invocation'
import { type FileSystemOptions, fileSystemOption, fileSystemType } from './ls'
import { wholeNumber } from './numbers'
import { printable } from './print/printable'
import { progressBar } from './print/progress-bar'

interface ExtractOptions extends FileSystemOptions {
  readonly to: string
  readonly overwrite?: boolean
}

/** `extract`: files of a disc or an image into a directory. */
export const extract: CliCommand = (program, invocation) => {
  program
    .command('extract')
    .description('writes files of a disc or an image into a directory, never outside it')
    .argument('<drive-or-image>', 'drive address or image file')
    .argument('<path...>', 'files and directories; / is all')
    .requiredOption('--to <dir>', 'where they go')
    .option('--session <number>', 'another session than the last', wholeNumber)
    .option('--session-start <lba>', 'first block of a session that cannot be found', wholeNumber)
    .addOption(fileSystemOption())
    .option('--overwrite', 'replace files that exist')
    .action((address: string, paths: string[], options: ExtractOptions) =>
      extractFiles(address, paths, options, invocation),
    )
}

async function extractFiles(
  address: string,
  paths: readonly string[],
  options: ExtractOptions,
  invocation: Invocation,
): Promise<void> {
  const [{ chooseFileSystem }, { extract: write }, { find }] = await Promise.all([
    import('../fsimage/open-image'),
    import('../fsimage/extract'),
    import('../fsimage/tree/paths'),
  ])
  const { openCliImage } = await import('./opened-image')
  const opened = await openCliImage(address, options, invocation)
  try {
    const session = await opened.session(options.session ?? opened.sessions.at(-1)?.number ?? 1)
    const system = chooseFileSystem(session, fileSystemType(options.fileSystem))
    const nodes = await Promise.all(
      paths.map(async path => {
        const node = await find(system.root, path)
        if (!node) throw new UsageError('USAGE_PATH', `There is no "${path}" in the file system.`)
        return node
      }),
    )
    const bar = await progressBar(invocation.stderr, 'extracting', system.blocks)
    const report = await write(nodes, options.to, opened.source, {
      signal: invocation.signal,
      onProgress: bytes => bar.update(Math.ceil(bytes / 2048)),
      ...(options.overwrite ? { overwrite: true } : {}),
    }).finally(() => bar.stop())
    const warnings = [...session.warnings, ...system.warnings]
    if (!options.json) for (const warning of warnings) invocation.note(`warning: ${printable(warning)}`)
    for (const { path, reason } of report.skipped) {
      invocation.note(`skipped: ${printable(path)}: ${printable(reason)}`)
    }
    if (options.json) {
      invocation.printJson({ fileSystem: system.type, session: session.number, ...report, warnings })
    } else {
      invocation.note(
        `${report.files} files and ${report.directories} directories (${report.bytes} bytes) in ${options.to}.`,
      )
    }
  } finally {
    await opened.close()
  }
}
