import type { Medium, Track } from '../../mmc/medium-state'
import { grouped, size } from './figures'

const GLYPHS: Readonly<Record<string, string>> = {
  complete: '█',
  incomplete: '▓',
  damaged: '╳',
  reserved: '▒',
  blank: '░',
  invisible: '░',
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly track: Track | undefined
}

/**
 * The disc to scale, from its first block to its last: a bar with a glyph for what each part holds, and below it where
 * the sessions and tracks begin.
 *
 * @param width  characters that the bar may take
 * @returns lines; none for a disc whose capacity is unknown
 */
export function discMap(medium: Medium, width: number): string[] {
  const end = Math.max(
    medium.capacityBlocks ?? 0,
    ...medium.tracks.map(({ start, size }) => start + size),
    (medium.nextWritableAddress ?? 0) + (medium.freeBlocks ?? 0),
  )
  if (end === 0) return []
  const stretches = stretchesOf(medium, end)
  const cells = cellsOf(stretches, end, width)
  const bar = stretches.map((stretch, index) => glyphOf(stretch).repeat(cells[index]!)).join('')
  return [`  ▕${bar}▏`, `   ${scale(stretches, cells, width)}`, `   ${legend(stretches)}`]
}

function stretchesOf(medium: Medium, end: number): Stretch[] {
  if (medium.isOverwritable) return overwritableStretches(medium, end)
  const stretches: Stretch[] = []
  let at = 0
  for (const track of [...medium.tracks].sort((a, b) => a.start - b.start)) {
    const from = Math.max(track.start, at)
    if (from > at) stretches.push({ from: at, to: from, track: undefined })
    const to = Math.max(from, Math.min(track.start + track.size, end))
    stretches.push(...splitAtRecorded(track, from, to))
    at = Math.max(at, to)
  }
  if (at < end) stretches.push({ from: at, to: end, track: undefined })
  return stretches.filter(({ from, to }) => to > from)
}

/** What a file system on it says is recorded; the drive's own track covers all of an overwritable medium. */
function overwritableStretches({ nextWritableAddress }: Medium, end: number): Stretch[] {
  const recorded = Math.min(nextWritableAddress ?? 0, end)
  const track = { number: 1, session: 1, start: 0, size: end, nextWritableAddress: null, freeBlocks: 0, isData: true }
  return [
    { from: 0, to: recorded, track: { ...track, state: 'complete', lastRecordedAddress: null } as const },
    { from: recorded, to: end, track: { ...track, state: 'blank', lastRecordedAddress: null } as const },
  ].filter(({ from, to }) => to > from)
}

/** A track that is being recorded is full up to its next writable address, and empty behind it. */
function splitAtRecorded(track: Track, from: number, to: number): Stretch[] {
  const { nextWritableAddress } = track
  if (nextWritableAddress === null || nextWritableAddress <= from || nextWritableAddress >= to) {
    return [{ from, to, track }]
  }
  return [
    { from, to: nextWritableAddress, track },
    { from: nextWritableAddress, to, track: { ...track, state: 'blank' } },
  ]
}

/** Whole cells for each stretch, in proportion, at least one each so that nothing that is there goes unseen. */
function cellsOf(stretches: readonly Stretch[], end: number, width: number): number[] {
  const cells = stretches.map(({ from, to }) => Math.max(1, Math.round(((to - from) / end) * width)))
  for (let excess = cells.reduce((sum, count) => sum + count, 0) - width; excess !== 0; excess -= Math.sign(excess)) {
    const largest = cells.indexOf(Math.max(...cells))
    if (cells[largest]! <= 1 && excess > 0) break
    cells[largest]! -= Math.sign(excess)
  }
  return cells
}

function glyphOf({ track }: Stretch): string {
  if (!track) return '·'
  if (track.state === 'complete' && !track.isData) return '♪'
  return GLYPHS[track.state] ?? '?'
}

function scale(stretches: readonly Stretch[], cells: readonly number[], width: number): string {
  const line = new Array<string>(width).fill(' ')
  let column = 0
  let free = 0
  for (const [index, { from }] of stretches.entries()) {
    const label = `${grouped(from)}`
    if (column >= free && column + label.length <= width) {
      for (const [offset, character] of [...label].entries()) line[column + offset] = character
      free = column + label.length + 1
    }
    column += cells[index]!
  }
  return line.join('').trimEnd()
}

function legend(stretches: readonly Stretch[]): string {
  const words: Readonly<Record<string, string>> = {
    '█': 'recorded',
    '▓': 'incomplete',
    '╳': 'damaged',
    '▒': 'reserved',
    '░': 'free',
    '♪': 'audio',
    '·': 'gap (lead-in, lead-out, link) or unknown',
  }
  const blocks = new Map<string, number>()
  for (const stretch of stretches) {
    const mark = glyphOf(stretch)
    blocks.set(mark, (blocks.get(mark) ?? 0) + stretch.to - stretch.from)
  }
  return [...blocks].map(([mark, count]) => `${mark} ${words[mark] ?? 'unknown'} ${size(count)}`).join('   ')
}
