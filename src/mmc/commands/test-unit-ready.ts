import { command, seconds } from '../command'

/** TEST UNIT READY (00h): whether the medium can be accessed. */
export const testUnitReady = command({
  name: 'TEST UNIT READY',
  opcode: 0x00,
  clause: 'SPC-4 6.47',
  access: 'read',
  // Polled while a drive is busy with a disc: some hold it back for long, and a time-out resets them.
  timeoutMs: seconds(30),
  cdb: {},
})
