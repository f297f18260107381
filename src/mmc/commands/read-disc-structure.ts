import { bits, choice, type Fields, layout, rest, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'
import type { DiscStructure } from '../structures/disc-structure'
import { DISC_STRUCTURES } from '../structures/disc-structure-list'

/** Any disc structure (MMC-6 6.22.3): two bytes of length, two reserved, then what the format says. */
export const discStructure = layout(
  'Disc Structure',
  { dataLength: u16(0).named('Disc Structure Data Length'), structureData: rest(4) },
  { announced: { field: 'dataLength', excludes: 2 }, length: 4, clause: 'MMC-6 6.22.3' },
)

export const DISC_STRUCTURE_MEDIA_TYPES = { 0: 'dvd', 1: 'bd' } as const

const readDiscStructureCommand = {
  name: 'READ DISC STRUCTURE',
  opcode: 0xad,
  clause: 'MMC-6 6.22',
  access: 'read',
  timeoutMs: seconds(60),
  cdb: {
    mediaType: choice(1, 3, 0, DISC_STRUCTURE_MEDIA_TYPES),
    address: u32(2),
    layerNumber: u8(6),
    format: u8(7),
    allocationLength: u16(8),
    authenticationGrantId: bits(10, 7, 6).named('AGID'),
  },
  firstLength: 4,
} as const

/** READ DISC STRUCTURE (ADh): what the lead-in and the drive know of a DVD, HD DVD or BD, any format. */
export const readDiscStructure = command({ ...readDiscStructureCommand, reply: discStructure })

/**
 * READ DISC STRUCTURE (ADh) of one format, with its layout: `drive.send(readDiscStructureOf(dvdPhysicalFormatInformation))`.
 */
export function readDiscStructureOf<F extends Fields>(structure: DiscStructure<F>) {
  const { mediaType, format, layout: reply } = structure
  return command({ ...readDiscStructureCommand, variant: { mediaType, format }, reply })
}

/** READ DISC STRUCTURE (ADh) in each format that the standard has. */
export const READ_DISC_STRUCTURES = DISC_STRUCTURES.map(structure => readDiscStructureOf(structure))
