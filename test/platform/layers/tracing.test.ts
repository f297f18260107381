import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Transport, TransportError } from '../../../src/platform'
import { tracing, tracingToFile } from '../../../src/platform/layers'
import { request, ScriptedTransport } from '../scripted-transport'

const TEST_UNIT_READY = '00 00 00 00 00 00'
const READ_CAPACITY = '25 00 00 00 00 00 00 00 00 00'

function collecting() {
  const lines: string[] = []
  const state = { closed: 0, fail: false }
  const sink = {
    write: async (line: string) => {
      if (state.fail) throw new Error('no space left on device')
      lines.push(line)
    },
    close: async () => {
      state.closed++
    },
  }
  return { lines, state, sink, parsed: () => lines.map(line => JSON.parse(line)) }
}

describe('tracing', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracing-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('writes the header, then a line a command', async () => {
    const { sink, parsed, state } = collecting()
    const drive = new ScriptedTransport(({ direction }) =>
      direction === 'in'
        ? { data: Uint8Array.of(0, 5, 0x67, 0xff, 0, 0, 8, 0) }
        : { status: 2, sense: Uint8Array.of(0x70, 0, 2) },
    )
    const traced = tracing(sink, { note: 'on the bench', nameOf: cdb => `opcode ${cdb[0]}` })(drive)
    const reading = request(READ_CAPACITY, 16)
    expect(await traced.execute(reading)).toMatchObject({ status: 0, transferredBytes: 8 })
    expect(reading.data[2]).toBe(0x67)
    expect(await traced.execute(request(TEST_UNIT_READY))).toMatchObject({ status: 2 })
    await traced.close()
    await traced.close()
    expect(parsed()).toEqual([
      { format: 'scsi-transcript', version: 1, note: 'on the bench' },
      {
        cdb: READ_CAPACITY,
        direction: 'in',
        status: 0,
        data: '00 05 67 FF 00 00 08 00',
        durationUs: 1,
        command: 'opcode 37',
      },
      { cdb: TEST_UNIT_READY, direction: 'none', status: 2, sense: '70 00 02', durationUs: 1, command: 'opcode 0' },
    ])
    expect(drive.closed).toBe(1)
    expect(state.closed).toBe(1)
  })

  it('writes down what is sent up to 4096 bytes, and the hash of more', async () => {
    const { sink, parsed } = collecting()
    const traced = tracing(sink)(new ScriptedTransport())
    await traced.execute(request('2A 00 00 00 00 00 00 00 02 00', new Uint8Array(4096).fill(7)))
    await traced.execute(request('2A 00 00 00 00 00 00 00 03 00', Buffer.from('abc'.repeat(2048))))
    const [, short, long] = parsed()
    expect(short.data).toHaveLength(4096 * 3 - 1)
    expect(long).toEqual({
      cdb: '2A 00 00 00 00 00 00 00 03 00',
      direction: 'out',
      status: 0,
      // sha256sum of "abc" 2048 times
      dataSha256: 'fb00650a8704e3c578364cabd8dfd6281497d358c2c7b57afbcfe18a1caf332f',
      dataBytes: 6144,
      durationUs: 1,
    })
  })

  it('records what never got an answer, and passes it on', async () => {
    const { sink, parsed } = collecting()
    const lost = new TransportError('TRANSPORT_TIMEOUT', 'No answer.', {
      mayHaveRun: true,
      systemError: { system: 'host status', number: 3, name: 'DID_TIME_OUT' },
    })
    const traced = tracing(sink)(new ScriptedTransport(() => ({ throws: lost })))
    await expect(traced.execute(request(TEST_UNIT_READY))).rejects.toBe(lost)
    expect(parsed()[1]).toEqual({
      cdb: TEST_UNIT_READY,
      direction: 'none',
      transportError: {
        code: 'TRANSPORT_TIMEOUT',
        message: 'No answer.',
        mayHaveRun: true,
        systemError: { system: 'host status', number: 3, name: 'DID_TIME_OUT' },
      },
    })
  })

  it('never breaks a command because the transcript cannot be written, and says so at the end', async () => {
    const { sink, state, lines } = collecting()
    const traced = tracing(sink)(new ScriptedTransport())
    await traced.execute(request(TEST_UNIT_READY))
    state.fail = true
    expect(await traced.execute(request(TEST_UNIT_READY))).toMatchObject({ status: 0 })
    expect(lines).toHaveLength(2)
    await expect(traced.close()).rejects.toMatchObject({
      code: 'USAGE_TRACE',
      message: expect.stringContaining('space'),
    })
  })

  it('writes a file that is whole after each command', async () => {
    const path = join(folder, 'trace.jsonl')
    const traced: Transport = tracingToFile(path)(new ScriptedTransport())
    await traced.execute(request(TEST_UNIT_READY))
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
    await traced.close()
    expect(() => tracingToFile(join(folder, 'none', 'trace.jsonl'))).toThrow(
      expect.objectContaining({ code: 'USAGE_TRACE' }),
    )
  })
})
