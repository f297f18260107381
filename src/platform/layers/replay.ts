import { createReadStream } from 'node:fs'
import { asError, FormatError, UsageError } from '../../errors'
import { hex } from '../../layout'
import { QueuedTransport } from '../queued-transport'
import { SAM_STATUS, type ScsiRequest, type ScsiResponse, TransportError, type TransportLimits } from '../transport'
import { featuresAskedFor, isGetConfiguration, recordsAllFeatures } from './recorded-features'
import { withoutReplyLength } from './reply-length'
import { fixedSense } from './sense-data'
import { bytesOfHex, decodeTranscript, type TranscriptExchange, type TranscriptLine } from './transcript'

/** How a transcript answers. */
export interface ReplayOptions {
  /**
   * Each command must be answered by a line of its own, and each line be used: a command that no unused line with its
   * CDB answers fails with `FORMAT_TRANSCRIPT_MISMATCH`, as `close` does where lines are left. For tests that must
   * notice when a program sends something else than it used to.
   */
  readonly strict?: boolean
}

interface Recorded extends TranscriptLine {
  used: boolean
}

const INVALID_COMMAND_OPERATION_CODE = 0x20
const INVALID_FIELD_IN_CDB = 0x24
const ILLEGAL_REQUEST = 5

/** A drive that answers what a transcript recorded. */
export class ReplayTransport extends QueuedTransport {
  readonly limits: TransportLimits = { maximumTransferBytes: 64 * 1024 * 1024, alignmentMask: 0 }
  private readonly lines: readonly Recorded[]
  private readonly byCdb = new Map<string, Recorded[]>()
  private readonly byQuestion = new Map<string, Recorded[]>()
  private readonly opcodes = new Set<number>()
  private readonly lastUsed = new Map<string, Recorded>()
  private readonly strict: boolean
  private readonly notRecorded: Uint8Array[] = []

  constructor(address: string, lines: readonly TranscriptLine[], options: ReplayOptions = {}) {
    super(address)
    this.strict = options.strict ?? false
    this.lines = lines.map(line => ({ ...line, used: false }))
    for (const line of this.lines) {
      const cdb = bytesOfHex(line.exchange.cdb)
      this.opcodes.add(cdb[0]!)
      append(this.byCdb, hex(cdb), line)
      const question = withoutReplyLength(cdb)
      if (question) append(this.byQuestion, hex(question), line)
    }
  }

  /** Lines that have answered no command yet. */
  get unused(): readonly TranscriptLine[] {
    return this.lines.filter(({ used }) => !used).map(({ number, exchange }) => ({ number, exchange }))
  }

  /** CDBs that were sent and that the transcript has not. */
  get unknown(): readonly Uint8Array[] {
    return this.notRecorded
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    const { cdb } = request
    const exact = this.byCdb.get(hex(cdb))
    const unused = exact?.find(({ used }) => !used)
    if (!exact) this.notRecorded.push(Uint8Array.from(cdb))
    if (this.strict && !unused)
      throw this.mismatch(`${hex(cdb)} was sent ${exact ? 'once more than' : 'and not'} recorded`)

    const line = unused ?? (exact && this.lastUsed.get(hex(cdb))) ?? this.sameQuestion(cdb)
    if (line) return this.answer(line, request)
    const configuration = this.configuration(request)
    if (configuration) return configuration
    const code = this.opcodes.has(cdb[0]!) ? INVALID_FIELD_IN_CDB : INVALID_COMMAND_OPERATION_CODE
    return {
      status: SAM_STATUS.checkCondition,
      sense: fixedSense(ILLEGAL_REQUEST, code, 0),
      transferredBytes: 0,
      durationUs: 0,
    }
  }

  protected async release(): Promise<void> {
    const left = this.unused
    if (!this.strict || left.length === 0) return
    throw this.mismatch(
      `recorded and not sent: ${left.map(line => `line ${line.number} (${line.exchange.cdb})`).join(', ')}`,
    )
  }

  private mismatch(what: string): FormatError {
    return new FormatError('FORMAT_TRANSCRIPT_MISMATCH', `${this.address}: ${what}.`, {
      hint: 'Record the transcript again if the commands are meant to be others now.',
    })
  }

  /** The line that asked the same with another length: the one with the most data, of several the first unused. */
  private sameQuestion(cdb: Uint8Array): Recorded | undefined {
    const question = withoutReplyLength(cdb)
    const lines = question && this.byQuestion.get(hex(question))
    if (!lines) return undefined
    const length = ({ exchange }: Recorded) => exchange.data?.length ?? 0
    const longest = Math.max(...lines.map(length))
    const candidates = lines.filter(line => length(line) === longest)
    return candidates.find(({ used }) => !used) ?? candidates.at(-1)
  }

  private answer(line: Recorded, request: ScsiRequest): ScsiResponse {
    line.used = true
    const { exchange } = line
    this.lastUsed.set(hex(bytesOfHex(exchange.cdb)), line)
    if (exchange.status === undefined) throw recordedError(this.address, request, exchange)
    return {
      status: exchange.status,
      sense: bytesOfHex(exchange.sense ?? ''),
      transferredBytes: this.transfer(exchange, request),
      durationUs: exchange.durationUs ?? 0,
    }
  }

  private transfer(exchange: TranscriptExchange, { direction, data }: ScsiRequest): number {
    if (direction === 'out') return exchange.status === SAM_STATUS.good ? data.length : 0
    if (direction === 'none' || exchange.direction !== 'in') return 0
    const recorded = bytesOfHex(exchange.data ?? '').subarray(0, data.length)
    data.set(recorded)
    return recorded.length
  }

  private configuration(request: ScsiRequest): ScsiResponse | undefined {
    if (!isGetConfiguration(request.cdb)) return undefined
    const all = this.lines.filter(
      ({ exchange }) => exchange.status === SAM_STATUS.good && recordsAllFeatures(bytesOfHex(exchange.cdb)),
    )
    const length = ({ exchange }: Recorded) => exchange.data?.length ?? 0
    const longest = all.sort((left, right) => length(right) - length(left))[0]
    if (!longest) return undefined
    const reply = featuresAskedFor(request.cdb, bytesOfHex(longest.exchange.data ?? '')).subarray(
      0,
      request.data.length,
    )
    request.data.set(reply)
    return { status: SAM_STATUS.good, sense: new Uint8Array(), transferredBytes: reply.length, durationUs: 0 }
  }
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

function recordedError(address: string, { cdb }: ScsiRequest, { transportError }: TranscriptExchange): TransportError {
  const { code, message, systemError, mayHaveRun } = transportError!
  return new TransportError(code, message, { address, cdb, systemError, mayHaveRun: mayHaveRun ?? false })
}

/**
 * Opens a transcript as a drive.
 *
 * @throws {UsageError} `USAGE_FILE` where the file cannot be read
 * @throws {FormatError} where it is no transcript, with the line's number
 */
export async function openReplay(path: string, options: ReplayOptions = {}): Promise<ReplayTransport> {
  try {
    const { lines } = await decodeTranscript(path, linesOf(createReadStream(path, 'utf8')))
    return new ReplayTransport(`replay:${path}`, lines, options)
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new UsageError('USAGE_FILE', `The transcript ${path} cannot be read: ${asError(error).message}.`, {
      cause: error,
    })
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = ''
  for await (const chunk of chunks) {
    const lines = (begun + chunk).split('\n')
    begun = lines.pop()!
    yield* lines
  }
  if (begun !== '') yield begun
}
