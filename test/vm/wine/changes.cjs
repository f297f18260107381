// What happens to a drive while Windows has it open: another disc, none, and the drive pulled out. The other side of the
// machine does it when it is asked.
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')

const BLOCK = 20
const TRIES = 2000

/** What asks the other side to tell QEMU something, and waits until that is done. */
function asker(folder) {
  let count = 0
  return async (command, args) => {
    const name = join(folder, `ask-${count++}`)
    writeFileSync(`${name}.tmp`, JSON.stringify({ command, args }))
    renameSync(`${name}.tmp`, `${name}.json`)
    while (!existsSync(`${name}.done`)) await sleep(50)
    const answer = readFileSync(`${name}.done`, 'utf8')
    if (answer) throw new Error(answer)
  }
}

const reading = () => ({
  cdb: Uint8Array.of(0x28, 0, 0, 0, 0, BLOCK, 0, 0, 1, 0),
  direction: 'in',
  data: new Uint8Array(2048),
  timeoutMs: 30_000,
})

/** Reads one block until it comes; the block, and the sense that came before it. */
async function readAtLast(drive) {
  const senses = new Set()
  for (let tries = 0; tries < TRIES; tries++) {
    const request = reading()
    const { status, sense } = await drive.execute(request)
    if (status === 0) return { block: request.data, senses: [...senses] }
    senses.add(`${sense[2] & 0x0f}/${sense[12].toString(16)}`)
  }
  throw new Error(`nothing to read: ${[...senses]}`)
}

/** [name, what went wrong or null] of each. `discs` are { path, blocks }, the first one in the drive. */
module.exports = async function changes({ open, discs, ask, tell }) {
  const results = []
  const check = async (name, body) => {
    tell(name)
    results.push([
      name,
      await body().then(
        () => null,
        error => String(error?.stack ?? error),
      ),
    ])
  }
  const block = disc => disc.bytes.subarray(BLOCK * 2048, (BLOCK + 1) * 2048)
  let [inside, other] = discs
  for (const ffi of ['koffi', 'ffi-napi']) {
    await check(`${ffi}: another disc in the open drive`, async () => {
      const drive = await open('D:', ffi)
      try {
        const before = await readAtLast(drive)
        if (Buffer.compare(before.block, block(inside)) !== 0) throw new Error('another block before')
        await ask('blockdev-change-medium', { device: 'drive0', filename: other.path, force: true })
        const after = await readAtLast(drive)
        if (Buffer.compare(after.block, block(other)) !== 0) throw new Error('another block after')
        // Not ready while the tray is open, then a unit attention; the kernel's own polling may have taken either.
        const strange = after.senses.filter(sense => !['2/3a', '2/4', '6/28', '6/29', '6/3a'].includes(sense))
        if (strange.length) throw new Error(`sense ${strange}`)
        ;[inside, other] = [other, inside]
      } finally {
        await drive.close()
      }
    })
  }
  await check('the disc is taken out', async () => {
    await ask('blockdev-open-tray', { id: 'device0', force: true })
    await ask('blockdev-remove-medium', { id: 'device0' })
    await ask('blockdev-close-tray', { id: 'device0' })
  })
  await check(
    'a drive that is pulled out while it is open: the number of Windows, and the command may have run',
    async () => {
      const drive = await open('E:', 'koffi')
      let thrown
      try {
        await ask('device_del', { id: 'device1' })
        for (let tries = 0; tries < TRIES && !thrown; tries++) {
          await drive.execute({ ...reading(), timeoutMs: 5000 }).catch(error => {
            thrown = error
          })
          await sleep(20)
        }
      } finally {
        await drive.close()
      }
      // Wine makes ERROR_GEN_FAILURE of the kernel's ENODEV, where Windows has ERROR_DEVICE_NOT_CONNECTED.
      const { code, mayHaveRun, systemError } = thrown ?? {}
      if (code !== 'TRANSPORT_FAILED' || !mayHaveRun || systemError.name !== 'ERROR_GEN_FAILURE') {
        throw new Error(`it ended with ${JSON.stringify(thrown)}`)
      }
    },
  )
  return results
}
module.exports.asker = asker
