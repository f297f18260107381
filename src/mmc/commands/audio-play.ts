import { bits, flag, i32, msf, u8, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

const common = { access: 'read', timeoutMs: seconds(30) } as const

/** PLAY AUDIO(10) (45h): of MMC-4 and earlier; the drive plays by itself. */
export const playAudio10 = command({
  ...common,
  name: 'PLAY AUDIO(10)',
  opcode: 0x45,
  clause: 'MMC-4 6.15',
  cdb: { relativeAddress: flag(1, 0), startingLogicalBlockAddress: i32(2), playLength: u16(7) },
})

/** PLAY AUDIO(12) (A5h): of MMC-4 and earlier. */
export const playAudio12 = command({
  ...common,
  name: 'PLAY AUDIO(12)',
  opcode: 0xa5,
  clause: 'MMC-4 6.16',
  cdb: { relativeAddress: flag(1, 0), startingLogicalBlockAddress: i32(2), playLength: u32(6) },
})

/** PLAY AUDIO MSF (47h): of MMC-4 and earlier. */
export const playAudioMsf = command({
  ...common,
  name: 'PLAY AUDIO MSF',
  opcode: 0x47,
  clause: 'MMC-4 6.17',
  cdb: { startingAddress: msf(3), endingAddress: msf(6) },
})

/** PAUSE/RESUME (4Bh): of MMC-4 and earlier. */
export const pauseResume = command({
  ...common,
  name: 'PAUSE/RESUME',
  opcode: 0x4b,
  clause: 'MMC-4 6.14',
  cdb: { resume: flag(8, 0) },
})

/** STOP PLAY/SCAN (4Eh): of MMC-4 and earlier. */
export const stopPlayScan = command({
  ...common,
  name: 'STOP PLAY/SCAN',
  opcode: 0x4e,
  clause: 'MMC-4 6.47',
  cdb: {},
})

/** SCAN (BAh): of MMC-4 and earlier; fast winding. */
export const scan = command({
  ...common,
  name: 'SCAN',
  opcode: 0xba,
  clause: 'MMC-4 6.38',
  cdb: {
    direction: flag(1, 4),
    relativeAddress: flag(1, 0),
    scanStartingAddress: u32(2).named('Scan Starting Address Field'),
    type: bits(9, 7, 6),
  },
})

/** READ SUB-CHANNEL (42h): of MMC-4 and earlier; where playing is, the catalogue number, a track's ISRC. */
export const readSubChannel = command({
  ...common,
  name: 'READ SUB-CHANNEL',
  opcode: 0x42,
  clause: 'MMC-4 6.32',
  cdb: {
    msf: flag(1, 1).named('MSF'),
    subQ: flag(2, 6).named('SubQ'),
    subChannelParameterList: u8(3).named('Sub-channel Parameter List'),
    trackNumber: u8(6),
    allocationLength: u16(7),
  },
})
