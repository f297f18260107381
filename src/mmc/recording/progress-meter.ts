import type { RecordingPhase, RecordingProgress } from './recipe'

const BLOCK_BYTES = 2048
const TELLING_INTERVAL_MS = 200
/** Speed is that of the last seconds: long enough to be steady, short enough to show a stall. */
const WINDOW_MS = 3000
/** Of a long operation that tells how far it is: less of it says nothing of the rest. */
const LEAST_PROGRESS = 0.01

/** Turns counts of blocks into {@link RecordingProgress}, told several times a second and at each change of phase. */
export class ProgressMeter {
  private readonly tell: (progress: RecordingProgress) => void
  private readonly totalBlocks: number
  private readonly now: () => number
  private phase: RecordingPhase = 'checking'
  private written = 0
  private toldAt = Number.NEGATIVE_INFINITY
  private state: Partial<RecordingProgress> = {}
  private timer: NodeJS.Timeout | undefined
  /** The first that a long operation told of itself. */
  private operationBegan: { readonly at: number; readonly progress: number } | undefined
  private samples: { readonly at: number; readonly blocks: number }[] = []

  constructor(
    totalBlocks: number,
    tell: ((progress: RecordingProgress) => void) | undefined,
    now: () => number = Date.now,
  ) {
    this.totalBlocks = totalBlocks
    this.tell = tell ?? (() => {})
    this.now = now
  }

  /** Tells on its own, too, as long as commands take their time, until {@link end}. */
  begin(): void {
    this.timer ??= setInterval(() => {
      if (this.isDue()) this.emit()
    }, TELLING_INTERVAL_MS)
    this.timer.unref()
  }

  end(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Another phase began, or a long operation went on. What comes too soon to be told now is told with the next. */
  step(phase: RecordingPhase, operationProgress?: number): void {
    const isAnother = phase !== this.phase
    if (isAnother) this.operationBegan = undefined
    this.phase = phase
    this.state = {
      operationProgress: operationProgress ?? null,
      secondsLeft: operationProgress === undefined ? null : this.operationLeft(operationProgress),
      underruns: this.state.underruns ?? 0,
    }
    if (isAnother || this.isDue()) this.emit()
  }

  /** Blocks were written; fills and underruns are what they are now. */
  wrote(blocks: number, state: { bufferFill: number; driveBufferFill: number | null; underruns: number }): void {
    this.written = blocks
    this.state = state
    const at = this.now()
    this.samples.push({ at, blocks })
    while (this.samples.length > 2 && at - this.samples[0]!.at > WINDOW_MS) this.samples.shift()
    if (blocks >= this.totalBlocks || this.isDue()) this.emit()
  }

  /** Seconds that a long operation goes on, by what it did since it first told how far it was. */
  private operationLeft(progress: number): number | null {
    const at = this.now()
    // Some drives count every pass anew.
    if (!this.operationBegan || progress < this.operationBegan.progress) this.operationBegan = { at, progress }
    const done = progress - this.operationBegan.progress
    if (done < LEAST_PROGRESS) return null
    return ((at - this.operationBegan.at) / 1000 / done) * (1 - progress)
  }

  private isDue(): boolean {
    return this.now() - this.toldAt >= TELLING_INTERVAL_MS
  }

  private emit(): void {
    this.toldAt = this.now()
    const isWriting = this.phase === 'writing'
    const speedKBps = isWriting ? this.speed() : 0
    const left = this.totalBlocks - this.written
    this.tell({
      phase: this.phase,
      blocksWritten: this.written,
      totalBlocks: this.totalBlocks,
      speedKBps,
      secondsLeft: speedKBps > 0 ? (left * BLOCK_BYTES) / (speedKBps * 1000) : null,
      bufferFill: 0,
      driveBufferFill: null,
      underruns: 0,
      operationProgress: null,
      ...this.state,
    })
  }

  private speed(): number {
    const first = this.samples[0]
    const last = this.samples.at(-1)
    if (!first || !last || last.at === first.at) return 0
    return ((last.blocks - first.blocks) * BLOCK_BYTES) / (last.at - first.at)
  }
}
