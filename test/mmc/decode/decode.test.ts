import { DECODABLE, type DecodeOptions, decodeBytes, decodeTransfer } from '../../../src/mmc'
import { hexBytes } from '../hex'

const decode = (what: string, bytes: string, options?: DecodeOptions) => decodeBytes(what, hexBytes(bytes), options)

test('what can be decoded is named after the commands', () => {
  expect(DECODABLE).toEqual(
    expect.arrayContaining([
      'sense',
      'cdb',
      'inquiry',
      'get-configuration',
      'read-disc-information',
      'read-track-information',
      'read-toc',
      'mode-sense',
      'mode-sense-6',
      'read-disc-structure',
      'read-capacity',
      'read-format-capacities',
      'get-event-status-notification',
      'get-performance',
      'request-sense',
      'report-luns',
      'format-unit',
      'send-cue-sheet',
    ]),
  )
  expect(DECODABLE.every(what => /^[a-z]+(-[a-z0-9]+)*$/.test(what))).toBe(true)
  expect(() => decode('read-mind', '00')).toThrow(expect.objectContaining({ code: 'USAGE_NOT_DECODABLE' }))
})

describe('sense', () => {
  test('key, ASC, ASCQ, information, words', () => {
    const decoded = decode('sense', 'F0 00 03 0000A1B2 0A 00000000 11 05 00 00 0000')
    expect(decoded).toMatchObject({
      what: 'sense',
      value: { key: 3, asc: 0x11, ascq: 5, information: 0xa1b2, deferred: false, text: 'L-EC UNCORRECTABLE ERROR' },
      text: 'MEDIUM ERROR, L-EC UNCORRECTABLE ERROR',
      warnings: [],
    })
    expect(decoded.fields).toContainEqual({ name: 'senseKey', bytes: '2 bits 3-0', value: 3, meaning: 'MEDIUM ERROR' })
  })

  test('information is null where VALID is not set', () => {
    expect(decode('sense', '70 00 05 00000000 0A 00000000 24 00 00 00 0000').value['information']).toBeNull()
  })

  test('descriptor format, its information as a number', () => {
    expect(decode('sense', '72 03 11 00 000000 0C 00 0A 80 00 0000000000001234')).toMatchObject({
      value: { key: 3, information: 0x1234 },
    })
  })

  test('short and odd bytes are decoded as far as they go', () => {
    expect(decode('sense', '70 00 02')).toMatchObject({
      value: { key: 2, asc: 0, ascq: 0 },
      warnings: ['Only 3 of at least 18 bytes are there.'],
    })
    expect(decode('sense', '')).toMatchObject({ value: { key: null }, warnings: ['There are no bytes.'] })
    expect(decode('sense', '12 34').warnings[0]).toContain('no sense data')
  })
})

describe('cdb', () => {
  test('its command, fields and variant', () => {
    expect(decode('cdb', '43 02 04 00 00 00 00 00 1C 00')).toMatchObject({
      value: { command: 'READ TOC/PMA/ATIP', access: 'read', msf: true, format: 'atip', allocationLength: 28 },
      text: 'READ TOC/PMA/ATIP, msf, format atip, allocationLength 28',
      warnings: [],
    })
  })

  test('an opcode that is unknown, a CDB cut short, none at all', () => {
    expect(decode('cdb', 'D8 00')).toMatchObject({ value: { opcode: 0xd8 }, text: 'unknown opcode D8h' })
    expect(decode('cdb', '28 00 00').warnings).toEqual(['The CDB has 3 bytes; READ(10) has 10.'])
    expect(decode('cdb', '').warnings).toEqual(['There are no bytes.'])
  })
})

test.each<[what: string, bytes: string, value: object, options?: DecodeOptions]>([
  [
    'read-toc',
    '000A 01 02 00 14 02 00 00002BF2',
    { lastCompleteSessionNumber: 2, startAddressOfFirstTrackInLastCompleteSession: 11_250 },
  ],
  ['read-toc', '000D 01 01 01 14 00 A2 00 00 00 00 00 38 2E', { trackDescriptors: [{ point: 0xa2, pMinute: 0 }] }],
  [
    'read-toc',
    '001A 0000 D0 00 90 00 61 22 17 00 4F 3B 47 00 000000 00 000000 00 000000 00',
    { referenceSpeed: 0, startTimeOfLeadInMinute: 0x61, lastPossibleStartOfLeadOut: 359_846 },
  ],
  [
    'read-toc',
    `0014 0000 80 00 00 00 ${'41'.repeat(12)} 1234`,
    { cdTextDescriptors: [{ packType: 0x80, crc: 0x1234 }] },
  ],
  [
    'read-toc',
    '0012 01 01 00 14 01 00 00 00 02 00 00 14 AA 00 00 01 02 00',
    { trackDescriptors: [{ trackStartAddress: 0 }, { trackStartAddress: 4500 }] },
    { cdb: hexBytes('43 02 00 00 00 00 00 00 14 00') },
  ],
  ['read-disc-information', '0022 40 00 0000 0000 0000 0010', { discInformationDataType: 'pow-resources' }],
  ['inquiry', '05 80 0004 4B393341', { pageCode: 0x80, productSerialNumber: 'K93A' }],
  ['request-sense', '72 00 00 00 000000 00', { senseKey: 0, descriptors: [] }],
  ['get-event-status-notification', '0004 04 10 02 02 00 00', { mediaEvent: 'new-media', mediaPresent: true }],
  ['get-event-status-notification', '0004 06 40 00 01 00 0A', { deviceBusyStatus: 1, time: 10 }],
  ['read-disc-structure', '1002 0000 44 49 01 08 00 00 62 00 42 44 52', { units: [{ discTypeIdentifier: 'BDR' }] }],
  [
    'read-disc-structure',
    '0012 0000 00 00 00 00 00002000 00001000',
    { numberOfFreeSpareBlocks: 8192, numberOfAllocatedSpareBlocks: 4096 },
    { format: 0x0a, mediaType: 'bd' },
  ],
  [
    'get-performance',
    '00000014 00000000 01000000 0023053F 00000CFC 00000CFC',
    { descriptors: [{ writeSpeedKBps: 3324 }] },
    { format: 3 },
  ],
  ['read-buffer-capacity', '000A 00 01 00000000 00000800', { availableBufferBlocks: 2048 }],
  ['format-unit', '00 02 00 08 FFFFFFFF 98 000000', { immediate: true, formatType: 0x26 }],
])('%s tells its form by its bytes or what is known of them: %#', (...[what, bytes, value, options]) => {
  expect(decode(what, bytes, options).value).toMatchObject(value)
})

test('nested structures have their places in the whole', () => {
  const { fields, value } = decode('get-configuration', '00000010 0000 001B  0000 03 08 00100000 001B0100')
  expect(fields).toContainEqual({
    name: 'features[0].profileDescriptors[1].profileNumber',
    bytes: '16-17',
    value: 0x1b,
    meaning: 'DVD+R',
  })
  expect(value).toMatchObject({
    features: [{ name: 'Profile List', profileDescriptors: [{}, { currentProfile: true }] }],
  })
  expect(decode('mode-sense', '000C 00 00 00 00 0000 08 04 04 00 00 00').fields).toContainEqual({
    name: 'modePages[0].writeCacheEnable',
    bytes: '10 bit 2',
    value: true,
  })
})

test('lengths that do not agree with the bytes are told', () => {
  expect(decode('read-disc-information', '0020 0E').warnings).toEqual([
    'The length field announces 34 bytes in all; 3 are there.',
  ])
  expect(decode('read-track-information', '0002 01 01 DE AD').warnings).toEqual([
    '2 bytes behind the announced end (4) are no part of it.',
  ])
  expect(decode('read-capacity', '0000').warnings).toEqual(['Only 2 of at least 8 bytes are there.'])
  expect(decode('get-performance', '00000004 00000000').warnings[0]).toContain('name the format')
})

test('what a command moved, by its CDB', () => {
  expect(decodeTransfer(hexBytes('51 00 00 00 00 00 00 00 22 00'), hexBytes('0020 0E'))).toMatchObject({
    what: 'read-disc-information',
    value: { discStatus: 'complete' },
  })
  expect(decodeTransfer(hexBytes('28 00 00 00 00 00 00 00 01 00'), new Uint8Array(2048))).toBeUndefined()
  expect(decodeTransfer(hexBytes('D8 00'), hexBytes('00'))).toBeUndefined()
})

test('everything comes as plain data', () => {
  for (const what of DECODABLE) {
    const decoded = decodeBytes(what, new Uint8Array(64).fill(0x11))
    expect(JSON.parse(JSON.stringify(decoded))).toEqual(decoded)
  }
})
