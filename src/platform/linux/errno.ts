import { constants } from 'node:os'
import type { SystemError } from '../transport'

/** Where two names stand for one number, the first is the usual one: EAGAIN, not EWOULDBLOCK. */
const NAMES = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number as number, name]),
)

/** Numbers that Node has no name for. */
const ENOMEDIUM = 123

/** An errno as an error carries it. */
export function errnoOf(number: number): SystemError {
  const name = NAMES.get(number) ?? (number === ENOMEDIUM ? 'ENOMEDIUM' : `errno ${number}`)
  return { system: 'errno', number, name }
}
