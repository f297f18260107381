/** Which directories and records a tree of ECMA-119 has: identifiers, levels, relocated directories. */
import type { LayerContext, SortedDirectory } from '../image/image-layer'
import { ImapiError } from '../imapi-error'
import { cutNames } from '../rock-ridge/names'
import { DirectoryNode, type TreeNode } from '../tree/node'
import type { TreeFormat } from './tree-format'

/** Deepest level of a directory (6.8.2.1); the root is 1. */
const MAXIMUM_LEVEL = 8
const MAXIMUM_PATH_LENGTH = 255
/** One byte identifier of a directory's own record. */
export const SELF = '\u0000'
/** Files are numbered from 1; libarchive takes equal numbers for hard links, so all others get numbers, too. */
export const FIRST_SERIAL_NUMBER = { other: 2 ** 30, directory: 2 ** 31 } as const

/** A directory as this tree has it. */
export interface PlannedDirectory {
  readonly node: DirectoryNode
  identifier: string
  /** Where it is recorded; for a relocated one that is not where it is seen. */
  parent: PlannedDirectory
  /** For a relocated one, where it is seen. */
  seenIn: PlannedDirectory | undefined
  readonly level: number
  entries: PlannedEntry[]
  /** Bytes of its records, a whole number of blocks. */
  sizeBytes: number
  continuationBlocks: number
  /** Block, counted from the start of the directories' region. */
  offset: number
  /** Its number in the path table, from 1. */
  number: number
  /** Subdirectories that are seen in it. */
  subdirectories: number
}

/** A record of a directory, or as many as a file has sections. */
export interface PlannedEntry {
  readonly node: TreeNode
  readonly identifier: string
  /** The directory behind the record; for a relocated one, the record is only a link to it. */
  readonly directory: PlannedDirectory | undefined
  readonly placeholder: boolean
  /** POSIX file serial number of what is neither directory nor file; those have numbers of their own. */
  readonly serialNumber: number
}

/** Plans the directories of one tree. */
export class DirectoryPlanner {
  /** In the order of the path table; the root is the first. */
  readonly directories: PlannedDirectory[]
  /** The directory of relocated ones, where there are any. */
  holder: PlannedDirectory | undefined
  /** Names that Rock Ridge records shorter than they are. */
  readonly cutNames = new Map<TreeNode, string>()
  private readonly format: TreeFormat
  private readonly context: LayerContext
  private nextSerialNumber = FIRST_SERIAL_NUMBER.other

  /** @throws {ImapiError} `IMAPI_E_ISO9660_LEVELS`, `IMAPI_E_INVALID_PATH` where strict compliance is asked for */
  constructor(format: TreeFormat, context: LayerContext) {
    this.format = format
    this.context = context
    this.directories = inPathTableOrder(this.planDirectories(context.directories))
  }

  private planDirectories(sorted: readonly SortedDirectory[]): PlannedDirectory {
    const planned = new Map<SortedDirectory, PlannedDirectory>()
    const relocated: { directory: SortedDirectory; seenIn: PlannedDirectory }[] = []
    const root = plannedDirectory(sorted[0]!.node, SELF, 1)
    root.parent = root
    planned.set(sorted[0]!, root)
    const levelOf = (parent: PlannedDirectory) => parent.level + 1
    const moves = this.format.rockRidge && this.format.relocation
    let holder: PlannedDirectory | undefined
    const pending = new Map<SortedDirectory, PlannedDirectory>()
    for (const directory of sorted) {
      const parent = planned.get(directory) ?? pending.get(directory)!
      const listed = directory.entries.filter(entry => this.format.holds(entry))
      const identifiers = this.format.identifiers(listed)
      if (this.format.rockRidge) for (const [node, name] of cutNames(listed)) this.cutNames.set(node, name)
      const children = new Map(directory.directories.map(child => [child.node, child]))
      for (const [index, node] of listed.entries()) {
        const identifier = identifiers[index]!
        this.report(node, identifier)
        if (node.kind !== 'directory') {
          parent.entries.push({
            node,
            identifier,
            directory: undefined,
            placeholder: false,
            serialNumber: this.nextSerialNumber++,
          })
          continue
        }
        parent.subdirectories++
        const child = children.get(node)!
        if (levelOf(parent) > MAXIMUM_LEVEL && moves) {
          holder ??= this.relocationDirectory(root)
          const moved = plannedDirectory(node, '', holder.level + 1)
          moved.parent = holder
          moved.seenIn = parent
          pending.set(child, moved)
          relocated.push({ directory: child, seenIn: parent })
          parent.entries.push({ node, identifier, directory: moved, placeholder: true, serialNumber: 0 })
        } else {
          if (levelOf(parent) > MAXIMUM_LEVEL) this.tooDeep(node)
          const next = plannedDirectory(node, identifier, levelOf(parent))
          next.parent = parent
          planned.set(child, next)
          parent.entries.push({ node, identifier, directory: next, placeholder: false, serialNumber: 0 })
        }
      }
    }
    if (holder) this.fillRelocationDirectory(holder, relocated, pending)
    this.checkPaths(root)
    for (const directory of [...planned.values(), ...pending.values(), ...(holder ? [holder] : [])]) {
      directory.entries = sortEntries(directory.entries, this.format)
    }
    return root
  }

  /** Where directories go that lie too deep: not shown by readers of Rock Ridge, since it is marked relocated itself. */
  private relocationDirectory(root: PlannedDirectory): PlannedDirectory {
    const taken = new Set(root.node.loadedEntries.keys())
    let name = 'rr_moved'
    for (let number = 0; taken.has(name) || taken.has(name.toUpperCase()); number++) name = `rr_moved${number}`
    const node = new DirectoryNode(name, { mode: 0o555, modified: this.context.volume.modified })
    const holder = plannedDirectory(node, name.toUpperCase().slice(0, 8), 2)
    holder.parent = root
    root.entries.push({ node, identifier: holder.identifier, directory: holder, placeholder: false, serialNumber: 0 })
    this.holder = holder
    return holder
  }

  private fillRelocationDirectory(
    holder: PlannedDirectory,
    relocated: readonly { directory: SortedDirectory }[],
    planned: ReadonlyMap<SortedDirectory, PlannedDirectory>,
  ): void {
    const nodes = relocated.map(({ directory }) => directory.node)
    const identifiers = this.format.identifiers(nodes)
    holder.entries = relocated.map(({ directory }, index) => {
      const moved = planned.get(directory)!
      moved.identifier = identifiers[index]!
      return {
        node: directory.node,
        identifier: identifiers[index]!,
        directory: moved,
        placeholder: false,
        serialNumber: 0,
      }
    })
  }

  private report(node: TreeNode, identifier: string): void {
    const plain = identifier.replace(/\.?;1$/, '')
    if (!this.format.rockRidge && plain !== node.name) this.context.renamed(node, plain)
    const cut = this.cutNames.get(node)
    if (cut !== undefined) this.context.renamed(node, cut)
  }

  private tooDeep(node: TreeNode): void {
    if (!this.format.strict) return
    throw new ImapiError(
      'IMAPI_E_ISO9660_LEVELS',
      `${node.path} lies deeper than ${MAXIMUM_LEVEL} levels, which ISO 9660 does not allow.`,
      { hint: 'Use Rock Ridge, which relocates such directories, or UDF.' },
    )
  }

  private checkPaths(root: PlannedDirectory): void {
    if (!this.format.strict) return
    const check = (directory: PlannedDirectory, length: number) => {
      for (const entry of directory.entries) {
        const whole = length + 1 + entry.identifier.length
        if (whole > MAXIMUM_PATH_LENGTH) {
          throw new ImapiError('IMAPI_E_INVALID_PATH', `${entry.node.path} is longer than ISO 9660 allows (255).`)
        }
        if (entry.directory && !entry.placeholder) check(entry.directory, whole)
      }
    }
    if (this.format.layer === 'ISO9660' && !this.format.rockRidge) check(root, 0)
  }
}

function plannedDirectory(node: DirectoryNode, identifier: string, level: number): PlannedDirectory {
  const planned: Omit<PlannedDirectory, 'parent'> = {
    node,
    identifier,
    seenIn: undefined,
    level,
    entries: [],
    sizeBytes: 0,
    continuationBlocks: 0,
    offset: 0,
    number: 0,
    subdirectories: 0,
  }
  return planned as PlannedDirectory
}

function sortEntries(entries: readonly PlannedEntry[], format: TreeFormat): PlannedEntry[] {
  const keyed = entries.map(entry => ({ entry, key: format.sortKey(entry.identifier) }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return keyed.map(({ entry }) => entry)
}

/** Level by level, then by the parent's number, then by identifier (6.9.1). */
function inPathTableOrder(root: PlannedDirectory): PlannedDirectory[] {
  const all = [root]
  for (let index = 0; index < all.length; index++) {
    const directory = all[index]!
    directory.number = index + 1
    for (const entry of directory.entries) {
      if (entry.directory && !entry.placeholder) all.push(entry.directory)
    }
  }
  return all
}
