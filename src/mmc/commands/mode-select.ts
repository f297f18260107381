import { flag, layout, rest, u8, u16 } from '../../layout'
import { command, seconds } from '../command'

/** What MODE SELECT(10) sends: the mode data length is reserved here, and each page's PS bit must be 0. */
export const modeSelectParameterList10 = layout(
  'MODE SELECT(10) Parameter List',
  { mediumType: u8(2), blockDescriptorLength: u16(6), blockDescriptorsAndPages: rest(8) },
  { clause: 'SPC-4 7.5.4' },
)

/** What MODE SELECT(6) sends: the mode data length is reserved here, and each page's PS bit must be 0. */
export const modeSelectParameterList6 = layout(
  'MODE SELECT(6) Parameter List',
  {
    mediumType: u8(1),
    deviceSpecificParameter: u8(2),
    blockDescriptorLength: u8(3),
    blockDescriptorsAndPages: rest(4),
  },
  { clause: 'SPC-4 7.5.4' },
)

/** MODE SELECT(10) (55h): sets a mode page, with all the fields and the length that the drive gave. */
export const modeSelect10 = command({
  name: 'MODE SELECT(10)',
  opcode: 0x55,
  clause: 'MMC-6 6.11',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: { pageFormat: flag(1, 4).named('PF'), savePages: flag(1, 0).named('SP'), parameterListLength: u16(7) },
  variant: { pageFormat: true },
  parameterList: modeSelectParameterList10,
})

/** MODE SELECT(6) (15h): as MODE SELECT(10); not every optical drive has it. */
export const modeSelect6 = command({
  name: 'MODE SELECT(6)',
  opcode: 0x15,
  clause: 'SPC-4 6.9',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: { pageFormat: flag(1, 4).named('PF'), savePages: flag(1, 0).named('SP'), parameterListLength: u8(4) },
  variant: { pageFormat: true },
  parameterList: modeSelectParameterList6,
})
