import type { Access, Command } from '../command'
import { readDiscInformation } from './read-disc-information'
import { testUnitReady } from './test-unit-ready'

export { discInformation, opcTableEntry, readDiscInformation } from './read-disc-information'
export { testUnitReady } from './test-unit-ready'

/** All commands there are; of several variants of one opcode, the plainest first. */
// biome-ignore lint/suspicious/noExplicitAny: a list of commands of every shape
export const COMMANDS: readonly Command<any, any, any>[] = [testUnitReady, readDiscInformation]

const byOpcode = new Map<number, (typeof COMMANDS)[number][]>()
for (const command of COMMANDS) byOpcode.set(command.opcode, [...(byOpcode.get(command.opcode) ?? []), command])

/** The variants of a CDB's command. */
export function commandsOf(cdb: Uint8Array): readonly Command[] {
  return byOpcode.get(cdb[0] ?? -1) ?? []
}

/** The name of a CDB's command, or its opcode where it is unknown. */
export function nameOf(cdb: Uint8Array): string {
  return commandsOf(cdb)[0]?.name ?? `opcode ${(cdb[0] ?? 0).toString(16).toUpperCase().padStart(2, '0')}h`
}

/** What a CDB's command may do; `undefined` where it is unknown. */
export function accessOf(cdb: Uint8Array): Access | undefined {
  const variants = commandsOf(cdb)
  if (variants.length === 0) return undefined
  return variants.some(({ access }) => access === 'write') ? 'write' : 'read'
}
