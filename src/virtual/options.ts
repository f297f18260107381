import { UsageError } from '../errors'
import { QUIRKS, type Quirk } from './quirks'

/** How a virtual drive behaves where it may differ from drive to drive. All have defaults. */
export interface VirtualDriveOptions {
  /**
   * Speed of reading and writing in real time: `none` (the default: as fast as it goes), `rated` (the speed that the
   * drive is set to, by the kind of medium), or kB/s of 1000 bytes.
   */
  readonly speed?: 'none' | 'rated' | number
  /** Bytes of the write buffer, 4 MiB unless given. */
  readonly bufferBytes?: number
  /** Milliseconds that each command takes at least. */
  readonly latencyMs?: number
  /** Milliseconds that long operations (format, blank, close, load) take, or `rated` for what a real drive takes. */
  readonly operationMs?: number | 'rated'
  /** A full buffer answers 2/04/08 (long write in progress) instead of holding the command. */
  readonly longWriteBackOff?: boolean
  /** Blocks that cannot be read (3/11/05). Ranges of LBAs, both ends included. */
  readonly badBlocks?: readonly (readonly [first: number, last: number])[]
  /** Fault script: see `parseFaults` of the platform layer. */
  readonly faults?: string
  /** Commands, counted from 1, that find the bus reset. Ranges, both ends included. */
  readonly resets?: readonly (readonly [first: number, last: number])[]
  /** Named ways in which known drives differ from the standard. */
  readonly quirks?: readonly Quirk[]
  /** The first command after opening meets a unit attention, as after power-on. */
  readonly powerOnAttention?: boolean
  /** Whether the medium can be changed: `write` keeps others from writing at the same time. */
  readonly access?: 'read' | 'write'
  readonly vendor?: string
  readonly product?: string
  readonly revision?: string
  readonly serialNumber?: string
}

const OPTION_NAMES = [
  'speed',
  'buffer',
  'latency',
  'operation',
  'backoff',
  'bad',
  'faults',
  'resets',
  'quirks',
  'power-on',
  'vendor',
  'product',
  'revision',
  'serial',
] as const

/** A virtual drive's address in its parts. */
export interface VirtualAddress {
  /** Path of the disc's state file; empty for an empty tray. */
  readonly path: string
  readonly options: VirtualDriveOptions
}

function refuse(address: string, what: string): never {
  throw new UsageError('USAGE_ADDRESS', `"${address}" is no address of a virtual drive: ${what}.`, {
    hint: `It looks like virtual:PATH?speed=rated&quirks=NAME,…; the options are ${OPTION_NAMES.join(', ')}.`,
  })
}

/**
 * Takes `virtual:PATH?option=value&…` apart.
 *
 * @throws {UsageError} `USAGE_ADDRESS` for unknown options and values that are out of range
 */
export function parseVirtualAddress(address: string): VirtualAddress {
  const rest = address.replace(/^virtual:/i, '')
  const mark = rest.lastIndexOf('?')
  // A question mark in a file's name is no query: one has an equals sign, and no path behind it.
  const hasQuery = mark >= 0 && /^[a-z-]+=[^/]*/.test(rest.slice(mark + 1))
  const query = new URLSearchParams(hasQuery ? rest.slice(mark + 1) : '')
  const unknown = [...query.keys()].find(name => !OPTION_NAMES.includes(name as (typeof OPTION_NAMES)[number]))
  if (unknown !== undefined) refuse(address, `"${unknown}" is no option`)
  const number = (name: string) => {
    const text = query.get(name)
    if (text === null || text === 'rated' || text === 'none') return undefined
    const value = Number(text)
    return Number.isFinite(value) && value >= 0 ? value : refuse(address, `${name} is no number: "${text}"`)
  }
  const text = (name: string, key: string) => (query.has(name) ? { [key]: query.get(name)! } : {})
  const speed = query.get('speed')
  const operation = query.get('operation')
  const options: VirtualDriveOptions = {
    ...(speed === null ? {} : { speed: speed === 'rated' || speed === 'none' ? speed : number('speed')! }),
    ...(operation === null ? {} : { operationMs: operation === 'rated' ? operation : number('operation')! }),
    ...(query.has('buffer') ? { bufferBytes: number('buffer')! } : {}),
    ...(query.has('latency') ? { latencyMs: number('latency')! } : {}),
    ...(query.has('backoff') ? { longWriteBackOff: query.get('backoff') !== '0' } : {}),
    ...(query.has('power-on') ? { powerOnAttention: query.get('power-on') !== '0' } : {}),
    ...(query.has('bad') ? { badBlocks: ranges(query.get('bad')!, address) } : {}),
    ...(query.has('resets') ? { resets: ranges(query.get('resets')!, address) } : {}),
    ...(query.has('quirks') ? { quirks: quirksOf(query.get('quirks')!, address) } : {}),
    ...text('faults', 'faults'),
    ...text('vendor', 'vendor'),
    ...text('product', 'product'),
    ...text('revision', 'revision'),
    ...text('serial', 'serialNumber'),
  }
  return { path: hasQuery ? rest.slice(0, mark) : rest, options }
}

function ranges(text: string, address: string): [number, number][] {
  return text.split(',').map(part => {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (!found) return refuse(address, `"${part}" is no range of numbers`)
    return [Number(found[1]), Number(found[2] ?? found[1])]
  })
}

function quirksOf(text: string, address: string): Quirk[] {
  return text.split(',').map(name => {
    if (!(name in QUIRKS)) refuse(address, `"${name}" is no quirk; known are ${Object.keys(QUIRKS).join(', ')}`)
    return name as Quirk
  })
}
