import { closeSync, openSync, write } from 'node:fs'
import { promisify } from 'node:util'
import { asError, UsageError } from '../../errors'
import type { ScsiRequest, ScsiResponse, Transport } from '../transport'
import { TransportError } from '../transport'
import { LayerTransport, type TransportLayer } from './layer'
import { encodeExchange, encodeTranscriptHeader } from './transcript'

/** Where a transcript's lines go. */
export interface TranscriptSink {
  /** Takes one line, without its end. */
  write(line: string): Promise<void>
  close(): Promise<void>
}

/** What a trace may say besides the bytes. */
export interface TracingOptions {
  /** Names a command by its CDB, for people who read the transcript. */
  readonly nameOf?: (cdb: Uint8Array) => string
  /** A note for the transcript's first line. */
  readonly note?: string
}

/** Records every command with its answer; see {@link tracing}. */
class TracingTransport extends LayerTransport {
  private readonly sink: TranscriptSink
  private readonly options: TracingOptions
  private failure: unknown
  private begun = false

  constructor(inner: Transport, sink: TranscriptSink, options: TracingOptions) {
    super(inner)
    this.sink = sink
    this.options = options
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    try {
      const answer = await this.inner.execute(request)
      await this.record(request, answer)
      return answer
    } catch (error) {
      if (error instanceof TransportError) await this.record(request, error)
      throw error
    }
  }

  protected override async release(): Promise<void> {
    await super.release()
    if (!this.begun) await this.line(encodeTranscriptHeader(this.options.note))
    await this.sink.close()
    if (this.failure === undefined) return
    throw new UsageError('USAGE_TRACE', `The transcript is incomplete: ${asError(this.failure).message}.`, {
      cause: this.failure,
      hint: 'Write it to a place with more room.',
    })
  }

  private async record(request: ScsiRequest, answer: ScsiResponse | TransportError): Promise<void> {
    if (!this.begun) await this.line(encodeTranscriptHeader(this.options.note))
    await this.line(encodeExchange(request, answer, this.options.nameOf?.(request.cdb)))
  }

  private async line(text: string): Promise<void> {
    this.begun = true
    if (this.failure !== undefined) return
    // The command has been carried out, whatever becomes of the transcript: a full disk must not break a recording.
    await this.sink.write(text).catch(error => {
      this.failure = error
    })
  }
}

/** A layer that writes a transcript of every command to a sink. */
export function tracing(sink: TranscriptSink, options: TracingOptions = {}): TransportLayer {
  return transport => new TracingTransport(transport, sink, options)
}

/**
 * A layer that writes a transcript to a file, line by line as commands end.
 *
 * @throws {UsageError} `USAGE_TRACE` where the file cannot be made
 */
export function tracingToFile(path: string, options: TracingOptions = {}): TransportLayer {
  return tracing(fileSink(path), options)
}

function fileSink(path: string): TranscriptSink {
  const writeAll = promisify(write)
  let descriptor: number
  try {
    descriptor = openSync(path, 'w')
  } catch (error) {
    throw new UsageError('USAGE_TRACE', `The transcript ${path} cannot be written: ${asError(error).message}.`, {
      cause: error,
    })
  }
  return {
    write: async line => {
      let rest: Uint8Array = Buffer.from(`${line}\n`)
      while (rest.length > 0) rest = rest.subarray((await writeAll(descriptor, rest)).bytesWritten)
    },
    close: async () => closeSync(descriptor),
  }
}
