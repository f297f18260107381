import { createHash } from 'node:crypto'
import { FormatError } from '../../errors'
import { hex } from '../../layout'
import type {
  Direction,
  ScsiRequest,
  ScsiResponse,
  SystemError,
  TransportError,
  TransportErrorCode,
} from '../transport'

/** The first line of a transcript. */
export interface TranscriptHeader {
  readonly format: 'scsi-transcript'
  readonly version: 1
  readonly note?: string
}

/** One command of a transcript, as its line says it. Bytes are in hexadecimal, parted by single blanks. */
export interface TranscriptExchange {
  readonly cdb: string
  readonly direction: Direction
  /** SAM status; absent where the command never got an answer. */
  readonly status?: number
  /** What arrived (`in`), or was sent (`out`). */
  readonly data?: string
  /** In place of `data` for more than 4096 bytes sent. */
  readonly dataSha256?: string
  readonly dataBytes?: number
  readonly sense?: string
  readonly durationUs?: number
  /** The command's name, for people. */
  readonly command?: string
  /** What was thrown in place of an answer. */
  readonly transportError?: {
    readonly code: TransportErrorCode
    readonly message: string
    readonly systemError?: SystemError
    readonly mayHaveRun?: boolean
  }
}

/** A line of a transcript, and where it stands. */
export interface TranscriptLine {
  /** 1 is the file's first line. */
  readonly number: number
  readonly exchange: TranscriptExchange
}

/** Bytes sent are written down up to this length; of more, only their hash. */
const LONGEST_DATA_SENT = 4096

/** The first line of a transcript. */
export function encodeTranscriptHeader(note?: string): string {
  return JSON.stringify({ format: 'scsi-transcript', version: 1, ...(note === undefined ? {} : { note }) })
}

function dataOf({ direction, data }: ScsiRequest, transferredBytes: number): Partial<TranscriptExchange> {
  if (direction === 'none') return {}
  if (direction === 'in') return { data: hex(data.subarray(0, transferredBytes)) }
  if (data.length <= LONGEST_DATA_SENT) return { data: hex(data) }
  return { dataSha256: createHash('sha256').update(data).digest('hex'), dataBytes: data.length }
}

/** The line of a command and its answer. */
export function encodeExchange(request: ScsiRequest, answer: ScsiResponse | TransportError, command?: string): string {
  const { cdb, direction } = request
  const exchange: TranscriptExchange = {
    cdb: hex(cdb),
    direction,
    ...('transferredBytes' in answer
      ? {
          status: answer.status,
          ...dataOf(request, answer.transferredBytes),
          ...(answer.sense.length === 0 ? {} : { sense: hex(answer.sense) }),
          durationUs: answer.durationUs,
        }
      : {
          ...dataOf(request, 0),
          transportError: {
            code: answer.code,
            message: answer.message,
            ...(answer.systemError === undefined ? {} : { systemError: answer.systemError }),
            ...(answer.mayHaveRun ? { mayHaveRun: true } : {}),
          },
        }),
    ...(command === undefined ? {} : { command }),
  }
  return JSON.stringify(exchange)
}

/** Bytes of a transcript's text. */
export function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from(text === '' ? [] : text.split(' '), byte => Number.parseInt(byte, 16))
}

const HEX_BYTES = /^(?:[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2})*)?$/
const DIRECTIONS: readonly unknown[] = ['none', 'in', 'out'] satisfies Direction[]

/** What is wrong with a line, or undefined. */
type Check = (value: unknown) => boolean
const isHex: Check = value => typeof value === 'string' && HEX_BYTES.test(value)
const isCount: Check = value => Number.isSafeInteger(value) && (value as number) >= 0
const isText: Check = value => typeof value === 'string'

const FIELDS: Readonly<Record<string, readonly [check: Check, expected: string]>> = {
  cdb: [value => isHex(value) && /^.{17,47}$/.test(value as string), '6 to 16 bytes in hexadecimal, parted by blanks'],
  direction: [value => DIRECTIONS.includes(value), '"none", "in" or "out"'],
  status: [value => isCount(value) && (value as number) <= 0xff, 'a number from 0 to 255'],
  data: [isHex, 'bytes in hexadecimal, parted by blanks'],
  dataSha256: [value => isText(value) && /^[0-9a-f]{64}$/i.test(value as string), '64 hexadecimal digits'],
  dataBytes: [isCount, 'a number of bytes'],
  sense: [isHex, 'bytes in hexadecimal, parted by blanks'],
  durationUs: [value => typeof value === 'number' && value >= 0, 'a number of microseconds'],
  command: [isText, 'a text'],
  transportError: [
    value => isRecord(value) && isText(value['code']) && isText(value['message']),
    'an object with code and message',
  ],
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(name: string, line: number, what: string, cause?: unknown): FormatError {
  return new FormatError('FORMAT_TRANSCRIPT', `${name}, line ${line}: ${what}.`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'A transcript is a line {"format": "scsi-transcript", "version": 1}, then one line of JSON a command.',
  })
}

function parseLine(name: string, line: number, text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw malformed(name, line, text.trimEnd().endsWith('}') ? 'it is not JSON' : 'it is not JSON, or cut off', cause)
  }
  if (isRecord(value)) return value
  throw malformed(name, line, 'it is no JSON object')
}

function checkExchange(name: string, line: number, value: Readonly<Record<string, unknown>>): TranscriptExchange {
  for (const required of ['cdb', 'direction']) {
    if (!(required in value)) throw malformed(name, line, `"${required}" is missing`)
  }
  if (!('status' in value) && !('transportError' in value)) throw malformed(name, line, '"status" is missing')
  for (const [field, [check, expected]] of Object.entries(FIELDS)) {
    if (!(field in value) || check(value[field])) continue
    throw malformed(name, line, `"${field}" is not ${expected}`)
  }
  return value as unknown as TranscriptExchange
}

/**
 * Reads a transcript.
 *
 * @param name  the file's name, for messages
 * @param lines  its lines
 * @throws {FormatError} `FORMAT_TRANSCRIPT` with the number of the line that is malformed or cut off,
 * `FORMAT_TRANSCRIPT_VERSION` where it was written by a later version
 */
export async function decodeTranscript(
  name: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<{ header: TranscriptHeader; lines: TranscriptLine[] }> {
  let header: TranscriptHeader | undefined
  const exchanges: TranscriptLine[] = []
  let number = 0
  for await (const text of lines) {
    number++
    if (text.trim() === '') continue
    const value = parseLine(name, number, number === 1 ? text.replace(/^\uFEFF/, '') : text)
    if (header) exchanges.push({ number, exchange: checkExchange(name, number, value) })
    else header = checkHeader(name, number, value)
  }
  if (!header) throw malformed(name, 1, 'it is empty')
  return { header, lines: exchanges }
}

function checkHeader(name: string, line: number, value: Readonly<Record<string, unknown>>): TranscriptHeader {
  if (value['format'] !== 'scsi-transcript') throw malformed(name, line, '"format" is not "scsi-transcript"')
  if (value['version'] === 1) return value as unknown as TranscriptHeader
  throw new FormatError(
    'FORMAT_TRANSCRIPT_VERSION',
    `${name} is a transcript of version ${JSON.stringify(value['version'])}; this program knows version 1.`,
    { hint: 'Use a newer version of this program.' },
  )
}
