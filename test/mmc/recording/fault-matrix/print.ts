import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Cell, disturbed, undisturbed } from './cell'
import { FAULTS } from './faults'
import { RECORDINGS } from './recordings'

/**
 * Prints the matrix as Markdown; exits with 1 where a cell has a complaint.
 *
 * Arguments: `--every N` for each Nth cell only; words choose recordings by their titles.
 */
async function main(): Promise<void> {
  const { values, positionals: words } = parseArgs({
    options: { every: { type: 'string', default: '1' } },
    allowPositionals: true,
  })
  const every = Math.max(1, Number(values.every))
  const folder = mkdtempSync(join(tmpdir(), 'fault-matrix-'))
  let cells = 0
  let considered = 0
  const complaints: string[] = []
  try {
    for (const [index, recording] of RECORDINGS.entries()) {
      if (words.length > 0 && !words.some(word => recording.title.includes(word))) continue
      const base = await undisturbed(recording, join(folder, String(index)))
      console.log(`\n## ${recording.title}\n`)
      console.log(`| | command | ${FAULTS.map(({ title }) => title).join(' | ')} |`)
      console.log(`| --- | --- |${' --- |'.repeat(FAULTS.length)}`)
      for (const [at, name] of base.commands.entries()) {
        const row: string[] = []
        for (const kind of FAULTS) {
          if (considered++ % every !== 0) {
            row.push('')
            continue
          }
          const cell = await disturbed(base, kind, at + 1, join(folder, `cell-${cells++}`))
          row.push(`${cell.ending}, ${cell.afterwards}${cell.complaints.length > 0 ? ' **!**' : ''}`)
          complaints.push(...explained(cell, `${recording.title}, ${at + 1} ${name}, ${kind.title}`))
        }
        console.log(`| ${at + 1} | ${name} | ${row.join(' | ')} |`)
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`\n${cells} cells, ${complaints.length} complaints`)
  for (const complaint of complaints) console.log(`- ${complaint}`)
  if (complaints.length > 0 || cells === 0) process.exitCode = 1
}

const explained = ({ complaints }: Cell, where: string) => complaints.map(complaint => `${where}: ${complaint}`)

void main()
