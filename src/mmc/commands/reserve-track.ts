import { flag, u32 } from '../../layout'
import { command, seconds } from '../command'

/** RESERVE TRACK (53h): room for a track of `reservationSize` blocks; with `addressReservation`, up to that LBA. */
export const reserveTrack = command({
  name: 'RESERVE TRACK',
  opcode: 0x53,
  clause: 'MMC-6 6.30',
  access: 'write',
  timeoutMs: seconds(200),
  cdb: {
    recordingManagementZone: flag(1, 1).named('RMZ'),
    addressReservation: flag(1, 0).named('ARSV'),
    reservationSize: u32(5).named('Reservation Size / Reservation LBA'),
  },
})
