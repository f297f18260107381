/**
 * Small files to a drive that must not wait: a tree of 100,000 files of 4 KiB is recorded at BD's 16× (72 MB/s, kept by
 * the virtual drive) while another process keeps a core busy. Counted are the times the drive had to wait for data; its
 * own buffer is 4 MiB, ours 16 MiB. The memory of a recording eight times as long stands beside it.
 */
const { spawn, spawnSync } = require('node:child_process')
const { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } = require('node:fs')
const { randomBytes } = require('node:crypto')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const FILES = Number(process.env.BENCH_FILES ?? 100_000)
const SPEED_KBPS = 16 * 4495.5
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'bench-steady-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const RECORD = `
const library = require(process.argv[1])
const [disc, query, ...sources] = process.argv.slice(2)
void (async () => {
  await library.virtualDisc.create(disc, { media: 'bd-r', state: 'blank' })
  const drive = await library.openDrive('virtual:' + disc + query, { access: 'write' })
  let lowest = 1
  const report = await library.burn(drive, sources, {
    onProgress: ({ phase, bufferFill, blocksWritten, totalBlocks }) => {
      if (phase === 'writing' && blocksWritten > 0 && blocksWritten < totalBlocks * 0.9) lowest = Math.min(lowest, bufferFill)
    },
  })
  await drive.close()
  const { underruns, averageKBps, written } = report
  const blocks = written.reduce((sum, range) => sum + range.blocks, 0)
  console.log(JSON.stringify({ underruns, averageKBps, blocks, lowest, memory: process.resourceUsage().maxRSS / 1024 }))
})()`

function record(query, ...sources) {
  const disc = join(folder, 'disc')
  const words = ['-e', RECORD, join(__dirname, '../dist'), disc, query, ...sources]
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  for (const suffix of ['', '.blocks']) rmSync(`${disc}${suffix}`, { force: true })
  if (status !== 0) throw new Error(`The recording failed: ${stderr.slice(-500)}`)
  return JSON.parse(stdout)
}

const small = join(folder, 'small')
for (let directory = 0; directory * 100 < FILES; directory++) {
  mkdirSync(join(small, `directory ${directory}`), { recursive: true })
  for (let file = 0; file < 100; file++) {
    writeFileSync(join(small, `directory ${directory}`, `some file ${file}.dat`), randomBytes(4096))
  }
}
const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
const steady = record(`?speed=${SPEED_KBPS}`, small)
busy.kill()
console.log(
  `${FILES} files of 4 KiB at ${(steady.averageKBps / 1000).toFixed(1)} MB/s beside a busy process: the drive waited ` +
    `${steady.underruns} times; our buffer was never less than ${(steady.lowest * 100).toFixed(0)} % full`,
)

const image = join(folder, 'image')
const peaks = [1, 8].map(gigabytes => {
  writeFileSync(image, '')
  truncateSync(image, gigabytes * 2 ** 30)
  return record('', image).memory
})
console.log(
  `peak memory: ${peaks[0].toFixed(0)} MiB for an image of 1 GiB, ${peaks[1].toFixed(0)} MiB for one of 8 GiB`,
)
if (steady.underruns > 0) process.exitCode = 1
