import { AFTERWARDS, ENDINGS, explain, type PlacedCell } from './explanations'
import { FAULTS } from './faults'
import type { DisturbedRecording } from './recordings'

/** All cells of a recording, and the commands that it takes. */
export interface RecordedMatrix {
  readonly recording: DisturbedRecording
  readonly commands: readonly string[]
  readonly cells: readonly PlacedCell[]
}

/** What stands between the text of the document and the matrix. */
const HEADING = '## The whole matrix'

/** The document with the matrix in place of the one that it has. */
export function withMatrix(document: string, matrices: readonly RecordedMatrix[]): string {
  const [text] = document.split(`\n${HEADING}\n`)
  return `${text!.trimEnd()}\n\n${HEADING}\n\n${matrix(matrices)}\n`
}

function matrix(matrices: readonly RecordedMatrix[]): string {
  const all = matrices.flatMap(({ cells, recording, commands }) =>
    cells.map(cell => ({ cell, because: explain(cell, recording, commands) })),
  )
  const possible = matrices.reduce((sum, { commands }) => sum + commands.length * FAULTS.length, 0)
  const complaints = all.filter(({ cell }) => cell.complaints.length > 0).length
  const endings = ENDINGS.map(
    ({ why }, index) => `${index + 1}. ${why} (${count(all, ({ because }) => because.ending === index)} cells)`,
  )
  const afterwards = AFTERWARDS.map(({ why }, index) => {
    const of = all.filter(({ because }) => because.afterwards === index)
    return `- *${of[0]?.cell.afterwards}*: ${why} (${of.length} cells)`
  })
  return [
    `${matrices.length} recordings, each command of each, ${FAULTS.length} faults: ${all.length} of ${possible} cells have been run, ${complaints} with a complaint.`,
    summary(all.map(({ cell }) => cell)),
    'Numbers in the cells are those of the reasons:',
    endings.join('\n'),
    'What follows is another recording, unless the cell says otherwise:',
    afterwards.join('\n'),
    ...matrices.map(table),
  ].join('\n\n')
}

const count = <T>(items: readonly T[], holds: (item: T) => boolean) => items.filter(holds).length

/** How often each fault ended in which way. */
function summary(cells: readonly PlacedCell[]): string {
  const ways = [...new Set(cells.map(wayOf))].toSorted()
  const rows = ways.map(way => {
    const counts = FAULTS.map(({ title }) => count(cells, cell => cell.fault === title && wayOf(cell) === way))
    return `| ${way} | ${counts.map(number => number || '').join(' | ')} |`
  })
  return [
    `| | ${FAULTS.map(({ title }) => title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(FAULTS.length)}`,
    ...rows,
  ].join('\n')
}

const wayOf = ({ ending, afterwards }: PlacedCell) => (afterwards === 'recorded' ? ending : `${ending}, ${afterwards}`)

/** A recording; commands in a row with the same cells share a line. */
function table({ recording, commands, cells }: RecordedMatrix): string {
  const byPlace = new Map(cells.map(cell => [`${cell.number} ${cell.fault}`, cell]))
  const rows = commands.map((command, index) => ({
    first: index + 1,
    last: index + 1,
    commands: [command],
    text: FAULTS.map(({ title }) => text(byPlace.get(`${index + 1} ${title}`), recording, commands)).join(' | '),
  }))
  const merged: typeof rows = []
  for (const row of rows) {
    const before = merged.at(-1)
    if (before?.text !== row.text) merged.push(row)
    else merged[merged.length - 1] = { ...before, last: row.last, commands: [...before.commands, ...row.commands] }
  }
  return [
    `### ${recording.title}`,
    '',
    `| | command | ${FAULTS.map(({ title }) => title).join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(FAULTS.length)}`,
    ...merged.map(
      row =>
        `| ${row.first === row.last ? row.first : `${row.first}–${row.last}`} | ${[...new Set(row.commands)].join(', ')} | ${row.text} |`,
    ),
  ].join('\n')
}

function text(cell: PlacedCell | undefined, recording: DisturbedRecording, commands: readonly string[]): string {
  if (!cell) return ''
  const { ending } = explain(cell, recording, commands)
  return `${wayOf(cell)} ${ending + 1}${cell.complaints.length > 0 ? ' **!**' : ''}`
}
