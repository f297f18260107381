import type { BlockRange } from '../recordable'

/** Blocks next to each other that cannot be read, all for the same reason. */
export interface UnreadableBlocks extends BlockRange {
  readonly sense: { readonly key: number; readonly asc: number; readonly ascq: number; readonly text: string } | null
  /** The last two blocks of a track recorded at once: linking made them so, nothing is lost (MMC-6 4.2.3.5.2). */
  readonly isRunOut: boolean
}

/** The same blocks, in order, with those next to each other put together where they fail for the same reason. */
export function joined(ranges: readonly UnreadableBlocks[]): UnreadableBlocks[] {
  const all: UnreadableBlocks[] = []
  for (const range of ranges) {
    const last = all.at(-1)
    const joins =
      last !== undefined &&
      last.start + last.blocks === range.start &&
      last.isRunOut === range.isRunOut &&
      last.sense?.text === range.sense?.text
    if (joins) all[all.length - 1] = { ...last, blocks: last.blocks + range.blocks }
    else all.push(range)
  }
  return all
}
