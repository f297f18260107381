import { createInterface } from 'node:readline/promises'
import { UsageError } from '../errors'
import type { Invocation } from './invocation'

/**
 * Asks before something is destroyed. Where nobody can be asked, `--yes` must have been given.
 *
 * @param what  what will be lost, as a sentence
 * @returns false where the answer is no
 * @throws {UsageError} `USAGE_CONFIRMATION` where there is no terminal to ask at
 */
export async function confirmed(what: string, options: { yes?: boolean }, invocation: Invocation): Promise<boolean> {
  if (options.yes) return true
  if (!process.stdin.isTTY || !invocation.stderr.isTTY) {
    throw new UsageError('USAGE_CONFIRMATION', `${what} Nobody can be asked here whether that is meant.`, {
      hint: 'Add --yes if it is.',
    })
  }
  const terminal = createInterface({ input: process.stdin, output: invocation.stderr })
  try {
    const answer = await terminal.question(`${what} Go on? [y/N] `, { signal: invocation.signal })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
