import { hex } from '../../src/layout'
import type { ScsiRequest, Transport } from '../../src/platform'

/** An answer in hexadecimal, or the sense key, ASC and ASCQ of a CHECK CONDITION. */
export type HandMadeAnswer = string | readonly [key: number, asc: number, ascq: number] | Uint8Array

/**
 * What a drive answers, by the beginning of the CDB in hexadecimal; the longest beginning that fits decides, and what
 * none fits is 5/20/00, or 5/24/00 where the opcode is known.
 */
export type HandMadeAnswers = Readonly<Record<string, HandMadeAnswer | ((cdb: Uint8Array) => HandMadeAnswer)>>

export const NOT_SUPPORTED = [5, 0x20, 0] as const
export const INVALID_FIELD = [5, 0x24, 0] as const

/** Bytes of a text in hexadecimal; blanks do not matter. */
export const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'))

/** A drive that gives hand-made answers, and remembers what it was sent. */
export class AnsweringTransport implements Transport {
  readonly address = 'test:'
  readonly limits = { maximumTransferBytes: 65536, alignmentMask: 0 }
  readonly sent: string[] = []
  answers: HandMadeAnswers

  constructor(answers: HandMadeAnswers) {
    this.answers = answers
  }

  async execute({ cdb, data }: ScsiRequest) {
    const asHex = hex(cdb)
    this.sent.push(asHex)
    const answer = this.answerTo(cdb, asHex)
    if (Array.isArray(answer)) {
      const [key, asc, ascq] = answer as readonly number[]
      const sense = bytesOf('70 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00')
      sense[2] = key!
      sense[12] = asc!
      sense[13] = ascq!
      return { status: 2, sense, transferredBytes: 0, durationUs: 1 }
    }
    const bytes = (typeof answer === 'string' ? bytesOf(answer) : (answer as Uint8Array)).subarray(0, data.length)
    data.set(bytes)
    return { status: 0, sense: new Uint8Array(), transferredBytes: bytes.length, durationUs: 1 }
  }

  async close() {}

  private answerTo(cdb: Uint8Array, asHex: string): HandMadeAnswer {
    const fitting = Object.keys(this.answers).filter(beginning => asHex.startsWith(beginning))
    const longest = fitting.sort((a, b) => b.length - a.length)[0]
    if (longest === undefined) {
      if (cdb[0] === 0) return ''
      const known = Object.keys(this.answers).some(beginning => beginning.slice(0, 2) === asHex.slice(0, 2))
      return known ? INVALID_FIELD : NOT_SUPPORTED
    }
    const answer = this.answers[longest]!
    return typeof answer === 'function' ? answer(cdb) : answer
  }
}
