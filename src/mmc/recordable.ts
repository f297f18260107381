import type { ChunkMemory } from './chunk-memory'

/** Blocks of 2048 bytes that stand together. */
export interface BlockRange {
  /** First block (LBA). */
  readonly start: number
  readonly blocks: number
}

/** An image on its way to a disc: what the recorder writes and verification compares with. */
export interface Recordable {
  /** LBA that the first block is meant for: 0, or the next writable address that the image was built for. */
  readonly startAddress: number
  /** Blocks of 2048 bytes. */
  readonly totalBlocks: number
  /**
   * The content in chunks of any size, as often as it is asked for: all `totalBlocks` × 2048 bytes, or those of a range
   * of absolute LBAs (one of `modifiedBlocks`).
   */
  stream(range?: BlockRange): AsyncIterable<Uint8Array>
  /** As {@link stream}, for those who hand each chunk back once they are done with it, before they ask for the next one. */
  chunks?(range: BlockRange | undefined, memory: ChunkMemory): AsyncIterable<Uint8Array>
  /**
   * On overwritable media, the blocks that differ from what the disc holds, in the order in which they are to be written
   * (IMAPI's ModifiedBlocks). Without it, all of them.
   */
  readonly modifiedBlocks?: readonly BlockRange[]
}
