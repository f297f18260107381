import { MediumError } from '../../errors'
import { synchronizeCache } from '../commands'
import type { Drive } from '../drive'
import { readMedium } from '../medium'
import type { Medium } from '../medium-state'
import { ScsiError } from '../scsi-error'

/** Two that agree, and a few more where a drive has not made up its mind yet. */
const MOST_READINGS = 5

/**
 * The state of the medium in the drive.
 *
 * @throws {MediumError} `MEDIUM_NOT_PRESENT` where the tray is empty
 */
export async function presentMedium(drive: Drive, { signal }: { signal?: AbortSignal | undefined }): Promise<Medium> {
  const medium = await readMedium(drive, signal ? { signal } : {})
  if (medium) return medium
  throw new MediumError('MEDIUM_NOT_PRESENT', 'There is no medium in the drive.', { hint: 'Load one.' })
}

/**
 * The state of the medium once it reads the same twice in a row: one command that failed must not decide what is done
 * to a disc, and some drives go on with their own notes for a moment after they have reported an end.
 *
 * @throws as {@link presentMedium}
 */
export async function settledMedium(drive: Drive, options: { signal?: AbortSignal | undefined }): Promise<Medium> {
  let last = await presentMedium(drive, options)
  for (let readings = 1; readings < MOST_READINGS; readings++) {
    const medium = await presentMedium(drive, options)
    if (isSame(last, medium)) return medium
    last = medium
  }
  return last
}

/**
 * The state of the medium, settled, with nothing under way: a program that ended in the middle of a track or session of
 * a CD has left the drive waiting for the rest. Emptying its buffer ends that; no other track or session is touched.
 *
 * @throws as {@link presentMedium}
 */
export async function mediumAtRest(drive: Drive, options: { signal?: AbortSignal | undefined }): Promise<Medium> {
  const medium = await settledMedium(drive, options)
  if (!medium.family.startsWith('cd') || medium.lastSessionState !== 'incomplete') return medium
  try {
    await drive.send(synchronizeCache)
  } catch (error) {
    // A drive that waits for nothing may say so.
    if (error instanceof ScsiError) return medium
    throw error
  }
  return settledMedium(drive, options)
}

/**
 * Whether a session was begun on the medium and neither closed nor left as its family leaves one: what was written of it
 * ends somewhere, and another image does not belong behind it in the same track or session.
 */
export function isBrokenOff({ family, isOverwritable, isBlank, lastSessionState, tracks }: Medium): boolean {
  if (isOverwritable || isBlank) return false
  if (tracks.some(beginsBefore)) return true
  if (family === 'bd-r-pow' || lastSessionState !== 'incomplete') return false
  const open = Math.max(...tracks.map(({ session }) => session))
  return tracks.some(({ session, state }) => session === open && state === 'complete')
}

const beginsBefore = ({ start, nextWritableAddress }: Medium['tracks'][number]) =>
  nextWritableAddress !== null && nextWritableAddress > start

function isSame(one: Medium, other: Medium): boolean {
  const claims = ({ evidence, ...rest }: Medium) => JSON.stringify(rest)
  return claims(one) === claims(other)
}
