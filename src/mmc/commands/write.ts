import { bits, flag, i32, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

/** A drive may hold a WRITE while its buffer is full, and calibrates before the first one. */
const WRITE_TIMEOUT_MS = seconds(200)

/** WRITE(10) (2Ah): blocks (2048 bytes each, unless mode page 05h says otherwise) from an LBA on. */
export const write10 = command({
  name: 'WRITE(10)',
  opcode: 0x2a,
  clause: 'MMC-6 6.43',
  access: 'write',
  timeoutMs: WRITE_TIMEOUT_MS,
  cdb: {
    disablePageOut: flag(1, 4),
    forceUnitAccess: flag(1, 3),
    timelySafeRecording: flag(1, 2).named('TSR'),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    groupNumber: bits(6, 4, 0),
    transferLength: u16(7),
  },
  direction: 'out',
})

/** WRITE(12) (AAh): as WRITE(10), with streaming: nothing is verified, late data are worse than wrong ones. */
export const write12 = command({
  name: 'WRITE(12)',
  opcode: 0xaa,
  clause: 'MMC-6 6.44',
  access: 'write',
  timeoutMs: WRITE_TIMEOUT_MS,
  cdb: {
    disablePageOut: flag(1, 4),
    forceUnitAccess: flag(1, 3),
    timelySafeRecording: flag(1, 2).named('TSR'),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    transferLength: u32(6),
    streaming: flag(10, 7),
  },
  direction: 'out',
})

/** WRITE AND VERIFY(10) (2Eh): DVD-RAM, DVD+RW, BD-R and BD-RE. */
export const writeAndVerify10 = command({
  name: 'WRITE AND VERIFY(10)',
  opcode: 0x2e,
  clause: 'MMC-6 6.45',
  access: 'write',
  timeoutMs: WRITE_TIMEOUT_MS,
  cdb: {
    disablePageOut: flag(1, 4),
    byteCheck: flag(1, 1).named('BytChk'),
    relativeAddress: flag(1, 0),
    logicalBlockAddress: i32(2),
    groupNumber: bits(6, 4, 0),
    transferLength: u16(7),
  },
  direction: 'out',
})
