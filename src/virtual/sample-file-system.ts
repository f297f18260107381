import { ascii, bytes, layout, nested, u8, u16, u16le, u32, u32le } from '../layout'

const BLOCK_BYTES = 2048
/** Blocks before the volume descriptors. */
const SYSTEM_AREA_BLOCKS = 16
const PRIMARY = SYSTEM_AREA_BLOCKS
const TERMINATOR = PRIMARY + 1
const PATH_TABLE = TERMINATOR + 1
const PATH_TABLE_BIG_ENDIAN = PATH_TABLE + 1
const ROOT_DIRECTORY = PATH_TABLE_BIG_ENDIAN + 1
const FILE = ROOT_DIRECTORY + 1
/** Readers look ahead: an image ends well behind its last file. */
const PADDING_BLOCKS = 150

/** Numbers that ECMA-119 has in both byte orders (7.2.3, 7.3.3). */
const bothEndian16 = layout('Both-byte 16-bit', { little: u16le(0), big: u16(2) })
const bothEndian32 = layout('Both-byte 32-bit', { little: u32le(0), big: u32(4) })
const both = (value: number) => ({ little: value, big: value })

/** Directory record (ECMA-119 9.1). */
const directoryRecord = layout(
  'Directory Record',
  {
    length: u8(0),
    extent: nested(2, bothEndian32),
    dataLength: nested(10, bothEndian32),
    recordingDate: bytes(18, 7),
    flags: u8(25),
    volumeSequenceNumber: nested(28, bothEndian16),
    identifierLength: u8(32),
    identifier: ascii(33, 30, 0),
  },
  { clause: 'ECMA-119 9.1' },
)

/** Primary volume descriptor, what this file system needs of it (ECMA-119 8.4). */
const primaryVolumeDescriptor = layout(
  'Primary Volume Descriptor',
  {
    type: u8(0),
    identifier: ascii(1, 5),
    version: u8(6),
    systemIdentifier: ascii(8, 32),
    volumeIdentifier: ascii(40, 32),
    volumeSpaceSize: nested(80, bothEndian32),
    volumeSetSize: nested(120, bothEndian16),
    volumeSequenceNumber: nested(124, bothEndian16),
    logicalBlockSize: nested(128, bothEndian16),
    pathTableSize: nested(132, bothEndian32),
    pathTableLocation: u32le(140),
    pathTableLocationBigEndian: u32(148),
    rootDirectoryRecord: bytes(156, 34),
    identifiers: ascii(190, 623),
    dates: bytes(813, 68),
    fileStructureVersion: u8(881),
  },
  { length: BLOCK_BYTES, clause: 'ECMA-119 8.4' },
)

const DIRECTORY = 2
const ROOT_PATH_TABLE_BYTES = 10

function record(identifier: string, extent: number, dataLength: number, flags: number, when: Date): Uint8Array {
  const length = 33 + identifier.length + (identifier.length % 2 === 0 ? 1 : 0)
  return directoryRecord
    .encode({
      length,
      extent: both(extent),
      dataLength: both(dataLength),
      recordingDate: Uint8Array.of(
        when.getUTCFullYear() - 1900,
        when.getUTCMonth() + 1,
        when.getUTCDate(),
        when.getUTCHours(),
        when.getUTCMinutes(),
        when.getUTCSeconds(),
        0,
      ),
      flags,
      volumeSequenceNumber: both(1),
      identifierLength: identifier.length,
      identifier,
    })
    .subarray(0, length)
}

function pathTable(root: number, littleEndian: boolean): Uint8Array {
  const table = new Uint8Array(BLOCK_BYTES)
  const view = new DataView(table.buffer)
  view.setUint8(0, 1)
  view.setUint32(2, root, littleEndian)
  view.setUint16(6, 1, littleEndian)
  return table
}

/** A date in 17 bytes (ECMA-119 8.4.26.1): digits, and the offset from UTC in quarters of an hour. */
function longDate(when: Date): number[] {
  const digits = when.toISOString().replace(/\D/g, '').slice(0, 16)
  return [...Array.from(digits, digit => digit.charCodeAt(0)), 0]
}

/**
 * A small ISO 9660 file system: one file in the root directory, with the addresses that are right at the given place.
 *
 * @param start  LBA of the image's first block
 * @returns whole blocks of 2048 bytes
 */
export function sampleFileSystem(
  start: number,
  session: number,
  when = new Date(Date.UTC(2026, 0, session)),
): Uint8Array {
  const content = `This is session ${session} of a virtual disc.\n`
  const blocks = FILE + 1 + PADDING_BLOCKS
  const image = new Uint8Array(blocks * BLOCK_BYTES)
  const put = (block: number, part: Uint8Array) => image.set(part, block * BLOCK_BYTES)
  const root = start + ROOT_DIRECTORY
  put(
    PRIMARY,
    primaryVolumeDescriptor.encode({
      type: 1,
      identifier: 'CD001',
      version: 1,
      systemIdentifier: '',
      volumeIdentifier: `SESSION_${session}`,
      volumeSpaceSize: both(start + blocks),
      volumeSetSize: both(1),
      volumeSequenceNumber: both(1),
      logicalBlockSize: both(BLOCK_BYTES),
      pathTableSize: both(ROOT_PATH_TABLE_BYTES),
      pathTableLocation: start + PATH_TABLE,
      pathTableLocationBigEndian: start + PATH_TABLE_BIG_ENDIAN,
      rootDirectoryRecord: record('\0', root, BLOCK_BYTES, DIRECTORY, when),
      identifiers: '',
      dates: Uint8Array.from([
        ...longDate(when),
        ...longDate(when),
        ...[...'0'.repeat(16)].map(() => 0x30),
        0,
        ...[...'0'.repeat(16)].map(() => 0x30),
        0,
      ]),
      fileStructureVersion: 1,
    }),
  )
  put(TERMINATOR, Uint8Array.of(0xff, ...Array.from('CD001', letter => letter.charCodeAt(0)), 1))
  put(PATH_TABLE, pathTable(root, true))
  put(PATH_TABLE_BIG_ENDIAN, pathTable(root, false))
  put(
    ROOT_DIRECTORY,
    Buffer.concat([
      record('\0', root, BLOCK_BYTES, DIRECTORY, when),
      record('\u0001', root, BLOCK_BYTES, DIRECTORY, when),
      record(`SESSION${session}.TXT;1`, start + FILE, content.length, 0, when),
    ]),
  )
  put(FILE, Buffer.from(content))
  return image
}
