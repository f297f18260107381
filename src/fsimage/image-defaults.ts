import type { MediumFamilyName } from '../mmc'
import type { FileSystemType } from './imported-file-system'
import type { UdfRevision } from './udf'

/** What an image for a kind of medium is made of unless told otherwise (ChooseImageDefaults). */
export interface ImageDefaults {
  readonly fileSystems: readonly FileSystemType[]
  readonly udfRevision: UdfRevision
  /** Blocks that the medium is written in; an image's length is a multiple. */
  readonly writeUnitSize: number
}

const CD: ImageDefaults = { fileSystems: ['ISO9660', 'Joliet'], udfRevision: '1.02', writeUnitSize: 1 }
const DVD: ImageDefaults = { fileSystems: ['ISO9660', 'Joliet', 'UDF'], udfRevision: '1.02', writeUnitSize: 16 }
const BD: ImageDefaults = { fileSystems: ['ISO9660', 'Joliet', 'UDF'], udfRevision: '2.50', writeUnitSize: 32 }

/** The defaults for a family of media: what the most readers of its kind understand. */
export function imageDefaults(family: MediumFamilyName): ImageDefaults {
  if (family.startsWith('cd')) return CD
  return family.startsWith('bd') ? BD : DVD
}
