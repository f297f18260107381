/** Most buffers that wait to be used again. */
const MOST_KEPT = 8

/**
 * Memory for the chunks of a stream. A consumer that is done with a chunk hands it back, and a later one is put there:
 * fresh memory for each costs more than the bytes that go through it.
 */
export class ChunkMemory {
  private readonly lent = new WeakSet<ArrayBufferLike>()
  private readonly free: ArrayBuffer[] = []

  /** Room for so many bytes; what stands in it is of no meaning. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const index = this.free.findIndex(({ byteLength }) => byteLength >= bytes)
    const buffer = index < 0 ? Buffer.allocUnsafeSlow(bytes).buffer : this.free.splice(index, 1)[0]!
    this.lent.add(buffer)
    return new Uint8Array(buffer, 0, bytes)
  }

  /** Counts a buffer as taken from here: one that has come back from another thread is not the same object any more. */
  adopt(buffer: ArrayBuffer): void {
    this.lent.add(buffer)
  }

  /** Hands a chunk back, or any part of it; the rest must not be needed either. Chunks from elsewhere are left alone. */
  giveBack({ buffer }: Uint8Array): void {
    if (this.lent.delete(buffer) && this.free.length < MOST_KEPT) this.free.push(buffer as ArrayBuffer)
  }
}
