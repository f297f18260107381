import { bytesOfHex, decodeTranscript, type TranscriptExchange } from '../platform/layers/transcript'
import { commandOf } from './commands/find-command'
import { type Decoding, decodeBytes, decodeCdb, decodeTransfer } from './decode'
import { statusName } from './sense/status'

/** One command of a transcript, in words. */
export interface ExplainedExchange {
  /** Line of the transcript, from 1. */
  readonly line: number
  /** The command's name in the standard, its opcode where it is unknown. */
  readonly command: string
  readonly cdb: Decoding
  /** `GOOD`, or the sense in words. */
  readonly outcome: string
  /** What moved, field by field, where it has fields. */
  readonly transfer?: Decoding
  readonly sense?: Decoding
}

/**
 * A transcript in words: every command with its fields, its outcome, and what moved.
 *
 * @param name  of the file, for errors
 * @throws {FormatError} where it is no transcript; the message names the line
 */
export async function explainTranscript(
  name: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<ExplainedExchange[]> {
  const transcript = await decodeTranscript(name, lines)
  return transcript.lines.map(({ number, exchange }) => explain(number, exchange))
}

function explain(line: number, exchange: TranscriptExchange): ExplainedExchange {
  const cdb = bytesOfHex(exchange.cdb)
  const transfer = exchange.data === undefined ? undefined : decodeTransfer(cdb, bytesOfHex(exchange.data))
  const sense = exchange.sense === undefined ? undefined : decodeBytes('sense', bytesOfHex(exchange.sense))
  return {
    line,
    command: commandOf(cdb)?.name ?? `opcode ${exchange.cdb.slice(0, 2)}h`,
    cdb: decodeCdb(cdb),
    outcome: sense?.text ?? (exchange.status === undefined ? 'no answer' : statusName(exchange.status)),
    ...(transfer ? { transfer } : {}),
    ...(sense ? { sense } : {}),
  }
}
