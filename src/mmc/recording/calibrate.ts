import { readDiscInformation, sendOpcInformation } from '../commands'
import { ScsiError } from '../scsi-error'
import type { RecordingJob } from './recipe'

const POWER_CALIBRATION_AREA = 0x73

/**
 * Optimum power calibration, where the medium has none on record. Drives calibrate by themselves, too: what they refuse
 * here is no reason to stop, unless the calibration area itself is full or broken.
 */
export async function calibrate(job: RecordingJob): Promise<void> {
  if (job.options.simulate) return
  const { numberOfOpcTables } = await job.drive.send(readDiscInformation)
  if ((numberOfOpcTables ?? 0) > 0) return
  job.step('calibrating')
  try {
    await job.drive.send(sendOpcInformation, { doOpc: true })
  } catch (error) {
    if (!(error instanceof ScsiError) || error.sense?.asc === POWER_CALIBRATION_AREA) throw error
    job.warn(`The drive did not calibrate on request: ${error.message}`)
  }
}
