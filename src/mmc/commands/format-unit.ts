import { bits, flag, layout, u16, u24, u32 } from '../../layout'
import { command, seconds } from '../command'
import { FORMAT_TYPES } from './read-format-capacities'

/** FORMAT UNIT parameter list (MMC-6 6.4.3): the format list header, then one format descriptor. */
export const formatUnitParameterList = layout(
  'FORMAT UNIT Parameter List',
  {
    formatOptionsValid: flag(1, 7).named('FOV'),
    disablePrimary: flag(1, 6).named('DPRY'),
    disableCertification: flag(1, 5).named('DCRT'),
    stopFormat: flag(1, 4).named('STPF'),
    initializationPattern: flag(1, 3).named('IP'),
    tryOut: flag(1, 2).named('Try-out'),
    immediate: flag(1, 1).named('IMMED'),
    vendorSpecific: flag(1, 0).named('VS'),
    formatDescriptorLength: u16(2),
    numberOfBlocks: u32(4),
    formatType: bits(8, 7, 2).means(FORMAT_TYPES),
    formatSubType: bits(8, 1, 0).named('Format Sub-type'),
    typeDependentParameter: u24(9),
  },
  { announced: { field: 'formatDescriptorLength', excludes: 4 }, clause: 'MMC-6 6.4.3' },
)

/** FORMAT UNIT (04h): formats the medium in one of the ways that READ FORMAT CAPACITIES offers. */
export const formatUnit = command({
  name: 'FORMAT UNIT',
  opcode: 0x04,
  clause: 'MMC-6 6.4',
  access: 'write',
  timeoutMs: seconds(18_000),
  cdb: {
    formatData: flag(1, 4).named('FmtData'),
    completeList: flag(1, 3).named('CmpList'),
    formatCode: bits(1, 2, 0),
    interleaveValue: u16(3),
  },
  variant: { formatData: true, formatCode: 1 },
  parameterList: formatUnitParameterList,
  long: true,
})
