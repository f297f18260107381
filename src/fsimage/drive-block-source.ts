import { readCapacity } from '../mmc/commands/read-capacity'
import type { Drive } from '../mmc/drive'
import { readBlocks as readDriveBlocks } from '../mmc/read-blocks'
import { BLOCK_BYTES, type BlockSource } from './block-source'

/**
 * The blocks of the medium in a drive. Closing it leaves the drive open.
 *
 * @throws {ScsiError} where the drive does not tell the medium's capacity
 */
export async function driveBlockSource(drive: Drive, options: { signal?: AbortSignal } = {}): Promise<BlockSource> {
  const capacity = await drive.send(readCapacity)
  const blockCount = (capacity.logicalBlockAddress ?? -1) + 1
  return {
    blockCount,
    async readBlocks(lba, blocks) {
      const there = Math.max(0, Math.min(blocks, blockCount - lba))
      if (!(there > 0) || lba < 0) return new Uint8Array()
      const chunks: Uint8Array[] = []
      for await (const chunk of readDriveBlocks(drive, { start: lba, blocks: there }, options)) chunks.push(chunk)
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      return bytes.subarray(0, there * BLOCK_BYTES)
    },
    async close() {},
  }
}
