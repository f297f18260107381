import { Option } from 'commander'
import { UsageError } from '../errors'
import type { FileSystemType, ListedEntry, TreeNode } from '../fsimage'
import type { CliCommand, CommonOptions, Invocation } from './invocation'
import { wholeNumber } from './numbers'
import { printable } from './print/printable'
import { style } from './print/style'

/** The options that choose a file system. */
export interface FileSystemOptions extends CommonOptions {
  readonly session?: number
  readonly sessionStart?: number
  readonly fileSystem?: string
}

interface LsOptions extends FileSystemOptions {
  readonly long?: boolean
  readonly recursive?: boolean
}

/** The name of a file-system type as an option has it: `udf`, `joliet`, `iso9660`. */
export const fileSystemOption = () =>
  new Option('--file-system <type>', 'instead of the richest').choices(['udf', 'joliet', 'iso9660'])

/** The type that such an option names. */
export function fileSystemType(option: string | undefined): FileSystemType | undefined {
  const types: Readonly<Record<string, FileSystemType>> = { udf: 'UDF', joliet: 'Joliet', iso9660: 'ISO9660' }
  return option === undefined ? undefined : types[option]
}

/** `ls`: what a file system of a disc or an image holds. */
export const ls: CliCommand = (program, invocation) => {
  program
    .command('ls')
    .description('lists a file system: the whole tree, or one directory of it')
    .argument('<drive-or-image>', 'drive address or image file')
    .argument('[path]', 'a directory or file; without it, the whole tree')
    .option('--session <number>', 'another session than the last', wholeNumber)
    .option('--session-start <lba>', 'first block of a session that cannot be found', wholeNumber)
    .addOption(fileSystemOption())
    .option('-l, --long', 'modes, owners, sizes, addresses and times')
    .option('-R, --recursive', 'with a path: all that is below it')
    .action((address: string, path: string | undefined, options: LsOptions) =>
      listFiles(address, path, options, invocation),
    )
}

async function listFiles(
  address: string,
  path: string | undefined,
  options: LsOptions,
  invocation: Invocation,
): Promise<void> {
  const [{ chooseFileSystem }, { listedEntry, visitNodes }, { find }] = await Promise.all([
    import('../fsimage/open-image'),
    import('../fsimage/listing'),
    import('../fsimage/tree/paths'),
  ])
  const { openCliImage } = await import('./opened-image')
  const opened = await openCliImage(address, options, invocation)
  try {
    const session = await opened.session(options.session ?? opened.sessions.at(-1)?.number ?? 1)
    const system = chooseFileSystem(session, fileSystemType(options.fileSystem))
    const node = await find(system.root, path ?? '/')
    if (!node) throw new UsageError('USAGE_PATH', `There is no "${path}" in the file system.`)
    const nodes: TreeNode[] = []
    if (node.kind === 'directory') {
      await visitNodes(node, path === undefined || options.recursive === true, below => nodes.push(below))
    } else nodes.push(node)
    const warnings = [...session.warnings, ...system.warnings]
    if (options.json) {
      invocation.printJson({
        fileSystem: system.type,
        ...(system.rockRidge === undefined ? {} : { rockRidge: system.rockRidge }),
        ...(system.revision === undefined ? {} : { revision: system.revision }),
        volumeName: system.volumeName,
        session: session.number,
        entries: nodes.map(listedEntry),
        warnings,
      })
      return
    }
    for (const warning of warnings) invocation.note(`warning: ${printable(warning)}`)
    if (options.long) await printLong(nodes.map(listedEntry), invocation)
    else printPaths(nodes, invocation)
  } finally {
    await opened.close()
  }
}

const SUFFIX = { directory: '/', link: '@', other: '=', file: '' }
/** Lines written at a time: a system call for each is most of its time. */
const LINES_AT_A_TIME = 1000

function printPaths(nodes: readonly TreeNode[], invocation: Invocation): void {
  const paint = style(invocation.stdout)
  for (let from = 0; from < nodes.length; from += LINES_AT_A_TIME) {
    const lines = nodes.slice(from, from + LINES_AT_A_TIME).map(({ path, kind }) => {
      const text = `${printable(path)}${SUFFIX[kind]}`
      return kind === 'directory' ? paint('blue', text) : text
    })
    invocation.print(lines.join('\n'))
  }
}

async function printLong(entries: readonly ListedEntry[], invocation: Invocation): Promise<void> {
  const { table } = await import('./print/table')
  const rows = entries.map(entry => [
    permissions(entry),
    entry.uid ?? null,
    entry.gid ?? null,
    entry.sizeBytes,
    entry.start,
    entry.modified ?? null,
    `${entry.path}${entry.target === undefined ? SUFFIX[entry.type] : ` -> ${entry.target}`}`,
  ])
  invocation.print(table(['mode', 'uid', 'gid', 'bytes', 'start', 'modified', 'path'], rows))
}

function permissions({ type, mode }: ListedEntry): string {
  const letter = { directory: 'd', link: 'l', other: '?', file: '-' }[type]
  if (mode === undefined) return letter
  const bits = Number.parseInt(mode, 8)
  return `${letter}${[6, 3, 0].map(shift => ['r', 'w', 'x'].map((name, index) => ((bits >> shift) & (4 >> index) ? name : '-')).join('')).join('')}`
}
