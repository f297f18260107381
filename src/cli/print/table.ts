import Table from 'cli-table3'
import { printable } from './printable'

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Rows under headings, numbers to the right, without rules: easy to read, and to cut with other programs. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const numeric = headings.map((_, column) => rows.every(row => typeof row[column] !== 'string' || row[column] === ''))
  const made = new Table({
    head: [...headings],
    chars: BORDERLESS,
    colAligns: numeric.map(isNumeric => (isNumeric ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) made.push(row.map(cell => (cell === null ? '–' : printable(grouped(cell)))))
  return made
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}

/** Whole numbers with blanks between thousands: `2 295 104`. */
export function grouped(cell: string | number): string {
  if (typeof cell === 'string') return cell
  return Math.abs(cell) < 10_000 ? `${cell}` : `${cell}`.replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** Lines of `name   value`, the values in one column. */
export function pairs(lines: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}

/** Blocks of 2048 bytes as people measure discs: `4.38 GiB`. */
export function size(blocks: number): string {
  const bytes = blocks * 2048
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= factor) return `${(bytes / factor).toFixed(bytes >= 100 * factor ? 0 : 2)} ${unit}`
  }
  return `${bytes} bytes`
}
