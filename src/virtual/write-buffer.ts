import { CheckCondition } from './check-condition'
import type { VirtualDriveOptions } from './options'

const DEFAULT_BUFFER_BYTES = 4 * 1024 * 1024
/** A buffer has to hold one transfer of the largest size that hosts send. */
const SMALLEST_BUFFER_BYTES = 64 * 1024

/** The drive's write buffer: in real time it empties at the speed of recording, else it is always empty. */
export class WriteBuffer {
  readonly bytes: number
  private readonly backOff: boolean
  private filled = 0
  private lastAt = performance.now()

  constructor(options: VirtualDriveOptions) {
    this.bytes = Math.max(SMALLEST_BUFFER_BYTES, options.bufferBytes ?? DEFAULT_BUFFER_BYTES)
    this.backOff = options.longWriteBackOff === true
  }

  /** Bytes that are free now. */
  freeBytes(speedKBps: number | undefined): number {
    this.drain(speedKBps)
    return Math.max(0, Math.floor(this.bytes - this.filled))
  }

  /**
   * Takes bytes in. Where they do not fit yet, the result is how many ms pass until they do.
   *
   * @throws {CheckCondition} 2/04/08 where a full buffer sends the host away
   */
  take(bytes: number, speedKBps: number | undefined): number {
    this.drain(speedKBps)
    if (speedKBps === undefined) return 0
    const excess = this.filled + bytes - Math.max(this.bytes, bytes)
    if (excess > 0 && this.backOff) throw new CheckCondition(2, 0x04, 0x08)
    this.filled += bytes
    return excess > 0 ? excess / speedKBps : 0
  }

  /** How many ms it takes until all is recorded. */
  flushMs(speedKBps: number | undefined): number {
    this.drain(speedKBps)
    const ms = speedKBps === undefined ? 0 : this.filled / speedKBps
    this.filled = 0
    return ms
  }

  private drain(speedKBps: number | undefined): void {
    const now = performance.now()
    this.filled = speedKBps === undefined ? 0 : Math.max(0, this.filled - (now - this.lastAt) * speedKBps)
    this.lastAt = now
  }
}
