import type { Decoded, Encodable, Field, Fields, Layout } from '../layout'
import { layout, u8 } from '../layout'
import type { Direction } from '../platform'

/**
 * `read`: changes nothing, neither on the medium nor in the drive. `write`: all others, which a drive opened for reading
 * refuses before they are sent.
 */
export type Access = 'read' | 'write'

/** What {@link command} is given: the CDB's fields, the reply's or the data's layout, and how the command is treated. */
export interface CommandDefinition<C extends Fields, R, D extends Fields> {
  /** The standard's name, in capitals. */
  readonly name: string
  readonly opcode: number
  readonly clause: string
  readonly access: Access
  readonly timeoutMs: number
  /** The CDB's fields without the opcode. */
  readonly cdb: C
  /** Fields whose value makes this variant of the command: a caller need not give them, and may give no other value. */
  readonly variant?: Encodable<C>
  /** What the drive answers; data without a layout of their own come as bytes. */
  readonly reply?: R
  /** Bytes asked for first; a reply that announces more is asked for again in full. */
  readonly firstLength?: number
  /** Bytes that move, where no `allocationLength` says so: READ(10) moves blocks. */
  readonly transferBytes?: (parameters: Encodable<C>) => number
  /** What is sent to the drive with the command. */
  readonly parameterList?: Layout<D>
  readonly direction?: Direction
  /** It may go on after its status came (IMMED): TEST UNIT READY tells when it has ended. */
  readonly long?: true
}

/** One SCSI command: how its CDB is built, what comes back. */
export interface Command<C extends Fields = Fields, R = unknown, D extends Fields = Fields>
  extends CommandDefinition<C, R, D> {
  readonly direction: Direction
  /** The whole CDB, opcode included. */
  readonly cdbLayout: Layout<C & { readonly opcode: Field<number> }>
  /** The CDB for the given fields. */
  encodeCdb(parameters: Encodable<C>): Uint8Array
}

/** What `drive.send` resolves to: the reply's layout decoded, else the bytes. */
export type Answer<R> = R extends Layout<infer F> ? Decoded<F> : Uint8Array

/** CDB lengths by the opcode's group (SPC-4 4.2.2). */
export function cdbLength(opcode: number): number {
  return [6, 10, 10, 16, 16, 12, 12, 12][opcode >> 5]!
}

/** Defines a SCSI command; see {@link CommandDefinition}. */
export function command<const C extends Fields, const R = undefined, const D extends Fields = Fields>(
  definition: CommandDefinition<C, R, D>,
): Command<C, R, D> {
  const cdbLayout = layout(
    `${definition.name} CDB`,
    { opcode: u8(0), ...definition.cdb },
    { length: cdbLength(definition.opcode) },
  ) as unknown as Layout<C & { readonly opcode: Field<number> }>
  const variant = Object.entries(definition.variant ?? {})
  const inward = definition.reply !== undefined || definition.transferBytes || 'allocationLength' in definition.cdb
  return {
    ...definition,
    direction: definition.direction ?? (definition.parameterList ? 'out' : inward ? 'in' : 'none'),
    cdbLayout,
    encodeCdb: parameters => {
      const cdb = cdbLayout.encode({ ...definition.variant, ...parameters, opcode: definition.opcode } as never)
      const decoded = cdbLayout.decode(cdb) as Readonly<Record<string, unknown>>
      for (const [name, value] of variant) {
        if (decoded[name] === value) continue
        throw new RangeError(`${definition.name}: this variant has ${name} ${value}, not ${decoded[name]}`)
      }
      return cdb
    },
  }
}

/** Seconds in milliseconds, as commands' time limits are written. */
export const seconds = (count: number) => count * 1000
