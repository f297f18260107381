import type { Drive } from '../drive'
import type { Medium } from '../medium-state'
import { ScsiError } from '../scsi-error'
import { timesSingleSpeed } from '../single-speed'
import { setSpeed } from '../speed'
import { lockMedium, unlockMedium } from '../tray'
import type { RecordOptions } from './recipe'

const ILLEGAL_REQUEST = 5
/** Drives round to their own steps; what is farther off than this is another speed. */
const SAME_SPEED = 0.1

/**
 * Locks the door and sets the speed. What comes back gives the drive back as it was: its own speeds, the door unlocked;
 * it must run on every way out.
 */
export async function holdDrive(
  drive: Drive,
  medium: Medium,
  options: Pick<RecordOptions, 'speedKBps' | 'speedTimes' | 'dryRun'>,
  warn: (message: string) => void,
): Promise<() => Promise<void>> {
  const speedKBps = wantedSpeed(medium, options)
  // A drive without a lock records all the same.
  await lockMedium(drive).catch(async error => {
    if (!(error instanceof ScsiError) || error.sense?.key !== ILLEGAL_REQUEST) {
      // Only the answer may have been lost: nobody else will unlock it.
      await unlockMedium(drive).catch(also => warn(`The door may be locked: ${also.message}`))
      throw error
    }
    warn(`The door cannot be locked: ${error.message}`)
  })
  if (speedKBps !== undefined) {
    const taken = await setSpeed(drive, { writeSpeedKBps: speedKBps }).catch(error =>
      warn(`The drive did not take the speed of ${speedKBps} kB/s: ${error.message}`),
    )
    const current = taken?.currentWriteSpeedKBps ?? speedKBps
    if (!options.dryRun && Math.abs(current - speedKBps) > speedKBps * SAME_SPEED) {
      warn(`The drive records at up to ${current} kB/s: it has not the ${speedKBps} kB/s that were asked for.`)
    }
  }
  return async () => {
    // Each is tried even where the other failed; a drive that is gone has no door to unlock.
    if (speedKBps !== undefined) await setSpeed(drive, {}).catch(error => warn(`Speed not restored: ${error.message}`))
    await unlockMedium(drive)
      // A unit attention took the answer's place, or the command was lost: unlocking twice does no harm.
      .catch(() => unlockMedium(drive))
      .catch(error => warn(`The door may still be locked: ${error.message}`))
  }
}

function wantedSpeed(
  { family }: Medium,
  { speedKBps, speedTimes }: Pick<RecordOptions, 'speedKBps' | 'speedTimes'>,
): number | undefined {
  return speedKBps ?? (speedTimes === undefined ? undefined : timesSingleSpeed(speedTimes, family))
}
