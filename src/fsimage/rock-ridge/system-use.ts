/** System Use Sharing Protocol (SUSP 1.12): the entries behind a directory record's identifier, and where they go on. */
import { BLOCK_BYTES } from '../block-source'
import { little32 } from '../iso9660/fields'

/** A signature as the number of its two characters. */
export const signature = (text: string) => text.charCodeAt(0) | (text.charCodeAt(1) << 8)

const CE = signature('CE')
const ST = signature('ST')
/** Length of a CE entry. */
export const CONTINUATION_ENTRY_BYTES = 28
const ENTRY_HEADER_BYTES = 4
/** Linux follows 31; more than this is taken for a loop. */
const MAXIMUM_CONTINUATIONS = 64

/** What entries are shown to. */
interface EntryVisitor {
  /** Takes one entry: its signature, and where it lies; `length` counts the four bytes of the header. */
  visit(kind: number, bytes: Buffer, at: number, length: number): void
}

/** What came of walking a list of entries. */
export type WalkResult =
  | { readonly done: true; readonly problem?: string }
  | { readonly done: false; readonly missingBlock: number }

const DONE: WalkResult = { done: true }

/**
 * Visits the entries of a system use field, continuation areas included.
 *
 * Nothing outside the areas is looked at; a list that breaks off gives what came before, and says so.
 *
 * @param block  gives a block that is in memory; where one is not, the walk ends with its number and is to be started again
 */
export function walkSystemUse(
  bytes: Buffer,
  from: number,
  to: number,
  block: (lba: number) => Buffer | undefined,
  visitor: EntryVisitor,
): WalkResult {
  let area = bytes
  let at = from
  let end = to
  for (let continuations = 0; ; ) {
    let nextBlock = -1
    let nextOffset = 0
    let nextLength = 0
    while (end - at >= ENTRY_HEADER_BYTES) {
      const kind = area[at]! | (area[at + 1]! << 8)
      const length = area[at + 2]!
      if (kind === 0 || kind === ST) break
      // A stray byte or filler ends the list, as everywhere.
      if (length < ENTRY_HEADER_BYTES) break
      if (at + length > end) return { done: true, problem: 'a system use entry is longer than its area' }
      if (kind === CE) {
        if (length >= CONTINUATION_ENTRY_BYTES) {
          nextBlock = little32(area, at + 4)
          nextOffset = little32(area, at + 12)
          nextLength = little32(area, at + 20)
        }
      } else {
        visitor.visit(kind, area, at, length)
      }
      at += length
    }
    if (nextBlock < 0 || nextLength === 0) return DONE
    if (++continuations > MAXIMUM_CONTINUATIONS) {
      return { done: true, problem: `continuation areas do not end (block ${nextBlock})` }
    }
    if (nextOffset + nextLength > BLOCK_BYTES) {
      return { done: true, problem: `a continuation area leaves its block ${nextBlock}` }
    }
    const next = block(nextBlock)
    if (!next) return { done: false, missingBlock: nextBlock }
    if (next.length < nextOffset + nextLength) {
      return { done: true, problem: `the continuation area in block ${nextBlock} cannot be read` }
    }
    area = next
    at = nextOffset
    end = nextOffset + nextLength
  }
}
