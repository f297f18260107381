import { flag, layout, list, u16 } from '../../layout'
import { command, seconds } from '../command'
import { opcTableEntry } from './read-disc-information'

/** OPC Table (MMC-6 6.35.3), none where the drive is to calibrate by itself. */
export const opcTable = layout('OPC Table', { entries: list(0, opcTableEntry) }, { clause: 'MMC-6 6.35.3' })

/** SEND OPC INFORMATION (54h): calibrates the laser (`doOpc`), or restores known values. */
export const sendOpcInformation = command({
  name: 'SEND OPC INFORMATION',
  opcode: 0x54,
  clause: 'MMC-6 6.35',
  access: 'write',
  timeoutMs: seconds(200),
  cdb: {
    exclude1: flag(1, 2).named('Exclude 1'),
    exclude0: flag(1, 1).named('Exclude 0'),
    doOpc: flag(1, 0).named('DoOPC'),
    parameterListLength: u16(7),
  },
  parameterList: opcTable,
})
