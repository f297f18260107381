import { bits, u8, u24 } from '../../layout'
import { command, seconds } from '../command'

/** WRITE BUFFER (3Bh): fills a buffer; in the microcode modes it replaces the drive's firmware. */
export const writeBuffer = command({
  name: 'WRITE BUFFER',
  opcode: 0x3b,
  clause: 'SPC-4 6.49',
  access: 'write',
  timeoutMs: seconds(300),
  cdb: {
    modeSpecific: bits(1, 7, 5),
    mode: bits(1, 4, 0),
    bufferId: u8(2).named('Buffer ID'),
    bufferOffset: u24(3),
    parameterListLength: u24(6),
  },
  direction: 'out',
})
