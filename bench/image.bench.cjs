/**
 * Building and listing images beside xorriso and genisoimage: the same trees, one after the other, medians of wall time
 * and processor time, peak memory. ISO 9660, Joliet and Rock Ridge are on everywhere.
 */
const { execFileSync, spawnSync } = require('node:child_process')
const { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { randomBytes } = require('node:crypto')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { quantile } = require('./measure.cjs')

const command = join(__dirname, '..', 'bin', 'scsi-mmc.cjs')
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'bench-image-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const FILES = Number(process.env.BENCH_FILES ?? 100_000)
const LARGE = Number(process.env.BENCH_LARGE ?? 16)
const RUNS = Number(process.env.BENCH_RUNS ?? 3)

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** Wall seconds, processor seconds and peak memory (MiB) of a program. */
function once(program, parameters) {
  const out = join(folder, 'time')
  const begin = process.hrtime.bigint()
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', '-o', out, program, ...parameters], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  const wall = Number(process.hrtime.bigint() - begin) / 1e9
  if (status !== 0) throw new Error(`${program} failed: ${stderr.slice(-500)}`)
  const [user, system, memory] = execFileSync('cat', [out], { encoding: 'utf8' }).trim().split('\n').at(-1).split(' ')
  return { wall, processor: Number(user) + Number(system), memory: Number(memory) / 1024 }
}

function compare(title, programs) {
  const results = new Map(programs.map(([name]) => [name, []]))
  for (let run = 0; run < RUNS; run++) {
    for (const [name, program, parameters] of programs) {
      rmSync(join(folder, 'out.iso'), { force: true })
      results.get(name).push(once(program, parameters))
    }
  }
  const median = (name, of) =>
    quantile(
      results.get(name).map(each => each[of]),
      0.5,
    )
  console.log(title)
  const [ours] = programs[0]
  for (const [name] of programs) {
    const [wall, processor, memory] = ['wall', 'processor', 'memory'].map(of => median(name, of))
    const ratio =
      name === ours
        ? ''
        : `  ours is ${(median(ours, 'wall') / wall).toFixed(2)} of its wall time, ${(median(ours, 'processor') / processor).toFixed(2)} of its processor time, ${(median(ours, 'memory') / memory).toFixed(2)} of its memory`
    console.log(
      `  ${name.padEnd(12)} ${wall.toFixed(2).padStart(7)} s ${processor.toFixed(2).padStart(7)} s CPU ${memory.toFixed(0).padStart(5)} MiB${ratio}`,
    )
  }
}

function builders(tree) {
  const out = join(folder, 'out.iso')
  return [
    ['scsi-mmc', process.execPath, [command, 'image', 'build', tree, '-o', out]],
    ...(has('xorriso') ? [['xorriso', 'xorriso', ['-as', 'mkisofs', '-quiet', '-o', out, '-J', '-R', tree]]] : []),
    ...(has('genisoimage') ? [['genisoimage', 'genisoimage', ['-quiet', '-o', out, '-J', '-R', tree]]] : []),
  ]
}

const small = join(folder, 'small')
for (let directory = 0; directory * 100 < FILES; directory++) {
  mkdirSync(join(small, `directory ${directory}`), { recursive: true })
  for (let file = 0; file < 100; file++) {
    writeFileSync(join(small, `directory ${directory}`, `some file ${file}.dat`), randomBytes(4096))
  }
}
compare(`${FILES} files of 4 KiB, built`, builders(small))

const image = join(folder, 'small.iso')
execFileSync(process.execPath, [command, 'image', 'build', small, '-o', image], { stdio: 'ignore' })
compare(`${FILES} files, imported and listed`, [
  ['scsi-mmc', process.execPath, [command, 'ls', image]],
  ...(has('xorriso') ? [['xorriso', 'xorriso', ['-indev', image, '-find', '/']]] : []),
])
rmSync(small, { recursive: true })
rmSync(image)

const large = join(folder, 'large')
mkdirSync(large)
for (let file = 0; file < LARGE; file++) writeFileSync(join(large, `file ${file}`), randomBytes(64 << 20))
compare(`${LARGE} files of 64 MiB, built`, [
  ...builders(large),
  ['cat', 'sh', ['-c', `cat "$1"/* >"$2"`, 'sh', large, join(folder, 'out.iso')]],
])
console.log(`  (${statSync(large).nlink} directory, ${LARGE * 64} MiB)`)
