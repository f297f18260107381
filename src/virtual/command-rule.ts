import type { Command } from '../mmc/command'
import type { LogicalUnit } from './logical-unit'
import type { Medium } from './media/medium'

/** What a command handler has to work with. */
export interface CommandContext {
  readonly unit: LogicalUnit
  /** The CDB, LUN bits cleared. */
  readonly cdb: Uint8Array
  /** What the host sent, or where the answer goes. */
  readonly data: Uint8Array
  readonly medium: Medium | undefined
}

type Answer = Uint8Array | number | undefined

/**
 * Carries out a command: gives its reply, the number of bytes that it has put into `data` itself, or nothing.
 *
 * @throws {CheckCondition}
 */
export type CommandHandler = (context: CommandContext) => Answer | Promise<Answer> | Promise<void>

/** A command of the drive and the conditions under which it is carried out. */
export interface CommandRule {
  // biome-ignore lint/suspicious/noExplicitAny: a table of commands of every shape
  readonly command: Command<any, any, any>
  /** `reported`: a pending unit attention ends it; `kept`: it runs, the attention stays (MMC-6 4.1.6.2). */
  readonly attention: 'reported' | 'kept' | 'kept-with-sense'
  readonly medium: 'needed' | 'not-needed'
  /** While an operation that its command did not wait for goes on. */
  readonly duringOperation: 'waits' | 'runs'
  readonly handler: CommandHandler
}

/** Most commands: they report unit attentions, need a medium, and wait for long operations. */
export function onMedium(command: CommandRule['command'], handler: CommandHandler): CommandRule {
  return { command, attention: 'reported', medium: 'needed', duringOperation: 'waits', handler }
}

/** Commands about the drive: they need no medium, and are carried out whatever it is doing. */
export function onDrive(command: CommandRule['command'], handler: CommandHandler): CommandRule {
  return { command, attention: 'reported', medium: 'not-needed', duringOperation: 'runs', handler }
}

/** Commands that always run: INQUIRY, REQUEST SENSE, GET CONFIGURATION, GET EVENT STATUS NOTIFICATION, REPORT LUNS. */
export function always(command: CommandRule['command'], handler: CommandHandler): CommandRule {
  return { command, attention: 'kept', medium: 'not-needed', duringOperation: 'runs', handler }
}
