/**
 * What the library adds to a command: execute() through each backend on /dev/null, whose ioctl fails at once, so that
 * the whole path but the device is measured, the error with its explanation included; beside the same ioctl in C.
 */
const { closeSync, constants, openSync } = require('node:fs')
const { monitorEventLoopDelay } = require('node:perf_hooks')
const { loadFfi } = require('../dist/platform/ffi')
const { cLibrary } = require('../dist/platform/linux/c-library')
const { SgIoTransport } = require('../dist/platform/linux/sg-io-transport')
const { compilePeer, peerMedian, quantile, timed, µs } = require('./measure.cjs')

const COMMANDS = 10_000
const AIM_US = 60
const MEMORY_AIM_BYTES = 1024 * 1024

const testUnitReady = { cdb: new Uint8Array(6), direction: 'none', data: new Uint8Array(), timeoutMs: 1000 }

/** Heap and memory outside it, after a collection. */
function memory() {
  global.gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { own: heapUsed + external, rss }
}

async function measure(name, peer) {
  const ffi = loadFfi({ ffi: name })
  const descriptor = openSync('/dev/null', constants.O_RDONLY)
  const device = {
    isGone: async () => false,
    descriptor,
    isBlock: false,
    writable: false,
    sg: undefined,
    close: async () => closeSync(descriptor),
  }
  const library = cLibrary(ffi)
  const limits = { maximumTransferBytes: 65_536, alignmentMask: 0 }
  const transport = new SgIoTransport('/dev/null', device, ffi, library, limits)
  const command = () => transport.execute(testUnitReady).catch(() => undefined)

  await timed(COMMANDS, command)
  const before = memory()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const took = await timed(COMMANDS, command)
  delay.disable()
  const after = memory()
  const header = new Uint8Array(88)
  const bare = await timed(COMMANDS, () => library.ioctl.callAsync(descriptor, 0x2285, header))
  await transport.close()

  const median = quantile(took, 0.5)
  const grown = after.own - before.own
  console.log(
    `${name.padEnd(10)} execute ${µs(median)} (99 %: ${µs(quantile(took, 0.99)).trim()}), ` +
      `of it the call alone ${µs(quantile(bare, 0.5)).trim()}`,
  )
  if (peer !== undefined) {
    console.log(
      `${''.padEnd(10)} above C ${µs(median - peer)} (${(median / peer).toFixed(0)} times C's ${µs(peer).trim()})`,
    )
  }
  console.log(
    `${''.padEnd(10)} event loop delayed by ${µs(delay.percentile(50) / 1000 - 1000).trim()} in the median, ` +
      `${µs(delay.max / 1000).trim()} at most; memory grown by ${(grown / 1024).toFixed(0)} KiB in ${COMMANDS} commands`,
  )
  if (name === 'koffi' && peer !== undefined) {
    console.log(
      `${''.padEnd(10)} aim, on a quiet machine: ${AIM_US} µs above C: ${median - peer <= AIM_US ? 'met' : 'MISSED'}`,
    )
  }
  return grown > MEMORY_AIM_BYTES
}

/** Aims hold on a machine that does nothing else: they are told, and only a leak fails. */
async function main() {
  if (process.platform !== 'linux') return console.log('SG_IO is Linux: nothing to measure here.')
  const program = compilePeer()
  const peer = program && peerMedian(program, '/dev/null', COMMANDS, 0)
  if (peer === undefined) console.log('There is no C compiler: no peer to compare with.')
  let leaks = false
  for (const name of ['koffi', 'ffi-napi']) {
    try {
      leaks = (await measure(name, peer)) || leaks
    } catch (error) {
      if (error.code !== 'TRANSPORT_UNAVAILABLE') throw error
      console.log(`${name.padEnd(10)} ${error.message}`)
    }
  }
  if (leaks) console.log(`Memory has grown: that is a leak.`)
  process.exitCode = leaks ? 1 : 0
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
