import { IDENTIFIER } from '../descriptors/entity-identifier'
import { FILE_TYPE } from '../descriptors/icb'
import {
  metadataPartitionMap,
  NO_BLOCK,
  sparablePartitionMap,
  type1PartitionMap,
  type2PartitionMap,
} from '../descriptors/partition-map'
import { readBody } from './body'
import { readEntry } from './entry'
import {
  type MetadataExtent,
  MetadataPartition,
  type PartitionSpace,
  PhysicalPartition,
  SparablePartition,
  VirtualPartition,
} from './partitions'
import { readSparingTable } from './sparing-table'
import type { Volume } from './volume'
import type { VolumeDescriptors } from './volume-descriptor-sequence'

/** A partition map that is understood. */
interface KnownMap {
  readonly kind: PartitionSpace['kind'] | undefined
  readonly partitionNumber: number
  readonly bytes: Uint8Array
}

const MAXIMUM_MAPS = 64
/** Packet length where a map gives none that can be (UDF 1.50 2.2.9). */
const USUAL_PACKET = 32

/** The partition maps of a logical volume in their order; a table that goes past its descriptor ends there. */
function decodeMaps(descriptors: VolumeDescriptors): KnownMap[] {
  const { mapTableLength, numberOfPartitionMaps, partitionMaps } = descriptors.logicalVolume
  const table = (partitionMaps ?? new Uint8Array()).subarray(0, mapTableLength)
  const maps: KnownMap[] = []
  for (let offset = 0; offset + 2 <= table.length && maps.length < Math.min(numberOfPartitionMaps, MAXIMUM_MAPS); ) {
    const type = table[offset]
    const length = table[offset + 1]!
    if (length < 2 || offset + length > table.length) break
    maps.push(decodeMap(type, table.subarray(offset, offset + length)))
    offset += length
  }
  return maps
}

const TYPE_2_KINDS: Readonly<Record<string, PartitionSpace['kind']>> = {
  [IDENTIFIER.virtualPartition]: 'virtual',
  [IDENTIFIER.sparablePartition]: 'sparable',
  [IDENTIFIER.metadataPartition]: 'metadata',
}

function decodeMap(type: number | undefined, bytes: Uint8Array): KnownMap {
  if (type === 1 && bytes.length >= type1PartitionMap.length) {
    return { kind: 'physical', partitionNumber: type1PartitionMap.decode(bytes).partitionNumber!, bytes }
  }
  const { partitionTypeIdentifier, partitionNumber } = type2PartitionMap.decode(bytes)
  const kind = type === 2 ? TYPE_2_KINDS[partitionTypeIdentifier?.identifier ?? ''] : undefined
  return { kind, partitionNumber: partitionNumber ?? 0, bytes }
}

/** A partition without blocks, for a map that is not understood. */
const UNKNOWN: PartitionSpace = { kind: 'physical', partitionNumber: -1, run: () => undefined }

/** The virtual partition of a volume that has one: its table is still to be found. */
export interface VirtualMap {
  /** Its place among the partition maps, and that of the partition that it lies in. */
  readonly reference: number
  readonly physicalReference: number
  readonly physical: PhysicalPartition
}

/**
 * Makes the partitions that the maps of a logical volume describe, metadata partitions apart, which may lie in others.
 *
 * @returns the virtual partition, where there is one
 */
export async function openPartitions(
  volume: Volume,
  descriptors: VolumeDescriptors,
  sectorSize: number,
): Promise<VirtualMap | undefined> {
  const maps = decodeMaps(descriptors)
  const { warnings, partitions } = volume
  let virtual: VirtualMap | undefined
  for (const { kind, partitionNumber, bytes } of maps) {
    const physical = physicalPartition(volume, descriptors, partitionNumber, sectorSize)
    if (!kind || !physical) {
      warnings.add(
        kind
          ? `partition map ${partitions.length} names partition ${partitionNumber}, which has no descriptor`
          : `partition map ${partitions.length} is of an unknown type`,
      )
      partitions.push(UNKNOWN)
    } else if (kind === 'sparable') {
      const map = sparablePartitionMap.decode(bytes)
      const packetLength = map.packetLength || USUAL_PACKET
      partitions.push(
        new SparablePartition(physical, packetLength, await readSparingTable(volume, sectorSize, map, packetLength)),
      )
    } else if (kind === 'physical') partitions.push(physical)
    else partitions.push(UNKNOWN)
  }
  for (const [reference, { kind, partitionNumber }] of maps.entries()) {
    const physicalReference = partitions.findIndex(
      space => space !== UNKNOWN && space.partitionNumber === partitionNumber,
    )
    const physical = physicalPartition(volume, descriptors, partitionNumber, sectorSize)
    if (kind === 'virtual' && physical) {
      // The table is read through the physical partition even where no map names that one.
      virtual = { reference, physicalReference: physicalReference < 0 ? reference : physicalReference, physical }
      if (physicalReference < 0) partitions[reference] = physical
    }
  }
  for (const [reference, { kind, partitionNumber, bytes }] of maps.entries()) {
    if (kind !== 'metadata') continue
    const below = partitions.findIndex(
      (space, index) => index !== reference && space !== UNKNOWN && space.partitionNumber === partitionNumber,
    )
    if (below >= 0) partitions[reference] = (await metadataPartition(volume, below, bytes)) ?? UNKNOWN
    else warnings.add(`the metadata partition lies in partition ${partitionNumber}, which no other map names`)
  }
  return virtual
}

/** Puts the virtual partition in place, with its table. */
export function placeVirtualPartition(volume: Volume, map: VirtualMap, table: Uint32Array): void {
  volume.partitions[map.reference] = new VirtualPartition(map.physical, table)
}

function physicalPartition(
  volume: Volume,
  descriptors: VolumeDescriptors,
  partitionNumber: number,
  sectorSize: number,
): PhysicalPartition | undefined {
  const descriptor = descriptors.partitions.get(partitionNumber)
  if (!descriptor) return undefined
  const start = descriptor.partitionStartingLocation * sectorSize
  const { sizeBytes } = volume.sectors
  // Without a known end of the medium, the descriptor's length is all there is.
  const end = Number.isFinite(sizeBytes) ? sizeBytes : start + descriptor.partitionLength * volume.blockSize
  return new PhysicalPartition(partitionNumber, start, volume.blockSize, end)
}

async function metadataPartition(
  volume: Volume,
  reference: number,
  bytes: Uint8Array,
): Promise<MetadataPartition | undefined> {
  const { metadataFileLocation, metadataMirrorFileLocation } = metadataPartitionMap.decode(bytes)
  const { warnings, blockSize, partitions } = volume
  const physical = partitions[reference]!
  const findMirror = async () => {
    const found = await metadataExtents(volume, reference, metadataMirrorFileLocation, FILE_TYPE.metadataMirrorFile)
    if (typeof found !== 'string') return found
    warnings.add(`the metadata mirror file cannot be used: ${found}`)
    return undefined
  }
  const main = await metadataExtents(volume, reference, metadataFileLocation, FILE_TYPE.metadataFile)
  if (typeof main !== 'string') return new MetadataPartition(physical, blockSize, main, findMirror)
  warnings.add(`the metadata file cannot be used: ${main}`)
  const mirror = await findMirror()
  return mirror && new MetadataPartition(physical, blockSize, mirror, async () => undefined)
}

async function metadataExtents(
  volume: Volume,
  partition: number,
  block: number | undefined,
  fileType: number,
): Promise<MetadataExtent[] | string> {
  if (block === undefined || block === NO_BLOCK) return 'there is none'
  const entry = await readEntry(volume, { partition, block })
  if (typeof entry === 'string') return entry
  if (entry.fileType !== fileType) return `block ${block} holds a file of type ${entry.fileType}`
  const body = await readBody(volume, entry)
  if (body.embedded) return `its body is embedded in block ${block}`
  const extents: MetadataExtent[] = []
  for (const { address, sizeBytes, unreachable } of body.extents) {
    if (unreachable) {
      volume.warnings.add(`the metadata file is cut short: ${unreachable}`)
      break
    }
    extents.push({ address, blocks: Math.ceil(sizeBytes / volume.blockSize) })
  }
  return extents.length > 0 ? extents : 'it is empty'
}
