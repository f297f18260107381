import { ScsiMmcError } from '../errors'
import { BLOCK_BYTES, type BlockSource } from './block-source'

/** Blocks of one piece of the cache: 64 KiB, one cluster of a Blu-ray disc. */
const PIECE_BLOCKS = 32
/** Largest read-ahead, in pieces: 1 MiB. */
const LARGEST_WINDOW = 16
/** Pieces kept: 32 MiB. */
const PIECES_KEPT = 512

/**
 * A source for descriptors and directories: what was read stays in memory for a while, and reading ahead grows while the
 * reads follow each other. File contents do not pass through here.
 */
export class CachedBlockSource implements BlockSource {
  readonly source: BlockSource
  private readonly pieces = new Map<number, Uint8Array>()
  private readonly reading = new Map<number, Promise<void>>()
  private nextPiece = -1
  private window = 1
  /** Reads of the source so far. */
  reads = 0

  constructor(source: BlockSource) {
    this.source = source
  }

  get blockCount(): number | undefined {
    return this.source.blockCount
  }

  /** One block where it is in memory. */
  cached(lba: number): Uint8Array | undefined {
    const piece = this.pieces.get(Math.floor(lba / PIECE_BLOCKS))
    if (!piece) return undefined
    const at = (lba % PIECE_BLOCKS) * BLOCK_BYTES
    return at + BLOCK_BYTES <= piece.length ? piece.subarray(at, at + BLOCK_BYTES) : undefined
  }

  /** As {@link BlockSource.readBlocks}; what is given is shared with later readers. */
  async readBlocks(lba: number, blocks: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(lba) || lba < 0 || blocks <= 0) return new Uint8Array()
    const last = lba + blocks - 1
    const firstPiece = Math.floor(lba / PIECE_BLOCKS)
    const lastPiece = Math.floor(last / PIECE_BLOCKS)
    if (lastPiece - firstPiece >= PIECES_KEPT / 2) return this.direct(lba, blocks)
    for (let piece = firstPiece; piece <= lastPiece; piece++) {
      if (!this.pieces.has(piece)) await this.load(piece, lastPiece)
    }
    const at = (lba % PIECE_BLOCKS) * BLOCK_BYTES
    if (firstPiece === lastPiece) {
      const piece = this.pieces.get(firstPiece)
      const part = piece?.subarray(at, at + blocks * BLOCK_BYTES)
      const whole = part?.length === blocks * BLOCK_BYTES
      if (piece && part && (whole || this.endsSource(firstPiece, piece))) return part
      return this.direct(lba, blocks)
    }
    const parts: Uint8Array[] = []
    for (let piece = firstPiece; piece <= lastPiece; piece++) {
      const bytes = this.pieces.get(piece)
      // Another reader's pieces pushed ours out, or a block of it is unreadable: only what was asked for counts.
      if (!bytes || (bytes.length < PIECE_BLOCKS * BLOCK_BYTES && !this.endsSource(piece, bytes))) {
        return this.direct(lba, blocks)
      }
      parts.push(bytes)
      if (bytes.length < PIECE_BLOCKS * BLOCK_BYTES) break
    }
    return Buffer.concat(parts).subarray(at, at + blocks * BLOCK_BYTES)
  }

  async close(): Promise<void> {
    this.pieces.clear()
    await this.source.close()
  }

  /** True where a short piece is short because the source ends in it. */
  private endsSource(piece: number, bytes: Uint8Array): boolean {
    const { blockCount } = this.source
    return blockCount === undefined ? bytes.length > 0 : piece * PIECE_BLOCKS + bytes.length / BLOCK_BYTES >= blockCount
  }

  private direct(lba: number, blocks: number): Promise<Uint8Array> {
    this.reads++
    return this.source.readBlocks(lba, blocks)
  }

  private async load(piece: number, wanted: number): Promise<void> {
    const underWay = this.reading.get(piece)
    if (underWay) return underWay
    this.window = piece === this.nextPiece ? Math.min(this.window * 2, LARGEST_WINDOW) : 1
    const until = Math.max(piece + this.window - 1, Math.min(wanted, piece + LARGEST_WINDOW - 1))
    const load = this.fill(piece, until)
    for (let index = piece; index <= until; index++) this.reading.set(index, load)
    try {
      await load
      this.nextPiece = until + 1
    } finally {
      for (let index = piece; index <= until; index++) this.reading.delete(index)
    }
  }

  private async fill(first: number, last: number): Promise<void> {
    const bytes = await this.readTogether(first * PIECE_BLOCKS, (last - first + 1) * PIECE_BLOCKS)
    for (let piece = first; piece <= last; piece++) {
      const from = (piece - first) * PIECE_BLOCKS * BLOCK_BYTES
      if (from > 0 && from >= bytes.length) break
      this.pieces.delete(piece)
      this.pieces.set(piece, bytes.subarray(from, from + PIECE_BLOCKS * BLOCK_BYTES))
    }
    for (const oldest of this.pieces.keys()) {
      if (this.pieces.size <= PIECES_KEPT) break
      this.pieces.delete(oldest)
    }
  }

  /** Reading ahead may meet an unreadable block that nobody asked for: then less is read, down to nothing. */
  private async readTogether(lba: number, blocks: number): Promise<Uint8Array> {
    for (let length = blocks; length >= PIECE_BLOCKS; length = length > PIECE_BLOCKS ? PIECE_BLOCKS : 0) {
      try {
        return await this.direct(lba, length)
      } catch (error) {
        if (length > PIECE_BLOCKS) continue
        if (!(error instanceof ScsiMmcError)) throw error
        return this.readableStart(lba)
      }
    }
    return new Uint8Array()
  }

  /** The readable blocks at the start of a piece, perhaps none; what lies behind them is read when it is asked for. */
  private async readableStart(lba: number): Promise<Uint8Array> {
    const blocks: Uint8Array[] = []
    for (let index = 0; index < PIECE_BLOCKS; index++) {
      const block = await this.direct(lba + index, 1).catch(error => {
        if (error instanceof ScsiMmcError) return undefined
        throw error
      })
      if (!block || block.length < BLOCK_BYTES) break
      blocks.push(block)
    }
    return Buffer.concat(blocks)
  }
}
