import { Drive, readDiscInformation } from '../../src/mmc'
import type { ScsiRequest, Transport } from '../../src/platform'

function answering(
  handler: (request: ScsiRequest) => { status?: number; data?: number[]; sense?: number[] },
): Transport {
  return {
    address: 'test:',
    limits: { maximumTransferBytes: 65536, alignmentMask: 0 },
    execute: async request => {
      const { status = 0, data = [], sense = [] } = handler(request)
      const moved = Math.min(data.length, request.data.length)
      request.data.set(data.slice(0, moved))
      return { status, sense: Uint8Array.from(sense), transferredBytes: moved, durationUs: 1 }
    },
    close: async () => {},
  }
}

test('a typed command gives the typed reply', async () => {
  const drive = new Drive(answering(() => ({ data: [0x00, 0x20, 0x0e, 0x01, 0x02, 0x01, 0x01] })))
  const reply = await drive.send(readDiscInformation, { dataType: 0 })
  expect(reply.discStatus).toBe('complete')
  expect(reply.numberOfSessions).toBe(2)
  expect(reply.discIdentification).toBeUndefined()
})

test('an unknown opcode is refused on a drive that is open for reading', async () => {
  const drive = new Drive(
    answering(() => {
      throw new Error('it was sent')
    }),
  )
  await expect(drive.sendRaw(Uint8Array.of(0xd8, 0, 0, 0, 0, 0))).rejects.toMatchObject({ code: 'USAGE_READ_ONLY' })
})
