import { Option } from 'commander'
import { UsageError } from '../errors'
import type { DirectoryNode, FileSystemType, ListedEntry, TreeNode } from '../fsimage'
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
    const isRecursive = path === undefined || options.recursive === true
    // Nothing of the tree is needed a second time: it is not kept, however large it is.
    const visit = async (each: (node: TreeNode) => void) =>
      node.kind === 'directory' ? visitNodes(node, isRecursive, each, { passing: true }) : each(node)
    const warnings = () => [...session.warnings, ...system.warnings]
    const noteWarnings = () => {
      for (const warning of warnings()) invocation.note(`warning: ${printable(warning)}`)
    }
    if (!options.json && !options.long) {
      const paths = new PathPrinter(invocation)
      await visit(below => paths.add(below)).finally(() => paths.end())
      noteWarnings()
      return
    }
    const entries: ListedEntry[] = []
    await visit(below => entries.push(listedEntry(below)))
    if (options.json) {
      invocation.printJson({
        fileSystem: system.type,
        ...(system.rockRidge === undefined ? {} : { rockRidge: system.rockRidge }),
        ...(system.revision === undefined ? {} : { revision: system.revision }),
        volumeName: system.volumeName,
        session: session.number,
        entries,
        warnings: warnings(),
      })
      return
    }
    noteWarnings()
    await printLong(entries, invocation)
  } finally {
    await opened.close()
  }
}

const SUFFIX = { directory: '/', link: '@', other: '=', file: '' }
/** Characters written at a time: a system call for each line is most of its time. */
const CHARACTERS_AT_A_TIME = 65_536

/** Prints the paths of nodes, many at a time. */
class PathPrinter {
  private readonly invocation: Invocation
  private readonly paint: ReturnType<typeof style>
  private directory: DirectoryNode | undefined = undefined
  /** What the paths in {@link directory} begin with, printable. */
  private prefix = ''
  private text = ''

  constructor(invocation: Invocation) {
    this.invocation = invocation
    this.paint = style(invocation.stdout)
  }

  add({ parent, name, kind }: TreeNode): void {
    // Neighbours have their beginning in common.
    if (parent !== this.directory) {
      this.directory = parent
      this.prefix = parent?.parent ? `${printable(parent.path)}/` : '/'
    }
    const line = `${this.prefix}${printable(name)}${SUFFIX[kind]}`
    this.text += kind === 'directory' ? `${this.paint('blue', line)}\n` : `${line}\n`
    if (this.text.length >= CHARACTERS_AT_A_TIME) this.end()
  }

  /** Prints what is left. */
  end(): void {
    if (this.text !== '') this.invocation.print(this.text.slice(0, -1))
    this.text = ''
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
