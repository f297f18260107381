import { bits, layout, rest, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

/** Media serial number (MMC-6 6.24.3), vendor specific bytes. */
export const mediaSerialNumber = layout(
  'Media Serial Number',
  { mediaSerialNumberLength: u16(2), mediaSerialNumber: rest(4) },
  { announced: { field: 'mediaSerialNumberLength', excludes: 4 }, clause: 'MMC-6 6.24.3' },
)

/** READ MEDIA SERIAL NUMBER (ABh, service action 01h). */
export const readMediaSerialNumber = command({
  name: 'READ MEDIA SERIAL NUMBER',
  opcode: 0xab,
  clause: 'MMC-6 6.24',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { serviceAction: bits(1, 4, 0), allocationLength: u32(6) },
  variant: { serviceAction: 0x01 },
  reply: mediaSerialNumber,
  firstLength: 4,
})
