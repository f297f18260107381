/** What the benches share: medians, a C compiler, and a drive's transport on any descriptor. */
const { execFileSync, spawnSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

/** The value below which that part of the values lies. */
exports.quantile = (values, part) => Float64Array.from(values).sort()[Math.floor(part * (values.length - 1))]

/** Microseconds of each of `count` awaited calls. */
exports.timed = async (count, call) => {
  const took = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    const begin = process.hrtime.bigint()
    await call()
    took[index] = Number(process.hrtime.bigint() - begin) / 1000
  }
  return took
}

/** The C peer, compiled here; undefined where there is no compiler. */
exports.compilePeer = () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const program = join(folder, 'sg-io')
  const { status } = spawnSync('cc', ['-O2', '-o', program, join(__dirname, 'sg-io.c')], { stdio: 'inherit' })
  return status === 0 ? program : undefined
}

/** The C peer's median in microseconds. */
exports.peerMedian = (program, device, count, blocks) =>
  Number(execFileSync(program, [device, String(count), String(blocks)], { encoding: 'utf8' })) / 1000

exports.µs = value => `${value.toFixed(value < 100 ? 1 : 0)} µs`.padStart(10)
