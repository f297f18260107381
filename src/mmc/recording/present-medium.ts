import { MediumError } from '../../errors'
import type { Drive } from '../drive'
import { readMedium } from '../medium'
import type { Medium } from '../medium-state'

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

function isSame(one: Medium, other: Medium): boolean {
  const claims = ({ evidence, ...rest }: Medium) => JSON.stringify(rest)
  return claims(one) === claims(other)
}
