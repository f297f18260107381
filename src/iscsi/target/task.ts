import type { Answer } from './housekeeping'
import type { Nexus } from './logical-unit'

/** One SCSI command of an initiator, as the logical unit's queue sees it. */
export interface Task {
  readonly nexus: Nexus
  readonly cdb: Uint8Array
  readonly read: boolean
  readonly write: boolean
  /** Bytes that the initiator expects to move. */
  readonly expectedLength: number
  readonly headOfQueue: boolean
  /** False while data that the initiator writes are still on their way. */
  readonly ready: boolean
  /** What the initiator has written, as far as the CDB wants it. */
  readonly data: Uint8Array
  /** The answer where the command must not reach the drive. */
  readonly refusal: Answer | undefined
  readonly aborted: boolean
  /** Aborts the task: it is never answered. */
  abort(): void
  /**
   * Takes the answer; not called for an aborted task.
   *
   * @param release  to be called once nobody looks at the answer's data any more
   */
  complete(answer: Answer, release?: () => void): void
  /** The drive is through with {@link data}: called once for each task that ran or was aborted. */
  releaseData(): void
}
