import type { Encodable } from '../../../layout'
import type { Metadata } from '../../tree/node'
import { implementationIdentifier } from '../descriptors/entity-identifier'
import { extendedFileEntry, fileEntry } from '../descriptors/file-entry'
import { icbTag } from '../descriptors/icb'
import { encodeTimestamp } from '../descriptors/timestamp'
import type { RevisionForm } from './revision'

/** "The owner is not specified" (UDF 2.3.6.3). */
const UNSPECIFIED = 0xffffffff
const LARGEST_ID = 0xfffffffe
/** Reading and executing for everyone: what a file without a mode of its own gets on a medium that is only read. */
const READ_AND_EXECUTE = 0o555
const MODE = { setuid: 0o4000, setgid: 0o2000, sticky: 0o1000 } as const
/** Changing attributes and deleting go with writing (ECMA-167 4/14.9.5). */
const WITH_WRITING = 0b11000
const WRITE = 0b010
const KEPT_TIMES = 4096

/** Permissions of POSIX mode bits: five bits each for others, the group, the owner. */
export function permissionsOf(mode: number): number {
  let permissions = 0
  for (const shift of [0, 1, 2]) {
    const three = (mode >> (3 * shift)) & 7
    permissions |= (three | (three & WRITE ? WITH_WRITING : 0)) << (5 * shift)
  }
  return permissions
}

/** What differs from one entry to the next. */
export interface EntryValues {
  readonly fileType: number
  readonly allocationKind: 'short_ad' | 'long_ad' | 'embedded'
  readonly metadata: Metadata
  readonly links: number
  readonly uniqueId: number
  readonly informationLength: number
  /** Sizes of all streams together; the information length where there are none. */
  readonly objectSize?: number
  readonly blocksRecorded: number
  readonly isStream?: boolean
  readonly isSystem?: boolean
  readonly attributesLength?: number
  readonly descriptorsLength: number
}

/**
 * Writes the fixed part of File Entries or Extended File Entries: what is the same in all of them is encoded once, the
 * rest is filled in.
 */
export class EntryTemplate {
  /** Bytes before the extended attributes. */
  readonly length: number
  private readonly bytes: Uint8Array
  private readonly extended: boolean
  private readonly times = new Map<number, Uint8Array>()
  private readonly defaultTime: number

  /** @param defaultTime  for what has no times of its own, milliseconds since 1970-01-01 UTC */
  constructor(form: RevisionForm, defaultTime: number) {
    this.defaultTime = defaultTime
    this.extended = form.isThirdEdition
    const common = {
      icbTag: { strategyType: 4, maximumNumberOfEntries: 1 } satisfies Encodable<typeof icbTag.fields>,
      checkpoint: 1,
      implementationIdentifier,
    }
    this.bytes = this.extended ? extendedFileEntry.encode(common) : fileEntry.encode(common)
    this.length = this.bytes.length
  }

  /** Fills in everything but the tag, the extended attributes and the allocation descriptors. */
  write(target: Uint8Array, values: EntryValues): void {
    target.set(this.bytes)
    const { metadata } = values
    const layout = this.extended ? extendedFileEntry.fields : fileEntry.fields
    const { mode } = metadata
    const tag = target.subarray(16, 16 + icbTag.length)
    const flags = icbTag.fields
    flags.fileType.definition.write(tag, values.fileType)
    flags.allocationKind.definition.write(tag, values.allocationKind)
    flags.setuid.definition.write(tag, ((mode ?? 0) & MODE.setuid) !== 0)
    flags.setgid.definition.write(tag, ((mode ?? 0) & MODE.setgid) !== 0)
    flags.sticky.definition.write(tag, ((mode ?? 0) & MODE.sticky) !== 0)
    flags.stream.definition.write(tag, values.isStream ?? false)
    flags.system.definition.write(tag, values.isSystem ?? false)
    layout.uid.definition.write(target, owner(metadata.uid))
    layout.gid.definition.write(target, owner(metadata.gid))
    layout.permissions.definition.write(target, permissionsOf(mode ?? READ_AND_EXECUTE))
    layout.fileLinkCount.definition.write(target, values.links)
    layout.informationLength.definition.write(target, BigInt(values.informationLength))
    layout.logicalBlocksRecorded.definition.write(target, BigInt(values.blocksRecorded))
    layout.uniqueId.definition.write(target, BigInt(values.uniqueId))
    layout.lengthOfExtendedAttributes.definition.write(target, values.attributesLength ?? 0)
    layout.lengthOfAllocationDescriptors.definition.write(target, values.descriptorsLength)
    const modified = metadata.modified ?? this.defaultTime
    target.set(this.time(metadata.accessed ?? modified), layout.accessDateAndTime.offset)
    target.set(this.time(modified), layout.modificationDateAndTime.offset)
    target.set(this.time(metadata.attributesChanged ?? modified), layout.attributeDateAndTime.offset)
    if (this.extended) {
      const { objectSize, creationDateAndTime } = extendedFileEntry.fields
      objectSize.definition.write(target, BigInt(values.objectSize ?? values.informationLength))
      // Creation comes before every modification (ECMA-167 4/14.17.11 as verifiers read it).
      target.set(this.time(Math.min(metadata.created ?? modified, modified)), creationDateAndTime.offset)
    }
  }

  private time(milliseconds: number): Uint8Array {
    const known = this.times.get(milliseconds)
    if (known) return known
    if (this.times.size >= KEPT_TIMES) this.times.clear()
    const encoded = encodeTimestamp(milliseconds)
    this.times.set(milliseconds, encoded)
    return encoded
  }
}

function owner(id: number | undefined): number {
  return id === undefined ? UNSPECIFIED : Math.min(Math.max(id, 0), LARGEST_ID)
}
