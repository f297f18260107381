import {
  type Drive,
  type RecordOptions,
  recordSession,
  type SessionReport,
  type SessionVerification,
  verifySession,
} from '../mmc'
import type { DiscSessionSource } from './from-cue-sheet'

/** What a burn of a session did. */
export interface BurnSessionReport extends SessionReport {
  /** Null where it was not asked for. */
  readonly verification: SessionVerification | null
}

/**
 * Records a session, and reads it back where that is asked for.
 *
 * @throws as `recordSession`
 */
export async function burnSession(
  drive: Drive,
  { session, warnings }: DiscSessionSource,
  options: RecordOptions & { readonly verify?: boolean } = {},
): Promise<BurnSessionReport> {
  const report = await recordSession(drive, session, options)
  const isVerified = options.verify === true && !options.simulate && !options.dryRun
  const verification = isVerified ? await verifySession(drive, session, report, options) : null
  return { ...report, warnings: [...warnings, ...report.warnings], verification }
}

/** True where all that was read back is as it was written. */
export function isAsWritten({ differences, unreadable, complaints }: SessionVerification): boolean {
  return differences.length + unreadable.length + complaints.length === 0
}
