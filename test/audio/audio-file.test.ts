import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAudioFile, openSectorFile } from '../../src/audio'
import { FLAC } from './flac-file'

const directory = mkdtempSync(join(tmpdir(), 'audio-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const SAMPLES = Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 37) & 0xff))
const little = (value: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer
}
const big = (value: number, bytes: number) => little(value, bytes).reverse()
const chunk = (id: string, content: Buffer, size: (length: number) => Buffer) =>
  Buffer.concat([Buffer.from(id), size(content.length), content, Buffer.alloc(content.length & 1)])
const riff = (id: string, content: Buffer) => chunk(id, content, length => little(length, 4))
const iff = (id: string, content: Buffer) => chunk(id, content, length => big(length, 4))

const format = ({ tag = 1, channels = 2, rate = 44_100, bits = 16 }, more = Buffer.alloc(0)) =>
  riff(
    'fmt ',
    Buffer.concat([
      ...[little(tag, 2), little(channels, 2), little(rate, 4), little((rate * channels * bits) / 8, 4)],
      ...[little((channels * bits) / 8, 2), little(bits, 2), more],
    ]),
  )
const wave = (...chunks: Buffer[]) => {
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks])
  return Buffer.concat([Buffer.from('RIFF'), little(body.length, 4), body])
}
const RATE_44100 = Buffer.from('400eac44000000000000', 'hex')
const aiff = (form: string, common: Buffer, ...chunks: Buffer[]) => {
  const body = Buffer.concat([Buffer.from(form), iff('COMM', common), ...chunks])
  return Buffer.concat([Buffer.from('FORM'), big(body.length, 4), body])
}
const common = (compression = '', rate = RATE_44100) =>
  Buffer.concat([big(2, 2), big(SAMPLES.length / 4, 4), big(16, 2), rate, Buffer.from(compression)])
const sound = (samples: Buffer) => iff('SSND', Buffer.concat([Buffer.alloc(8), samples]))
const swap = (samples: Buffer) => Buffer.from(samples).swap16()

let count = 0
async function read(content: Buffer, from = 0) {
  const file = join(directory, `file-${count++}`)
  writeFileSync(file, content)
  await using audio = await openAudioFile(file)
  const parts: Uint8Array[] = []
  for await (const part of audio.read(from)) parts.push(Uint8Array.from(part))
  return { bytes: audio.bytes, samples: Buffer.concat(parts) }
}

test.each([
  ['WAVE', wave(format({}), riff('data', SAMPLES))],
  [
    'WAVE with chunks around the samples',
    wave(riff('junk', Buffer.alloc(3)), format({}), riff('data', SAMPLES), riff('LIST', Buffer.alloc(40, 1))),
  ],
  [
    'WAVE whose writer did not know the length',
    wave(format({}), Buffer.concat([Buffer.from('data'), little(0xffffffff, 4), SAMPLES])),
  ],
  [
    'WAVE that went through a pipe, as sox writes it',
    wave(format({}), Buffer.concat([Buffer.from('data'), little(0x7ffff000, 4), SAMPLES])),
  ],
  [
    'WAVE that says some bytes too many',
    wave(format({}), Buffer.concat([Buffer.from('data'), little(SAMPLES.length + 8, 4), SAMPLES])),
  ],
  [
    'WAVE, extensible',
    wave(
      format(
        { tag: 0xfffe },
        Buffer.concat([little(22, 2), Buffer.alloc(6), Buffer.from('0100000000001000800000aa00389b71', 'hex')]),
      ),
      riff('data', SAMPLES),
    ),
  ],
  ['AIFF', aiff('AIFF', common(), sound(swap(SAMPLES)))],
  ['AIFC', aiff('AIFC', common('NONE\0\0'), sound(swap(SAMPLES)))],
  ['AIFC, little-endian', aiff('AIFC', common('sowt\0\0'), sound(SAMPLES))],
])('%s', async (_, file) => {
  const { bytes, samples } = await read(file)
  expect(bytes).toBe(SAMPLES.length)
  expect(samples.equals(SAMPLES)).toBe(true)
  expect((await read(file, 400)).samples.equals(SAMPLES.subarray(400))).toBe(true)
})

test('FLAC: exactly what the encoder was given', async () => {
  const { bytes, samples } = await read(FLAC)
  expect(bytes).toBe(2352)
  expect(createHash('md5').update(samples).digest('hex')).toBe('afc25e4e6eb38b2fbfb788a2cca8af95')
  expect((await read(FLAC, 1000)).samples.equals(samples.subarray(1000))).toBe(true)
})

test.each([
  ['another rate', wave(format({ rate: 48_000 }), riff('data', SAMPLES)), 'USAGE_AUDIO_FORMAT'],
  ['one channel', wave(format({ channels: 1 }), riff('data', SAMPLES)), 'USAGE_AUDIO_FORMAT'],
  ['24 bits', wave(format({ bits: 24 }), riff('data', SAMPLES)), 'USAGE_AUDIO_FORMAT'],
  ['floating point', wave(format({ tag: 3 }), riff('data', SAMPLES)), 'USAGE_AUDIO_FORMAT'],
  ['compressed AIFC', aiff('AIFC', common('ulaw'), sound(SAMPLES)), 'USAGE_AUDIO_FORMAT'],
  ['a short format', wave(riff('fmt ', Buffer.alloc(4)), riff('data', SAMPLES)), 'FORMAT_AUDIO'],
  ['no chunk of samples', wave(format({})), 'FORMAT_AUDIO'],
  ['no samples', wave(format({}), riff('data', Buffer.alloc(0))), 'FORMAT_AUDIO'],
  ['a WAVE cut short', wave(format({}), riff('data', SAMPLES)).subarray(0, -2400), 'FORMAT_AUDIO'],
  ['an AIFF cut short', aiff('AIFF', common(), sound(SAMPLES)).subarray(0, -2400), 'FORMAT_AUDIO'],
  ['no sound at all', Buffer.from('nothing'), 'FORMAT_AUDIO'],
  ['an empty file', Buffer.alloc(0), 'FORMAT_AUDIO'],
  [
    'a FLAC with another checksum',
    Buffer.concat([FLAC.subarray(0, 26), Buffer.alloc(16, 7), FLAC.subarray(42)]),
    'FORMAT_AUDIO',
  ],
  ['a torn FLAC', FLAC.subarray(0, FLAC.length - 9), 'FORMAT_AUDIO'],
  [
    'a damaged FLAC',
    Buffer.concat([FLAC.subarray(0, 18), Buffer.alloc(24, 0xff), FLAC.subarray(42)]),
    'USAGE_AUDIO_FORMAT',
  ],
])('%s is refused', async (_, file, code) => {
  await expect(read(file)).rejects.toMatchObject({ code })
})

test('what is no plain integer is called what it is', async () => {
  await expect(read(wave(format({ tag: 3, bits: 32 }), riff('data', SAMPLES)))).rejects.toThrow(
    'has floating-point samples in 2 channel(s) at 44100 Hz',
  )
})

test('bare sectors, either way round', async () => {
  const file = join(directory, 'bare')
  writeFileSync(file, SAMPLES)
  await using audio = await openSectorFile(file, { motorola: true })
  const parts: Uint8Array[] = []
  for await (const part of audio.read(0)) parts.push(part)
  expect(Buffer.concat(parts).equals(swap(SAMPLES))).toBe(true)
})
