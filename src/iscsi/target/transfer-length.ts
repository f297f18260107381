import { commandsOf } from '../../mmc'

const BLOCK = 2048
/**
 * User data, sub-headers, sub-channels and sectors in full, as the write parameters may ask for (MMC-6 7.5.4); the
 * sub-channel alone in a lead-in, where CD-Text goes (MMC-6 6.36.3.2).
 */
const WRITTEN_BLOCK_SIZES = [96, 2048, 2056, 2064, 2324, 2328, 2332, 2336, 2352, 2368, 2448]

const u16 = (cdb: Uint8Array, at: number) => cdb[at]! * 0x100 + cdb[at + 1]!
const u32 = (cdb: Uint8Array, at: number) => u16(cdb, at) * 0x10000 + u16(cdb, at + 2)

/** What a CDB would move by itself, whatever the initiator expects. */
export interface CdbTransfer {
  readonly direction: 'in' | 'out'
  /** For an answer of variable length, the most that it can be. */
  readonly bytes: number
}

/**
 * The data that a CDB moves; `undefined` where only the initiator's expectation tells.
 *
 * @param expectedLength  what the initiator expects: blocks that are written may have other sizes than 2048 bytes
 * @param expected        which way the initiator expects data to move
 */
export function cdbTransfer(
  cdb: Uint8Array,
  expectedLength: number,
  expected: CdbTransfer['direction'] | 'none',
): CdbTransfer | undefined {
  switch (cdb[0]) {
    case 0x28:
      return { direction: 'in', bytes: u16(cdb, 7) * BLOCK }
    case 0xa8:
      return { direction: 'in', bytes: u32(cdb, 6) * BLOCK }
    case 0x2a:
    case 0x2e:
      return { direction: 'out', bytes: writtenBytes(u16(cdb, 7), expectedLength) }
    case 0xaa:
      return { direction: 'out', bytes: writtenBytes(u32(cdb, 6), expectedLength) }
    default:
      return fromDefinition(cdb, expected)
  }
}

function writtenBytes(blocks: number, expectedLength: number): number {
  const size = WRITTEN_BLOCK_SIZES.find(candidate => candidate * blocks === expectedLength)
  return blocks * (size ?? BLOCK)
}

function fromDefinition(cdb: Uint8Array, expected: CdbTransfer['direction'] | 'none'): CdbTransfer | undefined {
  for (const command of commandsOf(cdb)) {
    const fields = command.cdbLayout.decode(cdb) as Readonly<Record<string, unknown>>
    const { allocationLength, parameterListLength } = fields
    const bytes = command.direction === 'in' ? allocationLength : parameterListLength
    // Opcodes that several standards share move data one way or the other: then the initiator knows better.
    if (command.direction === expected && command.direction !== 'none' && typeof bytes === 'number') {
      return { direction: command.direction, bytes }
    }
  }
  return undefined
}
