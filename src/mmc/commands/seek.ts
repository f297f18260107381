import { i32 } from '../../layout'
import { command, seconds } from '../command'

/** SEEK(10) (2Bh): moves the pick-up; ends before it has got there. */
export const seek10 = command({
  name: 'SEEK(10)',
  opcode: 0x2b,
  clause: 'MMC-6 6.31',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { logicalBlockAddress: i32(2) },
})
