import { bits, flag, i32, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

const BLOCK_BYTES = 2048

/** READ(10) (28h): blocks of 2048 bytes from an LBA on. */
export const read10 = command({
  name: 'READ(10)',
  opcode: 0x28,
  clause: 'MMC-6 6.14',
  access: 'read',
  timeoutMs: seconds(60),
  cdb: {
    disablePageOut: flag(1, 4),
    forceUnitAccess: flag(1, 3),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    groupNumber: bits(6, 4, 0),
    transferLength: u16(7),
  },
  transferBytes: ({ transferLength = 0 }) => transferLength * BLOCK_BYTES,
})

/** READ(12) (A8h): as READ(10) with a longer transfer length, and streaming (no retries, no verification). */
export const read12 = command({
  name: 'READ(12)',
  opcode: 0xa8,
  clause: 'MMC-6 6.15',
  access: 'read',
  timeoutMs: seconds(60),
  cdb: {
    disablePageOut: flag(1, 4),
    forceUnitAccess: flag(1, 3),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    transferLength: u32(6),
    streaming: flag(10, 7),
  },
  transferBytes: ({ transferLength = 0 }) => transferLength * BLOCK_BYTES,
})
