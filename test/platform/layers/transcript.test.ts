import fc from 'fast-check'
import { FormatError } from '../../../src/errors'
import { decodeTranscript, encodeExchange, encodeTranscriptHeader } from '../../../src/platform/layers'

const HEADER = '{"format": "scsi-transcript", "version": 1, "note": "a drive"}'
const LINE =
  '{"cdb": "51 00 00 00 00 00 00 00 22 00", "direction": "in", "status": 0, "data": "00 20 0E", "durationUs": 812}'

const decode = (...lines: string[]) => decodeTranscript('trace.jsonl', lines)

describe('a transcript', () => {
  it('is a header and a line a command, blank lines aside', async () => {
    const { header, lines } = await decode(`\uFEFF${HEADER}\r`, '', `${LINE}\r`, '')
    expect(header.note).toBe('a drive')
    expect(lines).toEqual([{ number: 3, exchange: JSON.parse(LINE) }])
  })

  it('may carry fields that a later program adds', async () => {
    const { lines } = await decode(HEADER, LINE.replace('{', '{"host": "bench 7", '))
    expect(lines).toHaveLength(1)
  })

  it.each([
    ['an empty file', [], 1, 'it is empty'],
    ['another format', ['{"format": "pcap"}'], 1, '"format" is not "scsi-transcript"'],
    ['no JSON', [HEADER, LINE, '-- the end --'], 3, 'not JSON'],
    ['a line cut in the middle', [HEADER, LINE, LINE.slice(0, 60)], 3, 'cut off'],
    ['a list', [HEADER, '[1, 2]'], 2, 'no JSON object'],
    ['no CDB', [HEADER, '{"direction": "none", "status": 0}'], 2, '"cdb" is missing'],
    ['no direction', [HEADER, '{"cdb": "00 00 00 00 00 00", "status": 0}'], 2, '"direction" is missing'],
    ['no status', [HEADER, '{"cdb": "00 00 00 00 00 00", "direction": "none"}'], 2, '"status" is missing'],
    ['a CDB too short', [HEADER, '{"cdb": "00 00", "direction": "none", "status": 0}'], 2, '"cdb" is not 6 to 16'],
    ['another direction', [HEADER, LINE.replace('"in"', '"sideways"')], 2, '"direction" is not'],
    ['a status beyond a byte', [HEADER, LINE.replace('"status": 0', '"status": 256')], 2, '"status" is not'],
    ['odd hexadecimal', [HEADER, LINE.replace('00 20 0E', '00 20 E')], 2, '"data" is not bytes'],
    ['hexadecimal parted by two blanks', [HEADER, LINE.replace('00 20 0E', '00  20')], 2, '"data" is not bytes'],
    ['a negative duration', [HEADER, LINE.replace('812', '-1')], 2, '"durationUs" is not'],
    ['sense that is a number', [HEADER, LINE.replace('{', '{"sense": 70, ')], 2, '"sense" is not'],
    ['an error without its code', [HEADER, LINE.replace('{', '{"transportError": {}, ')], 2, '"transportError" is not'],
  ])('with %s is refused, the line named', async (_what, lines, number, message) => {
    const failure = await decode(...lines).catch(error => error)
    expect(failure).toBeInstanceOf(FormatError)
    expect(failure.code).toBe('FORMAT_TRANSCRIPT')
    expect(failure.message).toContain(`trace.jsonl, line ${number}: `)
    expect(failure.message).toContain(message)
  })

  it('of a later version says so', async () => {
    await expect(decode(HEADER.replace('1', '2'))).rejects.toMatchObject({ code: 'FORMAT_TRANSCRIPT_VERSION' })
  })

  it('that was written can be read, whatever was sent and answered', async () => {
    const bytes = (max: number) => fc.uint8Array({ maxLength: max })
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 6, maxLength: 16 }),
        fc.constantFrom('none' as const, 'in' as const, 'out' as const),
        bytes(5000),
        bytes(252),
        fc.nat(255),
        async (cdb, direction, data, sense, status) => {
          const request = { cdb, direction, data: direction === 'none' ? new Uint8Array() : data, timeoutMs: 1 }
          const answer = { status, sense, transferredBytes: request.data.length, durationUs: 3 }
          const { lines } = await decode(encodeTranscriptHeader(), encodeExchange(request, answer))
          expect(lines[0]!.exchange).toMatchObject({ direction, status, durationUs: 3 })
        },
      ),
      { numRuns: 200 },
    )
  })

  it('cut or altered anywhere is read or refused, never anything else', async () => {
    const whole = `${HEADER}\n${LINE}\n${LINE}`
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.nat(whole.length - 1),
        fc.string({ maxLength: 3 }),
        async (end, at, text) => {
          const altered = (whole.slice(0, at) + text + whole.slice(at + text.length)).slice(0, end)
          const failure = await decode(...altered.split('\n')).then(
            () => undefined,
            error => error,
          )
          if (failure) expect(failure).toBeInstanceOf(FormatError)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
