import { BLOCK_BYTES, type BlockSource } from '../../block-source'

/** Blocks that are read at once where one is asked for: descriptors stand close together. */
const READ_AHEAD = 32
/** Blocks that one read takes at most. */
const LARGEST_READ = 512
/** Blocks kept in memory. */
const KEPT = 8192
/** Blocks that no one asked for are read along where they part two that someone did. */
const BRIDGED_GAP = 16

/**
 * The bytes of a medium by byte address, read in large pieces and kept for a while: descriptors of all sizes of logical
 * sector are found in it, whatever the source's blocks.
 */
export class Sectors {
  readonly source: BlockSource
  private readonly kept = new Map<number, Uint8Array>()

  constructor(source: BlockSource) {
    this.source = source
  }

  /** Bytes of the medium; infinite where that is unknown. */
  get sizeBytes(): number {
    return (this.source.blockCount ?? Number.POSITIVE_INFINITY) * BLOCK_BYTES
  }

  /**
   * Reads bytes.
   *
   * @returns fewer bytes than asked for where the medium ends
   * @throws {ScsiMmcError} where a block cannot be read
   */
  async read(address: number, length: number): Promise<Uint8Array> {
    const first = Math.floor(address / BLOCK_BYTES)
    const last = Math.floor((address + length - 1) / BLOCK_BYTES)
    const end = Math.min(last + 1, this.source.blockCount ?? Number.POSITIVE_INFINITY)
    if (length <= 0 || address < 0 || first >= end) return new Uint8Array(0)
    if (first === last) {
      const block = await this.block(first)
      return block.subarray(address - first * BLOCK_BYTES, address - first * BLOCK_BYTES + length)
    }
    const bytes = new Uint8Array((end - first) * BLOCK_BYTES)
    let filled = 0
    for (let lba = first; lba < end; ) {
      const run = this.missingFrom(lba, end)
      const piece = run > 0 ? await this.fetch(lba, run, run) : this.kept.get(lba)!
      bytes.set(piece.subarray(0, bytes.length - filled), filled)
      filled += piece.length
      lba += Math.max(1, piece.length / BLOCK_BYTES)
      if (piece.length === 0) break
    }
    const skipped = address - first * BLOCK_BYTES
    return bytes.subarray(skipped, Math.min(skipped + length, filled))
  }

  /** Reads what stands at these byte addresses in as few and as large reads as it takes; what fails is left out. */
  async prefetch(addresses: readonly number[]): Promise<void> {
    const blocks = [...new Set(addresses.map(address => Math.floor(address / BLOCK_BYTES)))]
      .filter(lba => !this.kept.has(lba) && lba >= 0 && lba * BLOCK_BYTES < this.sizeBytes)
      .sort((a, b) => a - b)
    for (let index = 0; index < blocks.length; ) {
      const start = blocks[index]!
      let end = start + 1
      while (++index < blocks.length) {
        const next = blocks[index]!
        if (next - end > BRIDGED_GAP || next + 1 - start > LARGEST_READ) break
        end = next + 1
      }
      // Whoever needs a block that fails asks for it alone and gets the error then.
      await this.fetch(start, end - start, end - start).catch(() => undefined)
    }
  }

  /** How many blocks {@link prefetch} can be given before it drops the first ones again. */
  static readonly prefetchable = KEPT / 2

  private missingFrom(lba: number, end: number): number {
    let run = 0
    while (lba + run < end && run < LARGEST_READ && !this.kept.has(lba + run)) run++
    return run
  }

  private async block(lba: number): Promise<Uint8Array> {
    const kept = this.kept.get(lba)
    if (kept) return kept
    const ahead = Math.max(1, Math.min(this.missingFrom(lba, lba + READ_AHEAD), this.blocksFrom(lba)))
    await this.fetch(lba, ahead, 1)
    return this.kept.get(lba) ?? new Uint8Array(0)
  }

  private blocksFrom(lba: number): number {
    return (this.source.blockCount ?? Number.POSITIVE_INFINITY) - lba
  }

  /** Reads `blocks`; where that fails, the first `needed` of them, so that read-ahead makes nothing unreadable. */
  private async fetch(lba: number, blocks: number, needed: number): Promise<Uint8Array> {
    let bytes: Uint8Array
    try {
      bytes = await this.source.readBlocks(lba, blocks)
    } catch (error) {
      if (needed === blocks) throw error
      bytes = await this.source.readBlocks(lba, needed)
    }
    for (let index = 0; index + BLOCK_BYTES <= bytes.length; index += BLOCK_BYTES) {
      this.keep(lba + index / BLOCK_BYTES, bytes.subarray(index, index + BLOCK_BYTES))
    }
    return bytes
  }

  private keep(lba: number, block: Uint8Array): void {
    this.kept.set(lba, block)
    if (this.kept.size <= KEPT) return
    const [oldest] = this.kept.keys()
    this.kept.delete(oldest!)
  }
}
