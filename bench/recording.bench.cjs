/**
 * An image recorded on an unthrottled virtual drive in this process, beside xorriso writing the same image to its own
 * file-backed pseudo-drive: wall clock, and CPU seconds of the whole process, the system's part of them (copies into fresh
 * pages of its cache, which any program pays that writes a file) told apart. SIZE_MIB (512 unless given) is its size,
 * BENCH_RUNS how often (3).
 */
const { spawnSync } = require('node:child_process')
const { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { randomBytes } = require('node:crypto')

const MIB = 2 ** 20
const sizeMiB = Number(process.env.SIZE_MIB ?? 512)
const ROUNDS = Number(process.env.BENCH_RUNS ?? 3)
const seconds = value => `${value.toFixed(2)} s`

/** A file that no program can guess: random bytes in each MiB, repeated within it. */
function makeSource(path) {
  const descriptor = openSync(path, 'w')
  const piece = randomBytes(MIB)
  for (let index = 0; index < sizeMiB; index++) {
    piece.writeUInt32BE(index)
    writeSync(descriptor, piece)
  }
  ftruncateSync(descriptor, sizeMiB * MIB)
  closeSync(descriptor)
}

/** Seconds of wall clock and CPU (user and system) that a program takes with all its children. */
function measured(program, words) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1'
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', program, ...words], { encoding: 'utf8' })
  const [wall, user, system] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { wall, cpu: user + system, user, system, isGood: status === 0 && Number.isFinite(wall) }
}

const RECORD = `
const library = require(process.argv[1])
const [disc, image] = process.argv.slice(2)
void (async () => {
  await library.virtualDisc.create(disc, { media: 'bd-r', state: 'blank' })
  const drive = await library.openDrive('virtual:' + disc, { access: 'write' })
  await library.burn(drive, [image])
  await drive.close()
})()`

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'bench-recording-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const image = join(folder, 'image')
makeSource(image)

const ours = () => {
  const disc = join(folder, 'disc')
  const result = measured(process.execPath, ['-e', RECORD, join(__dirname, '../dist'), disc, image])
  for (const suffix of ['', '.blocks']) rmSync(`${disc}${suffix}`, { force: true })
  return result
}
const theirs = () => {
  const target = join(folder, 'target')
  const result = measured('xorriso', ['-as', 'cdrecord', `dev=stdio:${target}`, image])
  rmSync(target, { force: true })
  return result
}

const best = (results, key) => Math.min(...results.map(result => result[key]))
const runs = { ours: [], theirs: [] }
for (let round = 0; round < ROUNDS; round++) {
  runs.ours.push(ours())
  runs.theirs.push(theirs())
}
console.log(`${sizeMiB} MiB, the best of ${ROUNDS} rounds each`)
for (const key of ['wall', 'cpu', 'user', 'system']) {
  const mine = best(runs.ours, key)
  if (runs.theirs.every(({ isGood }) => isGood)) {
    const peer = best(runs.theirs, key)
    console.log(
      `${key.padEnd(6)} ours ${seconds(mine)}   xorriso ${seconds(peer)}   ${peer > 0 ? `${(mine / peer).toFixed(2)} times` : 'not measurable'}`,
    )
  } else {
    console.log(`${key.padEnd(6)} ours ${seconds(mine)}   (xorriso is not here)`)
  }
}
if (!runs.ours.every(({ isGood }) => isGood)) {
  console.error('A recording failed.')
  process.exitCode = 1
}
