/** How fast the virtual drive is read in the process that it lives in, by bytes a command: READ(10), one after the other. */
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { randomBytes } = require('node:crypto')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { openDrive, virtualDisc } = require('../dist')

const IMAGE_MIB = 256
const ROUNDS = 5
const AIM_GBPS = 1

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-virtual-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const image = join(folder, 'image')
  writeFileSync(image, randomBytes(IMAGE_MIB << 20))
  const disc = join(folder, 'disc')
  await virtualDisc.create(disc, { media: 'bd-rom', from: image })
  const drive = await openDrive(`virtual:${disc}`)
  for (const kibibytes of [2, 32, 64, 128, 512, 1024]) {
    const data = new Uint8Array(kibibytes * 1024)
    const blocks = kibibytes / 2
    const commands = Math.min(20_000, (IMAGE_MIB * 1024) / kibibytes)
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < ROUNDS; round++) {
      const begin = process.hrtime.bigint()
      for (let index = 0; index < commands; index++) {
        const lba = index * blocks
        const cdb = Uint8Array.of(0x28, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, blocks >> 8, blocks, 0)
        const { status } = await drive.transport.execute({ cdb, direction: 'in', data, timeoutMs: 10_000 })
        if (status !== 0) throw new Error(`READ(10) at ${lba} failed`)
      }
      best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1e9)
    }
    const rate = (commands * data.length) / best / 1e9
    console.log(
      `${String(kibibytes).padStart(5)} KiB a command ${rate.toFixed(2).padStart(6)} GB/s, ` +
        `${((best / commands) * 1e6).toFixed(1).padStart(6)} µs each` +
        (kibibytes >= 32 ? `; aim, on a quiet machine: ${AIM_GBPS} GB/s: ${rate >= AIM_GBPS ? 'met' : 'MISSED'}` : ''),
    )
  }
  await drive.close()
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
