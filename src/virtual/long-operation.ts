import type { SenseData } from './check-condition'
import type { Operation } from './media/medium'

const BECOMING_READY = 0x01
const FORMAT_IN_PROGRESS = 0x04
const OPERATION_IN_PROGRESS = 0x07

/** An operation that goes on after its command has ended, or that its command waits for. */
export class LongOperation {
  readonly background: boolean
  /** Settles when the operation is over. */
  readonly done: Promise<void>
  readonly loading: boolean
  readonly moving: boolean
  private readonly formatting: boolean
  private readonly startedAt = Date.now()
  private readonly durationMs: number
  private timer: NodeJS.Timeout | undefined
  private readonly operation: Operation
  private hurry: () => void = () => undefined
  /** It was stopped before its end. */
  stopped = false

  /** @param durationMs  how long it takes; 0 is over at once */
  constructor(operation: Operation, durationMs: number) {
    this.background = operation.background === true
    this.formatting = operation.formatting === true
    this.loading = operation.loading === true
    this.moving = operation.moving === true
    this.durationMs = durationMs
    this.operation = operation
    this.done = this.run()
  }

  private async run(): Promise<void> {
    if (this.durationMs > 0) {
      await new Promise<void>(resolve => {
        this.hurry = resolve
        this.timer = setTimeout(resolve, this.durationMs)
      })
    }
    if (!this.stopped) await this.operation.complete()
  }

  /** Ends it now: nobody waits for a drive that is being closed. One in the background stops where it is. */
  async finish(): Promise<void> {
    if (this.background) return this.stop()
    clearTimeout(this.timer)
    this.hurry()
    await this.done
  }

  /** Stops it where it is. */
  async stop(): Promise<void> {
    const { progress } = this
    this.stopped = true
    clearTimeout(this.timer)
    this.hurry()
    await this.operation.stop?.(progress)
    await this.done
  }

  /** How far it is, 0 to 1. */
  get progress(): number {
    return this.durationMs === 0 ? 1 : Math.min(1, (Date.now() - this.startedAt) / this.durationMs)
  }

  get remainingMs(): number {
    return Math.max(0, this.durationMs * (1 - this.progress))
  }

  /** What commands that have to wait for it are told. */
  get sense(): SenseData {
    return {
      key: 2,
      asc: 0x04,
      ascq: this.loading ? BECOMING_READY : this.formatting ? FORMAT_IN_PROGRESS : OPERATION_IN_PROGRESS,
      ...(this.loading ? {} : { progress: Math.min(this.progress, 0.9999) }),
    }
  }
}
