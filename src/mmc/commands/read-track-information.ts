import { bits, choice, flag, i32, layout, split16, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

/** Track Information Block (MMC-6 6.26.3): one track, session, or the invisible track, as the drive sees it. */
export const trackInformation = layout(
  'Track Information',
  {
    trackInformationLength: u16(0),
    trackNumber: split16(32, 2),
    sessionNumber: split16(33, 3),
    layerJumpRecordingStatus: choice(5, 7, 6, [
      'unspecified',
      'unspecified-multiple-layers',
      'manual-layer-jump',
      'regular-interval-layer-jump',
    ]),
    damage: flag(5, 5),
    copy: flag(5, 4),
    trackMode: bits(5, 3, 0),
    reservedTrack: flag(6, 7),
    blank: flag(6, 6),
    packetOrIncremental: flag(6, 5).named('Packet/Inc'),
    fixedPacket: flag(6, 4),
    dataMode: bits(6, 3, 0).means({ 1: 'mode 1', 2: 'mode 2', 15: 'unknown, or no track' }),
    lastRecordedAddressValid: flag(7, 1),
    nextWritableAddressValid: flag(7, 0),
    trackStartAddress: i32(8),
    nextWritableAddress: i32(12).when('nextWritableAddressValid'),
    freeBlocks: u32(16),
    fixedPacketSize: u32(20).named('Fixed Packet Size / Blocking Factor'),
    /** Blocks; the track's last address where the layer jump recording status is not `unspecified`. */
    trackSize: u32(24),
    lastRecordedAddress: i32(28).when('lastRecordedAddressValid'),
    readCompatibilityLba: i32(36).named('Read Compatibility LBA'),
    nextLayerJumpAddress: u32(40),
    lastLayerJumpAddress: u32(44),
  },
  { announced: { field: 'trackInformationLength', excludes: 2 }, clause: 'MMC-6 6.26.3' },
)

/** Track number of the invisible or incomplete track of a CD; most drives take it for DVD+R and BD-R, too. */
export const INVISIBLE_TRACK = 0xff

/**
 * READ TRACK INFORMATION (52h): where a track begins and ends, and where it can be written.
 *
 * `number` is an LBA, a track number (0 is the lead-in, FFh the invisible track) or a session number.
 */
export const readTrackInformation = command({
  name: 'READ TRACK INFORMATION',
  opcode: 0x52,
  clause: 'MMC-6 6.26',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    open: flag(1, 2),
    numberType: choice(1, 1, 0, ['lba', 'track', 'session', 'reserved']).named('Address/Number Type'),
    number: i32(2).named('Logical Block Address/Track/Session Number'),
    allocationLength: u16(7),
  },
  reply: trackInformation,
  firstLength: 36,
})
