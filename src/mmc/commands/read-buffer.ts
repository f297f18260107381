import { bits, layout, rest, u8, u24 } from '../../layout'
import { command, seconds } from '../command'

/** Combined header and data, mode 00000b (SPC-4 6.18.2). */
export const bufferHeaderAndData = layout(
  'Buffer Header and Data',
  { bufferCapacityBytes: u24(1).named('Buffer Capacity'), data: rest(4) },
  { clause: 'SPC-4 6.18.2' },
)

/** Buffer descriptor, mode 00011b (SPC-4 6.18.5): `offsetBoundary` is a power of two. */
export const bufferDescriptor = layout(
  'READ BUFFER Descriptor',
  { offsetBoundary: u8(0), bufferCapacityBytes: u24(1).named('Buffer Capacity') },
  { clause: 'SPC-4 6.18.5' },
)

const readBufferCommand = {
  name: 'READ BUFFER',
  opcode: 0x3c,
  clause: 'MMC-6 6.16',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { mode: bits(1, 4, 0), bufferId: u8(2).named('Buffer ID'), bufferOffset: u24(3), allocationLength: u24(6) },
} as const

/** READ BUFFER (3Ch), mode 02h: bytes of one of the drive's buffers. */
export const readBuffer = command({ ...readBufferCommand, variant: { mode: 0x02 } })

/** READ BUFFER (3Ch), mode 00h: the buffer's size, then its bytes. */
export const readBufferHeaderAndData = command({
  ...readBufferCommand,
  variant: { mode: 0x00 },
  reply: bufferHeaderAndData,
  firstLength: 4,
})

/** READ BUFFER (3Ch), mode 03h: how large a buffer is. */
export const readBufferDescriptor = command({
  ...readBufferCommand,
  variant: { mode: 0x03 },
  reply: bufferDescriptor,
  firstLength: 4,
})
