/** What an image tells while it imports and while it is sent: DFileSystemImageImportEvents, DFileSystemImageEvents. */
import { BLOCK_BYTES } from './block-source'
import type { ProgressItem } from './image/image'
import type { FileSystemType } from './imported-file-system'
import type { DirectoryNode } from './tree/node'

/** How far the sending of an image has come (DFileSystemImageEvents::Update). */
export interface ImageUpdate {
  /** Path of the file, or name of the structure, that is being sent. */
  readonly currentFile: string
  /** Blocks of 2048 bytes sent so far, and in all. */
  readonly copiedSectors: number
  readonly totalSectors: number
}

/** How far the reading of an imported tree has come (DFileSystemImageImportEvents::UpdateImport). */
export interface ImportUpdate {
  readonly fileSystem: FileSystemType
  /** Path of a file, or of a directory, which ends in `/`. */
  readonly currentItem: string
  readonly importedDirectoryItems: number
  /** Directories known so far: those below them are not yet. */
  readonly totalDirectoryItems: number
  readonly importedFileItems: number
  /** -1: no file system says beforehand how many there are. */
  readonly totalFileItems: number
}

/** The events of a {@link FileSystemImage}, with what their listeners are given. */
export interface FileSystemImageEvents {
  /** At the start of a stream, each mebibyte, and at its end. */
  update: [ImageUpdate]
  /** Before each directory of the disc, and after each file. */
  updateImport: [ImportUpdate]
}

const UPDATE_BLOCKS = 2 ** 20 / BLOCK_BYTES

/**
 * Passes chunks on and tells how far they have come.
 *
 * @param start  LBA of the first block
 * @param items  what stands where, in the order of the blocks
 */
export async function* withUpdates(
  chunks: AsyncIterable<Uint8Array>,
  start: number,
  totalSectors: number,
  items: readonly ProgressItem[],
  tell: (update: ImageUpdate) => void,
): AsyncGenerator<Uint8Array> {
  let sent = 0
  let told = 0
  let next = 0
  let currentFile = ''
  const update = (copiedSectors: number) => {
    for (; next < items.length && items[next]!.firstBlock <= start + copiedSectors; next++) {
      currentFile = items[next]!.description
    }
    tell({ currentFile, copiedSectors, totalSectors })
    told = copiedSectors
  }
  update(0)
  for await (const chunk of chunks) {
    sent += chunk.length / BLOCK_BYTES
    yield chunk
    while (told + UPDATE_BLOCKS <= sent && told + UPDATE_BLOCKS < totalSectors) update(told + UPDATE_BLOCKS)
  }
  update(sent)
}

/** Reads all of a tree that has not been read yet, one directory after the other, and tells what it comes to. */
export async function loadTreeWithUpdates(
  root: DirectoryNode,
  fileSystem: FileSystemType,
  tell: (update: ImportUpdate) => void,
): Promise<void> {
  let importedDirectoryItems = 0
  let totalDirectoryItems = 0
  let importedFileItems = 0
  const update = (currentItem: string) =>
    tell({
      fileSystem,
      currentItem,
      importedDirectoryItems,
      totalDirectoryItems,
      importedFileItems,
      totalFileItems: -1,
    })
  const pending: DirectoryNode[] = [root]
  for (let directory = pending.shift(); directory; directory = pending.shift()) {
    const isImported = !directory.isLoaded
    if (isImported) {
      update(directory.path === '/' ? '/' : `${directory.path}/`)
      await directory.load()
      importedDirectoryItems++
    }
    for (const node of directory.loadedEntries.values()) {
      if (node.kind === 'directory') {
        if (!node.isLoaded) totalDirectoryItems++
        pending.push(node)
      } else if (isImported) {
        importedFileItems++
        update(node.path)
      }
    }
  }
}
