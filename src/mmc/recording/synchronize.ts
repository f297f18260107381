import { synchronizeCache } from '../commands'
import type { Drive } from '../drive'
import { pollLongOperation } from '../long-operation'
import { ScsiError } from '../scsi-error'
import type { RecordingJob } from './recipe'

const ABORTED_COMMAND = 0xb

/**
 * Empties the drive's buffer onto the medium: first without holding the bus (IMMED) and polled, then once more and
 * waited for, because some drives are ready before they are done (Pioneer DVD recorders).
 */
export async function synchronize(drive: Drive, { step }: Pick<RecordingJob, 'step'>): Promise<void> {
  try {
    await drive.send(synchronizeCache, { immediate: true })
    await pollLongOperation(drive, { onProgress: progress => step('synchronizing', progress) })
  } catch (error) {
    // Drives that know no IMMED here refuse the field, and do it all in the second one, as do those that broke it off.
    if (!(error instanceof ScsiError) || !(error.sense?.key === 5 || error.sense?.key === ABORTED_COMMAND)) throw error
  }
  await drive.send(synchronizeCache).catch(error => {
    if (!(error instanceof ScsiError) || error.sense?.key !== ABORTED_COMMAND) throw error
    return drive.send(synchronizeCache)
  })
}
