import { OPTIMUM_SPEED, preventAllowMediumRemoval, setCdSpeed, setStreaming } from '../commands'
import type { Drive } from '../drive'
import { ScsiError } from '../scsi-error'
import type { RecordOptions } from './recipe'

/** No medium has more blocks: a performance descriptor for the whole of it. */
const LAST_BLOCK = 0xffff_fffe
const SECOND_MS = 1000

/**
 * Locks the door and sets the speed. What comes back gives the drive back as it was: its own speeds, the door unlocked;
 * it must run on every way out.
 */
export async function holdDrive(
  drive: Drive,
  options: Pick<RecordOptions, 'speedKBps'>,
  warn: (message: string) => void,
): Promise<() => Promise<void>> {
  await drive.send(preventAllowMediumRemoval, { prevent: true })
  const { speedKBps } = options
  if (speedKBps !== undefined) {
    await setWriteSpeed(drive, speedKBps).catch(error =>
      warn(`The drive did not take the speed of ${speedKBps} kB/s: ${error.message}`),
    )
  }
  return async () => {
    // Each is tried even where the other failed; a drive that is gone has no door to unlock.
    if (speedKBps !== undefined) await restoreSpeed(drive).catch(error => warn(`Speed not restored: ${error.message}`))
    await drive
      .send(preventAllowMediumRemoval, { prevent: false })
      .catch(error => warn(`The door may still be locked: ${error.message}`))
  }
}

/**
 * Asks for a writing speed, in kB/s of 1000; the drive takes the nearest that it has.
 *
 * @throws {ScsiError} where the drive knows neither SET STREAMING nor SET CD SPEED
 */
export async function setWriteSpeed(drive: Drive, speedKBps: number): Promise<void> {
  const data = {
    endLba: LAST_BLOCK,
    readSize: speedKBps,
    readTimeMs: SECOND_MS,
    writeSize: speedKBps,
    writeTimeMs: SECOND_MS,
  }
  try {
    await drive.send(setStreaming, { parameterListLength: 28 }, { data })
  } catch (error) {
    if (!(error instanceof ScsiError) || error.sense?.key !== 5) throw error
    // A kB/s more than the nominal speed: drives round down.
    await drive.send(setCdSpeed, { readSpeedKBps: OPTIMUM_SPEED, writeSpeedKBps: Math.min(speedKBps + 5, 0xfffe) })
  }
}

/** Gives the drive back its own speeds. */
export async function restoreSpeed(drive: Drive): Promise<void> {
  try {
    await drive.send(setStreaming, { parameterListLength: 28 }, { data: { restoreDefaults: true } })
  } catch (error) {
    if (!(error instanceof ScsiError) || error.sense?.key !== 5) throw error
    await drive.send(setCdSpeed, { readSpeedKBps: OPTIMUM_SPEED, writeSpeedKBps: OPTIMUM_SPEED })
  }
}
