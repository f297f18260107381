import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RECORDINGS } from './fault-matrix/recordings'
import { recipeSteps } from './recipe-steps'

const COOKBOOK = join(__dirname, '../../../docs/cookbook')
const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-cookbook-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The steps that a page gives for a recording: the first two columns of the table under its heading. */
function cookbookSteps(title: string): string[] {
  const [media, recording = ''] = title.split(/, (.*)/)
  const lines = readFileSync(join(COOKBOOK, `${media}.md`), 'utf8').split('\n')
  const heading = `## ${recording[0]?.toUpperCase()}${recording.slice(1)}`
  const table = lines.slice(lines.indexOf(heading) + 1)
  const end = table.findIndex(line => line.startsWith('## '))
  return table
    .slice(0, end)
    .map(line => /^\| ([0-9A-F]{2}(?: [0-9A-F]{2})*) \| ([^|]+) \|/.exec(line))
    .flatMap(row => (row ? [`${row[1]} ${row[2]}`] : []))
}

test.each(RECORDINGS)('$title: the commands are those of the cookbook, in its order', async recording => {
  const expected = cookbookSteps(recording.title)
  expect(expected).toContain('2A WRITE(10)')
  expect(await recipeSteps(join(folder, recording.title, 'disc'), recording)).toEqual(expected)
})
