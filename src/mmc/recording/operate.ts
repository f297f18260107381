import { asError, MediumError, ScsiMmcError, UsageError } from '../../errors'
import { TransportError } from '../../platform/transport'
import type { Drive } from '../drive'
import type { Medium } from '../medium-state'
import { HeldDrive } from './held-drive'
import { holdDrive } from './hold-drive'
import { type DurationEstimate, wholeMediumDuration } from './operation-duration'
import { OperationError, type OperationFailureReport } from './operation-error'
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
   *
   * @param duration  how long it may take; null where the drive tells nothing from which that could be known
   */
  readonly approve?: (medium: Medium, duration: DurationEstimate | null) => Promise<void>
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
  /** As the subject of a sentence: `Blanking`. */
  readonly name: string
  /** Throws where the medium does not allow it. */
  check(medium: Medium): void
  perform(job: RecordingJob): Promise<void>
  /** Every block is written in it, so that the drive's speed says how long it takes. */
  readonly writesWholeMedium?: boolean
  /** What is wrong with the medium's state after it, as a clause; `undefined` where it is as it should be. */
  complaint(after: Medium, before: Medium): string | undefined
}

/**
 * Runs an operation on a whole medium. The medium's state is read first, in the same call, and again at the end: what
 * the drive reports as done has been done only if the medium says so.
 *
 * @param drive  open with `access: 'write'`
 * @throws {MediumError} before anything is sent that changes it, where the medium does not allow the operation
 * @throws {OperationError} afterwards, with the medium's state, read anew: `MEDIUM_OPERATION_FAILED`,
 *   `MEDIUM_OPERATION_ABORTED`; `MEDIUM_UNCHANGED` where the drive reported success, and the medium says otherwise
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
  if (options.approve) {
    const sending = options.signal ? { signal: options.signal } : {}
    const duration = operation.writesWholeMedium ? await wholeMediumDuration(held, mediumBefore, sending) : null
    await options.approve(mediumBefore, duration)
  }
  const warnings: string[] = []
  const meter = new ProgressMeter(0, options.onProgress)
  const warn = (message: string) => warnings.push(message)
  meter.begin()
  const release = await holdDrive(held, mediumBefore, {}, warn)
  const report = (mediumAfter: Medium | null): OperationFailureReport => ({
    mediumBefore,
    mediumAfter,
    durationMs: Date.now() - started,
    warnings,
  })
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
    meter.step('checking')
    const mediumAfter = await settledMedium(held, {})
    const complaint = options.dryRun ? undefined : operation.complaint(mediumAfter, mediumBefore)
    if (complaint === undefined) return { mediumBefore, mediumAfter, durationMs: Date.now() - started, warnings }
    const message = `${operation.name}: the drive reported success, but ${complaint}.`
    throw new OperationError('MEDIUM_UNCHANGED', message, report(mediumAfter))
  } catch (error) {
    if (error instanceof OperationError || !held.mayHaveChangedMedium) throw error
    if (options.signal?.aborted && !(error instanceof ScsiMmcError)) {
      held.stopWaiting()
      const message = `${operation.name} was interrupted; the drive may go on with it by itself.`
      throw new OperationError('MEDIUM_OPERATION_ABORTED', message, report(null), error)
    }
    const mediumAfter = await stateAfterFailure(held, error, warn)
    const message = `${operation.name} failed: ${asError(error).message}`
    throw new OperationError('MEDIUM_OPERATION_FAILED', message, report(mediumAfter), error)
  } finally {
    await release()
    meter.end()
  }
}

/** What the medium is after a failure; null where the drive is gone or does not say. */
async function stateAfterFailure(
  drive: Drive,
  error: unknown,
  warn: (message: string) => void,
): Promise<Medium | null> {
  if (error instanceof TransportError && error.code === 'TRANSPORT_DEVICE_GONE') return null
  // The drive is still at it, and would be for each question.
  if (error instanceof MediumError && error.code === 'MEDIUM_NOT_READY') return null
  return settledMedium(drive, {}).catch(cause => {
    warn(`The state of the medium could not be read: ${cause.message}`)
    return null
  })
}
