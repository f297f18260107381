// What runs under Wine, in one process: command lines through both FFI backends, the transport's contract, and changes of
// the disc. What it found so far is always in RESULT.
//   windows.cjs RESULT, with JSON in RESULT: { discs, lines, after }, from the folder that ./prepare made
const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')

const [result] = process.argv.slice(2)
const { discs, lines, after } = JSON.parse(readFileSync(result, 'utf8'))
const folder = __dirname
const commandLines = require('./command-lines.cjs')
const changes = require('./changes.cjs')
const { runAll } = require('./plain-runner.cjs')

const stage = text => process.stderr.write(`${Math.round(process.uptime())} s under Wine: ${text}\n`)
const found = { platform: process.platform, arch: process.arch, answers: {}, results: [] }
function keep() {
  writeFileSync(`${result}.tmp`, JSON.stringify(found))
  renameSync(`${result}.tmp`, result)
}

async function main() {
  stage('begins')
  const { run } = require(join(folder, 'node_modules/scsi-mmc/dist/cli/main.js'))
  for (const ffi of ['koffi', 'ffi-napi']) {
    process.env.SCSI_MMC_FFI = ffi
    stage(`command lines through ${ffi}`)
    found.answers[ffi] = await commandLines(run, lines[ffi], stage)
    keep()
  }

  stage("the transport's contract")
  const { describeTransport } = require(join(folder, 'test/platform/transport-contract.js'))
  const { request } = require(join(folder, 'test/platform/scripted-transport.js'))
  const { windowsPlatform } = require(join(folder, 'src/platform/windows/index.js'))
  const disc = readFileSync(discs[0].windowsPath)
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
  found.results.push(...(await runAll(stage)))
  keep()

  found.results.push(
    ...(await changes({
      open: (address, ffi) => windowsPlatform.open(address, { ffi }),
      discs: discs.map(({ path, windowsPath }) => ({ path, bytes: readFileSync(windowsPath) })),
      ask: changes.asker(dirname(result)),
      tell: stage,
    })),
  )
  process.env.SCSI_MMC_FFI = 'koffi'
  found.after = await commandLines(run, after, stage)
  found.ended = true
}

process.on('unhandledRejection', error =>
  found.results.push(['nothing is rejected unseen', String(error?.stack ?? error)]),
)
main()
  .catch(error => {
    found.results.push(['the process under Wine', String(error?.stack ?? error)])
    process.exitCode = 1
  })
  .finally(keep)
