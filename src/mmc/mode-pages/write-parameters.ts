import { ascii, bits, bytes, choice, flag, u8, u16, u32 } from '../../layout'
import { modePage } from './mode-page'

/** Bytes of a block by data block type (MMC-6 table 667). */
export const DATA_BLOCK_BYTES: Readonly<Record<number, number>> = {
  0: 2352,
  1: 2368,
  2: 2448,
  3: 2448,
  8: 2048,
  9: 2336,
  10: 2048,
  11: 2056,
  12: 2324,
  13: 2332,
}

/** Write Parameters (05h): how CD-R/RW and DVD-R/RW are written. It is lost with the medium. */
export const writeParametersPage = modePage(0x05, 'Write Parameters', 'MMC-6 7.5', 52, {
  bufferUnderrunFreeEnabled: flag(2, 6).named('BUFE'),
  linkSizeValid: flag(2, 5).named('LS_V'),
  testWrite: flag(2, 4),
  writeType: choice(2, 3, 0, {
    0: 'packet',
    1: 'track-at-once',
    2: 'session-at-once',
    3: 'raw',
    4: 'layer-jump',
  }),
  multiSession: choice(3, 7, 6, ['no-next-session', 'no-next-session-b0', 'reserved', 'next-session-allowed']),
  fixedPacket: flag(3, 5).named('FP'),
  copy: flag(3, 4),
  trackMode: bits(3, 3, 0),
  dataBlockType: bits(4, 3, 0).means({
    0: 'raw, 2352 bytes',
    1: 'raw with P and Q sub-channel, 2368 bytes',
    2: 'raw with packed P-W sub-channel, 2448 bytes',
    3: 'raw with raw P-W sub-channel, 2448 bytes',
    8: 'mode 1, 2048 bytes',
    9: 'mode 2, 2336 bytes',
    10: 'mode 2 form 1, 2048 bytes',
    11: 'mode 2 form 1 with sub-header, 2056 bytes',
    12: 'mode 2 form 2, 2324 bytes',
    13: 'mode 2 mixed with sub-header, 2332 bytes',
  }),
  linkSize: u8(5),
  initiatorApplicationCode: bits(7, 5, 0),
  sessionFormat: u8(8).means({ 0: 'CD-DA, CD-ROM or other data', 16: 'CD-I', 32: 'CD-ROM XA' }),
  packetSize: u32(10),
  audioPauseLength: u16(14),
  mediaCatalogNumberValid: flag(16, 7).named('MCVAL'),
  mediaCatalogNumber: ascii(17, 13, 0),
  isrcValid: flag(32, 7).named('TCVAL'),
  isrc: ascii(33, 12, 0).named('International Standard Recording Code'),
  subHeader: bytes(48, 4),
})
