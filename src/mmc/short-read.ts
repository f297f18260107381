import { MediumError } from '../errors'

/**
 * Holds a reply to what was asked for: blocks that did not come must not pass for blocks of zeros.
 *
 * @throws {MediumError} `MEDIUM_SHORT_READ`
 */
export function expectAllBytes(came: number, wanted: number, lba: number): void {
  if (came === wanted) return
  throw new MediumError('MEDIUM_SHORT_READ', `The drive sent ${came} of ${wanted} bytes from LBA ${lba} on.`, {
    hint: 'Try again; if it stays so, the cable, the enclosure or the drive is at fault.',
  })
}
