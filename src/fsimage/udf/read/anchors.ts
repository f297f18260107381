import { asError } from '../../../errors'
import { BLOCK_BYTES } from '../../block-source'
import { checkTag, TAG } from '../descriptors/tag'
import { anchorVolumeDescriptorPointer, VOLUME_DESCRIPTOR_BYTES } from '../descriptors/volume-descriptors'
import type { Sectors } from './sectors'

/** Bytes that are read at once to find an anchor: its logical sector, as far as it is used. */
const ANCHOR_BYTES = VOLUME_DESCRIPTOR_BYTES

/** A piece of the volume by logical sectors. */
export interface SectorExtent {
  readonly sector: number
  readonly lengthBytes: number
}

/** An Anchor Volume Descriptor Pointer that was found. */
export interface Anchor {
  readonly sector: number
  /** Bytes of a logical sector. */
  readonly sectorSize: number
  readonly main: SectorExtent
  readonly reserve: SectorExtent
}

/** Sizes of logical sector, the usual one first; images of hard disks have the others. */
const SECTOR_SIZES = [2048, 512, 4096, 1024]
/** Where the last sector may be, seen from where the medium claims to end: run-out and link blocks are counted or not. */
const END_OFFSETS = [0, -1, 1, -2, -150, -152]
/** The second anchor stands so many sectors before the last one, where it is not that one itself. */
export const ANCHOR_BEFORE_END = 256
/** Sectors from the start of the session to its first anchor. */
export const FIRST_ANCHOR = 256
const FIRST_WHERE_UNWRITABLE = 512

/**
 * The anchor in a sector, where one stands there.
 *
 * @throws {ScsiMmcError} where the sector cannot be read
 */
export async function anchorAt(sectors: Sectors, sector: number, sectorSize: number): Promise<Anchor | undefined> {
  if (sector < 0) return undefined
  const bytes = await sectors.read(sector * sectorSize, ANCHOR_BYTES)
  const tag = checkTag(bytes)
  if (typeof tag === 'string' || tag.tagIdentifier !== TAG.anchorVolumeDescriptorPointer) return undefined
  const decoded = anchorVolumeDescriptorPointer.decodeComplete(bytes)
  if (tag.tagLocation !== sector || !decoded) return undefined
  const extent = ({ extentLocation, extentLength }: { extentLocation?: number; extentLength?: number }) => ({
    sector: extentLocation ?? 0,
    lengthBytes: extentLength ?? 0,
  })
  return {
    sector,
    sectorSize,
    main: extent(decoded.mainVolumeDescriptorSequenceExtent as never),
    reserve: extent(decoded.reserveVolumeDescriptorSequenceExtent as never),
  }
}

/** Where anchors are looked for. */
export interface AnchorSearch {
  /** First block of the session (of 2048 bytes). */
  readonly start: number
  /** Block after the last one, where that is known. */
  readonly end: number | undefined
}

/** What a search for anchors gave. */
export interface FoundAnchors {
  /** In the order of preference. */
  readonly anchors: readonly Anchor[]
  /** The first failure of reading, which matters only where no anchor was found. */
  readonly failure: Error | undefined
}

/**
 * Finds Anchor Volume Descriptor Pointers (ECMA-167 3/8.4.2.1, UDF 2.2.3): at 256 behind the start of the session, then
 * around the end and 256 before it, then at 512.
 */
export async function findAnchors(sectors: Sectors, search: AnchorSearch): Promise<FoundAnchors> {
  let failure: Error | undefined
  const anchors: Anchor[] = []
  const look = async (sector: number, sectorSize: number): Promise<boolean> => {
    try {
      const anchor = await anchorAt(sectors, sector, sectorSize)
      if (anchor && !anchors.some(known => known.sector === anchor.sector)) anchors.push(anchor)
      return anchor !== undefined
    } catch (error) {
      failure ??= asError(error)
      return false
    }
  }
  for (const sectorSize of SECTOR_SIZES) {
    const factor = BLOCK_BYTES / sectorSize
    const start = search.start * factor
    await look(start + FIRST_ANCHOR, sectorSize)
    if (anchors.length === 0) await look(start + FIRST_WHERE_UNWRITABLE, sectorSize)
    if (search.end !== undefined) {
      const last = Math.ceil(search.end * factor) - 1
      for (const offset of END_OFFSETS) {
        if ((await look(last + offset, sectorSize)) || (await look(last + offset - ANCHOR_BEFORE_END, sectorSize)))
          break
        // With one anchor in hand the end is asked once, not searched.
        if (anchors.length > 0) break
      }
    }
    if (anchors.length > 0) break
  }
  return { anchors, failure }
}
