import { u32 } from '../../layout'
import { command, seconds } from '../command'

/** SET READ AHEAD (A7h): after the trigger's block, read ahead from another place. */
export const setReadAhead = command({
  name: 'SET READ AHEAD',
  opcode: 0xa7,
  clause: 'MMC-6 6.37',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: {
    triggerLogicalBlockAddress: u32(2),
    readAheadLogicalBlockAddress: u32(6).named('Read-Ahead Logical Block Address'),
  },
})
