// Checks a physical drive (or any other address) without writing, and leaves a report and a transcript to send in.
const { mkdirSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { parseArgs } = require('node:util')
const { nameOf, report } = require('./report.cjs')
const { createInterface } = require('node:readline/promises')
const { runSuite, runWriting } = require('./suite.cjs')

const USAGE = `npm run hw-tests -- --device ADDRESS [--output FOLDER] [--ffi koffi|ffi-napi] [--allow-writes [--close]]

Checks the drive at ADDRESS (/dev/sr0, D:, disk4, iscsi://…, virtual:…) with the medium in it, and never writes.
Leaves report.md and transcript.jsonl in FOLDER (hw-report unless given).

With --allow-writes it then records on the medium, once you have typed what it asks for: some sessions of 640 blocks,
one of them interrupted; with --close the last one closes it for good. What an overwritable medium holds is lost.
Leaves writing.md and writing.jsonl beside the others.`

/** Runs the suite; resolves to the exit code. */
async function main(
  words,
  { library = require('../dist/index.js'), out = process.stdout, err = process.stderr, ask = askUser } = {},
) {
  let values
  try {
    const { version } = require('../package.json')
    values = parseArgs({
      args: words,
      options: {
        device: { type: 'string' },
        output: { type: 'string', default: 'hw-report' },
        ffi: { type: 'string' },
        'allow-writes': { type: 'boolean' },
        close: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
    if (values.help) {
      out.write(`${USAGE}\n`)
      return 0
    }
    if (!values.device) throw new library.UsageError('USAGE_DEVICE', 'Which drive? --device ADDRESS is missing.')
    const code = await check(library, values, version, out)
    if (!values['allow-writes'] || code !== 0) return code
    return await checkWriting(library, values, version, out, ask)
  } catch (error) {
    const isUsage = error instanceof library.UsageError || /^ERR_PARSE_ARGS/.test(error.code)
    if (!isUsage && !(error instanceof library.ScsiMmcError)) throw error
    err.write(`${error.message}\n${error.hint ?? `\n${USAGE}`}\n`)
    return isUsage ? 2 : 4
  }
}

/** A layer that counts what passes, and lets nothing pass that writes unless that is what the checks are for. */
function countCommands(library, allowed) {
  const tally = { commands: 0, writes: 0 }
  const counting = transport => ({
    address: transport.address,
    limits: transport.limits,
    close: () => transport.close(),
    execute: request => {
      tally.commands++
      if (library.accessOf(request.cdb) !== 'read') {
        tally.writes++
        if (!allowed.writes) {
          throw new Error(`${library.nameOf(request.cdb)} was about to be sent: these checks never write`)
        }
      }
      return transport.execute(request)
    },
  })
  return { tally, counting }
}

async function check(library, { device, output, ffi }, version, out) {
  mkdirSync(output, { recursive: true })
  const transcript = join(output, 'transcript.jsonl')
  const { tally, counting } = countCommands(library, { writes: false })
  const tracing = library.tracingToFile(transcript, { nameOf: library.nameOf, note: `hw-tests of ${device}` })
  const drive = await library.openDrive(device, {
    access: 'read',
    ...(ffi ? { ffi } : {}),
    layers: [tracing, counting],
  })
  try {
    const onResult = ({ title, outcome, says }) =>
      out.write(`${outcome.padEnd(15)} ${title}${says && outcome !== 'passed' ? `: ${says}` : ''}\n`)
    const results = await runSuite(library, drive, { sent: () => tally.commands, onResult })
    const text = report(results, { address: device, version, transcript: 'transcript.jsonl', ...tally })
    writeFileSync(join(output, 'report.md'), text)
    const failed = results.sections.flatMap(section => section.results).filter(result => result.outcome === 'failed')
    const name = results.identity instanceof Error ? device : nameOf(results.identity)
    out.write(`\n${name}: ${failed.length} failed. ${join(output, 'report.md')} and ${transcript} tell more.\n`)
    return failed.length > 0 || tally.writes > 0 ? 1 : 0
  } finally {
    await drive.close()
  }
}

/** What the user types, or nothing where nobody is there to type. */
async function askUser(question) {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

/** What the user has to type: nobody types the name of a medium by mistake. */
async function isAllowed({ family, state, isOverwritable }, ask, out) {
  const loss = isOverwritable
    ? 'what is on it will be lost'
    : 'it will hold some sessions of numbers, which cannot be taken off again'
  out.write(`\nThe medium is a ${family}, ${state}: ${loss}.\n`)
  const wanted = `write ${family}`
  return (await ask(`Type "${wanted}" to go on: `)).trim() === wanted
}

/** Records on the medium, where that was allowed by word. */
async function checkWriting(library, { device, output, ffi, close }, version, out, ask) {
  const transcript = join(output, 'writing.jsonl')
  const { tally, counting } = countCommands(library, { writes: true })
  const tracing = library.tracingToFile(transcript, { nameOf: library.nameOf, note: `hw-tests of ${device}, writing` })
  const drive = await library.openDrive(device, {
    access: 'write',
    ...(ffi ? { ffi } : {}),
    layers: [tracing, counting],
  })
  const context = { library, drive, closeForGood: close === true }
  try {
    const medium = await drive.readMedium()
    if (!medium || !(await isAllowed(medium, ask, out))) {
      out.write('Nothing was written.\n')
      return medium ? 2 : 3
    }
    const onResult = ({ title, outcome, says }) =>
      out.write(`${outcome.padEnd(15)} ${title}${says ? `: ${says}` : ''}\n`)
    const results = await runWriting(context, onResult)
    const about = { address: device, version, transcript: 'writing.jsonl', ...tally }
    writeFileSync(join(output, 'writing.md'), report(results, about))
    const failed = results.sections.flatMap(section => section.results).filter(({ outcome }) => outcome === 'failed')
    out.write(`\n${failed.length} failed. ${join(output, 'writing.md')} and ${transcript} tell more.\n`)
    return failed.length > 0 ? 1 : 0
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
