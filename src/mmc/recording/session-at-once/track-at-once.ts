import { MediumError } from '../../../errors'
import { INVISIBLE_TRACK, readTrackInformation } from '../../commands'
import { CLOSE, close, closeWrittenTrack } from '../close-functions'
import type { RecordingJob } from '../recipe'
import { synchronize } from '../synchronize'
import { setWriteParameters, TRACK_MODE, trackAtOnce, USER_DATA_2048 } from '../write-parameters'
import { type DiscSession, FIRST_PREGAP, SECTOR_FORMS, SESSION_FORMATS, type SessionTrack } from './disc-session'
import type { Portions } from './portions'
import { type SessionTally, writeArea } from './write-areas'

const RAW_SAMPLES = 0

/**
 * Writes the tracks one by one, for drives that do not record a session at once: two seconds of silence lie before each
 * then, and CD-Text cannot be.
 *
 * @returns where each track was put (LBA)
 */
export async function writeTracksAtOnce(
  job: RecordingJob,
  session: DiscSession,
  content: Portions,
  tally: SessionTally,
): Promise<number[]> {
  const starts: number[] = []
  for (const track of session.tracks) {
    const { form, pregap, sectors } = track
    await parameters(job, session, track)
    await content.skip(pregap * SECTOR_FORMS[form].blockBytes)
    const { nextWritableAddress } = await job.drive.send(readTrackInformation, {
      numberType: 'track',
      number: INVISIBLE_TRACK,
    })
    const start = job.options.simulate ? 0 : (nextWritableAddress ?? 0)
    starts.push(start)
    await writeArea(job, content, { form, start, sectors }, tally)
    await synchronize(job.drive, job)
    if (!job.options.simulate) await closeWrittenTrack(job)
  }
  if (!job.options.simulate) await close(job, CLOSE.session)
  return starts
}

/** What tracks at once cannot be, told before the first is written. */
export function losses(session: DiscSession): string[] {
  const gaps = session.tracks.some(
    ({ number, pregap }) => number > session.tracks[0]!.number && pregap !== FIRST_PREGAP,
  )
  return [
    ...(gaps ? ['The drive records track by track only: two seconds of silence lie between all tracks.'] : []),
    ...(session.tracks[0]!.pregap > FIRST_PREGAP ? ['What is hidden before the first track is left out.'] : []),
    ...(session.cdText.length > 0 || session.cdTextPacks
      ? ['The drive records track by track only: the disc will have no CD-Text.']
      : []),
    ...(session.tracks.some(({ indexes }) => indexes.length > 0) ? ['Indexes within tracks are left out.'] : []),
  ]
}

function parameters(job: RecordingJob, session: DiscSession, track: SessionTrack): Promise<void> {
  const { form, copyPermitted, preEmphasis, isrc } = track
  if (form !== 'audio' && form !== 'mode-1') {
    throw new MediumError(
      'MEDIUM_NO_SESSION_AT_ONCE',
      `Track ${track.number} has ${form} sectors, and the drive does not record a session at once.`,
      {
        hint: 'Take another drive.',
      },
    )
  }
  const audioMode = TRACK_MODE.audio | (preEmphasis ? 1 : 0)
  const { mediaCatalogNumber } = session
  return setWriteParameters(job, {
    ...trackAtOnce(job),
    trackMode: (form === 'audio' ? audioMode : TRACK_MODE.dataUninterrupted) | (copyPermitted ? 2 : 0),
    dataBlockType: form === 'audio' ? RAW_SAMPLES : USER_DATA_2048,
    audioPauseLength: FIRST_PREGAP,
    sessionFormat: SESSION_FORMATS[session.discType],
    mediaCatalogNumberValid: mediaCatalogNumber !== undefined,
    mediaCatalogNumber: mediaCatalogNumber ?? '',
    isrcValid: isrc !== undefined,
    isrc: isrc ?? '',
  })
}
