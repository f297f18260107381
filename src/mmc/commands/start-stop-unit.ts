import { bits, choice, flag } from '../../layout'
import { command, seconds } from '../command'

/** START STOP UNIT (1Bh): spins up and down, ejects (`loadEject`) and loads (`loadEject` and `start`) the medium. */
export const startStopUnit = command({
  name: 'START STOP UNIT',
  opcode: 0x1b,
  clause: 'MMC-6 6.39',
  access: 'write',
  timeoutMs: seconds(300),
  cdb: {
    immediate: flag(1, 0).named('IMMED'),
    formatLayerNumber: bits(3, 1, 0),
    powerConditions: choice(4, 7, 4, { 0: 'none', 1: 'active', 2: 'idle', 3: 'standby', 5: 'sleep' }),
    formatLayer: flag(4, 2).named('FL'),
    loadEject: flag(4, 1).named('LoEj'),
    start: flag(4, 0),
  },
  long: true,
})
