'use strict'
// Writes docs/commands.md: every command that the library knows, with its file, what it may do, and its clause.
// `npm run build` first, then `node scripts/commands-table.cjs`.
const { readdirSync, writeFileSync } = require('node:fs')
const { basename, extname, join } = require('node:path')

const HEAD = `# Commands

Every SCSI command that the library knows, by operation code. A drive that is opened for reading refuses those that may
write, and all that are not in this table. Made by \`node scripts/commands-table.cjs\`.

| opcode | command | variants | access | defined in | file |
| --- | --- | --- | --- | --- | --- |
`

/**
 * @param {string} folder  the folder of the command files
 * @param {(file: string) => Record<string, unknown>} load  loads one of them
 */
function commandsTable(folder, load) {
  const rows = new Map()
  for (const file of readdirSync(folder).sort()) {
    const name = basename(file, extname(file))
    if (!/\.(js|ts)$/.test(file) || file.endsWith('.d.ts') || name === 'index') continue
    for (const exported of Object.values(load(join(folder, file))).flat()) {
      if (exported === null || typeof exported !== 'object' || !('encodeCdb' in exported)) continue
      const row = rows.get(exported.opcode) ?? { ...exported, variants: new Set(), files: new Set() }
      row.variants.add(exported)
      row.files.add(`src/mmc/commands/${name}.ts`)
      rows.set(exported.opcode, row)
    }
  }
  const lines = [...rows.values()]
    .sort((a, b) => a.opcode - b.opcode)
    .map(({ opcode, name, variants, access, clause, files }) => {
      const code = `${opcode.toString(16).toUpperCase().padStart(2, '0')}h`
      return `| ${code} | ${name} | ${variants.size} | ${access} | ${clause} | ${[...files].join(', ')} |\n`
    })
  return HEAD + lines.join('')
}

module.exports = { commandsTable }

if (require.main === module) {
  const root = join(__dirname, '..')
  writeFileSync(join(root, 'docs/commands.md'), commandsTable(join(root, 'dist/mmc/commands'), require))
}
