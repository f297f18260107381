const { NotApplicable, Difference } = require('./checks/expect.cjs')

const SECTIONS = [
  ['The drive', require('./checks/drive.cjs')],
  ['The medium', require('./checks/medium.cjs')],
  ['Reading', require('./checks/reading.cjs')],
]

/**
 * Runs every check on a drive that is open for reading.
 *
 * @param library  what `scsi-mmc` exports
 * @param drive  open with access 'read'; the checks see to it that nothing else is sent
 * @param sent  how many commands have been sent so far
 */
async function runSuite(library, drive, { sent, onResult = () => {} }) {
  const identity = await drive.send(library.inquiry).catch(thrown => thrown)
  const medium = await drive.readMedium().catch(thrown => thrown)
  const context = { library, drive, sent, medium: medium instanceof Error ? null : medium }
  const sections = []
  for (const [title, checks] of SECTIONS) {
    const results = []
    for (const check of checks) {
      const result = await runCheck(check, context)
      results.push(result)
      onResult(result)
    }
    sections.push({ title, results })
  }
  return { identity, medium, sections }
}

/** Runs the checks that write, one on what the other has left. */
async function runWriting(context, onResult = () => {}) {
  const identity = await context.drive.send(context.library.inquiry).catch(thrown => thrown)
  const results = []
  for (const check of require('./checks/writing.cjs')) {
    const result = await runCheck(check, context)
    results.push(result)
    onResult(result)
  }
  const medium = await context.drive.readMedium().catch(thrown => thrown)
  return { identity, medium, sections: [{ title: 'Writing', results }] }
}

async function runCheck(check, context) {
  try {
    const says = await check.run(context)
    if (typeof says === 'object') return { title: check.title, outcome: 'noted', says: says.noted }
    return { title: check.title, outcome: 'passed', says: says ?? '' }
  } catch (error) {
    if (error instanceof NotApplicable) return { title: check.title, outcome: 'not applicable', says: error.message }
    if (error instanceof Difference) return { title: check.title, outcome: 'failed', says: error.message }
    return { title: check.title, outcome: 'failed', says: `${error.code ?? error.name}: ${error.message}` }
  }
}

module.exports = { runSuite, runWriting }
