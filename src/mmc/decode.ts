import { UsageError } from '../errors'
import { bytesOf, type Decoded, type FieldDescription, type Fields, hex, type Layout, layoutOf } from '../layout'
import type { Command } from './command'
import { COMMANDS } from './commands'
import { commandOf } from './commands/find-command'
import { configurationData } from './commands/get-configuration'
import { modeParameterList6, modeParameterList10 } from './commands/mode-sense'
import { detectReply } from './detect-reply'
import { decodeFeatures } from './features/decode-feature'
import { decodeModePages } from './mode-pages/decode-mode-pages'
import { decodeSense, descriptorSense, fixedSense, SENSE_KEYS } from './sense/sense'

/** Bytes explained field by field, as `decode --json` prints them. */
export interface Decoding {
  readonly what: string
  readonly value: Readonly<Record<string, unknown>>
  readonly fields: readonly FieldDescription[]
  /** The whole in one line of words, where there is one. */
  readonly text?: string
  readonly warnings: readonly string[]
}

/** What narrows down how bytes are to be read, where one command has several replies. */
export interface DecodeOptions {
  /** The CDB that the bytes answer (or went with): the surest way. */
  readonly cdb?: Uint8Array
  /** The format of READ TOC/PMA/ATIP and READ DISC STRUCTURE, the type of GET PERFORMANCE, the page code of VPD data. */
  readonly format?: number
  /** READ DISC STRUCTURE: which media type's formats. */
  readonly mediaType?: 'dvd' | 'bd'
}

/** `READ TOC/PMA/ATIP` is `read-toc`, `MODE SENSE(10)` `mode-sense`, `MODE SENSE(6)` `mode-sense-6`. */
function decodableName(name: string): string {
  return name
    .replace(/^(\w+ \w+)\/.*/, '$1')
    .replace('(10)', '')
    .replace(/\((\d+)\)/, '-$1')
    .toLowerCase()
    .replace(/ /g, '-')
}

const byName = new Map<string, Command[]>()
for (const command of COMMANDS) {
  if (!command.reply && !command.parameterList) continue
  const name = decodableName(command.name)
  byName.set(name, [...(byName.get(name) ?? []), command])
}

/** What {@link decodeBytes} knows: `sense`, `cdb`, and every command whose reply or parameter list has a layout. */
export const DECODABLE: readonly string[] = ['sense', 'cdb', ...byName.keys()]

/**
 * Explains bytes field by field; short and odd ones as far as they go, with a warning.
 *
 * @param what  one of {@link DECODABLE}
 * @throws {UsageError} `USAGE_NOT_DECODABLE` where `what` is none of them
 */
export function decodeBytes(what: string, bytes: Uint8Array, options: DecodeOptions = {}): Decoding {
  if (what === 'sense') return decodeSenseBytes(bytes)
  if (what === 'cdb') return decodeCdb(bytes)
  const variants = byName.get(what)
  if (!variants) {
    throw new UsageError('USAGE_NOT_DECODABLE', `Nothing is known of the bytes of "${what}".`, {
      hint: `One of: ${DECODABLE.join(', ')}.`,
    })
  }
  const { layout, doubt } = detectReply(variants, bytes, options)
  const decoded = layout.decode(bytes)
  const warnings = [...(doubt === undefined ? [] : [doubt]), ...lengthWarnings(layout, bytes)]
  return { what, ...expand(decoded, bytes), warnings }
}

/**
 * What a command moved, explained: its reply, or the parameter list that was sent. `undefined` where the command moves
 * data without a layout, or is unknown.
 */
export function decodeTransfer(cdb: Uint8Array, data: Uint8Array): Decoding | undefined {
  const command = commandOf(cdb)
  if (!command?.reply && !command?.parameterList) return undefined
  if (data.length === 0) return undefined
  return decodeBytes(decodableName(command.name), data, { cdb })
}

/** A CDB as the name of its command and its fields. */
export function decodeCdb(cdb: Uint8Array): Decoding {
  const command = commandOf(cdb)
  if (!command) {
    const opcode = cdb[0]
    return {
      what: 'cdb',
      value: opcode === undefined ? {} : { opcode },
      fields: opcode === undefined ? [] : [{ name: 'opcode', bytes: '0', value: opcode }],
      ...(opcode === undefined ? {} : { text: `unknown opcode ${hex(cdb.subarray(0, 1))}h` }),
      warnings: [opcode === undefined ? 'There are no bytes.' : `Opcode ${hex(cdb.subarray(0, 1))}h is not known.`],
    }
  }
  const layout = command.cdbLayout as unknown as Layout<Fields>
  const fields = layout.describe(cdb)
  const value = plainObject(layout.decode(cdb))
  const set = fields.filter(
    ({ name, value }) => name !== 'opcode' && value !== 0 && value !== false && value !== 'none',
  )
  const parameters = set.map(({ name, value }) => (value === true ? name : `${name} ${String(value)}`))
  return {
    what: 'cdb',
    value: { command: command.name, access: command.access, ...value },
    fields,
    text: [command.name, ...parameters].join(', '),
    warnings:
      cdb.length === layout.length ? [] : [`The CDB has ${cdb.length} bytes; ${command.name} has ${layout.length}.`],
  }
}

function decodeSenseBytes(bytes: Uint8Array): Decoding {
  const layout = ((bytes[0] ?? 0) & 0x7f) >= 0x72 ? descriptorSense : fixedSense
  const sense = decodeSense(bytes)
  const warnings = lengthWarnings(layout as unknown as Layout<Fields>, bytes, layout === fixedSense ? 18 : 8)
  const { fields } = expand((layout as unknown as Layout<Fields>).decode(bytes), bytes)
  if (!sense) {
    const known = bytes.length > 0 && ((bytes[0] ?? 0) & 0x7f) >= 0x70 && ((bytes[0] ?? 0) & 0x7f) <= 0x73
    const why = known ? 'There is no sense key.' : 'The response code is none of 70h to 73h: these are no sense data.'
    return {
      what: 'sense',
      value: { key: null, asc: null, ascq: null, information: null, deferred: false, text: '' },
      fields,
      warnings: [...(bytes.length === 0 ? [] : [why]), ...warnings],
    }
  }
  const information = sense.information === null ? null : Number(sense.information)
  return {
    what: 'sense',
    value: { ...sense, information },
    fields,
    text: `${sense.deferred ? 'Deferred: ' : ''}${SENSE_KEYS[sense.key]}, ${sense.text}`,
    warnings,
  }
}

function lengthWarnings(layout: Layout<Fields>, bytes: Uint8Array, least = layout.length): string[] {
  if (bytes.length === 0) return ['There are no bytes.']
  const announced = layout.announcedLength(bytes)
  if (announced === undefined || announced === bytes.length) {
    return announced === undefined && bytes.length < least
      ? [`Only ${bytes.length} of at least ${least} bytes are there.`]
      : []
  }
  return announced > bytes.length
    ? [`The length field announces ${announced} bytes in all; ${bytes.length} are there.`]
    : [`${bytes.length - announced} bytes behind the announced end (${announced}) are no part of it.`]
}

/** A decoded value as plain data, and its fields with their places in `root`, those of nested layouts included. */
function expand(decoded: Decoded<Fields>, root: Uint8Array): Pick<Decoding, 'value' | 'fields'> {
  const parts = nestedParts(decoded)
  const value = plainObject(decoded)
  const fields = describe(decoded, root, '', parts?.replaces)
  if (!parts) return { value, fields }
  delete value[parts.replaces]
  value[parts.name] = parts.elements.map(({ name, value }) => ({ name, ...plainObject(value) }))
  return {
    value,
    fields: fields.concat(
      parts.elements.flatMap(({ value }, index) => describe(value, root, `${parts.name}[${index}].`, undefined)),
    ),
  }
}

/** Parts that have a layout of their own by a code within: features and mode pages. */
function nestedParts(
  decoded: Decoded<Fields>,
):
  | { replaces: string; name: string; elements: readonly { readonly name: string; readonly value: Decoded<Fields> }[] }
  | undefined {
  const layout = layoutOf(decoded) as unknown
  if (layout === configurationData) {
    return { replaces: 'featureDescriptors', name: 'features', elements: decodeFeatures(decoded as never) }
  }
  if (layout === modeParameterList10 || layout === modeParameterList6) {
    return { replaces: 'blockDescriptorsAndPages', name: 'modePages', elements: decodeModePages(decoded as never) }
  }
  return undefined
}

function describe(
  decoded: Decoded<Fields>,
  root: Uint8Array,
  prefix: string,
  without: string | undefined,
): FieldDescription[] {
  const bytes = bytesOf(decoded)
  const at = bytes.byteOffset - root.byteOffset
  return layoutOf(decoded)
    .describe(bytes)
    .filter(({ name }) => name !== without)
    .flatMap(field => {
      const { value } = field
      if (isDecoded(value)) return describe(value, root, `${prefix}${field.name}.`, undefined)
      if (Array.isArray(value)) {
        return value.flatMap((element, index) =>
          isDecoded(element) ? describe(element, root, `${prefix}${field.name}[${index}].`, undefined) : [],
        )
      }
      return { ...field, name: prefix + field.name, bytes: shifted(field.bytes, at), value: plain(value) }
    })
}

/** `2 bits 1-0`, `8-11` and the like, counted from another place. */
function shifted(place: string, by: number): string {
  const [bytes, ...bits] = place.split(' bit')
  return [bytes!.replace(/\d+/g, number => String(Number(number) + by)), ...bits].join(' bit')
}

function isDecoded(value: unknown): value is Decoded<Fields> {
  return typeof value === 'object' && value !== null && 'toJSON' in value && !(value instanceof Uint8Array)
}

function plainObject(decoded: Decoded<Fields>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(decoded.toJSON()).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (Array.isArray(value)) return value.map(plain)
  return isDecoded(value) ? plainObject(value) : value
}
