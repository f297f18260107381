import { readFormatCapacities } from '../../commands'
import { CLOSE, close } from '../close-functions'
import { FORMAT, formatMedium } from '../format-medium'
import { confirmMedium } from '../held-drive'
import type { RecordingJob, RecordingRecipe } from '../recipe'
import { setWriteParameters, TRACK_MODE, USER_DATA_2048 } from '../write-parameters'

const ECC_BLOCK = 16

/** DVD-RW in restricted overwrite mode: whole ECC blocks of 16, anywhere in what has been formatted (MMC-6 4.5.1). */
export const dvdMinusRwRestrictedOverwriteRecipe: RecordingRecipe = {
  unitBlocks: ECC_BLOCK,
  writesWholeUnits: true,
  prepare: async job => {
    await grow(job)
    await setWriteParameters(job, {
      bufferUnderrunFreeEnabled: true,
      linkSizeValid: false,
      testWrite: false,
      writeType: 'packet',
      multiSession: 'no-next-session',
      fixedPacket: true,
      trackMode: TRACK_MODE.dataIncremental,
      dataBlockType: USER_DATA_2048,
      linkSize: 0,
      packetSize: ECC_BLOCK,
    })
  },
  finish: leaveIntermediateState,
  close: leaveIntermediateState,
}

/** A quickly formatted disc is written once from its start; a grown one, from where it ended. */
async function grow(job: RecordingJob): Promise<void> {
  const capacities = await job.drive.send(readFormatCapacities)
  if (capacities.descriptorType !== 'formatted') return
  const end = job.start + job.blocks
  if (end <= (capacities.numberOfBlocks ?? 0)) return
  await formatMedium(job, { types: [FORMAT.quickGrow], blocks: 0, parameter: ECC_BLOCK })
  await confirmMedium(
    job.drive,
    ({ family, isBlank }) => family === job.medium.family && isBlank === job.medium.isBlank,
  )
}

/** Until the session is closed the drive does not read the disc: that ends the intermediate state. */
async function leaveIntermediateState(job: RecordingJob): Promise<void> {
  const { descriptorType } = await job.drive.send(readFormatCapacities)
  if (descriptorType === 'no-media') await close(job, CLOSE.session)
}
