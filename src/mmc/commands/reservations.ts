import { bits, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

const common = { access: 'write', timeoutMs: seconds(10) } as const

/** RESERVE(6) (16h): of SPC-2; one host has the device for itself. */
export const reserve6 = command({ ...common, name: 'RESERVE(6)', opcode: 0x16, clause: 'SPC-2 7.22', cdb: {} })

/** RELEASE(6) (17h): of SPC-2. */
export const release6 = command({ ...common, name: 'RELEASE(6)', opcode: 0x17, clause: 'SPC-2 7.17', cdb: {} })

/** RESERVE(10) (56h): of SPC-2. */
export const reserve10 = command({ ...common, name: 'RESERVE(10)', opcode: 0x56, clause: 'SPC-2 7.21', cdb: {} })

/** RELEASE(10) (57h): of SPC-2. */
export const release10 = command({ ...common, name: 'RELEASE(10)', opcode: 0x57, clause: 'SPC-2 7.16', cdb: {} })

/** PERSISTENT RESERVE IN (5Eh): which hosts have registered, and who has the device. */
export const persistentReserveIn = command({
  name: 'PERSISTENT RESERVE IN',
  opcode: 0x5e,
  clause: 'SPC-4 6.15',
  access: 'read',
  timeoutMs: seconds(10),
  cdb: { serviceAction: bits(1, 4, 0), allocationLength: u16(7) },
})

/** PERSISTENT RESERVE OUT (5Fh). */
export const persistentReserveOut = command({
  ...common,
  name: 'PERSISTENT RESERVE OUT',
  opcode: 0x5f,
  clause: 'SPC-4 6.16',
  cdb: { serviceAction: bits(1, 4, 0), scope: bits(2, 7, 4), type: bits(2, 3, 0), parameterListLength: u32(5) },
  direction: 'out',
})
