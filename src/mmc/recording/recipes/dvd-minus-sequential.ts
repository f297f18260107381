import { MediumError } from '../../../errors'
import { getConfiguration, reserveTrack } from '../../commands'
import { calibrate } from '../calibrate'
import { CLOSE, close, closeOpenTracks } from '../close-functions'
import type { RecordingJob, RecordingRecipe } from '../recipe'
import { multiSession, setWriteParameters, TRACK_MODE, USER_DATA_2048 } from '../write-parameters'
import { openTrack } from './dvd-plus-r'

const INCREMENTAL_STREAMING_WRITABLE = 0x0021
/** Linking loss of 32 KiB, the one size that every medium has; what drives report for it is not to be relied on. */
const LINK_SIZE = 16
const ECC_BLOCK = 16

/** DVD-R and DVD-RW, incrementally: borders closed one by one, more can follow (MMC-6 4.5.1.3). */
export const dvdMinusIncrementalRecipe: RecordingRecipe = {
  unitBlocks: ECC_BLOCK,
  canSimulate: true,
  prepare: async job => {
    await requireIncremental(job)
    await incremental(job)
    await calibrate(job)
  },
  finish: async job => {
    // Nothing has been recorded that could be closed.
    if (job.options.simulate) return
    await close(job, CLOSE.track, openTrack(job))
    await closeBorder(job)
  },
  close: async job => {
    await incremental(job)
    await closeOpenTracks(job)
    await closeBorder(job)
  },
}

/** DVD-R and DVD-RW at once: one session from the first block to the last, closed by the drive (MMC-6 4.5.1.2). */
export const dvdMinusDiscAtOnceRecipe: RecordingRecipe = {
  unitBlocks: ECC_BLOCK,
  prepare: async job => {
    if (!job.medium.isBlank) {
      throw new MediumError('MEDIUM_NOT_BLANK', 'Disc-at-once recording needs a blank disc.', {
        hint: 'Record incrementally, or blank the disc first.',
      })
    }
    await setWriteParameters(job, {
      bufferUnderrunFreeEnabled: true,
      linkSizeValid: false,
      testWrite: false,
      writeType: 'session-at-once',
      multiSession: 'no-next-session',
      fixedPacket: false,
      trackMode: TRACK_MODE.dataIncremental,
      dataBlockType: USER_DATA_2048,
      linkSize: 0,
      packetSize: 0,
    })
    await calibrate(job)
    await job.drive.send(reserveTrack, { reservationSize: job.blocks })
  },
  // The drive writes the lead-out when the reserved size is full and its cache is synchronized.
  finish: async () => {},
}

function incremental(job: RecordingJob): Promise<void> {
  return setWriteParameters(job, {
    bufferUnderrunFreeEnabled: true,
    linkSizeValid: true,
    testWrite: job.options.simulate === true,
    writeType: 'packet',
    multiSession: multiSession(job),
    fixedPacket: true,
    trackMode: TRACK_MODE.dataIncremental,
    dataBlockType: USER_DATA_2048,
    linkSize: LINK_SIZE,
    packetSize: ECC_BLOCK,
  })
}

/** Closes the border; whether another can follow is what the write parameters say. */
function closeBorder(job: RecordingJob): Promise<void> {
  return close(job, CLOSE.session)
}

/** A minimally blanked DVD-RW does not take increments, whatever its profile says: the feature is not current. */
async function requireIncremental({ drive, options }: RecordingJob): Promise<void> {
  const { featureDescriptors = [] } = await drive.send(getConfiguration, {
    requestedType: 'one',
    startingFeatureNumber: INCREMENTAL_STREAMING_WRITABLE,
  })
  const feature = featureDescriptors.find(({ featureCode }) => featureCode === INCREMENTAL_STREAMING_WRITABLE)
  if (feature?.current !== false) return
  throw new MediumError(
    'MEDIUM_NO_INCREMENTAL',
    'This disc takes disc-at-once recording only (it was blanked minimally).',
    {
      hint: options.simulate
        ? 'Test writing goes in increments: blank it fully first.'
        : 'Record it at once (--disc-at-once), or blank it fully first.',
    },
  )
}
