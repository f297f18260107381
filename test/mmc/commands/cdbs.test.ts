import { hex } from '../../../src/layout'
import {
  blank,
  COMMANDS,
  type Command,
  closeTrackSession,
  commandOf,
  cueSheet,
  formatUnit,
  formatUnitParameterList,
  getConfiguration,
  getMediaEvent,
  getPerformance,
  getWriteSpeeds,
  inquiryDeviceIdentification,
  modeSelect10,
  modeSense10,
  nameOf,
  performanceDescriptor,
  preventAllowMediumRemoval,
  read10,
  read12,
  readBufferCapacity,
  readCd,
  readCdBlockBytes,
  readDiscInformation,
  readDiscStructureOf,
  readMultiSessionInformation,
  readToc,
  readTocMsf,
  readTrackInformation,
  reserveTrack,
  sendCueSheet,
  setCdSpeed,
  setStreaming,
  startStopUnit,
  synchronizeCache,
  write10,
  write12,
} from '../../../src/mmc'
import { dvdPlusAdip } from '../../../src/mmc/structures'

const cdbOf = (command: Command, parameters: object) => hex(command.encodeCdb(parameters as never))

// CDBs as growisofs, xorriso, wodim, dvd+rw-mediainfo and the Linux kernel send them.
test.each<[by: string, command: unknown, parameters: object, cdb: string]>([
  ['growisofs', readDiscInformation, { allocationLength: 0x20 }, '51 00 00 00 00 00 00 00 20 00'],
  [
    'growisofs',
    readTrackInformation,
    { numberType: 'track', number: 1, allocationLength: 0x20 },
    '52 01 00 00 00 01 00 00 20 00',
  ],
  [
    'xorriso',
    readTrackInformation,
    { numberType: 'track', number: 0xff, allocationLength: 0x14 },
    '52 01 00 00 00 FF 00 00 14 00',
  ],
  [
    'growisofs',
    modeSense10,
    { disableBlockDescriptors: true, pageCode: 0x05, allocationLength: 0x3c },
    '5A 08 05 00 00 00 00 00 3C 00',
  ],
  ['growisofs', modeSelect10, { parameterListLength: 0x3c }, '55 10 00 00 00 00 00 00 3C 00'],
  ['growisofs', write10, { logicalBlockAddress: 16, transferLength: 16 }, '2A 00 00 00 00 10 00 00 10 00'],
  ['cdrecord', write10, { logicalBlockAddress: -150, transferLength: 27 }, '2A 00 FF FF FF 6A 00 00 1B 00'],
  ['growisofs', synchronizeCache, { immediate: true }, '35 02 00 00 00 00 00 00 00 00'],
  [
    'growisofs',
    closeTrackSession,
    { immediate: true, closeFunction: 1, logicalTrackNumber: 1 },
    '5B 01 01 00 00 01 00 00 00 00',
  ],
  ['growisofs', closeTrackSession, { immediate: true, closeFunction: 6 }, '5B 01 06 00 00 00 00 00 00 00'],
  ['growisofs', startStopUnit, { immediate: true, loadEject: true }, '1B 01 00 00 02 00'],
  ['growisofs', startStopUnit, { immediate: true, loadEject: true, start: true }, '1B 01 00 00 03 00'],
  ['growisofs', preventAllowMediumRemoval, { prevent: true }, '1E 00 00 00 01 00'],
  ['growisofs', readBufferCapacity, { allocationLength: 12 }, '5C 00 00 00 00 00 00 00 0C 00'],
  ['growisofs', getWriteSpeeds, { maximumNumberOfDescriptors: 1 }, 'AC 00 00 00 00 00 00 00 00 01 03 00'],
  ['growisofs', getPerformance, { write: true, maximumNumberOfDescriptors: 1 }, 'AC 04 00 00 00 00 00 00 00 01 00 00'],
  ['xorriso', getPerformance, { tolerance: 2, maximumNumberOfDescriptors: 1 }, 'AC 10 00 00 00 00 00 00 00 01 00 00'],
  ['wodim', setCdSpeed, { readSpeedKBps: 0x108a, writeSpeedKBps: 0x1098 }, 'BB 00 10 8A 10 98 00 00 00 00 00 00'],
  ['xorriso', setStreaming, { parameterListLength: 28 }, 'B6 00 00 00 00 00 00 00 00 00 1C 00'],
  ['wodim', reserveTrack, { reservationSize: 0x0670 }, '53 00 00 00 00 00 00 06 70 00'],
  [
    'dvd+rw-mediainfo',
    readDiscStructureOf(dvdPlusAdip),
    { layerNumber: 1, allocationLength: 4 },
    'AD 00 00 00 00 00 01 11 00 04 00 00',
  ],
  ['the kernel', getMediaEvent, { allocationLength: 8 }, '4A 01 00 00 10 00 00 00 08 00'],
  [
    'the kernel',
    getConfiguration,
    { startingFeatureNumber: 0x28, allocationLength: 16 },
    '46 00 00 28 00 00 00 00 10 00',
  ],
  ['the kernel', readTocMsf, { trackOrSessionNumber: 0xaa, allocationLength: 12 }, '43 02 00 00 00 00 AA 00 0C 00'],
  ['dvd+rw-mediainfo', readToc, { trackOrSessionNumber: 1, allocationLength: 0x14 }, '43 00 00 00 00 00 01 00 14 00'],
  ['dvd+rw-mediainfo', readMultiSessionInformation, { allocationLength: 12 }, '43 00 01 00 00 00 00 00 0C 00'],
  ['the kernel', inquiryDeviceIdentification, { allocationLength: 0xff }, '12 01 83 00 FF 00'],
  ['libburn', blank, { immediate: true, blankingType: 'minimal' }, 'A1 11 00 00 00 00 00 00 00 00 00 00'],
  ['libburn', formatUnit, {}, '04 11 00 00 00 00'],
  ['libburn', sendCueSheet, { parameterListLength: 32 }, '5D 00 00 00 00 00 00 00 20 00'],
  [
    'libburn',
    read12,
    { logicalBlockAddress: 32, transferLength: 16, streaming: true },
    'A8 00 00 00 00 20 00 00 00 10 80 00',
  ],
  [
    'growisofs',
    write12,
    { logicalBlockAddress: 32, transferLength: 16, streaming: true },
    'AA 00 00 00 00 20 00 00 00 10 80 00',
  ],
  [
    'cdda2wav',
    readCd,
    { expectedSectorType: 'cd-da', startingLogicalBlockAddress: 100, transferLength: 27, userData: true },
    'BE 04 00 00 00 64 00 00 1B 10 00 00',
  ],
])('%s: %#', (_, command, parameters, cdb) => {
  expect(cdbOf(command as Command, parameters)).toBe(cdb)
  expect(commandOf((command as Command).encodeCdb(parameters as never))?.clause).toBe((command as Command).clause)
})

test('parameter lists, as the standard lays them out', () => {
  expect(hex(formatUnitParameterList.encode({ immediate: true, numberOfBlocks: 0x00230540, formatType: 0x26 }))).toBe(
    '00 02 00 08 00 23 05 40 98 00 00 00',
  )
  expect(
    hex(
      performanceDescriptor.encode({
        endLba: 0x0023053f,
        readSize: 11_080,
        readTimeMs: 1000,
        writeSize: 11_080,
        writeTimeMs: 1000,
      }),
    ),
  ).toBe('00 00 00 00 00 00 00 00 00 23 05 3F 00 00 2B 48 00 00 03 E8 00 00 2B 48 00 00 03 E8')
  // A session of one data track: lead-in, pre-gap, track, lead-out.
  expect(
    hex(
      cueSheet.encode({
        entries: [
          { control: 4, adr: 1, trackNumber: 0, index: 0, dataFormMain: 0x14, address: -150 },
          { control: 4, adr: 1, trackNumber: 1, index: 0, dataFormMain: 0x10, address: -150 },
          { control: 4, adr: 1, trackNumber: 1, index: 1, dataFormMain: 0x10, address: 0 },
          { control: 4, adr: 1, trackNumber: 0xaa, index: 1, dataFormMain: 0x14, address: 4350 },
        ],
      }),
    ),
  ).toBe('41 00 00 14 00 00 00 00 41 01 00 10 00 00 00 00 41 01 01 10 00 00 02 00 41 AA 01 14 00 01 00 00')
})

test.each([
  [{ expectedSectorType: 'cd-da', userData: true }, 2352],
  [{ expectedSectorType: 'cd-da', sync: true, headerCodes: 'all-headers', userData: true, edcAndEcc: true }, 2352],
  [{ expectedSectorType: 'mode-1', userData: true }, 2048],
  [{ sync: true, headerCodes: 'all-headers', userData: true, edcAndEcc: true }, 2352],
  [{ expectedSectorType: 'cd-da', userData: true, c2ErrorInformation: 'c2' }, 2646],
  [{ expectedSectorType: 'cd-da', userData: true, c2ErrorInformation: 'c2', subChannelSelection: 'raw' }, 2742],
  [{ expectedSectorType: 'mode-2-form-1', userData: true }, 2048],
  [
    { expectedSectorType: 'mode-2-form-1', sync: true, headerCodes: 'all-headers', userData: true, edcAndEcc: true },
    2352,
  ],
  [{ expectedSectorType: 'mode-2-form-2', sync: true, headerCodes: 'all-headers', userData: true }, 2352],
  [{ subChannelSelection: 'q' }, 16],
] as const)('READ CD of %j moves %i bytes a block', (parameters, bytes) => {
  expect(readCdBlockBytes(parameters)).toBe(bytes)
})

test('READ moves whole blocks, GET PERFORMANCE whole descriptors', () => {
  expect(read10.transferBytes!({ transferLength: 32 })).toBe(65_536)
  expect(getWriteSpeeds.transferBytes!({ maximumNumberOfDescriptors: 3 })).toBe(56)
})

test('a variant refuses the fields of another', () => {
  expect(() => readToc.encodeCdb({ format: 'atip' })).toThrow(RangeError)
})

// The operation codes of MMC-6 table 229, and those of SPC that it takes over for optical drives.
const MMC_6 = {
  BLANK: 0xa1,
  'CLOSE TRACK SESSION': 0x5b,
  'FORMAT UNIT': 0x04,
  'GET CONFIGURATION': 0x46,
  'GET EVENT STATUS NOTIFICATION': 0x4a,
  'GET PERFORMANCE': 0xac,
  INQUIRY: 0x12,
  'LOAD/UNLOAD MEDIUM': 0xa6,
  'MECHANISM STATUS': 0xbd,
  'MODE SELECT(10)': 0x55,
  'MODE SENSE(10)': 0x5a,
  'PREVENT ALLOW MEDIUM REMOVAL': 0x1e,
  'READ(10)': 0x28,
  'READ(12)': 0xa8,
  'READ BUFFER': 0x3c,
  'READ BUFFER CAPACITY': 0x5c,
  'READ CAPACITY': 0x25,
  'READ CD': 0xbe,
  'READ CD MSF': 0xb9,
  'READ DISC INFORMATION': 0x51,
  'READ DISC STRUCTURE': 0xad,
  'READ FORMAT CAPACITIES': 0x23,
  'READ MEDIA SERIAL NUMBER': 0xab,
  'READ TOC/PMA/ATIP': 0x43,
  'READ TRACK INFORMATION': 0x52,
  'REPAIR TRACK': 0x58,
  'REPORT KEY': 0xa4,
  'REPORT LUNS': 0xa0,
  'REQUEST SENSE': 0x03,
  'RESERVE TRACK': 0x53,
  'SECURITY PROTOCOL IN': 0xa2,
  'SECURITY PROTOCOL OUT': 0xb5,
  'SEEK(10)': 0x2b,
  'SEND CUE SHEET': 0x5d,
  'SEND DISC STRUCTURE': 0xbf,
  'SEND KEY': 0xa3,
  'SEND OPC INFORMATION': 0x54,
  'SET CD SPEED': 0xbb,
  'SET READ AHEAD': 0xa7,
  'SET STREAMING': 0xb6,
  'START STOP UNIT': 0x1b,
  'SYNCHRONIZE CACHE': 0x35,
  'TEST UNIT READY': 0x00,
  'VERIFY(10)': 0x2f,
  'WRITE(10)': 0x2a,
  'WRITE(12)': 0xaa,
  'WRITE AND VERIFY(10)': 0x2e,
  'WRITE BUFFER': 0x3b,
}

test.each(Object.entries(MMC_6))('%s is there', (name, opcode) => {
  expect(nameOf(Uint8Array.of(opcode))).toBe(name)
})

test('variants of one opcode agree in name and in what they may do', () => {
  const first = new Map<number, Command>()
  for (const command of COMMANDS) {
    const { name, access, direction } = first.get(command.opcode) ?? command
    expect({ name: command.name, access: command.access, direction: command.direction }).toEqual({
      name,
      access,
      direction,
    })
    first.set(command.opcode, command)
  }
})

test('every command that could change the medium or the drive is held back on a drive opened for reading', () => {
  const harmless = [...new Set(COMMANDS.filter(({ access }) => access === 'read').map(({ name }) => name))]
  expect(
    harmless.filter(name => /WRITE|SEND|SET|FORMAT UNIT|BLANK|CLOSE|SELECT|ERASE|OUT|START|PREVENT/.test(name)),
  ).toEqual([])
})
