import { bits, choice, layout, list, u8, u16, u24, u32 } from '../../layout'
import { command, seconds } from '../command'

/** What FORMAT UNIT can do, by format type (MMC-6 table 290). */
export const FORMAT_TYPES: Readonly<Record<number, string>> = {
  0: 'full format',
  1: 'spare area expansion',
  4: 'zone reformat',
  5: 'zone format',
  16: 'CD-RW/DVD-RW full format',
  17: 'CD-RW/DVD-RW grow session',
  18: 'CD-RW/DVD-RW add session',
  19: 'DVD-RW quick grow last border',
  20: 'DVD-RW quick add border',
  21: 'DVD-RW quick format',
  22: 'DVD-RW quick format, HD DVD-R test zone expansion',
  32: 'full format with sparing parameters',
  36: 'MRW full format',
  38: 'DVD+RW basic format',
  48: 'BD-RE full format with spare areas',
  49: 'BD-RE full format without spare areas',
  50: 'BD-R full format with spare areas',
}

/** Formattable Capacity Descriptor (MMC-6 6.23.3.4): one way to format the medium. */
export const formattableCapacityDescriptor = layout(
  'Formattable Capacity Descriptor',
  {
    numberOfBlocks: u32(0),
    formatType: bits(4, 7, 2).means(FORMAT_TYPES),
    formatSubType: bits(4, 1, 0).named('Format Sub-type'),
    typeDependentParameter: u24(5),
  },
  { clause: 'MMC-6 6.23.3.4' },
)

/** READ FORMAT CAPACITIES data: the current (or maximum) capacity, then what the medium can be formatted to. */
export const formatCapacities = layout(
  'Format Capacities',
  {
    capacityListLength: u8(3),
    numberOfBlocks: u32(4),
    descriptorType: choice(8, 1, 0, ['reserved', 'unformatted', 'formatted', 'no-media']),
    blockLengthBytes: u24(9).named('Block Length'),
    formattableCapacityDescriptors: list(12, formattableCapacityDescriptor),
  },
  { announced: { field: 'capacityListLength', excludes: 4 }, clause: 'MMC-6 6.23.3' },
)

/** READ FORMAT CAPACITIES (23h): whether the medium is formatted, and how it can be. */
export const readFormatCapacities = command({
  name: 'READ FORMAT CAPACITIES',
  opcode: 0x23,
  clause: 'MMC-6 6.23',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: { allocationLength: u16(7) },
  reply: formatCapacities,
  firstLength: 12,
})
