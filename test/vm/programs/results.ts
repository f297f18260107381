import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MediaType } from '../../../src/virtual'

/** A cell of a table. */
export interface Cell {
  /** `refused`: the program itself does not do this; `words` are its own. */
  readonly result: 'ok' | 'refused' | 'failed'
  readonly words?: string
}

/** What each program has come to on each kind of medium: kept between runs, so that a part of them can be repeated. */
export class Results {
  private readonly cells: Record<string, Partial<Record<MediaType, Cell>>>
  private readonly file: string
  passed = 0
  failed = 0

  /** @param table  `reading`, `recording` or `exchange` */
  constructor(table: string) {
    this.file = join(__dirname, `latest-${table}.json`)
    this.cells = existsSync(this.file) ? JSON.parse(readFileSync(this.file, 'utf8')) : {}
  }

  /** Whether a run before, or this one, has found no fault. */
  succeeded(program: string, type: MediaType): boolean {
    return (this.cells[program]?.[type]?.result ?? 'failed') !== 'failed'
  }

  set(program: string, type: MediaType, cell: Cell): void {
    this.cells[program] ??= {}
    this.cells[program]![type] = cell
    if (cell.result === 'failed') this.failed++
    else this.passed++
    writeFileSync(this.file, `${JSON.stringify(this.cells, null, 2)}\n`)
  }

  /** Writes the tables of the documentation anew. */
  document(): void {
    execFileSync(process.execPath, [join(__dirname, '../../../scripts/programs-table.cjs')])
  }
}
