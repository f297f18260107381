import { ScsiError } from './scsi-error'

/** What the drive answers, or nothing where it refuses: it does not know the command, or not for this medium. */
export async function unlessRefused<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof ScsiError) return undefined
    throw error
  }
}
