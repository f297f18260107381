import type { Metadata } from '../../tree/node'
import { momentOf } from '../descriptors/timestamp'
import type { Entry } from './entry'
import { decodeExtendedAttributes } from './extended-attributes'

/** "The owner is not specified" (UDF 2.3.6.3). */
const UNSPECIFIED = 0xffffffff

const MODE = { setuid: 0o4000, setgid: 0o2000, sticky: 0o1000 } as const

/** Permissions (ECMA-167 4/14.9.5) as POSIX has them: five bits each of other, group, owner, the lower three alike. */
export function modeOf(permissions: number): number {
  return (permissions & 7) | (((permissions >> 5) & 7) << 3) | (((permissions >> 10) & 7) << 6)
}

/** Owner, mode and times of a file entry. */
export function metadataOf(entry: Entry): Partial<Metadata> {
  const { fields, extended } = entry
  const flags = fields.icbTag
  const owner = (id: number | undefined) => (id === UNSPECIFIED ? undefined : id)
  return {
    mode:
      modeOf(fields.permissions ?? 0) |
      (flags?.setuid ? MODE.setuid : 0) |
      (flags?.setgid ? MODE.setgid : 0) |
      (flags?.sticky ? MODE.sticky : 0),
    uid: owner(fields.uid),
    gid: owner(fields.gid),
    created: extended
      ? momentOf(extended.creationDateAndTime)
      : decodeExtendedAttributes(entry.extendedAttributes).created,
    modified: momentOf(fields.modificationDateAndTime),
    accessed: momentOf(fields.accessDateAndTime),
    attributesChanged: momentOf(fields.attributeDateAndTime),
  }
}
