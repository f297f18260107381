/**
 * Our iSCSI target beside tgt's: the same image, the same clients, in turns.
 *
 *   node bench/iscsi.bench.cjs [MEBIBYTES]      1024 unless given; needs tgt and libiscsi-bin
 *
 * Clients are strangers: libiscsi's iscsi-perf with 1 and 64 commands in flight, and a plain libiscsi reader and writer.
 * What counts is the ratio; 0.7 of tgt's throughput is what we want at least.
 */
const { execFileSync, spawn } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { virtualDisc } = require('../dist/virtual')

const MEBIBYTE = 1024 * 1024
const bytes = Number(process.argv[2] ?? 1024) * MEBIBYTE
const BLOCKS_PER_COMMAND = 128
const ROUNDS = 3
const TEN_GIBIBYTES = 10 * 1024 * MEBIBYTE
const PERF_SECONDS = 4
const TGT_CONTROL = '17'
const TARGET = 'iqn.2026-01.org.example:bench'
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-iscsi.'))
const children = []

const residentMebibytes = pid => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
/** Processor time of a process so far, in seconds: on a busy machine it tells more than the clock. */
const processorSeconds = pid => {
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

function makeImage(file) {
  const out = fs.openSync(file, 'w')
  const chunk = Buffer.allocUnsafe(MEBIBYTE)
  for (let index = 0; index < bytes / MEBIBYTE; index++) {
    for (let at = 0; at < MEBIBYTE; at += 4) chunk.writeUInt32LE((index * MEBIBYTE + at) % 0xfffffffb, at)
    fs.writeSync(out, chunk)
  }
  fs.closeSync(out)
}

async function startTgt(image) {
  const port = 13260 + (process.pid % 1000)
  const daemon = spawn('tgtd', ['-f', '-C', TGT_CONTROL, '--iscsi', `portal=127.0.0.1:${port}`], { stdio: 'ignore' })
  children.push(daemon)
  const admin = (...options) => execFileSync('tgtadm', ['-C', TGT_CONTROL, '--lld', 'iscsi', ...options])
  for (let tries = 0; ; tries++) {
    await sleep(200)
    try {
      admin('--mode', 'target', '--op', 'new', '--tid', '1', '--targetname', TARGET)
      break
    } catch (error) {
      if (tries === 20) throw error
    }
  }
  admin('--mode', 'target', '--op', 'bind', '--tid', '1', '--initiator-address', 'ALL')
  const blank = path.join(work, 'tgt-blank.img')
  execFileSync('tgtimg', ['--op', 'new', '--device-type', 'cd', '--type', 'dvd+r', '--file', blank])
  const unit = (lun, type, file, ...more) =>
    admin(
      '--mode',
      'logicalunit',
      '--op',
      'new',
      '--tid',
      '1',
      '--lun',
      lun,
      '--device-type',
      type,
      '--backing-store',
      file,
      ...more,
    )
  unit('1', 'cd', image)
  unit('2', 'disk', image, '--blocksize', '2048')
  unit('3', 'cd', blank)
  const newBlank = () => {
    const set = value => admin('--mode', 'logicalunit', '--op', 'update', '--tid', '1', '--lun', '3', '--params', value)
    set('online=no')
    fs.truncateSync(blank, 0)
    set(`path=${blank}`)
    set('online=yes')
  }
  return { name: 'tgt', port, pid: daemon.pid, luns: { drive: 1, blockDevice: 2, writable: 3 }, newBlank }
}

async function startOurs(image) {
  const pressed = path.join(work, 'image.disc')
  const blank = path.join(work, 'blank.disc')
  await virtualDisc.create(pressed, { media: 'bd-rom', from: image })
  await virtualDisc.create(blank, { media: 'dvd+rw', state: 'blank' })
  const server = spawn(process.execPath, [path.join(__dirname, 'iscsi/serve.cjs'), pressed, blank], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(server)
  const port = await new Promise(resolve => server.stdout.once('data', line => resolve(Number(line))))
  return { name: 'ours', port, pid: server.pid, luns: { drive: 0, blockDevice: 1, writable: 2 }, newBlank: () => {} }
}

/** Milliseconds of a plain libiscsi client for the whole image. */
function plain(direction, { port, luns }) {
  const lun = direction === 'read' ? luns.drive : luns.writable
  const client = path.join(__dirname, 'iscsi/libiscsi-client.cjs')
  const options = [client, direction, port, TARGET, lun, bytes, BLOCKS_PER_COMMAND]
  return Number(execFileSync(process.execPath, options.map(String)))
}

/** Bytes a second of iscsi-perf. */
function perf(inFlight, blocks, { port, luns }) {
  const url = `iscsi://127.0.0.1:${port}/${TARGET}/${luns.blockDevice}`
  const options = ['-m', inFlight, '-b', blocks, '-t', PERF_SECONDS, url]
  const output = execFileSync('iscsi-perf', options.map(String), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const averages = [...output.matchAll(/iops average (\d+)/g)]
  if (averages.length === 0) throw new Error(`iscsi-perf says: ${output}`)
  return Number(averages.at(-1)[1]) * blocks * 2048
}

async function main() {
  const image = path.join(work, 'image')
  makeImage(image)
  const targets = [await startTgt(image), await startOurs(image)]
  const ours = targets[1]
  const measures = [
    ['plain libiscsi reader, 256 KiB', target => bytes / (plain('read', target) / 1000)],
    [
      'plain libiscsi writer, 256 KiB',
      target => {
        target.newBlank()
        return bytes / (plain('write', target) / 1000)
      },
    ],
    ['iscsi-perf, 1 in flight, 64 KiB', target => perf(1, 32, target)],
    ['iscsi-perf, 64 in flight, 64 KiB', target => perf(64, 32, target)],
    ['iscsi-perf, 64 in flight, 2 KiB', target => perf(64, 1, target)],
  ]
  const before = residentMebibytes(ours.pid)
  const results = []
  for (const [name, measure] of measures) {
    const rates = { tgt: [], ours: [] }
    const used = { tgt: 0, ours: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      for (const target of targets) {
        const begun = processorSeconds(target.pid)
        rates[target.name].push(measure(target))
        used[target.name] += processorSeconds(target.pid) - begun
      }
    }
    const [tgt, own] = [median(rates.tgt), median(rates.ours)]
    const ratio = own / tgt
    results.push({ name, tgtMBps: tgt / 1e6, oursMBps: own / 1e6, ratio, residentMiB: residentMebibytes(ours.pid) })
    console.log(
      `${name.padEnd(34)} tgt ${(tgt / 1e6).toFixed(0).padStart(6)} MB/s   ours ${(own / 1e6).toFixed(0).padStart(6)} MB/s   ratio ${ratio.toFixed(2)}   processor ${used.tgt.toFixed(1)} s, ${used.ours.toFixed(1)} s   resident ${results.at(-1).residentMiB.toFixed(0)} MiB`,
    )
  }
  const after = residentMebibytes(ours.pid)
  for (let read = 0; read < TEN_GIBIBYTES; read += bytes) plain('read', ours)
  console.log(
    `resident: ${before.toFixed(0)} MiB at first, ${after.toFixed(0)} MiB after all that, ${residentMebibytes(ours.pid).toFixed(0)} MiB after 10 GiB more`,
  )
  return results
}

main()
  .catch(error => {
    console.error(error)
    process.exitCode = 1
  })
  .finally(async () => {
    for (const child of children) child.kill(child.spawnfile === 'tgtd' ? 'SIGKILL' : 'SIGTERM')
    await sleep(500)
    fs.rmSync(work, { recursive: true, force: true })
  })
