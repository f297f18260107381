import type { Fields, Layout } from '../layout'
import type { Command } from './command'
import { commandOf } from './commands/find-command'

/** What is known of the bytes besides themselves. */
export interface ReplyHints {
  readonly cdb?: Uint8Array
  readonly format?: number
  readonly mediaType?: 'dvd' | 'bd'
}

/** The layout that bytes are read by, and why that may be wrong. */
export interface DetectedReply {
  readonly layout: Layout<Fields>
  readonly doubt?: string
}

const word = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)

const NO_VITAL_PRODUCT_DATA = -1

/** What of a CDB makes one of several replies, by opcode: the format. */
const FORMAT_OF: Readonly<Record<number, (cdb: Uint8Array) => number>> = {
  3: cdb => cdb[1]! & 0x01,
  18: cdb => (cdb[1]! & 0x01 ? cdb[2]! : NO_VITAL_PRODUCT_DATA),
  60: cdb => cdb[1]! & 0x1f,
  67: cdb => cdb[2]! & 0x0f,
  74: cdb => cdb[4]!,
  81: cdb => cdb[1]! & 0x07,
  92: cdb => cdb[1]! & 0x01,
  164: cdb => cdb[10]! & 0x3f,
  172: cdb => cdb[10]!,
  173: cdb => cdb[7]!,
  182: cdb => cdb[8]!,
}

const MEDIA_TYPE_BD = 1

/** The format that a reply's own bytes tell, by opcode; `undefined` where they do not. */
const DETECTORS: Readonly<Record<number, (bytes: Uint8Array) => { format: number; bd?: true } | undefined>> = {
  3: bytes => ({ format: ((bytes[0] ?? 0) & 0x7f) >= 0x72 ? 1 : 0 }),
  18: bytes => ({ format: bytes.length >= 4 && word(bytes, 2) + 4 === bytes.length ? bytes[1]! : -1 }),
  67: bytes => ({ format: tocFormat(bytes) }),
  74: bytes => ({ format: (bytes[2] ?? 0x80) & 0x80 ? 0 : eventClassBit((bytes[2] ?? 0) & 0x07) }),
  81: bytes => ({ format: (bytes[2] ?? 0) >> 5 }),
  92: bytes => ({ format: (bytes[3] ?? 0) & 0x01 }),
  173: bytes => {
    if (bytes[4] === 0x44 && bytes[5] === 0x49) return { format: 0x00, bd: true }
    const startsWhereDvdsDo = bytes[8] === 0 && [0x0000, 0x0300, 0x0310].includes(word(bytes, 9)) && bytes[11] === 0
    return word(bytes, 0) === 0x0802 && startsWhereDvdsDo ? { format: 0x00 } : undefined
  },
}

const eventClassBit = (notificationClass: number) => (notificationClass === 0 ? 0 : 1 << notificationClass)

/** READ TOC/PMA/ATIP: descriptors of 8, 11 and 18 bytes, and two fixed replies. */
function tocFormat(bytes: Uint8Array): number {
  const body = word(bytes, 0) - 2
  const first = bytes[4] ?? 0
  if (body > 0 && body % 18 === 0 && first >= 0x80 && first <= 0x8f) return 5
  if (body >= 24 && body <= 28 && first & 0x80 && (bytes[8] ?? 0) >= 90) return 4
  if (body > 8 && body % 11 === 0 && (bytes[5] ?? 0) >> 4 !== 0 && bytes[6] === 0) return first === 0 ? 3 : 2
  return body === 8 && bytes[6] !== 0xaa ? 1 : 0
}

/** Of several replies of one opcode, the one that the bytes are. */
export function detectReply(variants: readonly Command[], bytes: Uint8Array, hints: ReplyHints): DetectedReply {
  const as = (command: Command, doubt?: string): DetectedReply => ({
    layout: (command.reply ?? command.parameterList) as Layout<Fields>,
    ...(doubt === undefined ? {} : { doubt }),
  })
  const plainest = variants[0]!
  const asked = hints.cdb && commandOf(hints.cdb)
  if (asked && variants.includes(asked)) return as(asked)
  if (variants.length === 1) return as(plainest)
  if (hints.format !== undefined) {
    const command = ofFormat(variants, hints.format, hints.mediaType === 'bd')
    return command ? as(command) : as(plainest, `Format ${hints.format} is not known: decoded as the plainest form.`)
  }
  const detected = DETECTORS[plainest.opcode]?.(bytes)
  const command = detected && ofFormat(variants, detected.format, detected.bd ?? false)
  return command
    ? as(command)
    : as(plainest, 'The bytes do not say which form they are: name the format for all their fields.')
}

/** The variant of a format; the most specific first, for some forms cover several formats. */
function ofFormat(variants: readonly Command[], format: number, bd: boolean): Command | undefined {
  const specific = [...variants].sort((a, b) => keys(b) - keys(a))
  return specific.find(command => {
    const cdb = command.encodeCdb({})
    if (command.opcode === 0xad && keys(command) > 0 && ((cdb[1]! & 0x0f) === MEDIA_TYPE_BD) !== bd) return false
    return FORMAT_OF[command.opcode]?.(cdb) === format && !(command.opcode === 0xad && keys(command) === 0)
  })
}

function keys(command: Command): number {
  return Object.keys(command.variant ?? {}).length
}
