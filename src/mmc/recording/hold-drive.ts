import type { Drive } from '../drive'
import { setSpeed } from '../speed'
import { lockMedium, unlockMedium } from '../tray'
import type { RecordOptions } from './recipe'

/**
 * Locks the door and sets the speed. What comes back gives the drive back as it was: its own speeds, the door unlocked;
 * it must run on every way out.
 */
export async function holdDrive(
  drive: Drive,
  { speedKBps }: Pick<RecordOptions, 'speedKBps'>,
  warn: (message: string) => void,
): Promise<() => Promise<void>> {
  await lockMedium(drive)
  if (speedKBps !== undefined) {
    await setSpeed(drive, { writeSpeedKBps: speedKBps }).catch(error =>
      warn(`The drive did not take the speed of ${speedKBps} kB/s: ${error.message}`),
    )
  }
  return async () => {
    // Each is tried even where the other failed; a drive that is gone has no door to unlock.
    if (speedKBps !== undefined) await setSpeed(drive, {}).catch(error => warn(`Speed not restored: ${error.message}`))
    await unlockMedium(drive).catch(error => warn(`The door may still be locked: ${error.message}`))
  }
}
