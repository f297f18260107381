/** How long the command takes from start to end: `info` on a virtual disc, beside a Node that does nothing. */
const { spawnSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { quantile } = require('./measure.cjs')

const RUNS = 20
const AIM_MS = 150
const folder = mkdtempSync(join(tmpdir(), 'bench-start-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const command = join(__dirname, '../bin/scsi-mmc.cjs')
const disc = join(folder, 'disc')

function milliseconds(words) {
  const begin = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${words.join(' ')} failed: ${stderr}`)
  return Number(process.hrtime.bigint() - begin) / 1e6
}

milliseconds([command, 'virtual', 'create', disc, '--media', 'dvd+r', '--state', 'appendable', '--sessions', '2'])
const programs = { nothing: ['-e', '0'], info: [command, 'info', `virtual:${disc}`], '--help': [command, '--help'] }
const took = Object.fromEntries(Object.keys(programs).map(name => [name, []]))
// In turns, so that what else the machine does meets all of them; the first round only warms up.
for (let run = -1; run < RUNS; run++) {
  for (const [name, words] of Object.entries(programs)) {
    const ms = milliseconds(words)
    if (run >= 0) took[name].push(ms)
  }
}
const nothing = quantile(took.nothing, 0.5)
for (const [name, values] of Object.entries(took)) {
  const median = quantile(values, 0.5)
  console.log(
    `${name.padEnd(8)} ${median.toFixed(0).padStart(4)} ms (fastest ${Math.min(...values).toFixed(0)}), ` +
      `${(median / nothing).toFixed(1)} times a Node that does nothing`,
  )
}
const info = quantile(took.info, 0.5)
console.log(`aim, on a quiet machine: info in ${AIM_MS} ms: ${info <= AIM_MS ? 'met' : 'MISSED'}`)
