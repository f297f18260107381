// Checks a physical drive (or any other address) without writing, and leaves a report and a transcript to send in.
const { mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { parseArgs } = require('node:util')
const { nameOf, report } = require('./report.cjs')
const { runSuite } = require('./suite.cjs')

const USAGE = `npm run hw-tests -- --device ADDRESS [--output FOLDER] [--ffi koffi|ffi-napi]

Checks the drive at ADDRESS (/dev/sr0, D:, disk4, iscsi://…, virtual:…) with the medium in it, and never writes.
Leaves report.md and transcript.jsonl in FOLDER (hw-report unless given).`

/** Runs the suite; resolves to the exit code. */
async function main(words, { library = require('../dist/index.js'), out = process.stdout, err = process.stderr } = {}) {
  let values
  try {
    const { version } = require('../package.json')
    values = parseArgs({
      args: words,
      options: {
        device: { type: 'string' },
        output: { type: 'string', default: 'hw-report' },
        ffi: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
    if (values.help) {
      out.write(`${USAGE}\n`)
      return 0
    }
    if (!values.device) throw new library.UsageError('USAGE_DEVICE', 'Which drive? --device ADDRESS is missing.')
    return await check(library, values, version, out)
  } catch (error) {
    const isUsage = error instanceof library.UsageError || /^ERR_PARSE_ARGS/.test(error.code)
    if (!isUsage && !(error instanceof library.ScsiMmcError)) throw error
    err.write(`${error.message}\n${error.hint ?? `\n${USAGE}`}\n`)
    return isUsage ? 2 : 4
  }
}

async function check(library, { device, output, ffi }, version, out) {
  mkdirSync(output, { recursive: true })
  const transcript = join(output, 'transcript.jsonl')
  let commands = 0
  let writes = 0
  const counting = transport => ({
    address: transport.address,
    limits: transport.limits,
    close: () => transport.close(),
    execute: request => {
      commands++
      if (library.accessOf(request.cdb) !== 'read') {
        writes++
        throw new Error(`${library.nameOf(request.cdb)} was about to be sent: these checks never write`)
      }
      return transport.execute(request)
    },
  })
  const tracing = library.tracingToFile(transcript, { nameOf: library.nameOf, note: `hw-tests of ${device}` })
  const drive = await library.openDrive(device, {
    access: 'read',
    ...(ffi ? { ffi } : {}),
    layers: [tracing, counting],
  })
  try {
    const onResult = ({ title, outcome, says }) =>
      out.write(`${outcome.padEnd(15)} ${title}${says && outcome !== 'passed' ? `: ${says}` : ''}\n`)
    const results = await runSuite(library, drive, { sent: () => commands, onResult })
    const text = report(results, { address: device, version, transcript: 'transcript.jsonl', commands, writes })
    writeFileSync(join(output, 'report.md'), text)
    const failed = results.sections.flatMap(section => section.results).filter(result => result.outcome === 'failed')
    const name = results.identity instanceof Error ? device : nameOf(results.identity)
    out.write(`\n${name}: ${failed.length} failed. ${join(output, 'report.md')} and ${transcript} tell more.\n`)
    return failed.length > 0 || writes > 0 ? 1 : 0
  } finally {
    await drive.close()
  }
}

module.exports = { main }

if (require.main === module) {
  void main(process.argv.slice(2)).then(code => {
    process.exitCode = code
  })
}
