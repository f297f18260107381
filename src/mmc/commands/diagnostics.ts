import { bits, flag, u8, u16 } from '../../layout'
import { command, seconds } from '../command'

/** SEND DIAGNOSTIC (1Dh): the device tests itself. */
export const sendDiagnostic = command({
  name: 'SEND DIAGNOSTIC',
  opcode: 0x1d,
  clause: 'SPC-4 6.42',
  access: 'write',
  timeoutMs: seconds(300),
  cdb: {
    selfTestCode: bits(1, 7, 5),
    pageFormat: flag(1, 4).named('PF'),
    selfTest: flag(1, 2),
    deviceOffline: flag(1, 1).named('DEVOFFL'),
    unitOffline: flag(1, 0).named('UNITOFFL'),
    parameterListLength: u16(3),
  },
  direction: 'out',
})

/** RECEIVE DIAGNOSTIC RESULTS (1Ch). */
export const receiveDiagnosticResults = command({
  name: 'RECEIVE DIAGNOSTIC RESULTS',
  opcode: 0x1c,
  clause: 'SPC-4 6.28',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { pageCodeValid: flag(1, 0).named('PCV'), pageCode: u8(2), allocationLength: u16(3) },
})

/** LOG SENSE (4Dh): counters and statistics. */
export const logSense = command({
  name: 'LOG SENSE',
  opcode: 0x4d,
  clause: 'SPC-4 6.8',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    savePages: flag(1, 0).named('SP'),
    pageControl: bits(2, 7, 6),
    pageCode: bits(2, 5, 0),
    subpageCode: u8(3),
    parameterPointer: u16(5),
    allocationLength: u16(7),
  },
})

/** LOG SELECT (4Ch): resets or sets counters. */
export const logSelect = command({
  name: 'LOG SELECT',
  opcode: 0x4c,
  clause: 'SPC-4 6.7',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: {
    parameterCodeReset: flag(1, 1).named('PCR'),
    savePages: flag(1, 0).named('SP'),
    pageControl: bits(2, 7, 6),
    pageCode: bits(2, 5, 0),
    subpageCode: u8(3),
    parameterListLength: u16(7),
  },
  direction: 'out',
})
