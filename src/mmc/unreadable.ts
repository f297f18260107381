import { ScsiError } from './scsi-error'

/** Errors of the medium, blank areas, and addresses or blocks that READ(10) cannot get at: all others are the drive's. */
export function isUnreadable(error: unknown): error is ScsiError {
  if (!(error instanceof ScsiError)) return false
  const { key, asc } = error.sense ?? {}
  // 5/21: past the end; 5/63: the end of the user area; 5/64: a block of another kind of track; 5/30: another format.
  return key === 3 || key === 8 || (key === 5 && [0x21, 0x30, 0x63, 0x64].includes(asc ?? -1))
}
