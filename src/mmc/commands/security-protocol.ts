import { flag, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

const cdb = { securityProtocol: u8(1), securityProtocolSpecific: u16(2), increment512: flag(4, 7).named('INC_512') }

/** SECURITY PROTOCOL IN (A2h). */
export const securityProtocolIn = command({
  name: 'SECURITY PROTOCOL IN',
  opcode: 0xa2,
  clause: 'SPC-4 6.40',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { ...cdb, allocationLength: u32(6) },
})

/** SECURITY PROTOCOL OUT (B5h). */
export const securityProtocolOut = command({
  name: 'SECURITY PROTOCOL OUT',
  opcode: 0xb5,
  clause: 'SPC-4 6.41',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: { ...cdb, parameterListLength: u32(6).named('Transfer Length') },
  direction: 'out',
})
