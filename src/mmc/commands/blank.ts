import { choice, flag, i32 } from '../../layout'
import { command, seconds } from '../command'

/** BLANK (A1h): erases a CD-RW or DVD-RW; `startAddressOrTrackNumber` counts for the types that name a place. */
export const blank = command({
  name: 'BLANK',
  opcode: 0xa1,
  clause: 'MMC-6 6.2',
  access: 'write',
  timeoutMs: seconds(18_000),
  cdb: {
    immediate: flag(1, 4).named('IMMED'),
    blankingType: choice(1, 2, 0, {
      0: 'disc',
      1: 'minimal',
      2: 'track',
      3: 'unreserve-track',
      4: 'track-tail',
      5: 'unclose-last-session',
      6: 'last-session',
    }),
    startAddressOrTrackNumber: i32(2).named('Start Address / Track Number'),
  },
  long: true,
})
