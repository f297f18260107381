import { bits, bytes, flag, layout, list, msf, u8, u24 } from '../../layout'
import { command, seconds } from '../command'
import { controlNibble } from '../structures/q-sub-channel'

/** One line of a cue sheet (MMC-6 6.32.3): a point of the Q sub-channel, and what its blocks are made from. */
export const cueSheetEntry = layout(
  'Cue Sheet Entry',
  {
    control: controlNibble(0, 7, 4),
    adr: bits(0, 3, 0).named('ADR'),
    trackNumber: u8(1).named('TNO').means({ 0: 'lead-in', 170: 'lead-out' }),
    index: u8(2).means({ 0: 'pre-gap' }),
    dataFormSubChannel: bits(3, 7, 6).named('Data Form of Sub-channel'),
    dataFormMain: bits(3, 5, 0).named('Data Form of Main Data').means({
      0: 'audio, 2352 bytes',
      1: 'audio, made by the drive',
      16: 'mode 1, 2048 bytes',
      17: 'mode 1, 2352 bytes',
      18: 'mode 1, 2048 bytes that are not used: zeros',
      19: 'mode 1, 2352 bytes that are not used: zeros',
      20: 'mode 1, made by the drive',
      32: 'XA, 2336 bytes',
      33: 'XA, 2352 bytes',
      34: 'XA, 2336 bytes that are not used: zeros',
      35: 'XA, 2352 bytes that are not used: zeros',
      36: 'XA form 2, made by the drive',
      48: 'mode 2, 2336 bytes',
      49: 'mode 2, 2352 bytes',
      50: 'mode 2, 2336 bytes that are not used: zeros',
      51: 'mode 2, 2352 bytes that are not used: zeros',
      52: 'mode 2, made by the drive',
    }),
    alternateCopy: flag(4, 7).named('SCMS'),
    address: msf(5).named('Absolute Time'),
  },
  { clause: 'MMC-6 6.32.3' },
)

/**
 * One line of a cue sheet that carries a media catalogue number (ADR 2) or an ISRC (ADR 3): seven characters; a second
 * line has the rest.
 */
export const cueSheetTextEntry = layout(
  'Cue Sheet Entry (catalogue number, ISRC)',
  {
    control: controlNibble(0, 7, 4),
    adr: bits(0, 3, 0).named('ADR'),
    trackNumberOrText: bytes(1, 7).named('TNO and Characters'),
  },
  { clause: 'MMC-6 6.32.3' },
)

/** The cue sheet of a session (MMC-6 6.32.3). */
export const cueSheet = layout('Cue Sheet', { entries: list(0, cueSheetEntry) }, { clause: 'MMC-6 6.32.3' })

/** SEND CUE SHEET (5Dh): the whole plan of a session that is written at once (SAO). */
export const sendCueSheet = command({
  name: 'SEND CUE SHEET',
  opcode: 0x5d,
  clause: 'MMC-6 6.32',
  access: 'write',
  timeoutMs: seconds(200),
  cdb: { parameterListLength: u24(6).named('Cue Sheet Size') },
  parameterList: cueSheet,
})
