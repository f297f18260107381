/**
 * recorder PORT: runs in the machine and records on the kernel's drives what ./kernel-recorder.ts asks for.
 *
 * One process for all discs: its start is what takes longest in the machine. A request and its answer are a line of
 * JSON each; requests for different drives run at the same time.
 */
const { mkdtempSync, readFileSync, rmSync, statSync } = require('node:fs')
const { connect } = require('node:net')
const { join } = require('node:path')
const { createInterface } = require('node:readline')
const { main: hardwareTests } = require('../../../hw-tests/run.cjs')
const library = require('../../../dist')

const OPERATIONS = {
  burn: (drive, { sources, options }) => library.burn(drive, sources, { verify: true, ...options }),
  append: (drive, { sources, options }) => library.append(drive, sources, { verify: true, ...options }),
  close: (drive, { options }) => library.closeMedium(drive, options),
  reload: async drive => {
    await library.ejectMedium(drive, { unlock: true })
    await library.loadMedium(drive)
  },
  'burn-cue-sheet': async (drive, { cueSheet, options }) =>
    library.burnSession(drive, await library.sessionFromCueSheet(cueSheet), { verify: true, ...options }),
  'read-disc': readAndCompare,
}

/** The session must be the sectors of some files, silence between them allowed. */
async function readAndCompare(drive, { expected }) {
  const folder = mkdtempSync('/dev/shm/read-disc-')
  try {
    const { unreadable } = await library.readDisc(drive, folder)
    const sectors = readFileSync(join(folder, 'disc.bin'))
    let at = 0
    for (const file of expected) {
      const found = sectors.indexOf(readFileSync(file), at)
      if (found < 0) throw new Error(`${file} is not on the disc behind byte ${at}`)
      at = found + statSync(file).size
    }
    return `${sectors.length / 2352} sectors, unreadable: ${JSON.stringify(unreadable)}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What is told of a report: not the checksums of every piece. */
const summary = report => (report?.checksums ? { ...report, checksums: undefined } : report)

/** The checks for a bench, writing included, with the right words typed. */
async function checkHardware({ device, type }) {
  let text = ''
  const stream = { write: more => (text += more) }
  const words = ['--device', device, '--output', `/run/hw-tests-${type}`, '--allow-writes', '--close']
  const code = await hardwareTests(words, { library, out: stream, err: stream, ask: async () => `write ${type}` })
  return { report: { code, text } }
}

async function answer({ device, operation, ...request }) {
  if (operation === 'hw-tests') return checkHardware({ device, ...request })
  const began = Date.now()
  const drive = await library.openDrive(device, { access: 'write' })
  try {
    const report = await OPERATIONS[operation](drive, request)
    return { report: summary(report), durationMs: Date.now() - began }
  } finally {
    await drive.close()
  }
}

const told = ({ code, message, hint, stack }) => ({ error: { code, message, hint, stack } })

async function main() {
  const socket = connect(Number(process.argv[2]), '10.0.2.2')
  for await (const line of createInterface({ input: socket })) {
    const { id, ...request } = JSON.parse(line)
    void answer(request)
      .catch(told)
      .then(result => socket.write(`${JSON.stringify({ id, ...result })}\n`))
  }
}

void main()
