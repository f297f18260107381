import { createHash, getHashes, randomBytes, timingSafeEqual } from 'node:crypto'

/** A name and its secret. */
export interface ChapCredentials {
  readonly user: string
  readonly password: string
}

/** CHAP algorithms by their IANA numbers (RFC 7143 12.1.3): MD5 is the one that all sides have. */
const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [5, 'md5'],
  [7, 'sha256'],
  [6, 'sha1'],
  [8, 'sha3-256'],
])

/** Shortest challenge that is accepted, and the length of those that are sent. */
const CHALLENGE_BYTES = 16
export const MAXIMUM_CHALLENGE_BYTES = 1024

/** The algorithm numbers that this machine can compute, those that all peers understand in the same way first. */
export function chapAlgorithms(): readonly number[] {
  const known = new Set(getHashes().map(name => name.toLowerCase()))
  return [...ALGORITHMS].filter(([, name]) => known.has(name)).map(([number]) => number)
}

/** Bytes of an algorithm's response. */
export function chapResponseLength(algorithm: number): number {
  return createHash(ALGORITHMS.get(algorithm)!).digest().length
}

/** A challenge nobody can foresee. */
export function chapChallenge(): { identifier: number; challenge: Uint8Array } {
  return { identifier: randomBytes(1)[0]!, challenge: randomBytes(CHALLENGE_BYTES) }
}

/** H(identifier ‖ secret ‖ challenge), RFC 1994 4.1. */
export function chapResponse(
  algorithm: number,
  identifier: number,
  password: string,
  challenge: Uint8Array,
): Uint8Array {
  return createHash(ALGORITHMS.get(algorithm)!)
    .update(Uint8Array.of(identifier))
    .update(password, 'utf8')
    .update(challenge)
    .digest()
}

/** Compares in a time that tells nothing of where they differ. */
export function chapEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
