import type { Drive } from '../drive'
import { ScsiError } from '../scsi-error'
import { setSpeed } from '../speed'
import { lockMedium, unlockMedium } from '../tray'
import type { RecordOptions } from './recipe'

const ILLEGAL_REQUEST = 5

/**
 * Locks the door and sets the speed. What comes back gives the drive back as it was: its own speeds, the door unlocked;
 * it must run on every way out.
 */
export async function holdDrive(
  drive: Drive,
  { speedKBps }: Pick<RecordOptions, 'speedKBps'>,
  warn: (message: string) => void,
): Promise<() => Promise<void>> {
  // A drive without a lock records all the same.
  await lockMedium(drive).catch(error => {
    if (!(error instanceof ScsiError) || error.sense?.key !== ILLEGAL_REQUEST) throw error
    warn(`The door cannot be locked: ${error.message}`)
  })
  if (speedKBps !== undefined) {
    await setSpeed(drive, { writeSpeedKBps: speedKBps }).catch(error =>
      warn(`The drive did not take the speed of ${speedKBps} kB/s: ${error.message}`),
    )
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
