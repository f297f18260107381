// Runs groups of command lines in this process: run-lines.cjs RESULT GROUPS, both JSON. A group is { lines, ffi, machine }:
// the backend, and the machine of the macOS stand-in (machine.c), where it has one.
const { writeFileSync } = require('node:fs')
const commandLines = require('../wine/command-lines.cjs')
const { run } = require('../../../dist/cli/main.js')

const [result, groups] = process.argv.slice(2)

function configure(machine) {
  const { FRAMEWORK_PATHS } = require('../../../dist/platform/macos/frameworks')
  require('koffi').load(FRAMEWORK_PATHS.ioKit).func('void stand_in_configure(const char *)')(machine)
}

async function main() {
  const answers = []
  for (const { lines, ffi, machine } of JSON.parse(groups)) {
    if (ffi) process.env.SCSI_MMC_FFI = ffi
    else delete process.env.SCSI_MMC_FFI
    if (machine) configure(machine)
    answers.push(await commandLines(run, lines))
  }
  return answers
}

main().then(
  answers => writeFileSync(result, JSON.stringify(answers)),
  error => {
    console.error(error)
    process.exitCode = 1
  },
)
