import { bits, bytes, flag, layout, u8, u16 } from '../../layout'

/** One CD-Text pack (MMC-6 annex J, Red Book): a piece of text with its place and a CRC. */
export const cdTextPack = layout(
  'CD-Text Pack',
  {
    packType: u8(0),
    trackNumber: u8(1).named('Track Number'),
    sequenceNumber: u8(2),
    doubleByteCharacters: flag(3, 7).named('DBCC'),
    blockNumber: bits(3, 6, 4),
    characterPosition: bits(3, 3, 0),
    textData: bytes(4, 12),
    crc: u16(16).named('CRC'),
  },
  { clause: 'MMC-6 annex J' },
)
