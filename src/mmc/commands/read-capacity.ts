import { flag, i32, layout, u32 } from '../../layout'
import { command, seconds } from '../command'

/** READ CAPACITY data (MMC-6 6.18.3): the last LBA, not the count of blocks. */
export const capacityData = layout(
  'READ CAPACITY Data',
  { logicalBlockAddress: u32(0), blockLengthBytes: u32(4).named('Block Length in Bytes') },
  { clause: 'MMC-6 6.18.3' },
)

/** READ CAPACITY (25h): the last addressable block of what is recorded or formatted. */
export const readCapacity = command({
  name: 'READ CAPACITY',
  opcode: 0x25,
  clause: 'MMC-6 6.18',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { relativeAddress: flag(1, 0), logicalBlockAddress: i32(2), partialMediumIndicator: flag(8, 0) },
  reply: capacityData,
  transferBytes: () => capacityData.length,
})
