/**
 * Runs the benches: each file *.bench.cjs here, in a process of its own, or those named on the command line.
 * They print medians, and ratios to a peer that runs beside them: numbers of one machine are nobody else's.
 */
const { spawnSync } = require('node:child_process')
const { readdirSync } = require('node:fs')
const { join } = require('node:path')

const named = process.argv.slice(2)
const files = readdirSync(__dirname)
  .filter(file => file.endsWith('.bench.cjs'))
  .filter(file => named.length === 0 || named.includes(file.replace('.bench.cjs', '')))
  .sort()

let failed = 0
for (const file of files) {
  console.log(`\n== ${file.replace('.bench.cjs', '')}`)
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(__dirname, file)], { stdio: 'inherit' })
  if (status !== 0) failed++
}
if (files.length === 0) console.error(`There is no such bench: ${named.join(', ')}`)
process.exitCode = failed > 0 || files.length === 0 ? 1 : 0
