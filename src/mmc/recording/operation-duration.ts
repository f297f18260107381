import { readAtip, readFormatCapacities } from '../commands'
import type { Drive } from '../drive'
import type { Medium } from '../medium-state'
import { driveSpeeds } from '../speed'
import { unlessRefused } from '../unless-refused'

const BLOCK_BYTES = 2048
/** Speeds of CDs count whole sectors: 706 kB/s is 4x, 300 sectors a second. */
const CD_SECTOR_BYTES = 2352

/** How long a drive may take for a whole medium: no more than an estimate, from what the drive tells of its speed. */
export interface DurationEstimate {
  readonly seconds: number
  /** Blocks of the medium, each of which is written. */
  readonly blocks: number
  /** kB/s of 1000 bytes. */
  readonly speedKBps: number
}

/** The time in which the drive writes the whole medium once; null where it tells no speed, or not how large that is. */
export async function wholeMediumDuration(
  drive: Drive,
  medium: Medium,
  options: { signal?: AbortSignal },
): Promise<DurationEstimate | null> {
  const { currentWriteSpeedKBps, steps } = await driveSpeeds(drive, options)
  const speedKBps = currentWriteSpeedKBps ?? steps[0]?.writeSpeedKBps
  const blocks = await unlessRefused(wholeMediumBlocks(drive, medium, options))
  if (!speedKBps || !blocks) return null
  const blockBytes = medium.family.startsWith('cd') ? CD_SECTOR_BYTES : BLOCK_BYTES
  return { seconds: (blocks * blockBytes) / (speedKBps * 1000), blocks, speedKBps }
}

/** Blocks from one end of the medium to the other: of one that holds something, what is recorded is not the whole. */
async function wholeMediumBlocks(drive: Drive, { family }: Medium, options: { signal?: AbortSignal }): Promise<number> {
  if (family.startsWith('cd')) {
    const { lastPossibleStartOfLeadOut } = await drive.send(readAtip, {}, options)
    return Math.max(0, lastPossibleStartOfLeadOut ?? 0)
  }
  const { formattableCapacityDescriptors = [] } = await drive.send(readFormatCapacities, {}, options)
  return Math.max(0, ...formattableCapacityDescriptors.map(({ numberOfBlocks = 0 }) => numberOfBlocks))
}
