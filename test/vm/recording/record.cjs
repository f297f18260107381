/**
 * Records on a drive of the kernel, in one process for all discs: its start is what takes longest in the machine.
 *
 * Each line of standard input is a job: NAME DEVICE STEP… where a step is `burn=TREE`, `append=TREE`, `last=TREE` (an
 * append that closes for good) or `load` (out and in again, so that the kernel looks anew). Prints a line a step.
 */
const { createInterface } = require('node:readline')
const library = require('../../../dist')

const STEPS = {
  burn: (drive, source) => library.burn(drive, [source], { verify: true }),
  append: (drive, source) => library.append(drive, [source], { verify: true }),
  last: (drive, source) => library.append(drive, [source], { verify: true, close: true }),
  load: async drive => {
    await library.ejectMedium(drive, { unlock: true })
    await library.loadMedium(drive)
  },
}

async function step(drive, name, word) {
  const [kind, source] = word.split('=')
  const began = Date.now()
  const report = await STEPS[kind](drive, source)
  const { verification } = report ?? {}
  if (verification && (verification.differences.length > 0 || verification.unreadable.length > 0)) {
    throw new Error(`read back, it differs: ${JSON.stringify(verification)}`)
  }
  const after = report?.mediumAfter
  const says = after
    ? `${after.state}, ${after.sessionCount} sessions, ${verification.comparedBlocks} blocks verified`
    : ''
  console.log(`ok: ${name}: ${kind} (${says}${says && ', '}${Date.now() - began} ms)`)
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, device, ...words] = line.split(' ')
    let at = words[0]
    try {
      const drive = await library.openDrive(device, { access: 'write' })
      try {
        for (const word of words) {
          at = word
          await step(drive, name, word)
        }
      } finally {
        await drive.close()
      }
    } catch (error) {
      console.log(`FAILED: ${name}: ${at}: ${error.code ?? ''} ${error.message} ${error.hint ?? ''}`)
    }
  }
}

void main()
