import { asError } from '../errors'
import { TransportError } from '../platform'

type Crc32c = (bytes: Uint8Array, previous?: number) => number

let implementation: Crc32c | Error | undefined

function load(): Crc32c | Error {
  try {
    return (require('@node-rs/crc32') as typeof import('@node-rs/crc32')).crc32c as Crc32c
  } catch (error) {
    return asError(error)
  }
}

/** CRC32C is a native addon: whether it can be loaded on this machine. Without it digests are not offered. */
export function digestsAvailable(): boolean {
  implementation ??= load()
  return typeof implementation === 'function'
}

/**
 * The CRC32C (RFC 7143 13.1) of bytes, as a number whose least significant byte goes first on the wire.
 *
 * @param previous  the CRC of what came before
 * @throws {TransportError} `TRANSPORT_UNAVAILABLE` where the addon cannot be loaded
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  implementation ??= load()
  if (typeof implementation === 'function') return implementation(bytes, previous)
  throw new TransportError('TRANSPORT_UNAVAILABLE', 'CRC32C digests cannot be computed on this machine.', {
    cause: implementation,
    hint: 'Connect without digests; they are off unless asked for.',
  })
}

/** A digest as it stands on the wire. */
export function encodeDigest(crc: number): Uint8Array {
  return Uint8Array.of(crc & 0xff, (crc >>> 8) & 0xff, (crc >>> 16) & 0xff, crc >>> 24)
}

/** The number of a digest on the wire. */
export function decodeDigest(bytes: Uint8Array): number {
  return (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0
}
