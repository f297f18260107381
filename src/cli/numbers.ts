import { InvalidArgumentError } from 'commander'

/** An option's whole number of 0 or more, decimal or 0x…. */
export function wholeNumber(text: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.')
  return value
}

/** A speed as it is asked for. */
export type SpeedWish = { readonly speedKBps: number } | { readonly speedTimes: number }

/** Slower than any drive records or reads: who asks for 8 means 8x. */
const SLOWEST_KBPS = 100

/** An option's speed: kB/s of 1000, or a multiple of the medium's single speed (`8x`). */
export function speedWish(text: string): SpeedWish {
  const times = /^(\d+(?:\.\d+)?)x$/i.exec(text)?.[1]
  if (times !== undefined && Number(times) > 0) return { speedTimes: Number(times) }
  const speedKBps = wholeNumber(text)
  if (speedKBps >= SLOWEST_KBPS) return { speedKBps }
  throw new InvalidArgumentError(
    `No drive is as slow as ${speedKBps} kB/s: ${speedKBps}x is a multiple of single speed.`,
  )
}
