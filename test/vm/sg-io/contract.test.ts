import type { Transport } from '../../../src/platform'
import { openSgIo } from '../../../src/platform/linux/open-sg-io'
import { request } from '../../platform/scripted-transport'
import { describeTransport } from '../../platform/transport-contract'
import { disc, drivesByConnection } from './machine'

const first = disc('first.iso')
/** MODE SELECT(10) of nothing but a header. */
const sending = request('55 10 00 00 00 00 00 00 08 00', new Uint8Array(8), 30_000)

/** Opens a drive and sees to it that no unit attention waits. */
async function openReady(connection: string, node: 'sr' | 'sg', ffi: 'koffi' | 'ffi-napi'): Promise<Transport> {
  const drive = (await drivesByConnection()).get(connection)!
  const address = node === 'sr' ? drive.address : drive.otherAddresses[0]!
  const transport = await openSgIo(address, { ffi })
  for (let tries = 0; tries < 5; tries++) {
    if ((await transport.execute(request('00 00 00 00 00 00', 0, 30_000))).status === 0) break
  }
  return transport
}

/**
 * The generic driver's node differs from the cdrom driver's in the kernel, not by what is behind it: one will do. Each
 * test opens the drive anew, and a thread for ffi-napi takes seconds to start in here: it meets all buses in
 * peers.test.ts.
 */
const SUBJECTS = [
  ['virtio 0', 'sr', 'koffi'],
  ['virtio 0', 'sg', 'koffi'],
  ['ata', 'sr', 'koffi'],
  ['usb', 'sr', 'koffi'],
  ['virtio 0', 'sr', 'ffi-napi'],
] as const

for (const [connection, node, ffi] of SUBJECTS) {
  describeTransport(`/dev/${node}N on ${connection} through ${ffi}`, {
    open: () => openReady(connection, node, ffi),
    block: first.block,
    sending,
  })
}
