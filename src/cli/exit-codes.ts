import { MediumError, ScsiMmcError, UsageError } from '../errors'

/** Exit codes of the command; see its help. */
export const EXIT = { done: 0, mediumSaysNo: 1, usage: 2, notReady: 3, driveFailed: 4, interrupted: 130 } as const

const NOT_READY_CODES = new Set(['MEDIUM_NOT_READY', 'MEDIUM_NOT_PRESENT', 'SENSE_NOT_READY'])
const BROKEN_OFF = new Set(['MEDIUM_RECORDING_FAILED', 'MEDIUM_OPERATION_FAILED'])

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ScsiMmcError)) {
    return (error as { name?: string } | null)?.name === 'AbortError' ? EXIT.interrupted : EXIT.driveFailed
  }
  if (error instanceof UsageError || error.code.startsWith('USAGE_') || error.code.startsWith('FORMAT_')) {
    return EXIT.usage
  }
  // Where the drive or the way to it broke a recording or an operation off, it is that which failed.
  if (BROKEN_OFF.has(error.code) && isOfDrive(error.cause)) return EXIT.driveFailed
  if (NOT_READY_CODES.has(error.code)) return EXIT.notReady
  if (error instanceof MediumError || /^(MEDIUM|IMAPI|E)_/.test(error.code)) return EXIT.mediumSaysNo
  return EXIT.driveFailed
}

function isOfDrive(cause: unknown): boolean {
  return cause instanceof ScsiMmcError && /^(SENSE|TRANSPORT)_/.test(cause.code)
}
