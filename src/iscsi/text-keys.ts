/** Text of login and text PDUs: `key=value` pairs, each ended by a NUL (RFC 7143 6.1). */

const KEY = /^[A-Za-z][A-Za-z0-9.\-+@_]{0,62}$/
const MAXIMUM_KEYS = 64
/** Values are 255 bytes at most unless a key says otherwise: CHAP's and SendTargets' are longer. */
const MAXIMUM_VALUE_BYTES = 8192

/** Text that is no list of `key=value` pairs, or more of it than anybody needs. */
export class TextError extends Error {}

/**
 * The pairs of a text, in order.
 *
 * @throws {TextError} where it is malformed or a key comes twice (except InitiatorName, which some initiators repeat)
 */
export function decodeTextKeys(data: Uint8Array): Map<string, string> {
  const pairs = new Map<string, string>()
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
  for (const pair of text.split('\0')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const key = pair.slice(0, Math.max(equals, 0))
    if (!KEY.test(key)) throw new TextError('a pair without a well-formed key')
    const value = pair.slice(equals + 1)
    if (Buffer.byteLength(value) > MAXIMUM_VALUE_BYTES) throw new TextError(`the value of ${key} is too long`)
    if (pairs.has(key) && !(key === 'InitiatorName' && pairs.get(key) === value)) {
      throw new TextError(`${key} comes twice`)
    }
    pairs.set(key, value)
    if (pairs.size > MAXIMUM_KEYS) throw new TextError('too many keys')
  }
  return pairs
}

/** As {@link decodeTextKeys}, for SendTargets' answer, which names the same keys again and again. */
export function decodeTextList(data: Uint8Array): [key: string, value: string][] {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
  return text
    .split('\0')
    .filter(pair => pair.includes('='))
    .map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
}

/** The bytes of pairs. */
export function encodeTextKeys(pairs: Iterable<readonly [key: string, value: string]>): Uint8Array {
  return Buffer.from(Array.from(pairs, ([key, value]) => `${key}=${value}\0`).join(''), 'utf8')
}

/** A number as text keys write them, decimal or 0x hexadecimal; `undefined` where it is none. */
export function parseNumber(value: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,9}|0[xX][0-9a-fA-F]{1,8})$/.test(value) ? Number(value) : undefined
}

/**
 * A binary value, 0x hexadecimal or 0b Base64; `undefined` where it is neither or longer than `maximumBytes`. An odd count
 * of hexadecimal digits has a leading 0 left out.
 */
export function parseBinary(value: string, maximumBytes = 1024): Uint8Array | undefined {
  const digits = value.slice(2)
  if (/^0[xX][0-9a-fA-F]+$/.test(value) && digits.length <= 2 * maximumBytes) {
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  }
  if (/^0[bB][0-9A-Za-z+/]+={0,2}$/.test(value)) {
    const bytes = Buffer.from(digits, 'base64')
    return bytes.length <= maximumBytes && bytes.length > 0 ? bytes : undefined
  }
  return undefined
}

/** Bytes as a 0x hexadecimal value. */
export function formatBinary(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}
