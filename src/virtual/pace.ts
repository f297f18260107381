import { setTimeout as sleep } from 'node:timers/promises'
import type { LogicalUnit } from './logical-unit'

/** Speeds of reading in kB/s by the kind of medium, fastest first. */
export const READ_SPEEDS = { cd: [7056, 4234, 1411], dvd: [22160, 11080, 5540], bd: [53946, 26973, 8991] } as const

/** The speed that the drive is set to, in kB/s: what the host asked for, rounded down to one that it has. */
export function selectedSpeed(unit: LogicalUnit, direction: 'read' | 'write'): number {
  const { medium } = unit
  const speeds: readonly number[] =
    direction === 'read' ? READ_SPEEDS[medium?.kind ?? 'bd'] : (medium?.writeSpeeds ?? [])
  const wanted = direction === 'read' ? unit.readSpeedKBps : unit.writeSpeedKBps
  return speeds.find(speed => wanted === undefined || speed <= wanted) ?? speeds.at(-1) ?? 0
}

/** The speed that data really move at, in kB/s; undefined where nothing holds them up. */
export function realTimeSpeed(unit: LogicalUnit, direction: 'read' | 'write'): number | undefined {
  const { speed = 'none' } = unit.options
  if (speed === 'none' || speed === 0) return undefined
  return speed === 'rated' ? selectedSpeed(unit, direction) || undefined : speed
}

/** Lets the time pass that so many bytes take to be read. */
export async function pace(unit: LogicalUnit, direction: 'read' | 'write', bytes: number): Promise<void> {
  const speedKBps = realTimeSpeed(unit, direction)
  if (speedKBps !== undefined) await sleep(bytes / speedKBps)
}
