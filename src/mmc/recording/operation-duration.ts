import type { Drive } from '../drive'
import type { Medium } from '../medium-state'
import { driveSpeeds } from '../speed'

const BLOCK_BYTES = 2048

/** How long a drive may take for a whole medium: no more than an estimate, from what the drive tells of its speed. */
export interface DurationEstimate {
  readonly seconds: number
  /** Blocks of the medium, each of which is written. */
  readonly blocks: number
  /** kB/s of 1000 bytes. */
  readonly speedKBps: number
}

/** The time in which the drive writes the whole medium once; null where it tells no speed, or the medium no capacity. */
export async function wholeMediumDuration(
  drive: Drive,
  { capacityBlocks }: Medium,
  options: { signal?: AbortSignal },
): Promise<DurationEstimate | null> {
  const { currentWriteSpeedKBps, steps } = await driveSpeeds(drive, options)
  const speedKBps = currentWriteSpeedKBps ?? steps[0]?.writeSpeedKBps
  if (!speedKBps || !capacityBlocks) return null
  return { seconds: (capacityBlocks * BLOCK_BYTES) / (speedKBps * 1000), blocks: capacityBlocks, speedKBps }
}
