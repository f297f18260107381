import type { ChunkMemory } from '../mmc/chunk-memory'

/** Where the blocks of a disc or an image come from. */
export interface BlockSource {
  /** Blocks of 2048 bytes there are, where that is known. */
  readonly blockCount: number | undefined
  /**
   * Reads blocks of 2048 bytes.
   *
   * @param memory  where the bytes may be put, for callers that hand them back
   * @returns `blocks` × 2048 bytes, or fewer whole blocks where the source ends before
   * @throws {ScsiMmcError} where a block cannot be read; the message names it
   */
  readBlocks(lba: number, blocks: number, memory?: ChunkMemory): Promise<Uint8Array>
  close(): Promise<void>
}

/** Bytes of a logical block on every medium that holds file systems. */
export const BLOCK_BYTES = 2048
