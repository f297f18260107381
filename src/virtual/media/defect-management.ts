import { CheckCondition, unrecoveredReadError } from '../check-condition'
import type { Medium } from './medium'

/** Blocks of the disc that cannot be recorded, both ends included. */
export type BadBlocks = readonly (readonly [first: number, last: number])[]

/** L-EC UNCORRECTABLE ERROR, what a scratch gives. */
const UNCORRECTABLE = 5

const writeError = (information: number) => new CheckCondition(3, 0x0c, 0, { information })
const noSpareLeft = (information: number) => new CheckCondition(3, 0x32, 0, { information })

/**
 * The bad blocks among these that nothing has been put in place of, the first of each ECC block or cluster.
 *
 * @param most  how many are of interest
 */
function defects({ state, blockingFactor }: Medium, bad: BadBlocks, lba: number, blocks: number, most: number) {
  const replaced = new Set(state.formatted?.replaced)
  const found = new Map<number, number>()
  for (const [first, last] of bad) {
    const end = Math.min(last, lba + blocks - 1)
    for (let at = Math.max(lba, first); at <= end && found.size < most; at = nextUnit(at, blockingFactor)) {
      const unit = unitOf(at, blockingFactor)
      if (!replaced.has(unit) && !found.has(unit)) found.set(unit, at)
    }
  }
  return found
}

/** Ends with CHECK CONDITION, 3/11/05, where one of the blocks is bad. */
export function assertGoodToRead(medium: Medium, bad: BadBlocks | undefined, lba: number, blocks: number): void {
  if (!bad) return
  for (const at of defects(medium, bad, lba, blocks, 1).values()) throw unrecoveredReadError(at, UNCORRECTABLE)
}

/**
 * The ECC blocks or clusters that a drive finds bad when it verifies what it has written here, and has spare for.
 *
 * @param reallocates  the host lets it replace them (AWRE of page 01h)
 * @param streaming  the host wants speed: what is written is not verified, and defects are found by who reads it
 * @returns the first bad block of each; empty where all is well
 * @throws {CheckCondition} 3/0C/00 where nothing replaces them, 3/32/00 where the spare areas are used up
 */
export function replaceableDefects(
  medium: Medium,
  bad: BadBlocks | undefined,
  lba: number,
  blocks: number,
  { reallocates, streaming }: { readonly reallocates: boolean; readonly streaming: boolean },
): ReadonlyMap<number, number> {
  if (!bad) return new Map()
  const left = Math.floor((medium.spareBlocks - (medium.state.formatted?.spareUsed ?? 0)) / medium.blockingFactor)
  const found = defects(medium, bad, lba, blocks, Math.max(0, left) + 1)
  const [first] = found.values()
  if (first === undefined) return found
  if (medium.spareBlocks === 0) throw writeError(first)
  if (streaming) return new Map()
  if (!reallocates) throw writeError(first)
  if (found.size > left) throw noSpareLeft([...found.values()].at(-1)!)
  return found
}

/**
 * Takes spare for ECC blocks or clusters: linear replacement. The disc's state has it from its next commit on, as it has
 * what was written there.
 */
export function replaceUnits({ state, blockingFactor }: Medium, units: Iterable<number>): void {
  const { formatted } = state
  if (!formatted) return
  const added = [...units]
  formatted.replaced = [...(formatted.replaced ?? []), ...added].sort((a, b) => a - b)
  formatted.spareUsed = (formatted.spareUsed ?? 0) + added.length * blockingFactor
}

/**
 * Certification finds the defects and takes spare for each ECC block or cluster that has one.
 *
 * @throws {CheckCondition} 3/31/01, and the disc is not formatted, where they are more than there is spare for
 */
export async function certify(medium: Medium, bad: BadBlocks): Promise<void> {
  const { disc, state, blockingFactor, spareBlocks } = medium
  if (!state.formatted) return
  const most = Math.floor(spareBlocks / blockingFactor)
  const found = defects(medium, bad, 0, state.formatted.blocks, most + 1)
  if (found.size === 0) return
  if (found.size > most) state.formatted = null
  else replaceUnits(medium, found.keys())
  await disc.commit()
  if (found.size > most) throw new CheckCondition(3, 0x31, 1)
}

const unitOf = (lba: number, blockingFactor: number) => lba - (lba % blockingFactor)
const nextUnit = (lba: number, blockingFactor: number) => unitOf(lba, blockingFactor) + blockingFactor
