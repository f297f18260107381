import { hex } from '../../../src/layout'
import {
  faultInjection,
  parseFaults,
  ReplayTransport,
  type TranscriptExchange,
  tracing,
} from '../../../src/platform/layers'
import { request } from '../scripted-transport'
import { describeTransport, read10 } from '../transport-contract'

const block = (lba: number) => new Uint8Array(2048).map((_, index) => (lba * 7 + index) & 0xff)

const INQUIRY = Buffer.concat([Buffer.from([5, 0x80, 5, 2, 31, 0, 0, 0]), Buffer.from('TEST    RECORDED DRIVE  1.00')])

/** A transcript as a drive with a disc would leave it. */
function lines() {
  const answered = (cdb: Uint8Array, data: Uint8Array): TranscriptExchange => ({
    cdb: hex(cdb),
    direction: data.length > 0 ? 'in' : 'none',
    status: 0,
    data: hex(data),
  })
  const reads = Array.from({ length: 64 }, (_, lba) => answered(read10(lba).cdb, block(lba)))
  const run = Buffer.concat(Array.from({ length: 32 }, (_, index) => block(16 + index)))
  const exchanges: TranscriptExchange[] = [
    answered(new Uint8Array(6), new Uint8Array()),
    answered(request('12 00 00 00 FF 00').cdb, INQUIRY),
    answered(request('25 00 00 00 00 00 00 00 00 00').cdb, Buffer.from('0000003f00000800', 'hex')),
    ...reads,
    answered(read10(16, 32).cdb, run),
    {
      cdb: '28 00 7F FF FF F0 00 00 01 00',
      direction: 'in',
      status: 2,
      data: '',
      sense: '70 00 05 00 00 00 00 0A 00 00 00 00 21 00 00 00 00 00',
    },
  ]
  return exchanges.map((exchange, index) => ({ number: index + 2, exchange }))
}

const replay = async () => new ReplayTransport('replay:test', lines())
const sending = request('55 10 00 00 00 00 00 00 08 00', new Uint8Array(8))

describeTransport('replay', { open: replay, block, sending })

describeTransport('tracing', {
  open: async () => tracing({ write: async () => {}, close: async () => {} })(await replay()),
  block,
  sending,
})

describeTransport('fault injection that injects nothing', {
  open: async () => faultInjection([])(await replay()),
  block,
  sending,
})

describeTransport('fault injection', {
  open: async () => faultInjection(parseFaults('BB: stall; 1E: gone'))(await replay()),
  block,
  stall: async () => request('BB 00 00 00 00 00 00 00 00 00 00 00', 0, 10),
  vanish: async drive => {
    await expect(drive.execute(request('1E 00 00 00 00 00'))).rejects.toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
  },
})
