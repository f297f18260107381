import { closeTrackSession } from '../../src/mmc'
import type { Transport } from '../../src/platform'
import { VirtualDrive, virtualDisc } from '../../src/virtual'
import { describeTransport } from '../platform/transport-contract'
import { blocks, newDisc } from './drive-with-disc'

let statePath = ''

beforeAll(async () => {
  statePath = await newDisc({ media: 'dvd+r', state: 'appendable' })
  const disc = await virtualDisc.open(statePath, { access: 'write' })
  await disc.blocks.write(0, blocks(0, 64))
  await disc.commit()
  await disc.close()
})

async function stall(transport: Transport) {
  const { unit } = transport as VirtualDrive
  unit.options = { ...unit.options, operationMs: 3_600_000 }
  const data = blocks(2224, 16)
  const write = {
    cdb: Uint8Array.of(0x2a, 0, 0, 0, 0x08, 0xb0, 0, 0, 16, 0),
    direction: 'out',
    data,
    timeoutMs: 1000,
  } as const
  expect(await transport.execute(write)).toMatchObject({ status: 0 })
  const cdb = closeTrackSession.encodeCdb({ closeFunction: 1, logicalTrackNumber: 2 })
  return { cdb, direction: 'none', data: new Uint8Array(), timeoutMs: 50 } as const
}

describeTransport('the virtual drive', {
  open: async () => new VirtualDrive(await virtualDisc.open(statePath, { access: 'write' })),
  block: lba => blocks(lba, 1),
  sending: {
    cdb: Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    direction: 'out',
    data: blocks(0, 1),
    timeoutMs: 1000,
  },
  stall,
})
