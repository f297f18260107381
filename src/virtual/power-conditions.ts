/** Power states (MMC-6 4.1.8), as GET EVENT STATUS NOTIFICATION counts them. */
export const POWER_STATUS = { active: 1, idle: 2, standby: 3, sleep: 4 } as const

export type PowerCondition = keyof typeof POWER_STATUS

/** After how many ms without use the drive goes into a power state by itself; undefined where it does not. */
export interface PowerTimers {
  readonly idleMs: number | undefined
  readonly standbyMs: number | undefined
}

/** The drive's power state: what the host has set, or where the timers of page 1Ah have taken it. */
export class PowerConditions {
  private set: PowerCondition = 'active'
  private usedAt = performance.now()

  /** A command needs the medium, or the host wants the drive active: it is. */
  wake(): void {
    this.set = 'active'
    this.usedAt = performance.now()
  }

  /** START STOP UNIT names a state. */
  enter(condition: PowerCondition): void {
    this.wake()
    this.set = condition
  }

  current({ idleMs, standbyMs }: PowerTimers): PowerCondition {
    if (this.set === 'sleep' || this.set === 'standby') return this.set
    const unusedMs = performance.now() - this.usedAt
    if (standbyMs !== undefined && unusedMs >= standbyMs) return 'standby'
    return idleMs !== undefined && unusedMs >= idleMs ? 'idle' : this.set
  }
}
