import type { ChunkMemory } from '../chunk-memory'

const CLEAN_UP_LIMIT_MS = 10_000

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
  private readonly memory: ChunkMemory | undefined
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
   * @param memory  where chunks are handed back that have been copied
   */
  constructor(source: AsyncIterable<Uint8Array>, pieceBytes: number, capacityBytes: number, memory?: ChunkMemory) {
    this.memory = memory
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
  async filled(signal?: AbortSignal): Promise<void> {
    await this.until(() => this.ring.length - (this.received - this.taken) < this.pieceBytes, signal)
    if (this.failure) throw this.failure.error
  }

  /**
   * The next piece, the last one possibly shorter; `undefined` at the end. Throws what the source threw, and the
   * signal's reason where it has to wait for the source.
   */
  async take(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    this.taken += this.lent
    this.lent = 0
    this.wakeReader?.()
    if (this.received - this.taken < this.pieceBytes && !this.ended && !this.failure) {
      if (this.taken > 0) this.underruns++
      await this.until(() => this.received - this.taken >= this.pieceBytes, signal)
    }
    // What came before the failure is good data, but a piece of it would be a torn one.
    if (this.failure && this.received - this.taken < this.pieceBytes) throw this.failure.error
    this.lent = Math.min(this.pieceBytes, this.received - this.taken)
    if (this.lent === 0) return undefined
    const at = this.taken % this.ring.length
    return this.ring.subarray(at, at + this.lent)
  }

  /** Ends the reading and lets the source clean up; one that answers no more is left to itself after a while. */
  async stop(): Promise<void> {
    this.stopped = true
    this.wakeReader?.()
    const cleanedUp = this.reading.then(() => this.source.return?.())
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>(resolve => {
      timer = setTimeout(resolve, CLEAN_UP_LIMIT_MS)
    })
    await Promise.race([cleanedUp, limit]).finally(() => clearTimeout(timer))
  }

  /** Waits for a condition that the reading brings about, or for its end. */
  private async until(isMet: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    const wake = () => this.wakeTaker?.()
    signal?.addEventListener('abort', wake)
    try {
      while (!isMet() && !this.ended && !this.failure) {
        signal?.throwIfAborted()
        await new Promise<void>(resolve => {
          this.wakeTaker = resolve
        })
      }
    } finally {
      signal?.removeEventListener('abort', wake)
    }
  }

  private async read(): Promise<void> {
    try {
      while (!this.stopped) {
        const { done, value } = await this.source.next()
        if (done) break
        await this.store(value)
        this.memory?.giveBack(value)
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
