// What runs under Wine, in one process: command lines through both FFI backends, then the transport's contract.
//   windows.cjs IMAGE RESULT LINES, from the folder that ./prepare made
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const [image, result, linesText] = process.argv.slice(2)
const folder = __dirname
const commandLines = require('./command-lines.cjs')
const { runAll } = require('./plain-runner.cjs')

const stage = text => process.stderr.write(`${Math.round(process.uptime())} s under Wine: ${text}\n`)

async function main() {
  stage('begins')
  const { run } = require(join(folder, 'node_modules/scsi-mmc/dist/cli/main.js'))
  const answers = {}
  for (const ffi of ['koffi', 'ffi-napi']) {
    process.env.SCSI_MMC_FFI = ffi
    stage(`command lines through ${ffi}`)
    answers[ffi] = await commandLines(run, JSON.parse(linesText)[ffi], stage)
  }

  stage("the transport's contract")
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
  const contract = await runAll(stage)
  writeFileSync(result, JSON.stringify({ platform: process.platform, arch: process.arch, answers, contract }))
}

main().catch(error => {
  writeFileSync(result, JSON.stringify({ crashed: String(error?.stack ?? error) }))
  process.exitCode = 1
})
