import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTransport, TransportError } from '../../../src/platform'
import { openReplay, ReplayTransport, type TranscriptExchange } from '../../../src/platform/layers'
import { replayPlatform } from '../../../src/platform/layers/replay-platform'
import { request } from '../scripted-transport'

const READ_DISC_INFORMATION = (length: string) => `51 00 00 00 00 00 00 00 ${length} 00`

function replay(exchanges: readonly TranscriptExchange[], strict = false) {
  const lines = exchanges.map((exchange, index) => ({ number: index + 2, exchange }))
  return new ReplayTransport('replay:test', lines, { strict })
}

const answered = (cdb: string, data: string): TranscriptExchange => ({ cdb, direction: 'in', status: 0, data })

async function ask(drive: ReplayTransport, cdb: string, length: number) {
  const asked = request(cdb, length)
  const { status, transferredBytes, sense } = await drive.execute(asked)
  return {
    status,
    data: Buffer.from(asked.data.subarray(0, transferredBytes)).toString('hex'),
    sense: [sense[2], sense[12], sense[13]],
  }
}

describe('a replayed transcript', () => {
  it('answers with the lines of the same CDB in their order, then with the last one for ever', async () => {
    const cdb = '4A 01 00 00 10 00 00 00 08 00'
    const drive = replay([answered(cdb, '01'), answered('25 00 00 00 00 00 00 00 00 00', 'AA'), answered(cdb, '02')])
    const answers = []
    for (let times = 0; times < 4; times++) answers.push((await ask(drive, cdb, 8)).data)
    expect(answers).toEqual(['01', '02', '02', '02'])
    expect(drive.unused.map(({ number }) => number)).toEqual([3])
    expect(drive.unknown).toHaveLength(0)
  })

  it('takes a line that differs in its allocation length only, cut to what is asked', async () => {
    const drive = replay([
      answered(READ_DISC_INFORMATION('04'), '00 20 0E 01'),
      answered(READ_DISC_INFORMATION('22'), '00 20 0E 01 01 01 01 20'),
    ])
    expect((await ask(drive, READ_DISC_INFORMATION('06'), 6)).data).toBe('00200e010101')
    expect((await ask(drive, READ_DISC_INFORMATION('04'), 4)).data).toBe('00200e01')
    expect((await ask(drive, READ_DISC_INFORMATION('40'), 64)).data).toBe('00200e0101010120')
    expect(drive.unknown.map(cdb => cdb[8])).toEqual([0x06, 0x40])
  })

  it('takes no line that differs in anything else', async () => {
    const drive = replay([answered('43 00 00 00 00 00 01 00 0C 00', '00 0A 01 01')])
    expect(await ask(drive, '43 00 00 00 00 00 02 00 0C 00', 12)).toEqual({ status: 2, data: '', sense: [5, 0x24, 0] })
  })

  it('refuses an opcode that was never recorded', async () => {
    const drive = replay([answered('43 00 00 00 00 00 01 00 0C 00', '00 0A 01 01')])
    expect(await ask(drive, 'AD 00 00 00 00 00 00 00 00 04 00 00', 4)).toEqual({
      status: 2,
      data: '',
      sense: [5, 0x20, 0],
    })
  })

  it('cuts a GET CONFIGURATION out of a recorded one that has all features', async () => {
    const all =
      '00 00 00 20 00 00 00 1B ' + // header: 24h bytes in all, profile DVD+R
      '00 00 03 04 00 1B 01 00 ' + // Profile List, current
      '00 10 00 08 00 00 08 00 00 10 00 00 ' + // Random Readable, not current
      '00 2B 01 04 01 00 00 00' // DVD+R, current
    const drive = replay([answered('46 00 00 00 00 00 00 01 00 00', all)])
    expect((await ask(drive, '46 02 00 2B 00 00 00 00 20 00', 32)).data).toBe('0000000c0000001b002b010401000000')
    expect((await ask(drive, '46 01 00 00 00 00 00 00 40 00', 64)).data).toBe(
      '000000140000001b00000304001b0100002b010401000000',
    )
    expect((await ask(drive, '46 00 00 10 00 00 00 00 40 00', 64)).data).toBe(
      '000000180000001b001000080000080000100000002b010401000000',
    )
    expect((await ask(drive, '46 02 00 33 00 00 00 00 40 00', 64)).data).toBe('000000040000001b')
    expect((await ask(drive, '46 02 00 2B 00 00 00 00 08 00', 8)).data).toBe('0000000c0000001b')
  })

  it('survives a recorded configuration that lies about its lengths', async () => {
    const drive = replay([answered('46 00 00 00 00 00 00 01 00 00', 'FF FF FF FF 00 00 00 1B 00 00 03 FF 00')])
    expect((await ask(drive, '46 02 00 00 00 00 00 00 40 00', 64)).data).toBe('000000090000001b000003ff00')
  })

  it('gives sense, statuses and failures as they were recorded', async () => {
    const drive = replay([
      { cdb: '00 00 00 00 00 00', direction: 'none', status: 2, sense: '70 00 02 00 00 00 00 0A 00 00 00 00 3A 00' },
      { cdb: '00 00 00 00 00 00', direction: 'none', status: 8 },
      {
        cdb: '00 00 00 00 00 00',
        direction: 'none',
        transportError: { code: 'TRANSPORT_TIMEOUT', message: 'No answer.', mayHaveRun: true },
      },
    ])
    expect(await ask(drive, '00 00 00 00 00 00', 0)).toMatchObject({ status: 2, sense: [2, 0x3a, 0] })
    expect(await ask(drive, '00 00 00 00 00 00', 0)).toMatchObject({ status: 8 })
    await expect(drive.execute(request('00 00 00 00 00 00'))).rejects.toMatchObject({
      code: 'TRANSPORT_TIMEOUT',
      mayHaveRun: true,
    })
  })

  it('that is strict fails for a command too many, an unknown one, and lines left over', async () => {
    const drive = replay(
      [answered(READ_DISC_INFORMATION('22'), '00 20'), answered('25 00 00 00 00 00 00 00 00 00', '00')],
      true,
    )
    await ask(drive, READ_DISC_INFORMATION('22'), 34)
    const mismatch = (message: string) => ({
      code: 'FORMAT_TRANSCRIPT_MISMATCH',
      message: expect.stringContaining(message),
    })
    await expect(ask(drive, READ_DISC_INFORMATION('22'), 34)).rejects.toMatchObject(mismatch('once more than recorded'))
    await expect(ask(drive, READ_DISC_INFORMATION('04'), 4)).rejects.toMatchObject(mismatch('not recorded'))
    await expect(drive.close()).rejects.toMatchObject(mismatch('line 3 (25 00'))
  })

  describe('in a file', () => {
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'replay-'))
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    it('is opened by replay:FILE', async () => {
      const path = join(folder, 'drive.jsonl')
      const line = JSON.stringify(answered('25 00 00 00 00 00 00 00 00 00', '00 05 67 FF 00 00 08 00'))
      // Longer than one chunk of a stream, and without a line end at its end.
      writeFileSync(
        path,
        [JSON.stringify({ format: 'scsi-transcript', version: 1 }), ...Array(2000).fill(line)].join('\n'),
      )
      const drive = await openTransport([replayPlatform], `replay:${path}`)
      expect(drive.address).toBe(`replay:${path}`)
      expect((drive as ReplayTransport).unused).toHaveLength(2000)
      await drive.close()
      await expect(drive.execute(request('00 00 00 00 00 00'))).rejects.toThrow(TransportError)
    })

    it.each([
      ['is missing', 'missing.jsonl'],
      ['is a folder', '.'],
    ])('that %s is wrong usage', async (_what, name) => {
      await expect(openReplay(join(folder, name))).rejects.toMatchObject({ code: 'USAGE_FILE' })
    })

    it('that is cut off names the line', async () => {
      const path = join(folder, 'cut.jsonl')
      writeFileSync(path, '{"format": "scsi-transcript", "version": 1}\n{"cdb": "00 00')
      await expect(openReplay(path)).rejects.toMatchObject({
        code: 'FORMAT_TRANSCRIPT',
        message: expect.stringContaining('cut.jsonl, line 2'),
      })
    })
  })
})
