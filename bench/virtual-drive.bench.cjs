/**
 * Sequential reads of a virtual drive in this process, beside dd reading the same file: megabytes (10^6) a second, the
 * best of some rounds, and the process's memory while 10 GiB are read.
 *
 *   node bench/virtual-drive.bench.cjs [MEBIBYTES]      1024 unless given
 */
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { virtualDisc, VirtualDrive } = require('../dist/virtual')

const MEBIBYTE = 2 ** 20
const mebibytes = Number(process.argv[2] ?? 1024)
const ROUNDS = 5
const TOTAL = 10 * 1024
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-virtual.'))
const resident = () => `${(process.memoryUsage.rss() / MEBIBYTE).toFixed(0)} MiB`
const rate = (bytes, milliseconds) => bytes / 1e3 / milliseconds

/** Reads all blocks once. */
async function readAll(drive, blocksPerCommand) {
  const blocks = (mebibytes * MEBIBYTE) / 2048
  const data = Buffer.alloc(blocksPerCommand * 2048)
  const cdb = Buffer.alloc(12)
  cdb[0] = 0xa8
  cdb.writeUInt32BE(blocksPerCommand, 6)
  for (let lba = 0; lba < blocks; lba += blocksPerCommand) {
    cdb.writeUInt32BE(lba, 2)
    const { status } = await drive.execute({ cdb, direction: 'in', data, timeoutMs: 10_000 })
    if (status !== 0) throw new Error(`READ(12) of block ${lba} ended with status ${status}`)
  }
}

async function timed(action) {
  const begun = performance.now()
  await action()
  return performance.now() - begun
}

async function main() {
  const image = path.join(work, 'image')
  const piece = Buffer.alloc(MEBIBYTE, 0x5a)
  const file = fs.openSync(image, 'w')
  for (let index = 0; index < mebibytes; index++) fs.writeSync(file, piece)
  fs.closeSync(file)
  const disc = path.join(work, 'disc')
  await virtualDisc.create(disc, { media: 'bd-rom', from: image })
  const drive = new VirtualDrive(await virtualDisc.open(disc, { access: 'read' }))
  const bytes = mebibytes * MEBIBYTE
  for (const blocks of [32, 128, 512]) {
    const [ours, dd] = [[], []]
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await timed(() => readAll(drive, blocks)))
      dd.push(await timed(async () => spawnSync('dd', [`if=${image}`, 'of=/dev/null', `bs=${blocks * 2048}`])))
    }
    const [own, peer] = [rate(bytes, Math.min(...ours)), rate(bytes, Math.min(...dd))]
    console.log(
      `reads of ${String(blocks).padStart(3)} blocks   ours ${own.toFixed(0).padStart(5)} MB/s   dd ${peer.toFixed(0).padStart(5)} MB/s   ratio ${(own / peer).toFixed(2)}`,
    )
  }
  const before = resident()
  for (let read = 0; read < TOTAL; read += mebibytes) await readAll(drive, 128)
  console.log(`resident: ${before}, after ${TOTAL / 1024} GiB ${resident()}`)
  await drive.close()
}

main()
  .catch(error => {
    console.error(error)
    process.exitCode = 1
  })
  .finally(() => fs.rmSync(work, { recursive: true, force: true }))
