import { InvalidArgumentError } from 'commander'

/** An option's whole number of 0 or more, decimal or 0x…. */
export function wholeNumber(text: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.')
  return value
}
