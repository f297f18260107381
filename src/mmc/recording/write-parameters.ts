import { MediumError } from '../../errors'
import { modeSelect10, modeSense10 } from '../commands'
import { changeModePage, findModePage, writeParametersPage } from '../mode-pages'
import type { RecordingJob } from './recipe'

type WriteParameters = Parameters<(typeof writeParametersPage)['encode']>[0]

/**
 * Sets the Write Parameters mode page: the drive's current page with only these fields changed, sent back in the length
 * that the drive gave it. The page is lost with the medium and at each reset, so it is sent before each track.
 *
 * @throws {MediumError} `MEDIUM_NO_WRITE_PARAMETERS` where the drive has no such page
 * @throws {ScsiError} 5/26 where the drive does not take the values for this medium
 */
export async function setWriteParameters({ drive }: RecordingJob, changes: WriteParameters): Promise<void> {
  const reply = await drive.send(modeSense10, { disableBlockDescriptors: true, pageCode: writeParametersPage.code })
  const current = findModePage(reply, writeParametersPage)
  if (!current) {
    throw new MediumError(
      'MEDIUM_NO_WRITE_PARAMETERS',
      'The drive has no Write Parameters mode page: it cannot record this.',
    )
  }
  await drive.send(
    modeSelect10,
    {},
    { data: { blockDescriptorsAndPages: changeModePage(writeParametersPage, current, changes) } },
  )
}

/** Track mode: data, uninterrupted or in increments (MMC-6 table 666). */
export const TRACK_MODE = { audio: 0, dataUninterrupted: 4, dataIncremental: 5 } as const

/** Data block type: mode 1 (or DVD) user data of 2048 bytes. */
export const USER_DATA_2048 = 8

/** What each track that is written at once, not in packets, has in the page; whether the drive only pretends. */
export function trackAtOnce(job: RecordingJob): WriteParameters {
  return {
    bufferUnderrunFreeEnabled: true,
    linkSizeValid: false,
    testWrite: job.options.simulate === true,
    writeType: 'track-at-once',
    multiSession: multiSession(job),
    fixedPacket: false,
    copy: false,
    linkSize: 0,
    packetSize: 0,
  }
}

/** Whether another session may follow: decided when the session is closed, by what the page says then. */
export function multiSession({ options }: RecordingJob): 'next-session-allowed' | 'no-next-session' {
  return options.close ? 'no-next-session' : 'next-session-allowed'
}
