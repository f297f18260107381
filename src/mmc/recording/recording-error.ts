import { MediumError, ScsiMmcError } from '../../errors'
import type { Medium } from '../medium-state'
import type { BlockRange } from '../recordable'

/** What a recording did, or had done when it failed. */
export interface RecordingReport {
  /** Blocks that the drive took, in the order in which they were written; padding included. */
  readonly written: readonly BlockRange[]
  /** CRC-32 of each 32 blocks that went to the drive, for verification. Not part of the JSON. */
  readonly checksums: readonly { readonly range: BlockRange; readonly pieces: readonly number[] }[]
  /** First block of the image (LBA). */
  readonly start: number
  /** Blocks of the image, padding not counted. */
  readonly blocks: number
  readonly durationMs: number
  /** Average while writing, kB/s of 1000. */
  readonly averageKBps: number
  readonly underruns: number
  readonly mediumBefore: Medium
  /** Read again after the recording; null where the drive could not say. */
  readonly mediumAfter: Medium | null
  readonly warnings: readonly string[]
}

/** A recording that did not end as it should: where it stopped, why, and what can be saved. */
export class RecordingError extends MediumError {
  readonly report: RecordingReport
  /** First block (LBA) that was not recorded for certain; null where writing had not begun or was complete. */
  readonly failedAt: number | null

  constructor(code: string, message: string, report: RecordingReport, failedAt: number | null, cause: unknown) {
    super(code, message, { cause, hint: whatCanBeSaved(report, failedAt) })
    this.report = report
    this.failedAt = failedAt
  }

  override toJSON(): Record<string, unknown> {
    const { cause } = this
    return {
      ...(cause instanceof ScsiMmcError ? cause.toJSON() : {}),
      ...super.toJSON(),
      failedAt: this.failedAt,
      report: { ...this.report, checksums: undefined },
    }
  }
}

function whatCanBeSaved({ mediumAfter, mediumBefore, written }: RecordingReport, failedAt: number | null): string {
  const upTo =
    failedAt === null || written.length === 0 ? '' : ` Blocks before LBA ${failedAt} were taken by the drive.`
  if (mediumAfter === null) return `Eject and load the medium, then look at its state.${upTo}`
  const isUntouched =
    mediumAfter.state === mediumBefore.state &&
    mediumAfter.nextWritableAddress === mediumBefore.nextWritableAddress &&
    !mediumAfter.isOverwritable
  if (isUntouched) return 'Nothing was recorded: the medium is as it was.'
  if (mediumAfter.isOverwritable) return `The medium can be written again.${upTo}`
  if (mediumAfter.nextWritableAddress !== null) {
    return `The medium goes on at LBA ${mediumAfter.nextWritableAddress}: close it, or append another session.${upTo}`
  }
  if (mediumAfter.state === 'damaged') return `Close the medium: that has the drive mend what was cut off.${upTo}`
  return `The medium cannot be written any further; earlier sessions stay readable.${upTo}`
}
