/** Runs inside the virtual machine; see ./in-machine. */
const { spawnSync } = require('node:child_process')
const { openSgIo } = require('../dist/platform/linux/open-sg-io')
const { peerMedian, quantile, timed, µs } = require('./measure.cjs')

const DEVICE = '/dev/sr0'
const program = process.argv[2]
const COUNT = 1000
const BLOCKS = [0, 1, 16, 32]

/** Microseconds a command, as sg3_utils does it: the whole run divided by the commands, its start included. */
function sg3Utils(blocks) {
  const args =
    blocks === 0
      ? ['sg_turs', `--number=${COUNT}`, DEVICE]
      : [
          'sg_dd',
          `if=${DEVICE}`,
          'of=/dev/null',
          'bs=2048',
          'skip=16',
          `bpt=${blocks}`,
          `count=${blocks * COUNT}`,
          'blk_sgio=1',
        ]
  const begin = process.hrtime.bigint()
  const { status, error } = spawnSync(args[0], args.slice(1), { stdio: 'ignore' })
  return error || status !== 0 ? undefined : Number(process.hrtime.bigint() - begin) / 1000 / COUNT
}

async function main() {
  const drives = {
    koffi: await openSgIo(DEVICE, { ffi: 'koffi' }),
    'ffi-napi': await openSgIo(DEVICE, { ffi: 'ffi-napi' }),
  }
  for (const blocks of BLOCKS) {
    const cdb = blocks === 0 ? new Uint8Array(6) : Uint8Array.of(0x28, 0, 0, 0, 0, 16, 0, blocks >> 8, blocks & 255, 0)
    const direction = blocks === 0 ? 'none' : 'in'
    const data = new Uint8Array(blocks * 2048)
    const command = drive => () => drive.execute({ cdb, direction, data, timeoutMs: 30_000 })
    // What the first commands meet (unit attentions, code that is not compiled yet) is not what is measured.
    for (const drive of Object.values(drives)) await timed(200, command(drive))
    const peer = peerMedian(program, DEVICE, COUNT, blocks)
    const medians = {}
    for (const [name, drive] of Object.entries(drives)) {
      medians[name] = quantile(await timed(COUNT, command(drive)), 0.5)
    }
    // More than the disc holds is past its end.
    const theirs = blocks <= 1 ? sg3Utils(blocks) : undefined
    const ratio = value => `${(value / peer).toFixed(1)} times C`
    console.log(
      `${blocks === 0 ? 'TEST UNIT READY' : `READ(10) of ${blocks}`}`.padEnd(18),
      `C ${µs(peer)}`,
      ...Object.entries(medians).map(([name, value]) => `  ${name} ${µs(value)} (${ratio(value)})`),
      theirs === undefined ? '' : `  sg3_utils ${µs(theirs)} (${ratio(theirs)})`,
    )
  }
  for (const drive of Object.values(drives)) await drive.close()
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
