import { flag } from '../../layout'
import { command, seconds } from '../command'

/** PREVENT ALLOW MEDIUM REMOVAL (1Eh): locks the tray; `persistent` asks to be told of the eject button. */
export const preventAllowMediumRemoval = command({
  name: 'PREVENT ALLOW MEDIUM REMOVAL',
  opcode: 0x1e,
  clause: 'MMC-6 6.13',
  access: 'write',
  timeoutMs: seconds(30),
  cdb: { persistent: flag(4, 1), prevent: flag(4, 0) },
})
