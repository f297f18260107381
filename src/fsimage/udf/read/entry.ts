import type { Decoded } from '../../../layout'
import { EXTENDED_FILE_ENTRY_BYTES, extendedFileEntry, FILE_ENTRY_BYTES, fileEntry } from '../descriptors/file-entry'
import { indirectEntry } from '../descriptors/icb'
import { TAG, tagName } from '../descriptors/tag'
import { addressOfIcb, type BlockAddress, blockName, type SoundDescriptor, type Volume } from './volume'

export type FileEntry = Decoded<typeof fileEntry.fields>
export type ExtendedFileEntry = Decoded<typeof extendedFileEntry.fields>

/** A File Entry or Extended File Entry, and what ends it. */
export interface Entry {
  readonly at: BlockAddress
  readonly fields: FileEntry | ExtendedFileEntry
  /** Only an Extended File Entry has these fields. */
  readonly extended: ExtendedFileEntry | undefined
  readonly fileType: number
  /** Bytes of the file's body, as the entry says. */
  readonly informationLength: number
  readonly extendedAttributes: Uint8Array
  /** The allocation descriptors, or the body itself where it is embedded. */
  readonly allocationDescriptors: Uint8Array
}

const STRATEGY_4096 = 4096
/** Entries of an ICB hierarchy that are followed. */
const MAXIMUM_INDIRECTIONS = 1024

/**
 * Reads an Information Control Block: of strategy 4 the one entry, of strategy 4096 the last direct entry that indirect
 * ones lead to (ECMA-167 4/14.6.2, UDF 2.3.5.1).
 *
 * @returns the entry, or in words why there is none
 */
export async function readEntry(volume: Volume, icb: BlockAddress): Promise<Entry | string> {
  let found = await volume.descriptor(icb)
  let entry = typeof found === 'string' ? found : decodeEntry(found, icb, volume)
  if (typeof entry === 'string' || entry.fields.icbTag?.strategyType !== STRATEGY_4096) return entry
  let at = icb
  const visited = new Set<string>([blockName(at)])
  for (let step = 0; step < MAXIMUM_INDIRECTIONS; step++) {
    found = await volume.descriptor({ ...at, block: at.block + 1 })
    if (typeof found === 'string' || found.tag.tagIdentifier !== TAG.indirectEntry) return entry
    const next = addressOfIcb(indirectEntry.decode(found.bytes).indirectIcb)
    if (!next || visited.has(blockName(next))) break
    visited.add(blockName(next))
    at = next
    const descriptor = await volume.descriptor(at)
    const following = typeof descriptor === 'string' ? descriptor : decodeEntry(descriptor, at, volume)
    if (typeof following === 'string') return entry
    entry = following
  }
  volume.warnings.add(`${blockName(icb)}: the hierarchy of indirect entries does not end`)
  return entry
}

function decodeEntry({ tag, bytes }: SoundDescriptor, at: BlockAddress, volume: Volume): Entry | string {
  const isExtended = tag.tagIdentifier === TAG.extendedFileEntry
  if (!isExtended && tag.tagIdentifier !== TAG.fileEntry) {
    return `${blockName(at)}: a ${tagName(tag.tagIdentifier)} stands where a file entry should`
  }
  const fields = isExtended ? extendedFileEntry.decode(bytes) : fileEntry.decode(bytes)
  const fixed = isExtended ? EXTENDED_FILE_ENTRY_BYTES : FILE_ENTRY_BYTES
  const attributesLength = fields.lengthOfExtendedAttributes ?? 0
  const descriptorsLength = fields.lengthOfAllocationDescriptors ?? 0
  if (fixed + attributesLength + descriptorsLength > bytes.length) {
    return `${blockName(at)}: extended attributes (${attributesLength} bytes) and allocation descriptors (${descriptorsLength} bytes) go past the block`
  }
  if (tag.coveredBytes < fixed && tag.coveredBytes > 16) {
    volume.warnings.add(`${blockName(at)}: the descriptor CRC covers ${tag.coveredBytes - 16} bytes only`)
  }
  const informationLength = fields.informationLength ?? 0n
  const attributesEnd = fixed + attributesLength
  return {
    at,
    fields,
    extended: isExtended ? (fields as ExtendedFileEntry) : undefined,
    fileType: fields.icbTag?.fileType ?? 0,
    informationLength: Number(informationLength < MAXIMUM_LENGTH ? informationLength : MAXIMUM_LENGTH),
    extendedAttributes: bytes.subarray(fixed, attributesEnd),
    allocationDescriptors: bytes.subarray(attributesEnd, attributesEnd + descriptorsLength),
  }
}

const MAXIMUM_LENGTH = BigInt(Number.MAX_SAFE_INTEGER)
