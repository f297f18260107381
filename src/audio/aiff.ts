import type { FileHandle } from 'node:fs/promises'
import { type AudioFile, assertCdSamples, FRAME_BYTES, fileBytes, sampleBytes, swapped } from './audio-file'
import { chunksOf, content, required, view } from './chunks'

const COMMON_BYTES = 18
const EXPONENT_BIAS = 16_383
/** Offset and block size, before the samples. */
const SOUND_HEADER_BYTES = 8
/** AIFC compression types whose samples are as they are; the second one little-endian. */
const BIG_ENDIAN = ['NONE', 'twos']
const LITTLE_ENDIAN = ['sowt']

/** An AIFF or AIFC file with samples that are not compressed. */
export async function openAiff(name: string, file: FileHandle, size: number): Promise<AudioFile> {
  const chunks = await chunksOf(file, size, { littleEndian: false })
  const common = await content(file, required(name, chunks, 'COMM'))
  const fields = view(common)
  const isWhole = common.length >= COMMON_BYTES
  const compression = common.length >= COMMON_BYTES + 4 ? String.fromCharCode(...common.subarray(18, 22)) : 'NONE'
  const isPlain = [...BIG_ENDIAN, ...LITTLE_ENDIAN].includes(compression)
  assertCdSamples(name, {
    sampleRate: isWhole ? extended(fields, 8) : undefined,
    channels: isWhole ? fields.getUint16(0) : undefined,
    bitsPerSample: isWhole ? fields.getUint16(6) : undefined,
    encoding: isPlain ? undefined : `compressed (${compression})`,
  })
  const sound = required(name, chunks, 'SSND')
  const header = view(await content(file, sound, SOUND_HEADER_BYTES))
  const offset = header.byteLength >= 4 ? header.getUint32(0) : 0
  const start = sound.start + SOUND_HEADER_BYTES + offset
  const bytes = sampleBytes(name, fields.getUint32(2) * FRAME_BYTES, sound.start + sound.bytes - start)
  const read = (from: number) => fileBytes(file, start + from, start + bytes)
  return { bytes, read: LITTLE_ENDIAN.includes(compression) ? read : from => swapped(read(from)) }
}

/** A number of 80 bits (IEEE 754 extended), as far as sample rates go. */
function extended(fields: DataView, at: number): number {
  const exponent = (fields.getUint16(at) & 0x7fff) - EXPONENT_BIAS
  return fields.getUint32(at + 2) * 2 ** (exponent - 31) + fields.getUint32(at + 6) * 2 ** (exponent - 63)
}
