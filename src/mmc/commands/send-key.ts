import { bits, layout, rest, u8, u16 } from '../../layout'
import { command, seconds } from '../command'

/** Any SEND KEY parameter list (MMC-6 6.34.3). */
export const sendKeyParameterList = layout(
  'SEND KEY Parameter List',
  { dataLength: u16(0), keyData: rest(4) },
  { announced: { field: 'dataLength', excludes: 2 }, length: 4, clause: 'MMC-6 6.34.3' },
)

/** SEND KEY (A3h): data of content protection; key format 06h changes the drive's region, a few times in its life. */
export const sendKey = command({
  name: 'SEND KEY',
  opcode: 0xa3,
  clause: 'MMC-6 6.34',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: {
    keyClass: u8(7),
    parameterListLength: u16(8),
    authenticationGrantId: bits(10, 7, 6).named('AGID'),
    keyFormat: bits(10, 5, 0),
  },
  parameterList: sendKeyParameterList,
})
