import { setTimeout as sleep } from 'node:timers/promises'
import { testUnitReady } from './commands'
import { type Drive, isBecomingReady } from './drive'
import { ScsiError } from './scsi-error'

/** What became of the medium: a first or another one is ready, or none is there any more. */
export type MediumChange = 'ready' | 'removed'

/**
 * Follows the changes of the medium, from what is there now on, by polling TEST UNIT READY. A unit attention tells of a
 * swap between two polls; where the operating system took that for itself, the drive being not ready in between does.
 *
 * @param options.intervalMs  time between two polls, 1 s unless given
 * @throws {TransportError} where the drive is gone
 */
export async function* watchMedium(
  drive: Drive,
  options: { signal?: AbortSignal; intervalMs?: number } = {},
): AsyncGenerator<MediumChange> {
  const { signal } = options
  let present = await isReady(drive)
  let generation = drive.mediumGeneration
  while (!signal?.aborted) {
    // Being told to stop is the way out of the loop, not an error.
    await sleep(options.intervalMs ?? 1000, undefined, signal ? { signal } : {}).catch(() => {})
    if (signal?.aborted) return
    const ready = await isReady(drive)
    if (ready === undefined) continue
    if (ready && (!present || drive.mediumGeneration !== generation)) yield 'ready'
    if (!ready && present) yield 'removed'
    present = ready
    generation = drive.mediumGeneration
  }
}

/** Whether a medium is there; `undefined` while the drive cannot say (spinning up). */
async function isReady(drive: Drive): Promise<boolean | undefined> {
  try {
    await drive.send(testUnitReady)
    return true
  } catch (error) {
    if (!(error instanceof ScsiError)) throw error
    return isBecomingReady(error) ? undefined : false
  }
}
