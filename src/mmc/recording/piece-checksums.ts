import { crc32 } from './crc32'

const BLOCK_BYTES = 2048
/** Blocks that are compared at once: one checksum of four bytes stands for 64 KiB. */
export const CHECKED_PIECE_BLOCKS = 32
const PIECE_BYTES = CHECKED_PIECE_BLOCKS * BLOCK_BYTES

/** CRC-32 of each 32 blocks of a stream, whatever the sizes in which it comes. */
export class PieceChecksums {
  private readonly done: number[] = []
  private checksum = 0
  private bytes = 0

  add(data: Uint8Array): void {
    for (let from = 0; from < data.length; ) {
      const part = data.subarray(from, from + PIECE_BYTES - this.bytes)
      this.checksum = crc32(part, this.checksum)
      this.bytes += part.length
      from += part.length
      if (this.bytes === PIECE_BYTES) this.next()
    }
  }

  /** The checksums of all pieces so far, the last one possibly of a shorter piece. */
  get pieces(): readonly number[] {
    return this.bytes > 0 ? [...this.done, this.checksum] : this.done
  }

  private next(): void {
    this.done.push(this.checksum)
    this.checksum = 0
    this.bytes = 0
  }
}
