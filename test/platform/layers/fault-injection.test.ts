import fc from 'fast-check'
import { FormatError } from '../../../src/errors'
import { faultInjection, parseFaults, tracing } from '../../../src/platform/layers'
import { request, ScriptedTransport } from '../scripted-transport'

const REPLY = Uint8Array.of(0x00, 0x20, 0x0e, 0x01, 0x01, 0x01)
const READ = (lba: number, blocks = 1) => {
  const cdb = Buffer.from('28000000000000000000', 'hex')
  cdb.writeUInt32BE(lba, 2)
  cdb.writeUInt16BE(blocks, 7)
  return cdb.toString('hex')
}
const TEST_UNIT_READY = '00 00 00 00 00 00'
const READ_DISC_INFORMATION = '51 00 00 00 00 00 00 00 22 00'

function faulty(script: string) {
  const drive = new ScriptedTransport(() => ({ data: REPLY }))
  return {
    drive,
    transport: faultInjection(parseFaults(script, name => (name === 'READ(10)' ? 0x28 : undefined)))(drive),
  }
}

describe('fault injection', () => {
  it('lets the third READ(10) answer 3/11/05, without the drive being asked', async () => {
    const { drive, transport } = faulty('READ(10) #3: sense 3/11/05')
    const statuses = []
    for (let lba = 0; lba < 4; lba++) {
      await transport.execute(request(TEST_UNIT_READY))
      const answer = await transport.execute(request(READ(lba), 2048))
      statuses.push([answer.status, answer.sense[2], answer.sense[12], answer.sense[13], answer.transferredBytes])
    }
    const good = [0, undefined, undefined, undefined, REPLY.length]
    expect(statuses).toEqual([good, good, [2, 3, 0x11, 0x05, 0], good])
    expect(drive.requests.filter(({ cdb }) => cdb[0] === 0x28)).toHaveLength(3)
  })

  it('names the first block that a bad range was hit at, each time', async () => {
    const { transport } = faulty('28 lba 100-101 always: sense 3/11/05')
    const bad = await transport.execute(request(READ(96, 16), 2048))
    expect([...bad.sense.subarray(0, 7)]).toEqual([0xf0, 0, 3, 0, 0, 0, 100])
    expect((await transport.execute(request(READ(101), 2048))).sense[6]).toBe(101)
    expect((await transport.execute(request(READ(102), 2048))).status).toBe(0)
    expect((await transport.execute(request(READ(84, 16), 2048))).status).toBe(0)
  })

  it('carries a command out all the same where only its answer is lost', async () => {
    const { drive, transport } = faulty('any #1: sense 6/29/00 after')
    expect((await transport.execute(request(TEST_UNIT_READY))).sense[2]).toBe(6)
    expect(drive.requests).toHaveLength(1)
  })

  it('shortens and falsifies replies', async () => {
    const { transport } = faulty('51 #1: short 2; 51 #2: bytes 2 1F 02; 51 #3: bytes 5 AA BB CC')
    const ask = async () => {
      const asked = request(READ_DISC_INFORMATION, 34)
      const { transferredBytes } = await transport.execute(asked)
      return Buffer.from(asked.data.subarray(0, transferredBytes)).toString('hex')
    }
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
      '0020',
      '00201f020101',
      '00200e0101aa',
      '00200e010101',
    ])
  })

  it('answers busy, deferred errors and unit attentions', async () => {
    const { transport } = faulty(
      'any every 2: busy\nany #1: unit attention 28/00\n# any #2: gone\nany #3: sense 3/0C/00 deferred',
    )
    const seen = []
    for (let times = 0; times < 4; times++) {
      const { status, sense } = await transport.execute(request(TEST_UNIT_READY))
      seen.push([status, sense[0], sense[2], sense[12]])
    }
    expect(seen).toEqual([
      [2, 0x70, 6, 0x28],
      [8, undefined, undefined, undefined],
      [2, 0x71, 3, 0x0c],
      [8, undefined, undefined, undefined],
    ])
  })

  it('keeps a device that is gone gone', async () => {
    const { drive, transport } = faulty('28 #2: gone')
    await transport.execute(request(READ(0), 2048))
    const gone = { code: 'TRANSPORT_DEVICE_GONE', mayHaveRun: true }
    await expect(transport.execute(request(READ(1), 2048))).rejects.toMatchObject(gone)
    await expect(transport.execute(request(TEST_UNIT_READY))).rejects.toMatchObject(gone)
    expect(drive.requests).toHaveLength(1)
    await transport.close()
    expect(drive.closed).toBe(1)
  })

  it('stalls until the time limit, or for a while', async () => {
    const { drive, transport } = faulty(
      '00 #1: stall; 00 #2: stall 1 ms; 00 #3: stall 500 ms; 00 #4: timeout; 00 #5: refused',
    )
    const attempt = () => transport.execute(request(TEST_UNIT_READY, 0, 20))
    await expect(attempt()).rejects.toMatchObject({ code: 'TRANSPORT_TIMEOUT', mayHaveRun: true })
    expect(drive.requests).toHaveLength(0)
    expect((await attempt()).status).toBe(0)
    await expect(attempt()).rejects.toMatchObject({ code: 'TRANSPORT_TIMEOUT' })
    await expect(attempt()).rejects.toMatchObject({ code: 'TRANSPORT_TIMEOUT' })
    await expect(attempt()).rejects.toMatchObject({ code: 'TRANSPORT_OPCODE_REFUSED', mayHaveRun: false })
    expect(drive.requests).toHaveLength(2)
  })

  it('can be traced, or spoil what a trace has seen', async () => {
    const lines: string[] = []
    const trace = tracing({ write: async line => void lines.push(line), close: async () => {} })
    const drive = new ScriptedTransport()
    const transport = trace(faultInjection(parseFaults('00 #2: sense 2/3A/00'))(trace(drive)))
    await transport.execute(request(TEST_UNIT_READY))
    await transport.execute(request(TEST_UNIT_READY))
    expect(lines.map(line => JSON.parse(line).status)).toEqual([undefined, 0, undefined, 0, 2])
  })

  it.each([
    ['READ(99): busy', 'neither CDB bytes'],
    ['28 #1 busy', 'it is not COMMAND'],
    ['28: explode', '"explode" is no effect'],
    ['28: sense 3/11', '"sense 3/11" is no effect'],
    ['28 #x: busy', 'neither CDB bytes'],
  ])('refuses "%s"', (script, message) => {
    expect(() => parseFaults(script)).toThrow(FormatError)
    expect(() => parseFaults(script)).toThrow(message)
  })

  it('reads each part of a fault', () => {
    expect(parseFaults('5A .. 2A lba 5 #2-7 every 3: status 18 after; any #4-: failed;;\n')).toEqual([
      {
        cdb: [0x5a, null, 0x2a],
        blocks: { first: 5, last: 5 },
        from: 2,
        to: 7,
        every: 3,
        effect: { kind: 'status', status: 0x18 },
        after: true,
      },
      { from: 4, to: Number.POSITIVE_INFINITY, effect: { kind: 'error', code: 'TRANSPORT_FAILED' } },
    ])
  })

  it('reads or refuses any text', () => {
    const words = fc.constantFrom(
      '28',
      'any',
      '#3',
      '#1-',
      ':',
      'busy',
      'sense 3/11/05',
      'lba 4',
      'every 0',
      'always',
      ' ',
      'x',
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), parts => {
        try {
          parseFaults(parts.join(' '))
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
