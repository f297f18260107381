import { decodeCharacters } from '../descriptors/character-set'
import {
  FILE_IDENTIFIER_BYTES,
  fileIdentifierDescriptor,
  fileIdentifierLength,
} from '../descriptors/file-identifier-descriptor'
import { checkTag, TAG, TAG_BYTES, tagChecksum } from '../descriptors/tag'
import { addressOfIcb, type BlockAddress } from './volume'

/** An entry of a directory. */
export interface DirectoryEntry {
  /** As recorded. */
  readonly name: string
  readonly hidden: boolean
  readonly isDirectory: boolean
  /** A stream of the system's own, in a stream directory. */
  readonly isMetadata: boolean
  readonly icb: BlockAddress
}

/** What a directory's bytes hold. */
export interface DirectoryContents {
  readonly entries: readonly DirectoryEntry[]
  /** What is wrong, in words. */
  readonly problems: readonly string[]
}

const PROBLEMS_LIMIT = 20

/** True where a File Identifier Descriptor begins, by its tag alone. */
function isEntry(bytes: Uint8Array, offset: number): boolean {
  if (
    bytes[offset] !== (TAG.fileIdentifierDescriptor & 0xff) ||
    bytes[offset + 1] !== TAG.fileIdentifierDescriptor >> 8
  ) {
    return false
  }
  const version = bytes[offset + 2]
  return (
    (version === 2 || version === 3) &&
    bytes.length - offset >= FILE_IDENTIFIER_BYTES &&
    bytes[offset + 4] === tagChecksum(bytes.subarray(offset, offset + TAG_BYTES))
  )
}

/**
 * Decodes the File Identifier Descriptors of a directory (ECMA-167 4/8.6). Lengths are taken from the descriptors' fields;
 * where none begins, the next one is looked for at every fourth byte. Deleted entries are left out.
 */
export function decodeDirectory(bytes: Uint8Array): DirectoryContents {
  const entries: DirectoryEntry[] = []
  const problems: string[] = []
  const report = (problem: string) => {
    if (problems.length < PROBLEMS_LIMIT) problems.push(problem)
  }
  let hasParent = false
  let skippedFrom: number | undefined
  let offset = 0
  while (offset + FILE_IDENTIFIER_BYTES <= bytes.length) {
    if (!isEntry(bytes, offset)) {
      skippedFrom ??= offset
      offset += 4
      continue
    }
    if (skippedFrom !== undefined) report(`no entry from byte ${skippedFrom} to ${offset}`)
    skippedFrom = undefined
    const entry = fileIdentifierDescriptor.decode(bytes.subarray(offset, offset + FILE_IDENTIFIER_BYTES))
    const useLength = entry.lengthOfImplementationUse!
    const nameLength = entry.lengthOfFileIdentifier!
    const nameOffset = offset + FILE_IDENTIFIER_BYTES + useLength
    if (nameOffset + nameLength > bytes.length) {
      report(`the entry at byte ${offset} is longer than the directory`)
      offset += 4
      continue
    }
    const length = fileIdentifierLength(nameLength, useLength)
    const tag = checkTag(bytes.subarray(offset, Math.min(offset + length, bytes.length)))
    if (typeof tag === 'string') report(`the entry at byte ${offset}: ${tag}`)
    const icb = addressOfIcb(entry.icb)
    if (entry.parent) hasParent = true
    else if (!entry.deleted) {
      const { text, problem } = decodeCharacters(bytes.subarray(nameOffset, nameOffset + nameLength))
      if (problem) report(`the name at byte ${offset}: ${problem}`)
      if (icb) {
        entries.push({
          name: text,
          hidden: entry.hidden!,
          isDirectory: entry.directory!,
          isMetadata: entry.metadata!,
          icb,
        })
      } else report(`the entry at byte ${offset} points nowhere`)
    }
    offset += length
  }
  if (skippedFrom !== undefined && bytes.subarray(skippedFrom).some(byte => byte !== 0)) {
    report(`no entry from byte ${skippedFrom} on`)
  }
  if (!hasParent) report('there is no parent entry')
  return { entries, problems }
}
