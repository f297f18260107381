import { bits, flag, u8, u16 } from '../../layout'
import { modePage } from './mode-page'

/** CD Device Parameters (0Dh), of MMC-3 and earlier. */
export const cdDeviceParametersPage = modePage(0x0d, 'CD Device Parameters', 'MMC-3 6.3.5', 8, {
  inactivityTimerMultiplier: bits(3, 3, 0),
  secondsPerMinute: u16(4).named('Number of MSF-S Units per MSF-M Unit'),
  framesPerSecond: u16(6).named('Number of MSF-F Units per MSF-S Unit'),
})

/** CD Audio Control (0Eh): the analogue output's ports and volumes. */
export const cdAudioControlPage = modePage(0x0e, 'CD Audio Control', 'MMC-6 7.7', 16, {
  immediate: flag(2, 2).named('IMMED'),
  stopOnTrackCrossing: flag(2, 1).named('SOTC'),
  outputPort0ChannelSelection: bits(8, 3, 0),
  outputPort0Volume: u8(9),
  outputPort1ChannelSelection: bits(10, 3, 0),
  outputPort1Volume: u8(11),
  outputPort2ChannelSelection: bits(12, 3, 0),
  outputPort2Volume: u8(13),
  outputPort3ChannelSelection: bits(14, 3, 0),
  outputPort3Volume: u8(15),
})
