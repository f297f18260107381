import { flag, u16 } from '../../layout'
import { command, seconds } from '../command'

/** REPAIR TRACK (58h): mends a track whose writing was cut off (Damage in READ TRACK INFORMATION). */
export const repairTrack = command({
  name: 'REPAIR TRACK',
  opcode: 0x58,
  clause: 'MMC-6 6.27',
  access: 'write',
  timeoutMs: seconds(3600),
  cdb: { immediate: flag(1, 0).named('IMMED'), trackNumber: u16(4) },
  long: true,
})
