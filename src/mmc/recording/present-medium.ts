import { MediumError } from '../../errors'
import type { Drive } from '../drive'
import { readMedium } from '../medium'
import type { Medium } from '../medium-state'

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
