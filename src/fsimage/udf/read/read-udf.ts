import { BLOCK_BYTES, type BlockSource } from '../../block-source'
import type { FileSystemReader, ImportedFileSystem, SessionToRead } from '../../imported-file-system'
import {
  STANDARD_IDENTIFIER,
  VOLUME_RECOGNITION_BYTES,
  volumeStructureDescriptor,
} from '../descriptors/volume-recognition'
import { Sectors } from './sectors'
import { readVolumeRecognition } from './volume-recognition'

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
  const { readAnchoredVolume } = await import('./anchored-volume')
  return readAnchoredVolume(source, sectors, session, recognition)
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
  const { ANCHOR_BEFORE_END, anchorAt, FIRST_ANCHOR } = await import('./anchors')
  const sectors = new Sectors(source)
  const first = await anchorAt(sectors, start + FIRST_ANCHOR, BLOCK_BYTES)
  const second = first && first.reserve.sector + Math.ceil(first.reserve.lengthBytes / BLOCK_BYTES)
  return second && (await anchorAt(sectors, second, BLOCK_BYTES)) ? second + ANCHOR_BEFORE_END + 1 : undefined
}
