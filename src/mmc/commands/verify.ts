import { bits, flag, i32, u16 } from '../../layout'
import { command, seconds } from '../command'

/** VERIFY(10) (2Fh): reads blocks inside the drive and sends none; MMC knows only `byteCheck` false. */
export const verify10 = command({
  name: 'VERIFY(10)',
  opcode: 0x2f,
  clause: 'MMC-6 6.42',
  access: 'read',
  timeoutMs: seconds(120),
  cdb: {
    disablePageOut: flag(1, 4),
    byteCheck: flag(1, 1).named('BytChk'),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    groupNumber: bits(6, 4, 0),
    numberOfBlocks: u16(7).named('Number of Blocks'),
  },
})
