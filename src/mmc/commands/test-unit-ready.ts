import { command, seconds } from '../command'

/** TEST UNIT READY (00h): whether the medium can be accessed. */
export const testUnitReady = command({
  name: 'TEST UNIT READY',
  opcode: 0x00,
  clause: 'SPC-4 6.47',
  access: 'read',
  timeoutMs: seconds(10),
  cdb: {},
})
