import { CheckCondition } from '../check-condition'
import type { Medium } from './medium'

/** Blocks of the disc that cannot be recorded, both ends included. */
export type BadBlocks = readonly (readonly [first: number, last: number])[]

/** The first of these blocks that is bad and that certification has not replaced. */
export function firstDefect({ state, blockingFactor }: Medium, bad: BadBlocks, lba: number, blocks: number) {
  const replaced = state.formatted?.replaced
  for (const [first, last] of bad) {
    const end = Math.min(last, lba + blocks - 1)
    for (let at = Math.max(lba, first); at <= end; at = nextUnit(at, blockingFactor)) {
      if (!replaced?.includes(unitOf(at, blockingFactor))) return at
    }
  }
  return undefined
}

/**
 * Certification finds the defects and takes spare for each ECC block or cluster that has one.
 *
 * @throws {CheckCondition} 3/31/01, and the disc is not formatted, where they are more than there is spare for
 */
export async function replaceDefects({ disc, state, blockingFactor }: Medium, bad: BadBlocks): Promise<void> {
  const { formatted } = state
  if (!formatted) return
  const units = new Set<number>()
  for (const [first, last] of bad) {
    const end = Math.min(last, formatted.blocks - 1)
    for (let at = first; at <= end; at = nextUnit(at, blockingFactor)) {
      units.add(unitOf(at, blockingFactor))
      if (units.size * blockingFactor <= (formatted.spareBlocks ?? 0)) continue
      state.formatted = null
      await disc.commit()
      throw new CheckCondition(3, 0x31, 1)
    }
  }
  if (units.size === 0) return
  formatted.replaced = [...units].sort((a, b) => a - b)
  formatted.spareUsed = units.size * blockingFactor
  await disc.commit()
}

const unitOf = (lba: number, blockingFactor: number) => lba - (lba % blockingFactor)
const nextUnit = (lba: number, blockingFactor: number) => unitOf(lba, blockingFactor) + blockingFactor
