import { flag, i32, u16 } from '../../layout'
import { command, seconds } from '../command'

/** ERASE(10) (2Ch): erases blocks, on drives of MMC-5 and earlier with the Sector Erasable feature. */
export const erase10 = command({
  name: 'ERASE(10)',
  opcode: 0x2c,
  clause: 'MMC-5 6.4',
  access: 'write',
  timeoutMs: seconds(18_000),
  cdb: {
    eraseAll: flag(1, 2).named('ERA'),
    immediate: flag(1, 1).named('IMMED'),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    numberOfBlocks: u16(7),
  },
  long: true,
})
