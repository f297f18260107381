import type { Machine } from '../programs/machine'
import type { Checks } from './checks'
import type { KernelRecorder } from './kernel-recorder'
import { mountAndCompare } from './mounted'

const TARGET = 'iqn.2026-01.org.example:tgt'
const IMAGE = '/run/tgt.img'

/**
 * Records on the emulated DVD+R of tgt, which refuses RESERVE TRACK and much else, and knows one session only.
 *
 * @param tree  what its one session will hold
 */
export async function recordOnTgt(
  machine: Machine,
  recorder: KernelRecorder,
  checks: Checks,
  tree: string,
): Promise<void> {
  let device = ''
  const attached = await checks.that('tgt: its recorder is attached', async () => {
    const tgtadm = 'tgtadm --lld iscsi'
    const { output } = await machine.run(
      [
        'before=$(ls -d /sys/class/block/sr*)',
        '{ setsid tgtd -f --iscsi portal=127.0.0.1:3260 >/run/tgtd.log 2>&1 & }',
        `for i in {1..600}; do ${tgtadm} --mode target --op new --tid 1 --targetname ${TARGET} 2>/dev/null && break; sleep 0.2; done`,
        `${tgtadm} --mode target --op bind --tid 1 --initiator-address ALL`,
        `tgtimg --op new --device-type cd --type dvd+r --file ${IMAGE} >/dev/null`,
        `${tgtadm} --mode logicalunit --op new --tid 1 --lun 1 --device-type cd --backing-store ${IMAGE}`,
        `iscsistart -i iqn.2026-01.org.example:kernel -t ${TARGET} -g 1 -a 127.0.0.1 -p 3260 >/dev/null 2>&1`,
        'for i in {1..600}; do new=$(ls -d /sys/class/block/sr* | grep -vxF "$before"); [[ $new ]] && break; sleep 0.2; done',
        'echo "found $(basename "$new")"',
      ].join('; '),
    )
    device = `/dev/${/^found (sr\d+)$/m.exec(output)?.[1] ?? ''}`
    if (device === '/dev/') throw new Error(output)
    return device
  })
  if (!attached) return
  await checks.that('tgt: the first session', async () => {
    const report = await recorder.do({ device, operation: 'burn', sources: [tree], options: { close: true } })
    return `${report.mediumAfter?.state}, ${report.verification?.comparedBlocks} blocks verified`
  })
  await checks.that('tgt: its backing file holds every file', async () => {
    await machine.run(`modprobe -q loop; blockdev --flushbufs ${device}`)
    await mountAndCompare(machine, IMAGE, [tree])
    return ''
  })
}
