import { choice, u16 } from '../../layout'
import { command, seconds } from '../command'

/** The speed that SET CD SPEED takes for "the best there is". */
export const OPTIMUM_SPEED = 0xffff

/** SET CD SPEED (BBh): speeds in kB/s of 1000 bytes, rounded down by the drive. They outlast the medium. */
export const setCdSpeed = command({
  name: 'SET CD SPEED',
  opcode: 0xbb,
  clause: 'MMC-6 6.36',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: {
    rotationalControl: choice(1, 1, 0, { 0: 'clv', 1: 'cav' }),
    readSpeedKBps: u16(2).named('Logical Unit Read Speed'),
    writeSpeedKBps: u16(4).named('Logical Unit Write Speed'),
  },
})
