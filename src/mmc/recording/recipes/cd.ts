import { readDiscInformation } from '../../commands'
import { calibrate } from '../calibrate'
import { CLOSE, close, closeWrittenTrack } from '../close-functions'
import type { RecordingJob, RecordingRecipe } from '../recipe'
import { synchronize } from '../synchronize'
import { setWriteParameters, TRACK_MODE, trackAtOnce, USER_DATA_2048 } from '../write-parameters'

/** A track has at least 4 seconds (MMC-6 4.2.3.2). */
const SHORTEST_TRACK = 300
/** Drives that read ahead run into the run-out blocks of a track: data end well before them. */
const RUN_OUT_PADDING = 150

const CD_ROM_XA = 0x20
const MODE_1 = { dataBlockType: USER_DATA_2048, sessionFormat: 0 } as const
/** User data of 2048 bytes in mode 2 form 1; the sub-header says that they are data (ECMA-130 annex, CD-ROM XA). */
const FORM_1 = { dataBlockType: 10, sessionFormat: CD_ROM_XA, subHeader: Uint8Array.of(0, 0, 8, 0) } as const

/** CD-R and CD-RW, a data track at once, sessions closed one by one (MMC-6 4.2). */
export const cdRecipe: RecordingRecipe = {
  unitBlocks: 1,
  paddingBlocks: RUN_OUT_PADDING,
  minimumBlocks: SHORTEST_TRACK,
  canSimulate: true,
  synchronizeEndsTrack: true,
  closesRecordedSessionsOnly: true,
  prepare: async job => {
    await setTrackParameters(job)
    await calibrate(job)
  },
  finish: async job => {
    // In simulation no track is there to be closed, nor a session.
    if (job.options.simulate) return
    await closeWrittenTrack(job)
    await close(job, CLOSE.session)
  },
  close: async job => {
    // A session that was begun at once and broken off ends with it: the drive still waits for the rest.
    await synchronize(job.drive, job)
    await setTrackParameters(job)
    await closeWrittenTrack(job)
    await close(job, CLOSE.session)
  },
}

async function setTrackParameters(job: RecordingJob): Promise<void> {
  await setWriteParameters(job, {
    ...trackAtOnce(job),
    trackMode: TRACK_MODE.dataUninterrupted,
    ...(await sectorsOf(job)),
  })
}

/** The sessions of a disc are of one kind: wodim, for one, begins discs that others may go on with as CD-ROM XA. */
async function sectorsOf({ drive, medium }: RecordingJob): Promise<typeof MODE_1 | typeof FORM_1> {
  if (medium.isBlank) return MODE_1
  const { discType } = await drive.send(readDiscInformation)
  return discType === CD_ROM_XA ? FORM_1 : MODE_1
}
