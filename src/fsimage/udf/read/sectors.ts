import { BLOCK_BYTES, type BlockSource } from '../../block-source'
import { CachedBlockSource } from '../../cached-block-source'

/** The bytes of a medium by byte address, whatever the size of its logical sectors: descriptors are read through it. */
export class Sectors {
  private readonly cached: CachedBlockSource

  constructor(source: BlockSource) {
    this.cached = source instanceof CachedBlockSource ? source : new CachedBlockSource(source)
  }

  /** Where the bytes of files are read from. */
  get source(): BlockSource {
    return this.cached.source
  }

  /** Bytes of the medium; infinite where that is unknown. */
  get sizeBytes(): number {
    return (this.cached.blockCount ?? Number.POSITIVE_INFINITY) * BLOCK_BYTES
  }

  /**
   * Reads bytes, which are shared with other readers.
   *
   * @returns fewer bytes than asked for where the medium ends
   * @throws {ScsiMmcError} where a block cannot be read
   */
  async read(address: number, length: number): Promise<Uint8Array> {
    if (length <= 0 || address < 0 || address >= this.sizeBytes) return new Uint8Array()
    const first = Math.floor(address / BLOCK_BYTES)
    const within = address - first * BLOCK_BYTES
    const blocks = Math.ceil((within + length) / BLOCK_BYTES)
    const bytes = (blocks === 1 ? this.cached.cached(first) : undefined) ?? (await this.blocks(first, blocks))
    return bytes.subarray(within, within + length)
  }

  /** An unreadable block that was only read along must not hide the ones that are wanted. */
  private blocks(first: number, blocks: number): Promise<Uint8Array> {
    return this.cached.readBlocks(first, blocks).catch(() => this.source.readBlocks(first, blocks))
  }
}
