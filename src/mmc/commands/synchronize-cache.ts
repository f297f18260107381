import { flag, i32, u16 } from '../../layout'
import { command, seconds } from '../command'

/** SYNCHRONIZE CACHE (35h): all that was written goes to the medium; drives ignore address and count. */
export const synchronizeCache = command({
  name: 'SYNCHRONIZE CACHE',
  opcode: 0x35,
  clause: 'MMC-6 6.40',
  access: 'write',
  timeoutMs: seconds(3600),
  cdb: {
    immediate: flag(1, 1).named('IMMED'),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    numberOfBlocks: u16(7),
  },
  long: true,
})
