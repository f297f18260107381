import { MediumError, UsageError } from '../../errors'
import type { Drive } from '../drive'
import type { Medium } from '../medium-state'
import { HeldDrive } from './held-drive'
import { holdDrive } from './hold-drive'
import { mediumAtRest, settledMedium } from './present-medium'
import { ProgressMeter } from './progress-meter'
import type { RecordingJob, RecordingProgress } from './recipe'
import { checkWriteProtection } from './write-protection'

/** What every operation on a whole medium can be given. */
export interface OperationOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: RecordingProgress) => void
  /** The drive is behind a rehearsal: the medium is not expected to have changed. */
  readonly dryRun?: boolean
  /**
   * Called when the medium has been read and takes the operation, before anything is sent that changes it: the place to
   * ask whether it is meant. What it throws ends the operation.
   */
  readonly approve?: (medium: Medium) => Promise<void>
}

/** What an operation on a whole medium did. */
export interface OperationReport {
  readonly mediumBefore: Medium
  readonly mediumAfter: Medium
  readonly durationMs: number
  readonly warnings: readonly string[]
}

/** An operation: what it needs of the medium, what it does, and what the medium must say afterwards. */
export interface Operation {
  /** Throws where the medium does not allow it. */
  check(medium: Medium): void
  perform(job: RecordingJob): Promise<void>
  /** What is wrong with the medium's state after it, as a clause; `undefined` where it is as it should be. */
  complaint(after: Medium, before: Medium): string | undefined
}

/**
 * Runs an operation on a whole medium. The medium's state is read first, in the same call, and again at the end: what
 * the drive reports as done has been done only if the medium says so.
 *
 * @param drive  open with `access: 'write'`
 * @throws {MediumError} where the medium does not allow it, or says afterwards that nothing changed
 */
export async function operate(
  drive: Drive,
  operation: Operation,
  options: OperationOptions & { readonly close?: boolean },
): Promise<OperationReport> {
  if (drive.access !== 'write') {
    throw new UsageError('USAGE_READ_ONLY', `${drive.address} is open for reading only.`, {
      hint: "Open the drive with access: 'write'.",
    })
  }
  const started = Date.now()
  const held = new HeldDrive(drive)
  const mediumBefore = await mediumAtRest(held, options)
  held.hold()
  operation.check(mediumBefore)
  await checkWriteProtection(held, mediumBefore)
  await options.approve?.(mediumBefore)
  const warnings: string[] = []
  const meter = new ProgressMeter(0, options.onProgress)
  const warn = (message: string) => warnings.push(message)
  meter.begin()
  const release = await holdDrive(held, mediumBefore, {}, warn)
  try {
    await operation.perform({
      drive: held,
      medium: mediumBefore,
      start: mediumBefore.nextWritableAddress ?? 0,
      blocks: 0,
      options,
      step: (phase, operationProgress) => meter.step(phase, operationProgress),
      warn,
    })
  } finally {
    await release()
    meter.end()
  }
  const mediumAfter = await settledMedium(held, {})
  const complaint = options.dryRun ? undefined : operation.complaint(mediumAfter, mediumBefore)
  if (complaint !== undefined) {
    throw new MediumError('MEDIUM_UNCHANGED', `The drive reported success, but ${complaint}.`, {
      hint: 'Eject and load the medium, and look at its state again.',
      evidence: mediumAfter.evidence,
    })
  }
  return { mediumBefore, mediumAfter, durationMs: Date.now() - started, warnings }
}
