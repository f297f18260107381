import type { DirectoryNode, ImportedFileSystem } from '../../src/fsimage'
import { memoryBlockSource, openSource } from '../../src/fsimage'
import { bytesOf } from './building'

/** A tree as lines: path, type, size or target, and the first bytes of files. */
export async function treeOf(root: DirectoryNode): Promise<string[]> {
  const lines: string[] = []
  const walk = async (directory: DirectoryNode): Promise<void> => {
    for (const node of (await directory.entries()).values()) {
      if (node.kind === 'directory') {
        lines.push(`${node.path}/`)
        await walk(node)
      } else if (node.kind === 'link') lines.push(`${node.path} -> ${node.target}`)
      else if (node.kind === 'other') lines.push(`${node.path} ${node.type}`)
      else lines.push(`${node.path} ${(await bytesOf(node.content)).toString('latin1', 0, 40)}`)
    }
  }
  await walk(root)
  return lines.sort()
}

/** The file system of an image, in its last session unless told otherwise. */
export async function fileSystemOf(
  image: Uint8Array,
  type: 'ISO9660' | 'Joliet' | 'UDF' = 'ISO9660',
  sessionStart?: number,
): Promise<ImportedFileSystem> {
  const opened = await openSource(memoryBlockSource(image), { sessionStart })
  const session = await opened.session(opened.sessions.at(-1)!.number)
  const found = session.fileSystems.find(system => system.type === type)
  if (!found) throw new Error(`no ${type} in session at ${session.start}: ${session.warnings.join(' ')}`)
  return found
}
