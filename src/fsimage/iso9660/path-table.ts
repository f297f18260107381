import { BLOCK_BYTES } from '../block-source'
import type { PlannedDirectory } from './directory-planner'
import type { TreeFormat } from './tree-format'

const HEADER_BYTES = 8

function identifierBytes(directory: PlannedDirectory, format: TreeFormat): number {
  return directory.number === 1 ? 1 : format.identifierBytes(directory.identifier)
}

/** Bytes of a path table (9.4). */
export function pathTableBytes(directories: readonly PlannedDirectory[], format: TreeFormat): number {
  let total = 0
  for (const directory of directories) {
    const length = identifierBytes(directory, format)
    total += HEADER_BYTES + length + (length % 2)
  }
  return total
}

/**
 * A path table (9.4): type L with the least significant byte first, type M with the most significant.
 *
 * @param start  first block of the directories (LBA)
 */
export function encodePathTable(
  directories: readonly PlannedDirectory[],
  format: TreeFormat,
  type: 'L' | 'M',
  start: number,
  blocks: number,
): Uint8Array {
  const bytes = Buffer.alloc(blocks * BLOCK_BYTES)
  let at = 0
  for (const directory of directories) {
    const length = identifierBytes(directory, format)
    // Numbers beyond 16 bits cannot be recorded; whoever makes such an image was warned.
    const parent = directory.parent.number & 0xffff
    bytes[at] = length
    if (type === 'L') {
      bytes.writeUInt32LE(start + directory.offset, at + 2)
      bytes.writeUInt16LE(parent, at + 6)
    } else {
      bytes.writeUInt32BE(start + directory.offset, at + 2)
      bytes.writeUInt16BE(parent, at + 6)
    }
    if (directory.number > 1) format.writeIdentifier(bytes, at + HEADER_BYTES, directory.identifier, false)
    at += HEADER_BYTES + length + (length % 2)
  }
  return bytes
}
