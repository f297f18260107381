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

/** Blocks of the usual disc of each family, formatted as it is delivered where it must be. */
const USUAL_CAPACITY_BLOCKS: Readonly<Partial<Record<MediumFamilyName, number>>> = {
  'cd-r': 359_849,
  'cd-rw': 359_849,
  'dvd-r': 2_298_496,
  'dvd-r-dl': 4_171_712,
  'dvd-rw': 2_297_888,
  'dvd-rw-ro': 2_297_888,
  'dvd+r': 2_295_104,
  'dvd+r-dl': 4_173_824,
  'dvd+rw': 2_295_104,
  'dvd-ram': 2_236_704,
  'bd-r': 12_219_392,
  'bd-r-pow': 11_826_176,
  'bd-re': 11_826_176,
}

/** Blocks of the usual disc of a family; `undefined` for one that cannot be written. */
export function usualCapacityBlocks(family: MediumFamilyName): number | undefined {
  return USUAL_CAPACITY_BLOCKS[family]
}

const CD: ImageDefaults = { fileSystems: ['ISO9660', 'Joliet'], udfRevision: '1.02', writeUnitSize: 1 }
const DVD: ImageDefaults = { fileSystems: ['ISO9660', 'Joliet', 'UDF'], udfRevision: '1.02', writeUnitSize: 16 }
const BD: ImageDefaults = { fileSystems: ['ISO9660', 'Joliet', 'UDF'], udfRevision: '2.50', writeUnitSize: 32 }

/** The defaults for a family of media: what the most readers of its kind understand. */
export function imageDefaults(family: MediumFamilyName): ImageDefaults {
  if (family.startsWith('cd')) return CD
  return family.startsWith('bd') ? BD : DVD
}
