import type { BlockRange, Recordable } from '../recordable'

/** Chunks that a consumer may lag behind before the source waits for it. */
const MOST_CHUNKS_BEHIND = 64

/** One of several consumers' share of an image. */
export interface FannedImage extends Recordable {
  /** This consumer will not read (any more): the others need not wait for it. */
  abandon(): void
}

/**
 * One image for several drives at once, read from its source once: each of the results streams the same content, at the
 * pace of the slowest. Nothing is read before all have begun or been abandoned: nobody misses the beginning.
 */
export function fanOut(image: Recordable, count: number): FannedImage[] {
  const streams = new Map<string, SharedStream>()
  const abandoned = new Set<number>()
  const streamFor = (range: BlockRange | undefined) => {
    const key = range ? `${range.start}+${range.blocks}` : ''
    const stream = streams.get(key) ?? new SharedStream(image.stream(range), () => count - abandoned.size)
    streams.set(key, stream)
    return stream
  }
  return Array.from({ length: count }, (_, consumer) => ({
    startAddress: image.startAddress,
    totalBlocks: image.totalBlocks,
    ...(image.modifiedBlocks ? { modifiedBlocks: image.modifiedBlocks } : {}),
    stream: (range?: BlockRange) => streamFor(range).join(consumer),
    abandon: () => {
      abandoned.add(consumer)
      for (const stream of streams.values()) stream.leave(consumer)
    },
  }))
}

/** A stream with several readers, each of which gets every chunk. */
class SharedStream {
  private readonly source: AsyncIterator<Uint8Array>
  private readonly readers = new Map<number, Uint8Array[]>()
  private readonly expectedReaders: () => number
  private begun = false
  private ended = false
  private failure: { readonly error: unknown } | undefined
  private waiting: (() => void)[] = []
  private reading = false

  constructor(source: AsyncIterable<Uint8Array>, expectedReaders: () => number) {
    this.source = source[Symbol.asyncIterator]()
    this.expectedReaders = expectedReaders
  }

  async *join(consumer: number): AsyncGenerator<Uint8Array> {
    const chunks: Uint8Array[] = []
    this.readers.set(consumer, chunks)
    this.wake()
    try {
      for (;;) {
        const chunk = chunks.shift()
        if (chunk) {
          // Who waited for this one to catch up may go on.
          if (chunks.length === MOST_CHUNKS_BEHIND - 1) this.wake()
          yield chunk
          continue
        }
        if (this.failure) throw this.failure.error
        if (this.ended) return
        await this.advance()
      }
    } finally {
      this.leave(consumer)
    }
  }

  leave(consumer: number): void {
    this.readers.delete(consumer)
    this.wake()
  }

  /** Reads one more chunk, or waits for who does so, lags behind, or has not come yet. */
  private async advance(): Promise<void> {
    this.begun ||= this.readers.size >= this.expectedReaders()
    const someoneLags = [...this.readers.values()].some(chunks => chunks.length >= MOST_CHUNKS_BEHIND)
    if (!this.begun || this.reading || someoneLags) {
      await new Promise<void>(resolve => this.waiting.push(resolve))
      return
    }
    this.reading = true
    try {
      const { done, value } = await this.source.next()
      if (done) this.ended = true
      else for (const chunks of this.readers.values()) chunks.push(value)
    } catch (error) {
      this.failure = { error }
    } finally {
      this.reading = false
      this.wake()
    }
  }

  private wake(): void {
    const { waiting } = this
    this.waiting = []
    for (const resolve of waiting) resolve()
  }
}
