import Table from 'cli-table3'
import { grouped } from './figures'
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

/** Lines of `name   value`, the values in one column. */
export function pairs(lines: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}
