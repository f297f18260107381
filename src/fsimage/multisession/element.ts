import { Drive } from '../../mmc/drive'
import type { MultisessionKind } from './interfaces'

/** What could not be had of an element, or cannot be true. */
export interface ElementFault {
  readonly property: string
  readonly problem: string
  readonly cause?: unknown
}

/** An element of a caller's list, each property read once; from here on nobody asks the element again. */
export interface ElementReading {
  /** The element itself, for telling which one it is; it is not read again. */
  readonly element: object
  readonly index: number
  /** False where it is no object with IMultisession's properties. */
  readonly isInterface: boolean
  readonly values: Readonly<Record<string, unknown>>
  /** The first property that could not be read, is of the wrong type or out of range, or contradicts another. */
  readonly fault?: ElementFault
}

const BASE = ['kind', 'inUse', 'isSupportedOnCurrentMediaState'] as const
const SEQUENTIAL = [
  'isFirstDataSession',
  'startAddressOfPreviousSession',
  'lastWrittenAddressOfPreviousSession',
  'nextWritableAddress',
  'freeSectorsOnMedia',
] as const
const PROPERTIES: Readonly<Record<MultisessionKind, readonly string[]>> = {
  sequential: [...SEQUENTIAL, 'writeUnitSize'],
  'random-write': ['writeUnitSize', 'totalSectorsOnMedia'],
}
/** IMAPI's LONG: signed, 32 bits. */
const LARGEST = 0x7fffffff

/** Reads all that counts of an element, each property once, and judges it by itself. */
export function readElement(element: unknown, index: number): ElementReading {
  const isObject = (typeof element === 'object' && element !== null) || typeof element === 'function'
  if (!isObject) return { element: {}, index, isInterface: false, values: {} }
  const values: Record<string, unknown> = {}
  let fault: ElementFault | undefined
  const read = (property: string) => {
    try {
      values[property] = (element as Record<string, unknown>)[property]
    } catch (cause) {
      fault ??= { property, problem: 'cannot be retrieved', cause }
    }
  }
  for (const property of BASE) read(property)
  const missing = BASE.some(property => values[property] === undefined && !has(element, property))
  if (missing) return { element, index, isInterface: false, values }
  read('importRecorder')
  for (const property of PROPERTIES[values['kind'] as MultisessionKind] ?? []) read(property)
  fault ??= wrongValue(values) ?? contradiction(values)
  return { element, index, isInterface: true, values, ...(fault ? { fault } : {}) }
}

function has(element: object, property: string): boolean {
  try {
    return property in element
  } catch {
    // What cannot be asked for its properties does not have them to show.
    return false
  }
}

function wrongValue(values: Readonly<Record<string, unknown>>): ElementFault | undefined {
  const { kind, importRecorder } = values
  if (typeof kind !== 'string') return { property: 'kind', problem: `is ${shown(kind)}, not a text` }
  if (importRecorder !== undefined && importRecorder !== null && !(importRecorder instanceof Drive)) {
    return { property: 'importRecorder', problem: 'is no drive' }
  }
  const booleans = ['inUse', 'isSupportedOnCurrentMediaState', ...(kind === 'sequential' ? ['isFirstDataSession'] : [])]
  for (const property of booleans) {
    const value = values[property]
    if (typeof value !== 'boolean') return { property, problem: `is ${shown(value)}, neither true nor false` }
  }
  for (const property of PROPERTIES[kind as MultisessionKind] ?? []) {
    const value = values[property]
    if (property === 'isFirstDataSession') continue
    if (value === undefined && !(SEQUENTIAL as readonly string[]).includes(property)) continue
    if (typeof value !== 'number') return { property, problem: `is ${shown(value)}, not a number` }
    if (!Number.isInteger(value) || value < -1 || value > LARGEST) {
      return { property, problem: `is ${value}, out of range` }
    }
  }
  return undefined
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' || typeof value === 'function'
    ? `a ${typeof value}`
    : `${typeof value} ${String(value)}`
}

/** What cannot be true together. */
function contradiction(values: Readonly<Record<string, unknown>>): ElementFault | undefined {
  const supported = values['isSupportedOnCurrentMediaState'] === true
  const unit = values['writeUnitSize'] as number | undefined
  if (unit === 0 || (supported && unit === -1)) {
    return { property: 'writeUnitSize', problem: `is ${unit}: nothing can be written in units of that` }
  }
  return values['kind'] === 'sequential' ? sequentialContradiction(values, supported) : undefined
}

function sequentialContradiction(
  values: Readonly<Record<string, unknown>>,
  supported: boolean,
): ElementFault | undefined {
  const start = values['startAddressOfPreviousSession'] as number
  const last = values['lastWrittenAddressOfPreviousSession'] as number
  const next = values['nextWritableAddress'] as number
  const free = values['freeSectorsOnMedia'] as number
  if (values['isFirstDataSession'] === false && start < 0) {
    return { property: 'startAddressOfPreviousSession', problem: 'is -1, but isFirstDataSession is false' }
  }
  if (start < 0 && last >= 0) {
    return { property: 'lastWrittenAddressOfPreviousSession', problem: `is ${last} of a previous session that is none` }
  }
  if (start >= 0 && last >= 0 && last < start) {
    return {
      property: 'lastWrittenAddressOfPreviousSession',
      problem: `is ${last}, before the session's start at ${start}`,
    }
  }
  if (supported && next < 0) return { property: 'nextWritableAddress', problem: 'is -1, but writing is said to work' }
  if (next >= 0 && next <= Math.max(start, last)) {
    return {
      property: 'nextWritableAddress',
      problem: `is ${next}, inside the previous session (blocks ${start} to ${Math.max(start, last)})`,
    }
  }
  if (free >= 0 && next >= 0 && next + free > LARGEST) {
    return { property: 'freeSectorsOnMedia', problem: `is ${free} behind block ${next}, more than any medium has` }
  }
  return undefined
}
