import { choice, layout, rest, u8, u16 } from '../../layout'
import { command, seconds } from '../command'
import { DISC_STRUCTURE_MEDIA_TYPES } from './read-disc-structure'

/** Any structure that is sent (MMC-6 6.33.3): the length does not count its own two bytes. */
export const discStructureToSend = layout(
  'Disc Structure to Send',
  { dataLength: u16(0).named('Structure Data Length'), structureData: rest(4) },
  { announced: { field: 'dataLength', excludes: 2 }, length: 4, clause: 'MMC-6 6.33.3' },
)

/** SEND DISC STRUCTURE (BFh): layer boundaries, time stamps, write protection. */
export const sendDiscStructure = command({
  name: 'SEND DISC STRUCTURE',
  opcode: 0xbf,
  clause: 'MMC-6 6.33',
  access: 'write',
  timeoutMs: seconds(180),
  cdb: {
    mediaType: choice(1, 3, 0, DISC_STRUCTURE_MEDIA_TYPES),
    format: u8(7),
    parameterListLength: u16(8).named('Structure Data Length'),
  },
  parameterList: discStructureToSend,
})
