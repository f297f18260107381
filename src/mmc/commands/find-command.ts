import type { Command } from '../command'
import { commandsOf } from '.'

/**
 * The command that a CDB is, of several variants the one whose fields it has; `undefined` where the opcode is unknown.
 */
export function commandOf(cdb: Uint8Array): Command | undefined {
  const variants = commandsOf(cdb)
  const fitting = variants.filter(command => {
    const decoded = command.cdbLayout.decode(cdb) as Readonly<Record<string, unknown>>
    return Object.entries(command.variant ?? {}).every(([name, value]) => decoded[name] === value)
  })
  const specific = (command: Command) => Object.keys(command.variant ?? {}).length
  return fitting.sort((a, b) => specific(b) - specific(a))[0] ?? variants[0]
}
