import { Worker } from 'node:worker_threads'
import { TransportError } from '../transport'
import type { PackagePaths } from './ffi-napi-packages'
import { type ThreadAnswer, type ThreadCall, threadSource } from './ffi-napi-thread'

/** What a call on the thread gave. */
export interface ThreadResult {
  readonly value: number | string | null
  readonly error: number
}

interface Pending {
  /** What the call points to. */
  readonly alive: readonly unknown[]
  readonly resolve: (result: ThreadResult) => void
  readonly reject: (error: Error) => void
}

/** The one that is kept for the next user: a thread takes longer to start than most uses of it take. */
let spare: CallThread | undefined

/** A thread that calls C functions one at a time, each with its own errno. It never keeps the process from ending. */
export class CallThread {
  private readonly packages: string
  private readonly worker: Worker
  private readonly pending = new Map<number, Pending>()
  private readonly idle: (() => void)[] = []
  private nextId = 0
  private ended = false

  private constructor(paths: PackagePaths) {
    this.packages = JSON.stringify(paths)
    this.worker = new Worker(threadSource, {
      eval: true,
      workerData: { paths, windows: process.platform === 'win32' },
    })
    this.worker.unref()
    this.worker.on('message', (answer: ThreadAnswer) => {
      if ('failure' in answer) this.settle(answer.id, ({ reject }) => reject(new TypeError(answer.failure)))
      else this.settle(answer.id, ({ resolve }) => resolve(answer))
    })
    this.worker.on('error', cause => this.end(cause))
    this.worker.on('exit', code => this.end(new Error(`exit code ${code}`)))
  }

  /** A thread for one user: the one that was kept, if there is one. */
  static take(paths: PackagePaths): CallThread {
    const kept = spare
    if (kept?.packages !== JSON.stringify(paths)) return new CallThread(paths)
    spare = undefined
    return kept
  }

  /** False once it has ended by itself; what is called then never answers. */
  get isUsable(): boolean {
    return !this.ended
  }

  /** @param alive  what must stay in memory until the call is over */
  call(call: Omit<ThreadCall, 'id'>, alive: readonly unknown[]): Promise<ThreadResult> {
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.pending.set(id, { alive, resolve, reject })
      // The process must not end while a call is under way, and may at any other time.
      this.worker.ref()
      this.worker.postMessage({ ...call, id })
    })
  }

  /** Waits for calls under way, which still write into their buffers; then the thread is kept for the next user. */
  async giveBack(): Promise<void> {
    while (this.pending.size > 0) await new Promise<void>(resolve => this.idle.push(resolve))
    if (this.isUsable && !spare) spare = this
    else await this.worker.terminate()
  }

  private settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.pending.get(id)
    this.pending.delete(id)
    if (this.pending.size === 0) {
      this.worker.unref()
      for (const resolve of this.idle.splice(0)) resolve()
    }
    if (pending) how(pending)
  }

  private end(cause: unknown): void {
    this.ended = true
    if (spare === this) spare = undefined
    for (const id of [...this.pending.keys()]) {
      this.settle(id, ({ reject }) =>
        reject(
          new TransportError('TRANSPORT_FAILED', 'The thread that calls the system for ffi-napi has ended.', {
            cause,
            mayHaveRun: true,
            hint: 'Use the koffi backend instead.',
          }),
        ),
      )
    }
  }
}
