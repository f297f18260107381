/** Sequence numbers of 32 bits that wrap around (RFC 7143 4.2.2.1, RFC 1982). */

/** True where `a` comes before `b`. */
export function precedes(a: number, b: number): boolean {
  const distance = (b - a) >>> 0
  return distance !== 0 && distance < 0x80000000
}

/** `number` moved on by `count`, which may be negative. */
export function advance(number: number, count = 1): number {
  return (number + count) >>> 0
}
