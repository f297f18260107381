import {
  bdDiscInformation,
  bdDiscInformationUnits,
  bufferCapacity,
  capabilitiesPage,
  capacityData,
  configurationData,
  coreFeature,
  decodeModePages,
  discInformation,
  dvdPhysicalFormatInformation,
  dvdPlusAdip,
  dvdPlusRFeature,
  dvdPreRecordedInformation,
  dvdStructureList,
  findFeature,
  findModePage,
  formatCapacities,
  formattedToc,
  fullToc,
  mechanismStatusData,
  mediaEvent,
  modeParameterList10,
  multiSessionInformation,
  rpcState,
  standardInquiryData,
  tableOfContents,
  trackInformation,
  writeParametersPage,
  writeSpeeds,
} from '../../../src/mmc'
import { hexBytes } from '../hex'

// Bytes that QEMU 7.2 and tgt 1.0.85 sent where a test names them, else put together by hand from the standard's tables:
// not one of them was made with these layouts.

test("QEMU's scsi-cd: INQUIRY", () => {
  const reply = standardInquiryData.decode(
    hexBytes(
      '05 80 05 12 5B 00 00 12' +
        Buffer.from('QEMU    QEMU CD-ROM     2.5+', 'latin1').toString('hex') +
        '00'.repeat(60),
    ),
  )
  expect(reply).toMatchObject({
    peripheralDeviceType: 5,
    removableMedium: true,
    version: 5,
    responseDataFormat: 2,
    additionalLength: 0x5b,
    vendorIdentification: 'QEMU',
    productIdentification: 'QEMU CD-ROM',
    productRevisionLevel: '2.5+',
  })
})

test("QEMU's CD: READ DISC INFORMATION", () => {
  const reply = discInformation.decode(hexBytes('00 20 0E 01 01 01 01 20 00 00 00 00'))
  expect(reply).toMatchObject({
    erasable: false,
    stateOfLastSession: 'complete',
    discStatus: 'complete',
    numberOfSessions: 1,
    unrestrictedUse: true,
    discIdentification: undefined,
  })
})

test("tgt's blank DVD+R: READ DISC INFORMATION and READ TRACK INFORMATION", () => {
  const disc = discInformation.decode(
    hexBytes('00 20 00 01 01 01 01 10 00 00 00 00 00 00 00 00 00 00 00 00 00 23 05 40 00 00 00 00 00 00 00 00 00 00'),
  )
  expect(disc).toMatchObject({
    discStatus: 'blank',
    stateOfLastSession: 'empty',
    numberOfSessions: 1,
    lastPossibleLeadOutStartAddress: 2_295_104,
    discApplicationCodeValid: true,
    opcTable: [],
  })
  const track = trackInformation.decode(
    hexBytes(
      '00 26 01 01 00 07 41 01 00000000 00000000 00230540 00000010 00230540 00000000 0000 0000 00040D0E'.concat(
        ' 11 22 33 44 55 66 77 88',
      ),
    ),
  )
  expect(track).toMatchObject({
    trackNumber: 1,
    sessionNumber: 1,
    trackMode: 7,
    blank: true,
    dataMode: 1,
    nextWritableAddressValid: true,
    nextWritableAddress: 0,
    freeBlocks: 2_295_104,
    fixedPacketSize: 16,
    trackSize: 2_295_104,
    lastRecordedAddressValid: false,
    lastRecordedAddress: undefined,
    readCompatibilityLba: 0x00040d0e,
    nextLayerJumpAddress: undefined,
  })
})

test('an NWA of -150 is not four billion', () => {
  const reply = trackInformation.decode(hexBytes('00 22 01 01 00 04 4F 01 FFFFFF6A FFFFFF6A'))
  expect(reply.nextWritableAddress).toBe(-150)
})

test("tgt's blank DVD+R: GET CONFIGURATION", () => {
  const reply = configurationData.decode(
    hexBytes(
      '00000058 0000 001B  0000 03 08 00100000 001B0100  0001 03 04 00000001  0002 03 04 00000000' +
        '0003 03 04 29000000  001D 00 00  002B 01 04 01000000  0100 03 00  0105 03 00',
    ),
  )
  expect(reply.currentProfile).toBe(0x1b)
  expect(reply.featureDescriptors!.map(({ featureCode }) => featureCode)).toEqual([
    0x0000, 0x0001, 0x0002, 0x0003, 0x001d, 0x002b, 0x0100, 0x0105,
  ])
  expect(findFeature(reply, dvdPlusRFeature)).toMatchObject({ current: true, write: true })
  // Core with four bytes only, as of version 0: the later ones are not made up.
  expect(findFeature(reply, coreFeature)).toMatchObject({ physicalInterfaceStandard: 1, deviceBusyEvent: undefined })
})

test("QEMU's CD: READ TOC formats 0, 1 and 2", () => {
  const toc = formattedToc.decode(hexBytes('00 12 01 01 00 14 01 00 00000000 00 14 AA 00 00001000'))
  expect(toc.trackDescriptors).toMatchObject([
    { adr: 1, control: 4, trackNumber: 1, trackStartAddress: 0 },
    { trackNumber: 0xaa, trackStartAddress: 4096 },
  ])
  expect(multiSessionInformation.decode(hexBytes('00 0A 01 01 00 00 00 00 00000000'))).toMatchObject({
    firstCompleteSessionNumber: 1,
    startAddressOfFirstTrackInLastCompleteSession: 0,
  })
  const full = fullToc.decode(
    hexBytes(
      '002E 01 01  01 14 00 A0 00 00 00 00 01 00 00  01 14 00 A1 00 00 00 00 01 00 00' +
        '01 14 00 A2 00 00 00 00 00 38 2E  01 14 00 01 00 00 00 00 00 02 00',
    ),
  )
  expect(tableOfContents(full)).toEqual([
    {
      number: 1,
      discType: 0,
      firstTrack: 1,
      lastTrack: 1,
      leadOut: 4096,
      nextProgramArea: undefined,
      tracks: [{ number: 1, control: 4, isData: true, start: 0 }],
    },
  ])
})

test("tgt's READ TOC is cut in half by its own residual", () => {
  const reply = formattedToc.decode(hexBytes('00 12 01 01 00 14 01 00 00000000 00 14 AA 00 0023'))
  expect(reply.trackDescriptors![1]).toMatchObject({ trackNumber: 0xaa, trackStartAddress: undefined })
})

test('a CD with two sessions: point B0 says where a third may begin', () => {
  const full = fullToc.decode(
    hexBytes(
      '0057 01 02' +
        '01 14 00 A0 00 00 00 00 01 20 00  01 14 00 A1 00 00 00 00 01 00 00  01 14 00 A2 00 00 00 00 00 1E 00' +
        '01 14 00 01 00 00 00 00 00 02 00' +
        '01 54 00 B0 03 00 00 02 4F 3B 47' +
        '02 14 00 A2 00 00 00 00 03 0A 05  02 14 00 02 00 00 00 00 03 02 00',
    ),
  )
  const sessions = tableOfContents(full)
  expect(sessions.map(({ number, leadOut }) => [number, leadOut])).toEqual([
    [1, 2100],
    [2, 14_105],
  ])
  expect(sessions[0]).toMatchObject({ discType: 0x20, nextProgramArea: 13_350 })
  expect(sessions[1]!.tracks).toEqual([{ number: 2, control: 4, isData: true, start: 13_500 }])
})

test("tgt's DVD+R: READ CAPACITY, READ BUFFER CAPACITY, write speeds", () => {
  expect(capacityData.decode(hexBytes('00000000 00000800'))).toMatchObject({
    logicalBlockAddress: 0,
    blockLengthBytes: 2048,
  })
  expect(bufferCapacity.decode(hexBytes('00 0A 00 00 00 80 00 00 00 40 00 00'))).toMatchObject({
    block: false,
    lengthOfTheBuffer: 0x800000,
    availableLengthOfBuffer: 0x400000,
  })
  expect(
    writeSpeeds.decode(hexBytes('00000014 00 00 00 00 01 00 00 00 0023053F 00000CFC 00000CFC')).descriptors,
  ).toMatchObject([
    {
      writeRotationControl: 'clv',
      mixtureOfReadAndWrite: true,
      endLba: 2_295_103,
      readSpeedKBps: 3324,
      writeSpeedKBps: 3324,
    },
  ])
})

test('GET EVENT STATUS NOTIFICATION of a loaded tray and of an empty one', () => {
  expect(mediaEvent.decode(hexBytes('00 04 04 10 00 02 00 00'))).toMatchObject({
    noEventAvailable: false,
    notificationClass: 'media',
    supportedEventClasses: 0x10,
    mediaEvent: 'no-change',
    mediaPresent: true,
    doorOrTrayOpen: false,
  })
  expect(mediaEvent.decode(hexBytes('00 04 04 10 00 00 00 00')).mediaPresent).toBe(false)
})

test('MECHANISM STATUS of QEMU', () => {
  expect(mechanismStatusData.decode(hexBytes('00 00 00 00 00 01 00 00'))).toMatchObject({
    fault: false,
    doorOpen: false,
    numberOfSlots: 1,
    slotTables: [],
  })
})

test("READ DISC STRUCTURE 00h: QEMU's DVD, tgt's blank DVD+R", () => {
  expect(
    dvdPhysicalFormatInformation.layout.decode(hexBytes('0802 0000 01 0F 01 00 00 000000 00 0BB7FF 00 0BB7FF')),
  ).toMatchObject({
    bookType: 'DVD-ROM',
    partVersion: 1,
    discSize: '120 mm',
    layerTypeEmbossed: true,
    startingPhysicalSectorNumberOfDataArea: 0,
    endPhysicalSectorNumberOfDataArea: 0x0bb7ff,
    endPhysicalSectorNumberInLayer0: 0x0bb7ff,
    burstCuttingArea: undefined,
  })
  expect(
    dvdPhysicalFormatInformation.layout.decode(hexBytes('0802 0000 A1 0F 02 00 00 030000 00 26053F')),
  ).toMatchObject({
    bookType: 'DVD+R',
    layerTypeRecordable: true,
    startingPhysicalSectorNumberOfDataArea: 0x030000,
    endPhysicalSectorNumberOfDataArea: 0x26053f,
  })
})

test("READ DISC STRUCTURE FFh: QEMU's list", () => {
  const reply = dvdStructureList.layout.decode(hexBytes('0012 0000 00400804 01400008 03 40 00C0 04 40 0804 DEADBEEF'))
  expect(reply.structureList).toMatchObject([
    { formatCode: 0, readable: true, sendable: false, formatLength: 0x0804 },
    { formatCode: 1, formatLength: 8 },
    { formatCode: 3, formatLength: 0xc0 },
    { formatCode: 4, formatLength: 0x0804 },
  ])
})

test('READ DISC STRUCTURE 0Eh and 11h name the maker', () => {
  const preRecorded = hexBytes(
    `0026 0000 01 40 C1 FDDFFF 05 00 02 54 08 0000000000 03 ${Buffer.from('CMC MA').toString('hex')} 00 04 ${Buffer.from('G. AM3').toString('hex')} 00`,
  )
  expect(dvdPreRecordedInformation.layout.decode(preRecorded)).toMatchObject({
    field3: 3,
    manufacturerId1: 'CMC MA',
    field4: 4,
    manufacturerId2: 'G. AM3',
  })
  const adip = hexBytes(
    `0102 0000 A1 0F 02 00 00 030000 00 26053F 00 000000 00 0000 ${Buffer.from('YUDEN000').toString('hex')} ${Buffer.from('T02').toString('hex')} 00`,
  )
  expect(dvdPlusAdip.layout.decode(adip)).toMatchObject({
    bookType: 'DVD+R',
    discManufacturerId: 'YUDEN000',
    mediaTypeId: 'T02',
    productRevisionNumber: 0,
  })
})

test('READ DISC STRUCTURE 00h of a BD-R: one unit, and padding', () => {
  const unit = new Uint8Array(112)
  unit.set(hexBytes('44 49 01 08 00 00 62 00 42 44 52 01 12 01 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 19 4E 7E'))
  unit.set(Buffer.from('VERBAT'), 100)
  unit.set(Buffer.from('IMe'), 106)
  const reply = bdDiscInformation.layout.decode(
    Uint8Array.from([0x10, 0x02, 0, 0, ...unit, ...new Uint8Array(4096 - 112)]),
  )
  const units = bdDiscInformationUnits(reply)
  expect(units).toHaveLength(1)
  expect(units[0]).toMatchObject({
    numberOfUnitsInBlock: 1,
    layerNumber: 0,
    numberOfBytesInUse: 98,
    discTypeIdentifier: 'BDR',
    discSize: '120 mm',
    numberOfLayers: 1,
    channelBitLength: 1,
    firstAddressUnitNumber: 131_072,
    lastAddressUnitNumber: 1_658_494,
    mediaTypeId: 'IMe',
  })
  // 12 219 392 blocks: the size of a BD of 25 GB.
  const { firstAddressUnitNumber, lastAddressUnitNumber } = units[0]!
  expect((lastAddressUnitNumber! - firstAddressUnitNumber! + 2) * 8).toBe(12_219_392)
})

test('READ FORMAT CAPACITIES of a new DVD+RW', () => {
  const reply = formatCapacities.decode(hexBytes('000000 10 00230540 01 000800 00230540 98 000000'))
  expect(reply).toMatchObject({
    descriptorType: 'unformatted',
    numberOfBlocks: 2_295_104,
    blockLengthBytes: 2048,
    formattableCapacityDescriptors: [{ formatType: 0x26, formatSubType: 0, numberOfBlocks: 2_295_104 }],
  })
})

test('REPORT KEY: region 2, five changes left', () => {
  expect(rpcState.decode(hexBytes('0006 0000 65 FD 01 00'))).toMatchObject({
    typeCode: 'set',
    vendorResetsAvailable: 4,
    userControlledChangesAvailable: 5,
    regionMask: 0xfd,
    rpcScheme: 1,
  })
})

describe('MODE SENSE', () => {
  test("tgt's write parameters", () => {
    const reply = modeParameterList10.decode(
      hexBytes(`003A 00 00 00 00 0000 05 32 62 05 08 10 00 00 00 00 00000010 0096 ${'00'.repeat(36)}`),
    )
    expect(findModePage(reply, writeParametersPage)).toMatchObject({
      bufferUnderrunFreeEnabled: true,
      linkSizeValid: true,
      testWrite: false,
      writeType: 'session-at-once',
      multiSession: 'no-next-session',
      trackMode: 5,
      dataBlockType: 8,
      linkSize: 16,
      packetSize: 16,
      audioPauseLength: 150,
    })
  })

  test("QEMU's capabilities on ide-cd, with the old medium type", () => {
    const reply = modeParameterList10.decode(
      hexBytes('001C 70 00 00 00 0000 2A 14 3B 00 71 60 29 00 02 C0 00 00 02 00 02 C0 00 00 00 00 00 00'),
    )
    expect(reply.mediumType).toBe(0x70)
    expect(findModePage(reply, capabilitiesPage)).toMatchObject({
      dvdRomRead: true,
      cdRWrite: false,
      maximumReadSpeedKBps: 704,
      bufferSizeKB: 512,
      currentWriteSpeedKBps: undefined,
    })
  })

  test('a mode data length that is two too short costs no field of the page', () => {
    const page = `2A 1E ${'00'.repeat(26)} 0CFC 0000`
    const reply = modeParameterList10.decode(hexBytes(`0024 00 00 00 00 0000 ${page}`))
    expect(findModePage(reply, capabilitiesPage)).toMatchObject({
      currentWriteSpeedKBps: 3324,
      numberOfWriteSpeedPerformanceDescriptors: 0,
    })
  })

  test('block descriptors are skipped, whatever their length', () => {
    const reply = modeParameterList10.decode(hexBytes('0016 00 00 00 00 0008 0000000000000800 08 04 04 00 00 00'))
    expect(decodeModePages(reply)).toMatchObject([{ code: 8, name: 'Caching', value: { writeCacheEnable: true } }])
    const odd = modeParameterList10.decode(hexBytes('0016 00 00 00 00 FFFF 0000000000000800 08 04 04 00 00 00'))
    expect(decodeModePages(odd)).toEqual([])
  })
})
