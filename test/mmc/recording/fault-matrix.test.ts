import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disturbed, undisturbed } from './fault-matrix/cell'
import { FAULTS } from './fault-matrix/faults'
import { OPERATIONS } from './fault-matrix/operations'
import { RECORDINGS } from './fault-matrix/recordings'

/** Of the operations each so-manieth: they are much alike from one family to the next. */
const EACH_OPERATION = 5

/** Of the whole matrix (npm run fault-matrix) each so-manieth cell, other ones in each recording. */
const EACH = 421

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-faults-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SAMPLE = [...RECORDINGS, ...OPERATIONS.filter((_, index) => index % EACH_OPERATION === 0)]

test.each(SAMPLE.map((recording, index) => [recording.title, recording, index] as const))(
  '%s: with a fault at a command it is done, refused or reported, and the medium goes on',
  async (title, recording, index) => {
    const base = await undisturbed(recording, join(folder, String(index)))
    const cells = base.commands.flatMap((name, at) => FAULTS.map(kind => ({ name, number: at + 1, kind })))
    const chosen = cells.filter((_, cell) => (cell + index * 17) % EACH === 0)
    expect(chosen).not.toEqual([])
    for (const { name, number, kind } of chosen) {
      const { complaints } = await disturbed(
        base,
        kind,
        number,
        join(folder, `${index}-${number}-${kind.title.replace(/\W/g, '')}`),
      )
      expect([title, number, name, kind.title, complaints]).toEqual([title, number, name, kind.title, []])
    }
  },
  60_000,
)
