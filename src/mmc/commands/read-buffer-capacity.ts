import { flag, layout, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

/** READ BUFFER CAPACITY structure in bytes (MMC-6 6.17.3). */
export const bufferCapacity = layout(
  'Buffer Capacity',
  {
    dataLength: u16(0),
    block: flag(3, 0),
    lengthOfTheBuffer: u32(4),
    availableLengthOfBuffer: u32(8).named('Blank Length of the Buffer'),
  },
  { announced: { field: 'dataLength', excludes: 2 }, clause: 'MMC-6 6.17.3' },
)

/** READ BUFFER CAPACITY structure in blocks (MMC-6 6.17.3). */
export const bufferCapacityInBlocks = layout(
  'Buffer Capacity in Blocks',
  { dataLength: u16(0), block: flag(3, 0), availableBufferBlocks: u32(8).named('Available Length of the Buffer') },
  { announced: { field: 'dataLength', excludes: 2 }, clause: 'MMC-6 6.17.3' },
)

const readBufferCapacityCommand = {
  name: 'READ BUFFER CAPACITY',
  opcode: 0x5c,
  clause: 'MMC-6 6.17',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { block: flag(1, 0), allocationLength: u16(7) },
  firstLength: 12,
} as const

/** READ BUFFER CAPACITY (5Ch): how much of the write buffer is free, in bytes. */
export const readBufferCapacity = command({
  ...readBufferCapacityCommand,
  variant: { block: false },
  reply: bufferCapacity,
})

/** READ BUFFER CAPACITY (5Ch): how much of the write buffer is free, in blocks. */
export const readBufferCapacityInBlocks = command({
  ...readBufferCapacityCommand,
  variant: { block: true },
  reply: bufferCapacityInBlocks,
})
