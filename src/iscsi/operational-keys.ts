import { parseNumber } from './text-keys'

/** What a session and its connection have agreed on (RFC 7143 chapter 13). Sizes in bytes, times in seconds. */
export interface OperationalParameters {
  headerDigest: 'None' | 'CRC32C'
  dataDigest: 'None' | 'CRC32C'
  maxConnections: number
  initialR2T: boolean
  immediateData: boolean
  maxBurstLength: number
  firstBurstLength: number
  defaultTime2Wait: number
  defaultTime2Retain: number
  maxOutstandingR2T: number
  dataPDUInOrder: boolean
  dataSequenceInOrder: boolean
  errorRecoveryLevel: number
  taskReporting: 'RFC3720'
  protocolLevel: number
}

/** What holds where a key is not negotiated. */
export const DEFAULT_PARAMETERS: Readonly<OperationalParameters> = {
  headerDigest: 'None',
  dataDigest: 'None',
  maxConnections: 1,
  initialR2T: true,
  immediateData: true,
  maxBurstLength: 262_144,
  firstBurstLength: 65_536,
  defaultTime2Wait: 2,
  defaultTime2Retain: 20,
  maxOutstandingR2T: 1,
  dataPDUInOrder: true,
  dataSequenceInOrder: true,
  errorRecoveryLevel: 0,
  taskReporting: 'RFC3720',
  protocolLevel: 1,
}

/** MaxRecvDataSegmentLength where a side declares none (RFC 7143 13.12). */
export const DEFAULT_MAX_RECV_DATA_SEGMENT_LENGTH = 8192
/** The range of all keys that give lengths of data. */
export const MINIMUM_SEGMENT_BYTES = 512
export const MAXIMUM_SEGMENT_BYTES = 0xffffff

interface NegotiatedKey {
  readonly parameter: keyof OperationalParameters
  /** How two sides' values become one. */
  readonly result: 'minimum' | 'maximum' | 'and' | 'or' | 'list'
  readonly range?: readonly [minimum: number, maximum: number]
}

const LENGTHS = [MINIMUM_SEGMENT_BYTES, MAXIMUM_SEGMENT_BYTES] as const

/** The keys that both sides have a say in. */
export const NEGOTIATED_KEYS: Readonly<Record<string, NegotiatedKey>> = {
  HeaderDigest: { parameter: 'headerDigest', result: 'list' },
  DataDigest: { parameter: 'dataDigest', result: 'list' },
  MaxConnections: { parameter: 'maxConnections', result: 'minimum', range: [1, 65535] },
  InitialR2T: { parameter: 'initialR2T', result: 'or' },
  ImmediateData: { parameter: 'immediateData', result: 'and' },
  MaxBurstLength: { parameter: 'maxBurstLength', result: 'minimum', range: LENGTHS },
  FirstBurstLength: { parameter: 'firstBurstLength', result: 'minimum', range: LENGTHS },
  DefaultTime2Wait: { parameter: 'defaultTime2Wait', result: 'maximum', range: [0, 3600] },
  DefaultTime2Retain: { parameter: 'defaultTime2Retain', result: 'minimum', range: [0, 3600] },
  MaxOutstandingR2T: { parameter: 'maxOutstandingR2T', result: 'minimum', range: [1, 65535] },
  DataPDUInOrder: { parameter: 'dataPDUInOrder', result: 'or' },
  DataSequenceInOrder: { parameter: 'dataSequenceInOrder', result: 'or' },
  ErrorRecoveryLevel: { parameter: 'errorRecoveryLevel', result: 'minimum', range: [0, 2] },
  TaskReporting: { parameter: 'taskReporting', result: 'list' },
  iSCSIProtocolLevel: { parameter: 'protocolLevel', result: 'minimum', range: [0, 31] },
}

/** Keys of earlier editions (RFC 3720 appendix A): markers are never used. */
const OBSOLETE_KEYS: ReadonlyMap<string, string> = new Map([
  ['IFMarker', 'No'],
  ['OFMarker', 'No'],
  ['IFMarkInt', 'Reject'],
  ['OFMarkInt', 'Reject'],
])

/** What may be sent in full feature phase besides SendTargets and declarations; the others belong to login. */
export const LOGIN_ONLY_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(NEGOTIATED_KEYS),
  ...OBSOLETE_KEYS.keys(),
  'AuthMethod',
  'SessionType',
  'InitiatorName',
])

/** Answers that stand for "no value". */
export const NO_VALUE: ReadonlySet<string> = new Set(['NotUnderstood', 'Reject', 'Irrelevant'])

type Value = OperationalParameters[keyof OperationalParameters]

/**
 * The answer to an offered key, and the value that both sides have from then on.
 *
 * @param own    what this side can do at best: for lists the values it knows, in order
 * @returns  the answer's text; `value` is missing where nothing was agreed on
 */
export function negotiate(
  key: string,
  offered: string,
  own: Readonly<OperationalParameters>,
  lists: Readonly<Record<string, readonly string[]>>,
): { answer: string; parameter?: keyof OperationalParameters; value?: Value } {
  const obsolete = OBSOLETE_KEYS.get(key)
  if (obsolete !== undefined) return { answer: obsolete }
  const negotiated = Object.hasOwn(NEGOTIATED_KEYS, key) ? NEGOTIATED_KEYS[key]! : undefined
  if (!negotiated) return { answer: 'NotUnderstood' }
  const { parameter } = negotiated
  const value =
    negotiated.result === 'list'
      ? offered.split(',').find(candidate => lists[key]?.includes(candidate))
      : combine(negotiated, offered, own[parameter])
  if (value === undefined) return { answer: 'Reject' }
  return { answer: formatValue(value as Value), parameter, value: value as Value }
}

function combine(key: NegotiatedKey, offered: string, own: Value): number | boolean | undefined {
  if (key.range) {
    const number = parseNumber(offered)
    if (number === undefined || number < key.range[0] || number > key.range[1]) return undefined
    return key.result === 'minimum' ? Math.min(number, own as number) : Math.max(number, own as number)
  }
  if (offered !== 'Yes' && offered !== 'No') return undefined
  return key.result === 'and' ? offered === 'Yes' && own === true : offered === 'Yes' || own === true
}

/** A value as its key writes it. */
export function formatValue(value: Value): string {
  return typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value)
}

/**
 * What the other side's answer to our own offer means.
 *
 * @returns  the value, `null` where it declined and the default holds, `undefined` where the answer is not a legal one
 */
export function acceptAnswer(key: string, answer: string, offered: readonly string[]): Value | null | undefined {
  const negotiated = NEGOTIATED_KEYS[key]
  if (!negotiated || NO_VALUE.has(answer)) return null
  if (negotiated.result === 'list') return offered.includes(answer) ? (answer as Value) : undefined
  if (!negotiated.range) return answer === 'Yes' || answer === 'No' ? answer === 'Yes' : undefined
  const number = parseNumber(answer)
  if (number === undefined || number < negotiated.range[0] || number > negotiated.range[1]) return undefined
  const ours = Number(offered[0])
  return negotiated.result === 'minimum' ? Math.min(number, ours) : Math.max(number, ours)
}
