const SMALLEST = 4096
/** What is kept for reuse; beyond it, buffers are left to the garbage collector. */
const RETAINED_BYTES = 16 * 1024 * 1024

/** Buffers for data on their way: pages that were touched once cost nothing the next time. */
export class BufferPool {
  private readonly free = new Map<number, ArrayBuffer[]>()
  private retained = 0

  /** `length` bytes, whose content is whatever was there. */
  take(length: number): Uint8Array {
    const size = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(length)))
    const buffer = this.free.get(size)?.pop()
    if (buffer) this.retained -= size
    return new Uint8Array(buffer ?? new ArrayBuffer(size), 0, length)
  }

  /** Takes back what {@link take} gave; nobody may look at it any more. */
  give(bytes: Uint8Array): void {
    const buffer = bytes.buffer as ArrayBuffer
    const size = buffer.byteLength
    if (this.retained + size > RETAINED_BYTES) return
    const list = this.free.get(size)
    if (list) list.push(buffer)
    else this.free.set(size, [buffer])
    this.retained += size
  }
}
