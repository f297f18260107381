import type { Complete, Fields, Layout } from '../../../layout'
import type { ReadingWarnings } from '../../iso9660/reading-warnings'
import { checkTag, TAG, tagName } from '../descriptors/tag'
import {
  logicalVolumeDescriptor,
  partitionDescriptor,
  primaryVolumeDescriptor,
  volumeDescriptorPointer,
} from '../descriptors/volume-descriptors'
import type { Anchor, SectorExtent } from './anchors'
import type { Sectors } from './sectors'

export type LogicalVolumeDescriptor = Complete<typeof logicalVolumeDescriptor.fields>
export type PartitionDescriptor = Complete<typeof partitionDescriptor.fields>
export type PrimaryVolumeDescriptor = Complete<typeof primaryVolumeDescriptor.fields>

/** The prevailing volume descriptors (ECMA-167 3/8.4.3). */
export interface VolumeDescriptors {
  readonly primary: PrimaryVolumeDescriptor | undefined
  readonly logicalVolume: LogicalVolumeDescriptor
  /** By partition number. */
  readonly partitions: ReadonlyMap<number, PartitionDescriptor>
}

const MAXIMUM_EXTENTS = 64
const MAXIMUM_DESCRIPTORS = 4096
/** Blocks without a descriptor after which a sequence is taken to have ended, and unreadable ones. */
const MAXIMUM_GAP = 16
const MAXIMUM_FAILURES = 2

interface Numbered {
  readonly volumeDescriptorSequenceNumber: number
}

/** Collects the descriptors of one or both sequences: of each kind the one with the highest number prevails. */
class Collection {
  primary: PrimaryVolumeDescriptor | undefined
  logicalVolume: LogicalVolumeDescriptor | undefined
  readonly partitions = new Map<number, PartitionDescriptor>()
  readonly kinds = new Set<number>()

  take(tagIdentifier: number, bytes: Uint8Array): void {
    this.kinds.add(tagIdentifier)
    if (tagIdentifier === TAG.primaryVolumeDescriptor) {
      this.primary = prevailing(this.primary, primaryVolumeDescriptor, bytes)
    } else if (tagIdentifier === TAG.logicalVolumeDescriptor) {
      this.logicalVolume = prevailing(this.logicalVolume, logicalVolumeDescriptor, bytes)
    } else if (tagIdentifier === TAG.partitionDescriptor) {
      const number = partitionDescriptor.decode(bytes).partitionNumber
      if (number === undefined) return
      const one = prevailing(this.partitions.get(number), partitionDescriptor, bytes)
      if (one) this.partitions.set(number, one)
    }
  }

  get isComplete(): boolean {
    return this.primary !== undefined && this.logicalVolume !== undefined && this.partitions.size > 0
  }
}

function prevailing<F extends Fields>(
  known: Complete<F> | undefined,
  layout: Layout<F>,
  bytes: Uint8Array,
): Complete<F> | undefined {
  const found = layout.decodeComplete(bytes)
  if (!known || !found) return found ?? known
  const number = (value: Complete<F>) => (value as unknown as Numbered).volumeDescriptorSequenceNumber
  return number(found) >= number(known) ? found : known
}

/**
 * Reads the volume descriptor sequences that an anchor names. The reserve one is read where the main one is damaged or
 * lacks a kind, and what either holds is merged.
 *
 * @returns undefined where there is no logical volume
 */
export async function readVolumeDescriptors(
  sectors: Sectors,
  anchor: Anchor,
  warnings: ReadingWarnings,
): Promise<VolumeDescriptors | undefined> {
  const collection = new Collection()
  const main = await readSequence(sectors, anchor, anchor.main, collection, warnings)
  if (!collection.isComplete || !main.isSound) {
    warnings.add(
      `the main volume descriptor sequence at sector ${anchor.main.sector} is damaged; the reserve one at sector ${anchor.reserve.sector} is read as well`,
    )
    await readSequence(sectors, anchor, anchor.reserve, collection, warnings)
  }
  const { logicalVolume } = collection
  if (!logicalVolume) return undefined
  for (const kind of [TAG.implementationUseVolumeDescriptor, TAG.unallocatedSpaceDescriptor] as const) {
    if (!collection.kinds.has(kind)) warnings.add(`the volume has no ${tagName(kind)}`)
  }
  if (!collection.primary) warnings.add('the volume has no primary volume descriptor')
  return { primary: collection.primary, logicalVolume, partitions: collection.partitions }
}

async function readSequence(
  sectors: Sectors,
  anchor: Anchor,
  first: SectorExtent,
  collection: Collection,
  warnings: ReadingWarnings,
): Promise<{ isSound: boolean }> {
  const { sectorSize } = anchor
  const visited = new Set<number>()
  let extent: SectorExtent | undefined = first
  let descriptors = 0
  let gap = 0
  let damaged = 0
  let failures = 0
  while (extent && extent.lengthBytes >= sectorSize && visited.size < MAXIMUM_EXTENTS && !visited.has(extent.sector)) {
    visited.add(extent.sector)
    const count: number = Math.floor(extent.lengthBytes / sectorSize)
    let next: SectorExtent | undefined
    for (
      let index = 0;
      index < count && descriptors < MAXIMUM_DESCRIPTORS && gap < MAXIMUM_GAP;
      index++, descriptors++
    ) {
      const sector: number = extent.sector + index
      const bytes: Uint8Array | undefined = await sectors.read(sector * sectorSize, sectorSize).catch(() => undefined)
      if (!bytes && ++failures >= MAXIMUM_FAILURES) return { isSound: false }
      const tag = bytes ? checkTag(bytes) : 'it cannot be read'
      if (!bytes || typeof tag === 'string') {
        gap++
        if (bytes?.some(byte => byte !== 0)) warnings.add(`sector ${sector} of the volume descriptor sequence: ${tag}`)
        continue
      }
      if (tag.tagLocation !== sector) {
        warnings.add(`sector ${sector}: the ${tagName(tag.tagIdentifier)} says that it stands at ${tag.tagLocation}`)
      }
      damaged += gap
      gap = 0
      if (tag.tagIdentifier === TAG.terminatingDescriptor) return { isSound: damaged === 0 && failures === 0 }
      if (tag.tagIdentifier === TAG.volumeDescriptorPointer) next = nextExtent(bytes)
      else collection.take(tag.tagIdentifier, bytes)
    }
    extent = next
  }
  return { isSound: damaged === 0 && failures === 0 }
}

function nextExtent(bytes: Uint8Array): SectorExtent | undefined {
  const next = volumeDescriptorPointer.decode(bytes).nextVolumeDescriptorSequenceExtent
  return { sector: next?.extentLocation ?? 0, lengthBytes: next?.extentLength ?? 0 }
}
