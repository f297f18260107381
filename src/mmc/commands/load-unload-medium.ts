import { flag, u8 } from '../../layout'
import { command, seconds } from '../command'

/** LOAD/UNLOAD MEDIUM (A6h): moves discs of a changer. */
export const loadUnloadMedium = command({
  name: 'LOAD/UNLOAD MEDIUM',
  opcode: 0xa6,
  clause: 'MMC-6 6.9',
  access: 'write',
  timeoutMs: seconds(300),
  cdb: {
    immediate: flag(1, 0).named('IMMED'),
    loadUnload: flag(4, 1).named('LoUnlo'),
    start: flag(4, 0),
    slot: u8(8),
  },
  long: true,
})
