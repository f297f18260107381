import { bits, choice, flag, layout, rest, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

/** Any REPORT KEY data (MMC-6 6.28.3). */
export const reportKeyData = layout(
  'REPORT KEY Data',
  { dataLength: u16(0), keyData: rest(4) },
  { announced: { field: 'dataLength', excludes: 2 }, length: 4, clause: 'MMC-6 6.28.3' },
)

/** RPC State (MMC-6 6.28.3.7): the DVD region of the drive. In `regionMask` a bit of 0 is a region that plays. */
export const rpcState = layout(
  'RPC State',
  {
    dataLength: u16(0),
    typeCode: choice(4, 7, 6, ['none', 'set', 'last-chance', 'permanent']),
    vendorResetsAvailable: bits(4, 5, 3),
    userControlledChangesAvailable: bits(4, 2, 0),
    regionMask: u8(5),
    rpcScheme: u8(6).named('RPC Scheme').means({ 0: 'unknown, region not enforced', 1: 'RPC phase II' }),
  },
  { announced: { field: 'dataLength', excludes: 2 }, length: 8, clause: 'MMC-6 6.28.3.7' },
)

/** Authentication Success Flag (MMC-6 6.28.3.6). */
export const authenticationSuccessFlag = layout(
  'Authentication Success Flag',
  { dataLength: u16(0), authenticationSuccess: flag(7, 0).named('ASF') },
  { announced: { field: 'dataLength', excludes: 2 }, clause: 'MMC-6 6.28.3.6' },
)

const reportKeyCommand = {
  name: 'REPORT KEY',
  opcode: 0xa4,
  clause: 'MMC-6 6.28',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    logicalBlockAddress: u32(2),
    blockCount: u8(6),
    keyClass: u8(7).means({ 0: 'CSS, CPPM or CPRM', 2: 'AACS', 32: 'VCPS', 33: 'SecurDisc' }),
    allocationLength: u16(8),
    authenticationGrantId: bits(10, 7, 6).named('AGID'),
    keyFormat: bits(10, 5, 0),
  },
} as const

/** REPORT KEY (A4h): data of content protection, any key class and format. */
export const reportKey = command({ ...reportKeyCommand, reply: reportKeyData, firstLength: 8 })

/** REPORT KEY (A4h), key format 08h: the drive's DVD region. */
export const reportRpcState = command({
  ...reportKeyCommand,
  variant: { keyClass: 0, keyFormat: 0x08 },
  reply: rpcState,
  firstLength: 8,
})

/** REPORT KEY (A4h), key format 05h: whether an authentication succeeded. */
export const reportAuthenticationSuccessFlag = command({
  ...reportKeyCommand,
  variant: { keyClass: 0, keyFormat: 0x05 },
  reply: authenticationSuccessFlag,
  firstLength: 8,
})
