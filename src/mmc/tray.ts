import { preventAllowMediumRemoval, startStopUnit } from './commands'
import type { Drive } from './drive'
import { ScsiError } from './scsi-error'

const MEDIUM_REMOVAL_PREVENTED = 0x53
const MEDIUM_NOT_PRESENT = 0x3a

/** How the tray is moved. */
export interface TrayOptions {
  readonly signal?: AbortSignal
}

/**
 * Opens the tray, or hands the medium out. A door that is locked stays so unless `unlock` is given.
 *
 * @throws {ScsiError} 5/53/02 where the door is locked
 * @throws {UsageError} `USAGE_READ_ONLY` where the drive was opened for reading
 */
export async function ejectMedium(
  drive: Drive,
  options: TrayOptions & { readonly unlock?: boolean } = {},
): Promise<void> {
  const sending = options.signal ? { signal: options.signal } : {}
  if (options.unlock) await unlockMedium(drive, options)
  await drive.send(startStopUnit, { loadEject: true, start: false }, sending)
  drive.forgetMedium()
}

/**
 * Closes the tray and waits until the medium is ready.
 *
 * @returns false where there is no medium in it
 * @throws {MediumError} `MEDIUM_NOT_READY` where the drive does not become ready
 */
export async function loadMedium(drive: Drive, options: TrayOptions = {}): Promise<boolean> {
  const sending = options.signal ? { signal: options.signal } : {}
  try {
    await drive.send(startStopUnit, { loadEject: true, start: true }, sending)
    drive.forgetMedium()
    await drive.waitUntilReady(sending)
    return true
  } catch (error) {
    if (error instanceof ScsiError && error.is(2, MEDIUM_NOT_PRESENT)) return false
    throw error
  }
}

/** Keeps the door shut until {@link unlockMedium}; the drive forgets it when it loses power. */
export async function lockMedium(drive: Drive, options: TrayOptions = {}): Promise<void> {
  await drive.send(preventAllowMediumRemoval, { prevent: true }, options.signal ? { signal: options.signal } : {})
}

/** Lets the medium be taken out again. */
export async function unlockMedium(drive: Drive, options: TrayOptions = {}): Promise<void> {
  await drive.send(preventAllowMediumRemoval, { prevent: false }, options.signal ? { signal: options.signal } : {})
}

/** True where an eject failed because the door is locked. */
export function isRemovalPrevented(error: unknown): boolean {
  return error instanceof ScsiError && error.is(5, MEDIUM_REMOVAL_PREVENTED)
}
