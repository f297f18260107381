import type { RecordedFileContent } from './tree/file-content'
import { type DirectoryNode, FILE_TYPE, type TreeNode } from './tree/node'

/** An entry of a listing, as `ls --json` has it. */
export interface ListedEntry {
  /** From the root on: `/photos/a.jpg`. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'link' | 'other'
  readonly sizeBytes: number
  /** First block (LBA); null for what has none. */
  readonly start: number | null
  /** ISO 8601, UTC; null where the file system has no time for it. */
  readonly modified: string | null
  /** Permissions with the file type, as POSIX has them: `100644` in octal. */
  readonly mode?: string
  readonly uid?: number
  readonly gid?: number
  /** Where a symbolic link points to. */
  readonly target?: string
}

const TYPE_BITS = { file: FILE_TYPE.regular, directory: FILE_TYPE.directory, link: FILE_TYPE.symbolicLink, other: 0 }

function startOf(node: TreeNode): number | null {
  if (node.kind === 'directory') return node.start ?? null
  if (node.kind !== 'file' || node.content.kind !== 'recorded') return null
  return (node.content as RecordedFileContent).extents[0]?.start ?? null
}

/** One node as an entry. */
export function listedEntry(node: TreeNode): ListedEntry {
  const { mode, uid, gid, modified } = node
  return {
    path: node.path,
    type: node.kind,
    sizeBytes: node.kind === 'file' ? node.content.sizeBytes : 0,
    start: startOf(node),
    modified: modified === undefined || Number.isNaN(modified) ? null : new Date(modified).toISOString(),
    ...(mode === undefined ? {} : { mode: (TYPE_BITS[node.kind] | mode).toString(8) }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(node.kind === 'link' ? { target: node.target } : {}),
  }
}

/** How a tree is gone through. */
export interface VisitOptions {
  /**
   * Directories that have not been read before are not kept in memory once they have been visited, nor their entries in
   * them; who asks for them later has them read again.
   */
  readonly passing?: boolean
}

/** Visits what a directory holds, each directory followed by what is in it where `recursive` is asked for. */
export async function visitNodes(
  directory: DirectoryNode,
  recursive: boolean,
  visit: (node: TreeNode) => void,
  options: VisitOptions = {},
): Promise<void> {
  const entries = options.passing ? await directory.passingEntries() : (await directory.entries()).values()
  for (const node of entries) {
    visit(node)
    if (recursive && node.kind === 'directory') await visitNodes(node, recursive, visit, options)
  }
}
