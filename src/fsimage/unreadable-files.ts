import { BLOCK_BYTES, type BlockSource } from './block-source'
import type { RecordedFileContent } from './tree/file-content'
import type { DirectoryNode, FileNode } from './tree/node'

/**
 * The files of a tree whose recorded blocks cannot be read: after an interrupted recording the directories name files that
 * were never written. Of each extent the first and the last block are tried.
 *
 * @param source  where recorded contents are read; others are not tried
 */
export async function unreadableFiles(root: DirectoryNode, source: BlockSource): Promise<FileNode[]> {
  const unreadable: FileNode[] = []
  const pending: DirectoryNode[] = [root]
  for (let directory = pending.pop(); directory; directory = pending.pop()) {
    for (const node of (await directory.entries()).values()) {
      if (node.kind === 'directory') pending.push(node)
      else if (node.kind === 'file' && !(await isReadable(node, source))) unreadable.push(node)
    }
  }
  return unreadable
}

async function isReadable({ content }: FileNode, source: BlockSource): Promise<boolean> {
  if (content.kind !== 'recorded') return true
  const { extents } = content as RecordedFileContent
  for (const { start, sizeBytes } of extents) {
    if (start === undefined || sizeBytes === 0) continue
    const last = start + Math.ceil(sizeBytes / BLOCK_BYTES) - 1
    for (const lba of last === start ? [start] : [last, start]) {
      const bytes = await source.readBlocks(lba, 1).catch(() => undefined)
      if (!bytes || bytes.length < BLOCK_BYTES) return false
    }
  }
  return true
}
