import type { Medium } from '../medium-state'
import type { BlockRange } from '../recordable'

/** Blocks of one kind that stand together and have been recorded. */
export interface Stretch extends BlockRange {
  readonly isData: boolean
  /** The block behind the last one of the track that it is of. */
  readonly trackEnd: number
}

/** What of a medium there is to be scanned: every track up to where it has been recorded, by address. */
export function scannedStretches(medium: Medium): Stretch[] {
  if (medium.isOverwritable) {
    const blocks = medium.state === 'unformatted' ? 0 : (medium.capacityBlocks ?? 0)
    return blocks > 0 ? [{ start: 0, blocks, isData: true, trackEnd: blocks }] : []
  }
  return medium.tracks
    .map(({ start, size, state, nextWritableAddress, isData }) => {
      const end = state === 'complete' || state === 'damaged' ? start + size : (nextWritableAddress ?? start)
      return { start, blocks: Math.min(end, start + size) - start, isData, trackEnd: start + size }
    })
    .filter(({ blocks }) => blocks > 0)
    .sort((a, b) => a.start - b.start)
}

/** The part of each stretch that lies in a range. */
export function clipped(stretches: readonly Stretch[], range: Partial<BlockRange>): Stretch[] {
  const first = range.start ?? Number.NEGATIVE_INFINITY
  const end = range.blocks === undefined ? Number.POSITIVE_INFINITY : (range.start ?? 0) + range.blocks
  return stretches
    .map(stretch => {
      const from = Math.max(stretch.start, first)
      return { ...stretch, start: from, blocks: Math.min(stretch.start + stretch.blocks, end) - from }
    })
    .filter(({ blocks }) => blocks > 0)
}
