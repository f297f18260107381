import { createInterface } from 'node:readline/promises'
import { MediumError, UsageError } from '../errors'
import type { Invocation } from './invocation'

/**
 * Asks before something is destroyed. Where nobody can be asked, `--yes` must have been given.
 *
 * @param what  what will be lost, as a sentence
 * @throws {MediumError} `MEDIUM_LEFT_ALONE` where the answer is no
 * @throws {UsageError} `USAGE_CONFIRMATION` where there is no terminal to ask at
 */
export async function confirm(what: string, options: { yes?: boolean }, invocation: Invocation): Promise<void> {
  if (options.yes) return
  if (!process.stdin.isTTY || !invocation.stderr.isTTY) {
    throw new UsageError('USAGE_CONFIRMATION', `${what} Nobody can be asked here whether that is meant.`, {
      hint: 'Add --yes if it is.',
    })
  }
  const terminal = createInterface({ input: process.stdin, output: invocation.stderr })
  try {
    const answer = await terminal.question(`${what} Go on? [y/N] `, { signal: invocation.signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw new MediumError('MEDIUM_LEFT_ALONE', 'Nothing was done.')
  } finally {
    terminal.close()
  }
}
