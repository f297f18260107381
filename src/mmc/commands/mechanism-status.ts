import { bits, choice, flag, layout, list, u8, u16, u24 } from '../../layout'
import { command, seconds } from '../command'

/** Slot table response of the MECHANISM STATUS parameter list (MMC-6 6.10.3.3). */
export const slotTableEntry = layout(
  'Slot Table',
  {
    discPresent: flag(0, 7),
    change: flag(0, 0),
    cartridgeWriteProtectValid: flag(1, 1),
    cartridgeWriteProtect: flag(1, 0),
  },
  { length: 4, clause: 'MMC-6 6.10.3.3' },
)

/** MECHANISM STATUS parameter list (MMC-6 6.10.3). */
export const mechanismStatusData = layout(
  'MECHANISM STATUS Parameter List',
  {
    fault: flag(0, 7),
    changerState: choice(0, 6, 5, ['ready', 'load-in-progress', 'unload-in-progress', 'initializing']),
    currentSlot: bits(0, 4, 0),
    mechanismState: choice(1, 7, 5, { 0: 'idle', 1: 'playing', 2: 'scanning', 3: 'other', 7: 'no-state' }),
    doorOpen: flag(1, 4),
    currentSlotHigh: bits(1, 2, 0),
    currentLogicalBlockAddress: u24(2),
    numberOfSlots: u8(5).named('Number of Slots Available'),
    lengthOfSlotTables: u16(6),
    slotTables: list(8, slotTableEntry),
  },
  { announced: { field: 'lengthOfSlotTables', excludes: 8 }, clause: 'MMC-6 6.10.3' },
)

/** MECHANISM STATUS (BDh): what the changer or the tray is doing. */
export const mechanismStatus = command({
  name: 'MECHANISM STATUS',
  opcode: 0xbd,
  clause: 'MMC-6 6.10',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { allocationLength: u16(8) },
  reply: mechanismStatusData,
  firstLength: 8,
})
