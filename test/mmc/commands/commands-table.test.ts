import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS } from '../../../src/mmc'

const { commandsTable } = require('../../../scripts/commands-table.cjs') as {
  commandsTable: (folder: string, load: (file: string) => Record<string, unknown>) => string
}
const root = join(__dirname, '../../..')

test('docs/commands.md is what the commands say (else: npm run build && node scripts/commands-table.cjs)', () => {
  const table = commandsTable(join(root, 'src/mmc/commands'), file => require(file))
  expect(readFileSync(join(root, 'docs/commands.md'), 'utf8')).toBe(table)
  for (const { name } of COMMANDS) expect(table).toContain(`| ${name} |`)
})
