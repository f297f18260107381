import { BLOCK_BYTES, type BlockSource } from '../../block-source'
import type { FileSystemReader, ImportedFileSystem, SessionToRead } from '../../imported-file-system'
import { ReadingWarnings } from '../../iso9660/reading-warnings'
import { momentOf } from '../descriptors/timestamp'
import {
  STANDARD_IDENTIFIER,
  VOLUME_RECOGNITION_BYTES,
  volumeStructureDescriptor,
} from '../descriptors/volume-recognition'
import { ANCHOR_BEFORE_END, type Anchor, anchorAt, FIRST_ANCHOR, findAnchors } from './anchors'
import { openLogicalVolume } from './logical-volume'
import { Sectors } from './sectors'
import { readVolumeDescriptors, type VolumeDescriptors } from './volume-descriptor-sequence'
import { readVolumeRecognition } from './volume-recognition'

interface Candidate {
  readonly anchor: Anchor
  readonly descriptors: VolumeDescriptors
  readonly warnings: ReadingWarnings
}

/**
 * Finds the UDF volume of a session (UDF 1.02 to 2.60): by the volume recognition sequence, or where that is missing by a
 * valid anchor alone. Where the sequence has ECMA-119 and not UDF, there is none (ECMA-167 2/8.3).
 *
 * @throws {ScsiMmcError} where the places that would tell cannot be read
 */
export const readUdf: FileSystemReader = async (
  source: BlockSource,
  session: SessionToRead,
): Promise<ImportedFileSystem[]> => {
  const sectors = new Sectors(source)
  const recognition = await readVolumeRecognition(sectors, session.start * BLOCK_BYTES)
  // Programs that know ISO 9660 alone put a new volume on a rewritable medium, and leave the anchors of the old one.
  if (recognition.ecma119 && !recognition.nsr) return []
  const { anchors, failure } = await findAnchors(sectors, {
    start: session.start,
    end: session.end ?? source.blockCount,
  })
  if (anchors.length === 0) {
    if (recognition.failure && failure) throw recognition.failure
    return []
  }
  const candidates: Candidate[] = []
  for (const anchor of distinct(anchors)) {
    const warnings = new ReadingWarnings()
    if (!recognition.nsr) warnings.add('there is no volume recognition sequence for UDF')
    const descriptors = await readVolumeDescriptors(sectors, anchor, warnings)
    if (descriptors) candidates.push({ anchor, descriptors, warnings })
  }
  for (const { anchor, descriptors, warnings } of newestFirst(candidates, session)) {
    const found = await openLogicalVolume(sectors, session, anchor, descriptors, warnings)
    if (typeof found !== 'string') return [found]
  }
  return []
}

/**
 * Where a UDF volume ends that begins at a block: LBA after its last block.
 *
 * @returns undefined where no volume recognition sequence of UDF begins there, or none can be read
 */
export async function udfVolumeEnd(source: BlockSource, start: number): Promise<number | undefined> {
  const lba = start + VOLUME_RECOGNITION_BYTES / BLOCK_BYTES
  const block = await source.readBlocks(lba, 1).catch(() => new Uint8Array())
  if (volumeStructureDescriptor.decode(block).standardIdentifier !== STANDARD_IDENTIFIER.beginning) return undefined
  const [found] = await readUdf(source, { start }).catch(() => [])
  if (!found?.virtualAllocationTable) return found?.endAddress
  return (await firstVirtualEnd(source, start).catch(() => undefined)) ?? found.endAddress
}

/** A volume with a Virtual Allocation Table ends 256 blocks behind its second anchor, whatever follows (UDF 2.2.3). */
async function firstVirtualEnd(source: BlockSource, start: number): Promise<number | undefined> {
  const sectors = new Sectors(source)
  const first = await anchorAt(sectors, start + FIRST_ANCHOR, BLOCK_BYTES)
  const second = first && first.reserve.sector + Math.ceil(first.reserve.lengthBytes / BLOCK_BYTES)
  return second && (await anchorAt(sectors, second, BLOCK_BYTES)) ? second + ANCHOR_BEFORE_END + 1 : undefined
}

function distinct(anchors: readonly Anchor[]): Anchor[] {
  return anchors.filter(({ main }, index) => anchors.findIndex(other => other.main.sector === main.sector) === index)
}

/**
 * Two anchors that name different descriptors: one was written and the other not, or they are of different sessions. The
 * descriptors that were recorded later count; those at the start of the session where the moments are the same.
 */
function newestFirst(candidates: readonly Candidate[], session: SessionToRead): Candidate[] {
  // Where the session ends is a guess: what stands at the end of the medium may be of a later session.
  if (session.end === undefined) return [...candidates]
  const recorded = ({ descriptors }: Candidate) => momentOf(descriptors.primary?.recordingDateAndTime) ?? 0
  const ordered = [...candidates].sort((a, b) => recorded(b) - recorded(a))
  const [first, second] = ordered
  if (first && second) {
    first.warnings.add(
      `the anchors at sectors ${first.anchor.sector} and ${second.anchor.sector} name different volume descriptors; those of the first are used`,
    )
  }
  return ordered
}
