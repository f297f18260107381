import { ascii, bytes, choice, flag, layout, list, split16, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

/** One OPC table entry of the Disc Information. */
export const opcTableEntry = layout('OPC Table Entry', {
  speedKBps: u16(0).named('Speed'),
  opcValues: bytes(2, 6).named('OPC Values'),
})

/** Disc Information Block (MMC-6 6.21.3.1): the state of the disc as a whole. */
export const discInformation = layout(
  'Disc Information',
  {
    discInformationLength: u16(0),
    discInformationDataType: choice(2, 7, 5, { 0: 'standard', 1: 'track-resources', 2: 'pow-resources' }),
    erasable: flag(2, 4),
    stateOfLastSession: choice(2, 3, 2, ['empty', 'incomplete', 'damaged', 'complete']),
    discStatus: choice(2, 1, 0, ['blank', 'appendable', 'complete', 'other']),
    firstTrackNumber: u8(3),
    numberOfSessions: split16(9, 4),
    firstTrackNumberInLastSession: split16(10, 5),
    lastTrackNumberInLastSession: split16(11, 6),
    discIdentificationValid: flag(7, 7),
    discBarCodeValid: flag(7, 6),
    unrestrictedUse: flag(7, 5),
    discApplicationCodeValid: flag(7, 4),
    dirty: flag(7, 2),
    backgroundFormatStatus: choice(7, 1, 0, ['none', 'suspended', 'running', 'complete']),
    discType: u8(8).means({ 0: 'CD-DA or CD-ROM', 16: 'CD-I', 32: 'CD-ROM XA', 255: 'undefined' }),
    discIdentification: u32(12),
    lastSessionLeadInStartAddress: u32(16).named('Last Session Lead-in Start Address'),
    lastPossibleLeadOutStartAddress: u32(20).named('Last Possible Lead-out Start Address'),
    discBarCode: ascii(24, 8),
    discApplicationCode: u8(32),
    numberOfOpcTables: u8(33).named('Number of OPC Tables'),
    opcTable: list(34, opcTableEntry, { countedBy: 'numberOfOpcTables', count: all => all[33] ?? 0 }).named(
      'OPC Table',
    ),
  },
  { announced: { field: 'discInformationLength', excludes: 2 }, clause: 'MMC-6 6.21.3.1' },
)

/** READ DISC INFORMATION (51h), standard data: whether the disc is blank, appendable or complete. */
export const readDiscInformation = command({
  name: 'READ DISC INFORMATION',
  opcode: 0x51,
  clause: 'MMC-6 6.21',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    dataType: choice(1, 2, 0, { 0: 'standard', 1: 'track-resources', 2: 'pow-resources' }),
    allocationLength: u16(7),
  },
  variant: { dataType: 'standard' },
  reply: discInformation,
  firstLength: 34,
})
