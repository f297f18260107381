// What runs under Wine, in one process: command lines through both FFI backends, then the transport's contract.
//   windows.cjs FOLDER IMAGE RESULT CHECKOUT
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const [folder, image, result, checkout, linesText] = process.argv.slice(2)
const commandLines = require('./command-lines.cjs')
const { runAll } = require('./plain-runner.cjs')

async function main() {
  const { run } = require(join(folder, 'node_modules/scsi-mmc/dist/cli/main.js'))
  const answers = {}
  for (const ffi of ['koffi', 'ffi-napi']) {
    process.env.SCSI_MMC_FFI = ffi
    answers[ffi] = await commandLines(run, JSON.parse(linesText)[ffi])
  }

  const { describeTransport } = require(join(folder, 'test/platform/transport-contract.js'))
  const { request } = require(join(folder, 'test/platform/scripted-transport.js'))
  const { windowsPlatform } = require(join(folder, 'src/platform/windows/index.js'))
  const disc = readFileSync(image)
  for (const ffi of ['koffi', 'ffi-napi']) {
    for (const [address, access] of [
      ['D:', 'read'],
      ['\\\\.\\CdRom0', 'write'],
    ]) {
      describeTransport(`${address} opened to ${access} through ${ffi}`, {
        open: () => windowsPlatform.open(address, { ffi, access }),
        block: lba => disc.subarray(lba * 2048, lba * 2048 + 2048),
        sending: request('55 10 00 00 00 00 00 00 08 00', new Uint8Array(8), 30_000),
      })
    }
  }
  const contract = await runAll()
  writeFileSync(result, JSON.stringify({ platform: process.platform, arch: process.arch, checkout, answers, contract }))
}

main().catch(error => {
  writeFileSync(result, JSON.stringify({ crashed: String(error?.stack ?? error) }))
  process.exitCode = 1
})
