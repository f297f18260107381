import type { FileHandle } from 'node:fs/promises'
import { UsageError } from '../errors'

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
  /** The samples from a byte on, in chunks of any size. */
  read(fromByte: number): AsyncIterable<Uint8Array>
}

/** What a file says of its samples. */
export interface SampleFormat {
  readonly sampleRate: number | undefined
  readonly channels: number | undefined
  readonly bitsPerSample: number | undefined
}

/**
 * Refuses what a CD cannot hold as it is: nothing is resampled behind anyone's back.
 *
 * @throws {UsageError} `USAGE_AUDIO_FORMAT` with what it is and what it has to be
 */
export function assertCdSamples(name: string, { sampleRate, channels, bitsPerSample }: SampleFormat): void {
  if (sampleRate === SAMPLE_RATE && channels === CHANNELS && bitsPerSample === BITS) return
  throw new UsageError(
    'USAGE_AUDIO_FORMAT',
    `${name} has ${channels} channel(s) of ${bitsPerSample} bits at ${sampleRate} Hz; a CD takes 2 of 16 bits at 44100 Hz.`,
    { hint: `Convert it first, for example: sox "${name}" -r 44100 -b 16 -c 2 converted.wav` },
  )
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
