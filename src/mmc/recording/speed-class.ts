import { MediumError } from '../../errors'
import { getConfiguration, readAtip } from '../commands'
import type { Drive } from '../drive'
import { cdRwMediaWriteSupportFeature } from '../features'
import { findFeature } from '../features/decode-feature'
import type { Medium } from '../medium-state'
import { unlessRefused } from '../unless-refused'

/** Sub-types of CD-RW as ATIP numbers them (MMC-6 table 493), and the speeds that their discs are made for. */
const SUB_TYPES = ['Standard Speed', 'High Speed', 'Ultra Speed', 'Ultra Speed+']

/**
 * Whether the drive has the speeds that a CD-RW is made for: drives older than the disc read it, and burn nothing that
 * anyone could read. Feature 0037h has a bit for each sub-type; a drive without it is tried.
 *
 * @throws {MediumError} `MEDIUM_SPEED_CLASS`
 */
export async function checkSpeedClass(drive: Drive, { family }: Medium): Promise<void> {
  if (family !== 'cd-rw') return
  const startingFeatureNumber = cdRwMediaWriteSupportFeature.code
  const reply = await unlessRefused(drive.send(getConfiguration, { requestedType: 'one', startingFeatureNumber }))
  const supported = reply && findFeature(reply, cdRwMediaWriteSupportFeature)?.cdRwMediaSubTypeSupport
  if (!supported) return
  const { discTypeRewritable, discSubType } = (await unlessRefused(drive.send(readAtip))) ?? {}
  if (!discTypeRewritable || discSubType === undefined || ((supported >> discSubType) & 1) === 1) return
  const name = SUB_TYPES[discSubType] ?? `sub-type ${discSubType}`
  throw new MediumError('MEDIUM_SPEED_CLASS', `This drive does not write CD-RW of its speeds (${name}).`, {
    hint: 'Take a CD-RW that the drive writes, or a newer drive.',
  })
}
