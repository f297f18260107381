import type { FileHandle } from 'node:fs/promises'
import { type AudioFile, assertCdSamples, fileBytes, sampleBytes } from './audio-file'
import { chunksOf, content, required, view } from './chunks'

const PCM = 1
const EXTENSIBLE = 0xfffe
const FORMAT_BYTES = 16
/** In a format of many: where the identifier of the samples' format stands. */
const SUB_FORMAT = 24
/** A size that stands in "ds64" instead (RF64). */
const LONG = 0xffff_ffff
/** Formats that are no integers (RFC 2361). */
const ENCODINGS: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  3: 'floating-point',
  6: 'A-law',
  7: 'µ-law',
  17: 'ADPCM',
  80: 'MPEG',
  85: 'MPEG layer 3',
}

/** A WAVE file: RIFF, RF64 or BW64 with PCM samples. Chunks around the samples are no sound, and left out. */
export async function openWav(name: string, file: FileHandle, size: number): Promise<AudioFile> {
  const chunks = await chunksOf(file, size, { littleEndian: true })
  const format = await content(file, required(name, chunks, 'fmt '))
  const fields = view(format)
  const isWhole = format.length >= FORMAT_BYTES
  const tag = isWhole ? fields.getUint16(0, true) : undefined
  const kind = tag === EXTENSIBLE && format.length >= SUB_FORMAT + 2 ? fields.getUint16(SUB_FORMAT, true) : tag
  assertCdSamples(name, {
    sampleRate: isWhole ? fields.getUint32(4, true) : undefined,
    channels: isWhole ? fields.getUint16(2, true) : undefined,
    bitsPerSample: isWhole ? fields.getUint16(14, true) : undefined,
    encoding: kind === undefined || kind === PCM ? undefined : (ENCODINGS[kind] ?? 'compressed'),
  })
  const data = required(name, chunks, 'data')
  const long = chunks.find(({ id }) => id === 'ds64')
  const announced = long && view(await content(file, long))
  const longBytes = announced && announced.byteLength >= 16 ? Number(announced.getBigUint64(8, true)) : undefined
  const header = view(await content(file, { start: data.start - 4, bytes: 4 })).getUint32(0, true)
  const bytes = sampleBytes(name, (header === LONG ? longBytes : header) ?? 0, size - data.start)
  return { bytes, read: from => fileBytes(file, data.start + from, data.start + bytes) }
}
