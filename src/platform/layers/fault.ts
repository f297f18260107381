import { FormatError } from '../../errors'
import type { TransportErrorCode } from '../transport'

/** What happens in place of a command's own answer, or to it. */
export type FaultEffect =
  /** CHECK CONDITION with this sense; `information` is set where an address range was hit. */
  | {
      readonly kind: 'sense'
      readonly key: number
      readonly asc: number
      readonly ascq: number
      readonly deferred?: true
    }
  /** Another status, without sense: 08h BUSY, 18h RESERVATION CONFLICT, … */
  | { readonly kind: 'status'; readonly status: number }
  /** The reply ends after so many bytes. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** The reply has other bytes from an offset on. */
  | { readonly kind: 'bytes'; readonly offset: number; readonly bytes: readonly number[] }
  /** The answer comes later; without a time, or past the command's time limit, it never comes. */
  | { readonly kind: 'stall'; readonly ms?: number }
  /** The command fails on its way. `TRANSPORT_DEVICE_GONE` makes all later ones fail, too. */
  | { readonly kind: 'error'; readonly code: TransportErrorCode }

/** One thing that goes wrong, and when. */
export interface Fault {
  /** The CDB's first bytes; null stands for any byte. Without it, every command. */
  readonly cdb?: readonly (number | null)[]
  /** Only where the command's blocks (bytes 2 to 5, and its transfer length) meet these. */
  readonly blocks?: { readonly first: number; readonly last: number }
  /** From the so-manieth command on that it fits, 1 if not given, … */
  readonly from?: number
  /** … to this one; the same as `from` if not given, infinite for all. */
  readonly to?: number
  /** Of those only each so-manieth. */
  readonly every?: number
  readonly effect: FaultEffect
  /** The device carries the command out all the same, and only its answer is lost. */
  readonly after?: true
}

/** Finds a command's first CDB bytes by its name: `READ(10)`. */
export type OpcodeOf = (name: string) => number | undefined

const ERROR_WORDS: Readonly<Record<string, TransportErrorCode>> = {
  gone: 'TRANSPORT_DEVICE_GONE',
  timeout: 'TRANSPORT_TIMEOUT',
  refused: 'TRANSPORT_OPCODE_REFUSED',
  'too large': 'TRANSPORT_TOO_LARGE',
  failed: 'TRANSPORT_FAILED',
}
const UNIT_ATTENTION = 6
const BUSY = 0x08

const hexByte = (text: string) => Number.parseInt(text, 16)

/** Each form of an effect, and what it means. */
const EFFECTS: readonly (readonly [form: RegExp, effect: (found: RegExpExecArray) => FaultEffect])[] = [
  [
    /^sense ([0-9a-f])\/([0-9a-f]{2})\/([0-9a-f]{2})( deferred)?$/i,
    ([, key, asc, ascq, deferred]) => ({
      kind: 'sense',
      key: hexByte(key!),
      asc: hexByte(asc!),
      ascq: hexByte(ascq!),
      ...(deferred ? { deferred: true } : {}),
    }),
  ],
  [
    /^unit attention ([0-9a-f]{2})\/([0-9a-f]{2})$/i,
    ([, asc, ascq]) => ({ kind: 'sense', key: UNIT_ATTENTION, asc: hexByte(asc!), ascq: hexByte(ascq!) }),
  ],
  [/^busy$/i, () => ({ kind: 'status', status: BUSY })],
  [/^status ([0-9a-f]{2})$/i, ([, status]) => ({ kind: 'status', status: hexByte(status!) })],
  [/^short (\d+)$/i, ([, bytes]) => ({ kind: 'short', bytes: Number(bytes) })],
  [
    /^bytes (\d+) ((?:[0-9a-f]{2} ?)+)$/i,
    ([, offset, bytes]) => ({ kind: 'bytes', offset: Number(offset), bytes: bytes!.trim().split(' ').map(hexByte) }),
  ],
  [/^stall$/i, () => ({ kind: 'stall' })],
  [/^stall (\d+) ?ms$/i, ([, ms]) => ({ kind: 'stall', ms: Number(ms) })],
  [
    /^(gone|timeout|refused|too large|failed)$/i,
    ([, word]) => ({ kind: 'error', code: ERROR_WORDS[word!.toLowerCase()]! }),
  ],
]

const FAULT = new RegExp(
  [
    /^(?<command>.+?)/,
    /(?: lba (?<first>\d+)(?:-(?<last>\d+))?)?/,
    /(?: #(?<from>\d+)(?:(?<range>-)(?<to>\d+)?)?)?/,
    /(?: every (?<every>\d+))?/,
    /(?<always> always)?/,
    /: (?<effect>.+?)(?<after> after)?$/,
  ]
    .map(({ source }) => source)
    .join(''),
  'i',
)

function wrong(text: string, what: string): FormatError {
  return new FormatError('FORMAT_FAULTS', `"${text}" is no fault: ${what}.`, {
    hint: 'A fault looks like "28 #3: sense 3/11/05", "any #10-: gone", "2A lba 100-199 always: stall" or "46: short 8".',
  })
}

function commandOf(text: string, command: string, opcodeOf: OpcodeOf | undefined): Pick<Fault, 'cdb'> {
  if (/^any$/i.test(command)) return {}
  if (/^(?:[0-9a-f]{2}|\.\.)(?: (?:[0-9a-f]{2}|\.\.)){0,15}$/i.test(command)) {
    return { cdb: command.split(' ').map(byte => (byte === '..' ? null : hexByte(byte))) }
  }
  const opcode = opcodeOf?.(command)
  if (opcode === undefined) throw wrong(text, `"${command}" is neither CDB bytes, nor "any", nor a command's name`)
  return { cdb: [opcode] }
}

function parseFault(text: string, opcodeOf: OpcodeOf | undefined): Fault {
  const groups = FAULT.exec(text)?.groups
  if (!groups) throw wrong(text, 'it is not COMMAND [lba A-B] [#N[-M]] [every N] [always]: EFFECT [after]')
  const { command, first, last, from, range, to, every, always, effect, after } = groups
  for (const [form, make] of EFFECTS) {
    const found = form.exec(effect!)
    if (!found) continue
    const open = always !== undefined || every !== undefined || (range !== undefined && to === undefined)
    return {
      ...commandOf(text, command!, opcodeOf),
      ...(first === undefined ? {} : { blocks: { first: Number(first), last: Number(last ?? first) } }),
      ...(from === undefined ? {} : { from: Number(from) }),
      ...(to === undefined ? (open ? { to: Number.POSITIVE_INFINITY } : {}) : { to: Number(to) }),
      ...(every === undefined ? {} : { every: Math.max(1, Number(every)) }),
      effect: make(found),
      ...(after === undefined ? {} : { after: true }),
    }
  }
  throw wrong(text, `"${effect}" is no effect`)
}

/**
 * Reads faults from text, one a line or parted by semicolons; `#` at a line's start begins a comment.
 *
 * ```
 * READ(10) #3: sense 3/11/05           the third READ(10)
 * 28 lba 500-531 always: sense 3/11/05 each one that touches these blocks
 * 2A #20: sense 6/29/00 after          the twentieth WRITE(10) is carried out and answers so
 * 5A 00 2A: short 8                    the first MODE SENSE(10) of page 2Ah is cut to 8 bytes
 * 51: bytes 2 0E                       byte 2 of its reply is 0Eh
 * any every 7: busy                    each seventh command
 * any #100: gone                       the hundredth, and all after it
 * 5B: stall                            no answer until the time limit
 * ```
 *
 * Numbers after `#`, `lba`, `every`, `short`, `bytes` and before `ms` are decimal, all others hexadecimal.
 *
 * @param opcodeOf  finds commands by name
 * @throws {FormatError} `FORMAT_FAULTS`
 */
export function parseFaults(text: string, opcodeOf?: OpcodeOf): Fault[] {
  return text
    .split(/[\n;]/)
    .map(line => line.trim().replace(/\s+/g, ' '))
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => parseFault(line, opcodeOf))
}
