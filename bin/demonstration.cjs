// The main job on the virtual drive: makes three discs and says what each is, from which bytes that was decided, and
// what put_MultisessionInterfaces answers for it. Every step is a command that you can type yourself.
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { run } = require('../dist/cli/main.js')

const DISCS = [
  ['a DVD+R with one session, open for the next', 'dvd+r', 'appendable', ['--sessions', '1']],
  ['a blank CD-R', 'cd-r', 'blank', []],
  ['a formatted DVD+RW', 'dvd+rw', 'appendable', ['--sessions', '1']],
]

async function demonstrate() {
  const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-'))
  try {
    for (const [description, media, state, more] of DISCS) {
      const disc = join(folder, media)
      console.log(`\n━━ ${description} ${'━'.repeat(Math.max(0, 90 - description.length))}`)
      await step(['virtual', 'create', disc, '--media', media, '--state', state, ...more])
      await step(['info', `virtual:${disc}`])
      await step(['multisession', `virtual:${disc}`])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A verdict of "no" (exit code 1) is an answer; whatever else is not 0 ends the demonstration. */
async function step(words) {
  console.log(`\n$ scsi-mmc ${words.join(' ')}`)
  const exitCode = await run(words)
  if (exitCode > 1) process.exit(exitCode)
}

demonstrate().catch(error => {
  console.error(error)
  process.exitCode = 4
})
