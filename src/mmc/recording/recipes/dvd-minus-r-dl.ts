import { MediumError } from '../../../errors'
import { readTrackInformation } from '../../commands'
import { calibrate } from '../calibrate'
import type { RecordingJob, RecordingRecipe } from '../recipe'
import { multiSession, setWriteParameters, TRACK_MODE, USER_DATA_2048 } from '../write-parameters'
import { dvdMinusIncrementalRecipe } from './dvd-minus-sequential'
import { openTrack } from './dvd-plus-r'

const LAYER_JUMP_PROFILE = 0x0016

/**
 * DVD-R DL (MMC-6 4.5.1). Sequentially it is recorded as DVD-R is. In layer jump mode the addresses behind the jump do
 * not follow those before it, so that an image must end before it.
 */
export const dvdMinusRDualLayerRecipe: RecordingRecipe = {
  ...dvdMinusIncrementalRecipe,
  prepare: job =>
    job.medium.profile?.code === LAYER_JUMP_PROFILE ? prepareLayerJump(job) : dvdMinusIncrementalRecipe.prepare(job),
}

async function prepareLayerJump(job: RecordingJob): Promise<void> {
  const { nextLayerJumpAddress } = await job.drive.send(readTrackInformation, {
    numberType: 'track',
    number: openTrack(job),
    allocationLength: 48,
  })
  if (nextLayerJumpAddress && job.start + job.blocks > nextLayerJumpAddress) {
    throw new MediumError(
      'MEDIUM_LAYER_JUMP',
      `The image would cross the layer jump at LBA ${nextLayerJumpAddress}, behind which addresses do not go on in order.`,
      { hint: 'Record it at once (--disc-at-once) on a blank disc, or make it smaller.' },
    )
  }
  await setWriteParameters(job, {
    bufferUnderrunFreeEnabled: true,
    linkSizeValid: false,
    testWrite: job.options.simulate === true,
    writeType: 'layer-jump',
    multiSession: multiSession(job),
    fixedPacket: true,
    trackMode: TRACK_MODE.dataIncremental,
    dataBlockType: USER_DATA_2048,
    linkSize: 0,
    packetSize: dvdMinusIncrementalRecipe.unitBlocks,
  })
  await calibrate(job)
}
