import { bits, flag, u16 } from '../../layout'
import { command, seconds } from '../command'

/** What each close function does differs by medium (MMC-6 6.3.3); these are the words for what they have in common. */
const CLOSE_FUNCTIONS = {
  0: 'stop background format',
  1: 'close track',
  2: 'close session',
  3: 'finalize or close, compatible with DVD-ROM',
  4: 'reserved for DVD+R',
  5: 'finalize disc, minimum radius',
  6: 'finalize disc',
}

/** CLOSE TRACK SESSION (5Bh): ends a track, a session (border) or the disc. */
export const closeTrackSession = command({
  name: 'CLOSE TRACK SESSION',
  opcode: 0x5b,
  clause: 'MMC-6 6.3',
  access: 'write',
  timeoutMs: seconds(3600),
  cdb: {
    immediate: flag(1, 0).named('IMMED'),
    closeFunction: bits(2, 2, 0).means(CLOSE_FUNCTIONS),
    logicalTrackNumber: u16(4),
  },
  long: true,
})
