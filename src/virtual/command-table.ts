import type { CommandRule } from './command-rule'
import { DISC_STRUCTURE_RULES } from './commands/disc-structure'
import { GET_CONFIGURATION_RULES } from './commands/get-configuration'
import { INFORMATION_RULES } from './commands/information'
import { INQUIRY_RULES } from './commands/inquiry'
import { MEDIA_HANDLING_RULES } from './commands/media-handling'
import { MODE_RULES } from './commands/mode'
import { PERFORMANCE_RULES } from './commands/performance'
import { READ_RULES } from './commands/read'
import { READ_CD_RULES } from './commands/read-cd'
import { TABLE_OF_CONTENTS_RULES } from './commands/table-of-contents'
import { WRITE_RULES } from './commands/write'

/** Every command of the drive, by opcode. */
export const COMMAND_TABLE: ReadonlyMap<number, CommandRule> = new Map(
  [
    ...INQUIRY_RULES,
    ...GET_CONFIGURATION_RULES,
    ...INFORMATION_RULES,
    ...TABLE_OF_CONTENTS_RULES,
    ...READ_RULES,
    ...READ_CD_RULES,
    ...DISC_STRUCTURE_RULES,
    ...MODE_RULES,
    ...PERFORMANCE_RULES,
    ...MEDIA_HANDLING_RULES,
    ...WRITE_RULES,
  ].map(rule => [rule.command.opcode, rule]),
)
