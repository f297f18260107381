/**
 * A bounded buffer between a source that may stutter and a drive that must not wait: reads ahead until it is full, and
 * hands out pieces of one size.
 *
 * Pieces are views into the buffer, valid until the next {@link take}; no byte is copied more than once.
 */
export class ReadAhead {
  private readonly ring: Uint8Array
  private readonly pieceBytes: number
  private readonly source: AsyncIterator<Uint8Array>
  /** Bytes that came in and that went out since the start: their difference is the fill. */
  private received = 0
  private taken = 0
  private lent = 0
  private ended = false
  private stopped = false
  private failure: { readonly error: unknown } | undefined
  private wakeReader: (() => void) | undefined
  private wakeTaker: (() => void) | undefined
  private readonly reading: Promise<void>
  /** How often {@link take} had to wait for the source, the first time apart. */
  underruns = 0

  /**
   * @param source  chunks of any size
   * @param pieceBytes  what {@link take} gives, but for the last piece
   * @param capacityBytes  how much is read ahead; rounded down to whole pieces, two at least
   */
  constructor(source: AsyncIterable<Uint8Array>, pieceBytes: number, capacityBytes: number) {
    this.pieceBytes = pieceBytes
    this.ring = new Uint8Array(Math.max(2, Math.floor(capacityBytes / pieceBytes)) * pieceBytes)
    this.source = source[Symbol.asyncIterator]()
    this.reading = this.read()
  }

  /** How full the buffer is, 0 to 1. */
  get fill(): number {
    return (this.received - this.taken) / this.ring.length
  }

  /** Waits until the buffer is full or the source has ended: a drive is started with full stores. */
  async filled(): Promise<void> {
    while (!this.ended && !this.failure && this.ring.length - (this.received - this.taken) >= this.pieceBytes) {
      await this.more()
    }
    if (this.failure) throw this.failure.error
  }

  /** The next piece, the last one possibly shorter; `undefined` at the end. Throws what the source threw. */
  async take(): Promise<Uint8Array | undefined> {
    this.taken += this.lent
    this.lent = 0
    this.wakeReader?.()
    if (this.received - this.taken < this.pieceBytes && !this.ended && !this.failure) {
      if (this.taken > 0) this.underruns++
      while (this.received - this.taken < this.pieceBytes && !this.ended && !this.failure) await this.more()
    }
    // What came before the failure is good data, but a piece of it would be a torn one.
    if (this.failure && this.received - this.taken < this.pieceBytes) throw this.failure.error
    this.lent = Math.min(this.pieceBytes, this.received - this.taken)
    if (this.lent === 0) return undefined
    const at = this.taken % this.ring.length
    return this.ring.subarray(at, at + this.lent)
  }

  /** Ends the reading and lets the source clean up. */
  async stop(): Promise<void> {
    this.stopped = true
    this.wakeReader?.()
    await this.reading
    await this.source.return?.()
  }

  private more(): Promise<void> {
    return new Promise(resolve => {
      this.wakeTaker = resolve
    })
  }

  private async read(): Promise<void> {
    try {
      while (!this.stopped) {
        const { done, value } = await this.source.next()
        if (done) break
        await this.store(value)
      }
      this.ended = true
    } catch (error) {
      this.failure = { error }
    }
    this.wakeTaker?.()
  }

  private async store(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length && !this.stopped; ) {
      const room = this.ring.length - (this.received - this.taken)
      if (room === 0) {
        await new Promise<void>(resolve => {
          this.wakeReader = resolve
        })
        continue
      }
      const at = this.received % this.ring.length
      const count = Math.min(room, this.ring.length - at, chunk.length - from)
      this.ring.set(chunk.subarray(from, from + count), at)
      this.received += count
      from += count
      this.wakeTaker?.()
    }
  }
}
