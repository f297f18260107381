import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { disturbed, type Undisturbed, undisturbed } from './cell'
import { type RecordedMatrix, withMatrix } from './document'
import { explain, type PlacedCell } from './explanations'
import { FAULTS } from './faults'
import { OPERATIONS } from './operations'
import { type DisturbedRecording, RECORDINGS } from './recordings'

/** Where there is a file system in memory, nothing has to wait for a disk. */
const MEMORY = '/dev/shm'

const DOCUMENT = join(__dirname, '../../../../docs/fault-matrix.md')

/**
 * Runs the matrix and prints it as Markdown; exits with 1 where a cell has a complaint, or no explanation.
 *
 * Arguments: `--every N` for each Nth cell only; `--results FOLDER` keeps the cells, and runs only those that it has not
 * got yet, none with `--known`; `--write` puts the whole matrix into docs/fault-matrix.md; words choose recordings by their titles.
 */
async function main(): Promise<void> {
  const { values, positionals: words } = parseArgs({
    options: {
      every: { type: 'string', default: '1' },
      results: { type: 'string' },
      known: { type: 'boolean' },
      write: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  const every = Math.max(1, Number(values.every))
  if (values.write && (every > 1 || words.length > 0)) throw new Error('Only the whole matrix is written down.')
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'fault-matrix-'))
  const matrices: RecordedMatrix[] = []
  try {
    for (const [index, recording] of [...RECORDINGS, ...OPERATIONS].entries()) {
      const { title } = recording
      if (words.length > 0 && !words.some(word => title.includes(word))) continue
      const base = await undisturbed(recording, join(folder, String(index)))
      const { commands } = base
      const kept = keptCells(values.results, recording)
      const cells = await runRecording(base, every, kept, join(folder, 'cell'), values.known === true)
      printRecording(title, commands, cells)
      matrices.push({ recording, commands, cells })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const complaints = matrices.flatMap(complaintsOf)
  const cells = matrices.reduce((sum, matrix) => sum + matrix.cells.length, 0)
  console.log(`\n${cells} cells, ${complaints.length} complaints`)
  for (const complaint of complaints) console.log(`- ${complaint}`)
  if (values.write) writeFileSync(DOCUMENT, withMatrix(readFileSync(DOCUMENT, 'utf8'), matrices))
  if (complaints.length > 0 || cells === 0) process.exitCode = 1
}

function complaintsOf({ recording, commands, cells }: RecordedMatrix): string[] {
  return cells.flatMap(cell => {
    const because = explain(cell, recording, commands)
    const unexplained = because.ending < 0 || because.afterwards < 0 ? ['nothing explains it'] : []
    return [...cell.complaints, ...unexplained].map(
      complaint => `${recording.title}, ${cell.number} ${cell.command}, ${cell.fault}: ${complaint}`,
    )
  })
}

interface KeptCells {
  readonly cells: readonly PlacedCell[]
  keep(cell: PlacedCell): void
}

/** What a folder holds of a recording's cells. */
function keptCells(folder: string | undefined, { title }: DisturbedRecording): KeptCells {
  if (folder === undefined) return { cells: [], keep: () => undefined }
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${title.replaceAll(/[^a-z0-9+-]+/g, '-')}.jsonl`)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return {
    cells: lines.filter(line => line !== '').map(line => JSON.parse(line) as PlacedCell),
    keep: cell => appendFileSync(file, `${JSON.stringify(cell)}\n`),
  }
}

async function runRecording(
  base: Undisturbed,
  every: number,
  kept: KeptCells,
  folder: string,
  onlyKnown: boolean,
): Promise<PlacedCell[]> {
  const cells: PlacedCell[] = []
  let considered = 0
  for (const [at, command] of base.commands.entries()) {
    for (const kind of FAULTS) {
      if (considered++ % every !== 0) continue
      const place = { number: at + 1, command, fault: kind.title }
      const known = kept.cells.find(({ number, fault }) => number === place.number && fault === place.fault)
      if (onlyKnown && !known) continue
      const cell = known ?? { ...place, ...(await disturbed(base, kind, at + 1, folder)) }
      if (!known) kept.keep(cell)
      cells.push(cell)
    }
  }
  return cells
}

function printRecording(title: string, commands: readonly string[], cells: readonly PlacedCell[]): void {
  console.log(`\n## ${title}\n`)
  console.log(`| | command | ${FAULTS.map(({ title }) => title).join(' | ')} |`)
  console.log(`| --- | --- |${' --- |'.repeat(FAULTS.length)}`)
  for (const [at, command] of commands.entries()) {
    const row = FAULTS.map(({ title: fault }) => {
      const cell = cells.find(each => each.number === at + 1 && each.fault === fault)
      return cell ? `${cell.ending}, ${cell.afterwards}${cell.complaints.length > 0 ? ' **!**' : ''}` : ''
    })
    console.log(`| ${at + 1} | ${command} | ${row.join(' | ')} |`)
  }
}

void main()
