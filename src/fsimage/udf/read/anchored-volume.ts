import type { BlockSource } from '../../block-source'
import type { ImportedFileSystem, SessionToRead } from '../../imported-file-system'
import { ReadingWarnings } from '../../iso9660/reading-warnings'
import { momentOf } from '../descriptors/timestamp'
import { type Anchor, findAnchors } from './anchors'
import { openLogicalVolume } from './logical-volume'
import type { Sectors } from './sectors'
import { readVolumeDescriptors, type VolumeDescriptors } from './volume-descriptor-sequence'
import type { VolumeRecognition } from './volume-recognition'

interface Candidate {
  readonly anchor: Anchor
  readonly descriptors: VolumeDescriptors
  readonly warnings: ReadingWarnings
}

/**
 * The volume that a session's anchors lead to.
 *
 * @throws {ScsiMmcError} where neither the recognition sequence nor an anchor can be read
 */
export async function readAnchoredVolume(
  source: BlockSource,
  sectors: Sectors,
  session: SessionToRead,
  recognition: VolumeRecognition,
): Promise<ImportedFileSystem[]> {
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
