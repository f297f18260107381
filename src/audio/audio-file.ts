import type { FileHandle } from 'node:fs/promises'
import { FormatError, UsageError } from '../errors'

/** Samples of a CD: 44,100 a second, two channels of 16 bits. */
export const SAMPLE_RATE = 44_100
const CHANNELS = 2
const BITS = 16
/** Bytes of the two channels' samples at one moment. */
export const FRAME_BYTES = 4

/** Sound as a CD takes it: 44.1 kHz, 16 bits, stereo; left before right, little-endian. */
export interface AudioFile {
  /** Bytes of all samples; four for each moment. */
  readonly bytes: number
  /** Compressed: only decoding all of it shows whether it is whole. */
  readonly isCompressed?: boolean
  /** The samples from a byte on, in chunks of any size. */
  read(fromByte: number): AsyncIterable<Uint8Array>
}

/** What a file says of its samples; undefined as far as it is too short to say so. */
export interface SampleFormat {
  readonly sampleRate: number | undefined
  readonly channels: number | undefined
  readonly bitsPerSample: number | undefined
  /** Where they are no plain integers, what they are instead: `floating-point`. */
  readonly encoding?: string | undefined
}

/**
 * Refuses what a CD cannot hold as it is: nothing is resampled behind anyone's back.
 *
 * @throws {UsageError} `USAGE_AUDIO_FORMAT` with what it is and what it has to be
 * @throws {FormatError} `FORMAT_AUDIO` where the file does not say what it is
 */
export function assertCdSamples(name: string, { sampleRate, channels, bitsPerSample, encoding }: SampleFormat): void {
  if (sampleRate === undefined || channels === undefined || bitsPerSample === undefined) {
    throw damaged(name, 'does not say what its samples are')
  }
  if (!encoding && sampleRate === SAMPLE_RATE && channels === CHANNELS && bitsPerSample === BITS) return
  const samples = encoding ? `${encoding} samples` : `samples of ${bitsPerSample} bits`
  throw new UsageError(
    'USAGE_AUDIO_FORMAT',
    `${name} has ${samples} in ${channels} channel(s) at ${sampleRate} Hz; a CD takes 16 bits in 2 channels at 44100 Hz.`,
    { hint: `Convert it first, for example: sox "${name}" -r 44100 -b 16 -c 2 converted.wav` },
  )
}

/** What is wrong with a file of sound, as the predicate of a sentence. */
export function damaged(name: string, what: string): FormatError {
  return new FormatError('FORMAT_AUDIO', `${name} ${what}: it is damaged.`, {
    hint: 'Make the file again from its source.',
  })
}

/** More than the 99 minutes that a CD can count: who wrote into a pipe puts such a length where it is not known. */
const LONGEST_BYTES = 99 * 60 * SAMPLE_RATE * FRAME_BYTES
const SECTOR_BYTES = 2352

/**
 * How many bytes of samples a file has, in whole moments.
 *
 * @param announced  as its header says; 0, and more than a CD holds, stand for "to the end of the file"
 * @param left  what there is of the file from the first sample on
 * @throws {FormatError} `FORMAT_AUDIO` where there are none, or a sector's worth or more is missing
 */
export function sampleBytes(name: string, announced: number, left: number): number {
  const isKnown = announced > 0 && announced <= Math.max(LONGEST_BYTES, left)
  if (isKnown && announced - left >= SECTOR_BYTES) {
    throw damaged(name, `speaks of ${announced} bytes of samples, and holds ${Math.max(0, left)}`)
  }
  const bytes = isKnown ? Math.min(announced, left) : left
  if (bytes < FRAME_BYTES) throw damaged(name, 'holds no samples')
  return bytes - (bytes % FRAME_BYTES)
}

const CHUNK_BYTES = 2 ** 16

/** The bytes of a file from one place to another, each read in its turn. */
export async function* fileBytes(file: FileHandle, from: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < end; ) {
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, end - at))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Exchanges the bytes of each sample. */
export async function* swapped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let odd: number | undefined
  for await (const chunk of chunks) {
    const whole = odd === undefined ? chunk : Uint8Array.of(odd, ...chunk)
    const even = whole.length & ~1
    odd = whole.length > even ? whole[even] : undefined
    const out = new Uint8Array(even)
    for (let at = 0; at < even; at += 2) {
      out[at] = whole[at + 1]!
      out[at + 1] = whole[at]!
    }
    yield out
  }
}
