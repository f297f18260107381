import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type * as LibFlac from 'libflacjs/dist/libflac'
import { type AudioFile, assertCdSamples, damaged, FRAME_BYTES, type SampleFormat } from './audio-file'

type Flac = typeof LibFlac

/** FLAC__STREAM_DECODER_END_OF_STREAM; higher ones are failures. */
const END_OF_STREAM = 4
/** What is handed on at once: a second of sound or so. */
const CHUNK_BYTES = 2 ** 17

/** Loaded with the first FLAC file: compiling it takes a while. */
async function decoderLibrary(): Promise<Flac> {
  const flac: Flac = (await import('libflacjs/dist/libflac.js')) as never
  const library = ((flac as unknown as { default?: Flac }).default ?? flac) as Flac
  if (!library.isReady()) await new Promise<void>(resolve => library.on('ready', () => resolve()))
  return library
}

/** A FLAC file. Its length is known from its header, else from decoding it once. */
export async function openFlac(path: string): Promise<AudioFile> {
  const flac = await decoderLibrary()
  const decoder = new Decoder(flac, path)
  let frames: number
  try {
    decoder.readHeader()
    assertCdSamples(path, decoder.format)
    frames = decoder.totalFrames
    if (frames === 0)
      for (let chunk = decoder.next(); chunk; chunk = decoder.next()) frames += chunk.length / FRAME_BYTES
  } finally {
    decoder.close()
  }
  if (frames === 0) throw damaged(path, 'holds no samples')
  const bytes = frames * FRAME_BYTES
  return { bytes, isCompressed: true, read: from => decoded(flac, path, from, bytes) }
}

async function* decoded(flac: Flac, path: string, from: number, end: number): AsyncGenerator<Uint8Array> {
  const decoder = new Decoder(flac, path)
  let at = 0
  try {
    for (let chunk = decoder.next(); chunk; chunk = decoder.next()) {
      const start = at
      at += chunk.length
      if (at > end) throw damaged(path, 'holds more samples than it says')
      if (at > from) yield chunk.subarray(Math.max(0, from - start))
      // Decoding does not wait for anything: others must have their turn.
      await turn()
    }
    if (at < end) throw damaged(path, 'ends before the last sample that it speaks of')
  } finally {
    decoder.close()
  }
}

/** One decoding of a file, from its first sample to its last. */
class Decoder {
  format: SampleFormat = { sampleRate: undefined, channels: undefined, bitsPerSample: undefined }
  totalFrames = 0
  private readonly flac: Flac
  private readonly path: string
  private readonly file: number
  private readonly decoder: number
  private ready: Uint8Array[] = []
  private failure: Error | undefined
  private ended = false

  constructor(flac: Flac, path: string) {
    this.flac = flac
    this.path = path
    this.file = openSync(path, 'r')
    this.decoder = flac.create_libflac_decoder(true)
    const status = flac.init_decoder_stream(
      this.decoder,
      length => this.read(length),
      (channels, { channels: count, bitsPerSample, sampleRate }) => {
        this.take(channels, { channels: count, bitsPerSample, sampleRate })
      },
      (_code, description) => {
        this.failure ??= damaged(path, `cannot be decoded (${description})`)
      },
      metadata => {
        if (!metadata) return
        const { sampleRate, channels, bitsPerSample, total_samples: total } = metadata
        this.format = { sampleRate, channels, bitsPerSample }
        this.totalFrames = total
      },
    )
    if (status !== 0) this.failure = damaged(path, `is not taken by the decoder (status ${status})`)
  }

  /** Decodes up to the description of the stream. */
  readHeader(): void {
    while (this.format.channels === undefined && this.step());
    if (this.failure) throw this.failure
  }

  /** The next samples; `undefined` at the end. */
  next(): Uint8Array | undefined {
    let bytes = 0
    while (bytes < CHUNK_BYTES && this.step()) bytes = this.ready.reduce((sum, { length }) => sum + length, 0)
    if (this.failure) throw this.failure
    if (this.ready.length === 0) return undefined
    const chunk = Buffer.concat(this.ready)
    this.ready = []
    return chunk
  }

  close(): void {
    this.flac.FLAC__stream_decoder_delete(this.decoder)
    closeSync(this.file)
  }

  /** Decodes one more frame; false at the end, where the checksum of all samples is compared. */
  private step(): boolean {
    if (this.failure || this.ended) return false
    const went = this.flac.FLAC__stream_decoder_process_single(this.decoder)
    const state = this.flac.FLAC__stream_decoder_get_state(this.decoder)
    if (!went || state > END_OF_STREAM) this.failure ??= damaged(this.path, `cannot be decoded (state ${state})`)
    if (this.failure || state < END_OF_STREAM) return !this.failure
    this.ended = true
    if (!this.flac.FLAC__stream_decoder_finish(this.decoder)) {
      this.failure = damaged(this.path, 'does not have the checksum that it says')
    }
    return false
  }

  private read(length: number) {
    const buffer = new Uint8Array(length)
    const readDataLength = readSync(this.file, buffer)
    return { buffer: buffer.subarray(0, readDataLength), readDataLength, error: false }
  }

  private take(channels: readonly Uint8Array[], format: SampleFormat): void {
    try {
      assertCdSamples(this.path, format)
    } catch (error) {
      this.failure ??= error as Error
      return
    }
    const [left, right] = channels as readonly [Uint8Array, Uint8Array]
    const both = new Uint8Array(left.length * 2)
    for (let at = 0; at + 1 < left.length; at += 2) {
      both[at * 2] = left[at]!
      both[at * 2 + 1] = left[at + 1]!
      both[at * 2 + 2] = right[at]!
      both[at * 2 + 3] = right[at + 1]!
    }
    this.ready.push(both)
  }
}
