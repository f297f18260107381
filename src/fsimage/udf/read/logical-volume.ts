import { BLOCK_BYTES } from '../../block-source'
import type { ImportedFileSystem, SessionToRead, VirtualAllocationTablePlace } from '../../imported-file-system'
import type { ReadingWarnings } from '../../iso9660/reading-warnings'
import type { DirectoryNode } from '../../tree/node'
import { IDENTIFIER, revisionName, udfRevisionOf } from '../descriptors/entity-identifier'
import { type Anchor, anchorAt, type SectorExtent } from './anchors'
import { type FileSetDescriptor, readFileSet } from './file-set'
import { readIntegrity } from './integrity'
import { openPartitions, placeVirtualPartition, type VirtualMap } from './partition-maps'
import type { Sectors } from './sectors'
import { FileTree } from './tree'
import { readVirtualAllocationTables } from './virtual-allocation-table'
import { addressOf, addressOfIcb, Volume } from './volume'
import type { VolumeDescriptors } from './volume-descriptor-sequence'

const BLOCK_SIZES = [512, 1024, 2048, 4096]
/** Tables that are tried where the newest leads to no root directory. */
const MAXIMUM_TABLES = 16

interface Root {
  readonly fileSet: FileSetDescriptor
  readonly directory: DirectoryNode
  readonly volumeName?: string | undefined
  /** Byte address behind the last block that is known to be recorded. */
  readonly end?: number
  readonly virtualAllocationTable?: VirtualAllocationTablePlace
}

/**
 * Opens the logical volume that a set of volume descriptors describes.
 *
 * @returns in words why it cannot be opened
 */
export async function openLogicalVolume(
  sectors: Sectors,
  session: SessionToRead,
  anchor: Anchor,
  descriptors: VolumeDescriptors,
  warnings: ReadingWarnings,
): Promise<ImportedFileSystem | string> {
  const { logicalVolume } = descriptors
  const { sectorSize } = anchor
  const blockSize = logicalVolume.logicalBlockSize
  if (!BLOCK_SIZES.includes(blockSize)) return `logical blocks of ${blockSize} bytes are not known`
  if (blockSize !== sectorSize)
    warnings.add(`logical blocks are of ${blockSize} bytes, logical sectors of ${sectorSize}`)
  if (logicalVolume.domainIdentifier?.identifier !== IDENTIFIER.domain) {
    warnings.add('the logical volume does not call itself OSTA UDF compliant')
  }
  const volume = new Volume(sectors, blockSize, warnings)
  const virtual = await openPartitions(volume, descriptors, sectorSize)
  const root = virtual
    ? await virtualRoot(volume, session, descriptors, virtual)
    : await fileSetRoot(volume, descriptors)
  if (typeof root === 'string') return root
  if (!virtual) {
    const { extentLocation, extentLength } = logicalVolume.integritySequenceExtent
    const integrity = await readIntegrity(sectors, sectorSize, extentLocation ?? 0, extentLength ?? 0)
    if (integrity === 'open') warnings.add('the volume was not cleanly closed when it was last written')
  }
  const end = root.end ?? (await endOf(sectors, anchor, descriptors, session))
  const endAddress = Math.ceil(end / BLOCK_BYTES)
  const revision = udfRevisionOf(logicalVolume.domainIdentifier) || udfRevisionOf(root.fileSet.domainIdentifier)
  return {
    type: 'UDF',
    revision: revisionName(revision),
    volumeName: root.volumeName ?? (logicalVolume.logicalVolumeIdentifier || root.fileSet.logicalVolumeIdentifier),
    sessionStart: session.start,
    blocks: Math.max(0, endAddress - session.start),
    endAddress,
    root: root.directory,
    warnings: warnings.list,
    ...(root.virtualAllocationTable ? { virtualAllocationTable: root.virtualAllocationTable } : {}),
    ...(blockSize === BLOCK_BYTES
      ? {}
      : { notExtensibleBecause: `its logical blocks are of ${blockSize} bytes, not of ${BLOCK_BYTES}` }),
  }
}

async function fileSetRoot(volume: Volume, { logicalVolume }: VolumeDescriptors): Promise<Root | string> {
  const { extentLocation, extentLength } = logicalVolume.fileSetDescriptorSequence
  const fileSet = await readFileSet(volume, addressOf(extentLocation), extentLength ?? 0)
  if (typeof fileSet === 'string') return fileSet
  const icb = addressOfIcb(fileSet.rootDirectoryIcb)
  if (!icb) return 'the file set has no root directory'
  const directory = await new FileTree(volume).root(icb)
  return typeof directory === 'string' ? directory : { fileSet, directory }
}

/** The newest Virtual Allocation Table that leads to a root directory counts: older ones are what was before. */
async function virtualRoot(
  volume: Volume,
  session: SessionToRead,
  descriptors: VolumeDescriptors,
  map: VirtualMap,
): Promise<Root | string> {
  const { physical, physicalReference } = map
  const mediumEnd = Math.min(volume.sectors.sizeBytes, (session.end ?? Number.POSITIVE_INFINITY) * BLOCK_BYTES)
  if (!Number.isFinite(mediumEnd)) return 'where the medium ends is not known, and so not where its allocation table is'
  const lastBlock = Math.floor((mediumEnd - physical.startAddress) / volume.blockSize) - 1
  let problem = 'there is no virtual allocation table'
  let tried = 0
  const isExact = session.end === undefined
  for await (const table of readVirtualAllocationTables(volume, physical, physicalReference, lastBlock, isExact)) {
    placeVirtualPartition(volume, map, table.entries)
    const root = await fileSetRoot(volume, descriptors)
    if (typeof root !== 'string') {
      const end = physical.startAddress + (table.at.block + 1) * volume.blockSize
      const partitionStart = physical.startAddress / BLOCK_BYTES
      return {
        ...root,
        volumeName: table.volumeName,
        end,
        virtualAllocationTable: { partitionStart, block: table.at.block },
      }
    }
    problem = root
    volume.warnings.add(`the virtual allocation table at block ${table.at.block} is passed over: ${root}`)
    if (++tried >= MAXIMUM_TABLES) break
  }
  return problem
}

/** Byte address behind everything that the volume descriptors speak of, and the anchor that follows it. */
async function endOf(
  sectors: Sectors,
  anchor: Anchor,
  descriptors: VolumeDescriptors,
  session: SessionToRead,
): Promise<number> {
  const { sectorSize } = anchor
  const limit = Math.min(sectors.sizeBytes, (session.end ?? Number.POSITIVE_INFINITY) * BLOCK_BYTES)
  const within = (end: number) => (end <= limit ? end : 0)
  const endOfExtent = ({ sector, lengthBytes }: SectorExtent) => within(sector * sectorSize + lengthBytes)
  const partitions = [...descriptors.partitions.values()].map(descriptor =>
    Math.min(
      limit,
      descriptor.partitionStartingLocation * sectorSize +
        descriptor.partitionLength * descriptors.logicalVolume.logicalBlockSize,
    ),
  )
  const end = Math.max(
    (anchor.sector + 1) * sectorSize,
    endOfExtent(anchor.main),
    endOfExtent(anchor.reserve),
    ...partitions,
  )
  const last = await anchorAt(sectors, end / sectorSize, sectorSize).catch(() => undefined)
  return last ? end + sectorSize : end
}
