import { bytes, layout, list, u8, u32 } from '../../layout'
import { command, seconds } from '../command'

/** One LUN as SAM addresses it: eight bytes. */
export const lunEntry = layout('LUN', { lun: bytes(0, 8).named('LUN') }, { clause: 'SPC-4 6.33' })

/** REPORT LUNS parameter data (SPC-4 6.33). */
export const lunList = layout(
  'LUN List',
  { lunListLength: u32(0).named('LUN List Length'), luns: list(8, lunEntry).named('LUNs') },
  { announced: { field: 'lunListLength', excludes: 8 }, length: 8, clause: 'SPC-4 6.33' },
)

/** REPORT LUNS (A0h): which logical units are behind the same target. */
export const reportLuns = command({
  name: 'REPORT LUNS',
  opcode: 0xa0,
  clause: 'SPC-4 6.33',
  access: 'read',
  timeoutMs: seconds(10),
  cdb: { selectReport: u8(2), allocationLength: u32(6) },
  reply: lunList,
  // Less than 16 is against the standard.
  firstLength: 16,
})
