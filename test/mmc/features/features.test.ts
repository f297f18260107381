import { bytesOf } from '../../../src/layout'
import {
  aacsFeature,
  bdWriteFeature,
  configurationData,
  coreFeature,
  decodeFeature,
  decodeFeatures,
  driveSerialNumberFeature,
  FEATURES,
  featureName,
  findFeature,
  firmwareInformationFeature,
  formattableFeature,
  incrementalStreamingWritableFeature,
  PROFILES,
  profileListFeature,
  profileName,
  realTimeStreamingFeature,
  removableMediumFeature,
} from '../../../src/mmc'
import { hexBytes } from '../hex'

test('the features are those of the standard, each once', () => {
  const codes = FEATURES.map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  expect([...codes].sort((a, b) => a - b)).toEqual([
    0x0000, 0x0001, 0x0002, 0x0003, 0x0004, 0x0010, 0x001d, 0x001e, 0x001f, 0x0020, 0x0021, 0x0022, 0x0023, 0x0024,
    0x0025, 0x0026, 0x0027, 0x0028, 0x0029, 0x002a, 0x002b, 0x002c, 0x002d, 0x002e, 0x002f, 0x0030, 0x0031, 0x0032,
    0x0033, 0x0034, 0x0035, 0x0037, 0x0038, 0x003a, 0x003b, 0x0040, 0x0041, 0x0042, 0x0050, 0x0051, 0x0052, 0x0080,
    0x0100, 0x0101, 0x0102, 0x0103, 0x0104, 0x0105, 0x0106, 0x0107, 0x0108, 0x0109, 0x010a, 0x010b, 0x010c, 0x010d,
    0x010e, 0x0110, 0x0113, 0x0120, 0x0142,
  ])
})

test.each([
  [0x001b, 'DVD+R'],
  [0x0041, 'BD-R Sequential Recording Mode (SRM)'],
  [0x0013, 'DVD-RW Restricted Overwrite'],
  [0xffff, 'Logical unit does not conform to any profile'],
])('profile %p is %s', (profile, name) => {
  expect(profileName(profile)).toBe(name)
})

test('a profile that is reserved has no name', () => {
  expect(profileName(0x0044)).toBeUndefined()
  expect(Object.keys(PROFILES)).toHaveLength(36)
})

test.each([
  [
    removableMediumFeature,
    '0003 0B 04 29 00 00 00',
    { loadingMechanismType: 'tray', eject: true, lock: true, load: false, version: 2 },
  ],
  [
    realTimeStreamingFeature,
    '0107 15 04 1F 00 00 00',
    { readBufferCapacityBlock: true, setCdSpeed: true, streamWriting: true, setMinimumPerformance: false, version: 5 },
  ],
  [
    incrementalStreamingWritableFeature,
    '0021 0D 08 FFFF 07 02 10 20 0000',
    {
      dataTypeSupported: 0xffff,
      trackResourcesInformation: true,
      numberOfLinkSizes: 2,
      linkSizes: [{ linkSize: 16 }, { linkSize: 32 }],
    },
  ],
  [
    formattableFeature,
    '0023 05 08 0F 000000 01 000000',
    { randomRecordingMode: true, expand: true, formatUnitRequired: false },
  ],
  [bdWriteFeature, '0041 00 14 00000000 0000 0006 0000 0000 0000 0002 0000 0000', { bdReClass1: 6, bdRClass1: 2 }],
  [driveSerialNumberFeature, '0108 03 08 4B39 3341 3230 2020', { serialNumber: 'K93A20' }],
  [
    firmwareInformationFeature,
    `010C 03 10 ${Buffer.from('20061225134500').toString('hex')} 0000`,
    { century: '20', year: '06', month: '12', second: '00' },
  ],
  [
    aacsFeature,
    '010D 0B 04 1F 01 04 01',
    { bindingNonceGeneration: true, busEncryptionCapable: true, numberOfAgids: 4, aacsVersion: 1 },
  ],
] as const)('%# decodes', (feature, bytes, value) => {
  expect(decodeFeature(feature.code, hexBytes(bytes))).toMatchObject(value)
})

test('the additional length, not the version, says which fields there are', () => {
  const old = formattableFeature.layout.decode(hexBytes('0023 09 04 0F000000 01000000'))
  expect(old).toMatchObject({ version: 2, expand: true, randomRecordingMode: undefined })
  const core = coreFeature.encode({ persistent: true, current: true, physicalInterfaceStandard: 7 }, 8)
  expect([...core]).toEqual([0, 1, 0x0b, 4, 0, 0, 0, 7])
})

test('a drive that answers a question for one feature with all of them is understood', () => {
  const reply = configurationData.decode(hexBytes('00000014 0000 0010  0001 0B 04 00000002  001E 09 04 03000000'))
  expect(findFeature(reply, coreFeature)?.physicalInterfaceStandard).toBe(2)
  expect(findFeature(reply, profileListFeature)).toBeUndefined()
})

test('unknown features keep their bytes', () => {
  const reply = configurationData.decode(hexBytes('0000000A 0000 0010  FF01 03 02 AB CD'))
  const [feature] = decodeFeatures(reply)
  expect(feature).toMatchObject({ code: 0xff01, name: 'Feature FF01h', current: true })
  expect(Buffer.from(feature!.value['featureDependentData'] as Uint8Array).toString('hex')).toBe('abcd')
  expect(featureName(0x0038)).toBe('BD-R Pseudo-Overwrite (POW)')
})

test('additional lengths that overrun end with the reply', () => {
  const reply = configurationData.decode(hexBytes('0000FFFF 0000 0010  0000 03 FF 00100100  0001'))
  const features = decodeFeatures(reply)
  expect(features).toHaveLength(1)
  expect(bytesOf(features[0]!.value)).toHaveLength(10)
  expect(decodeFeatures(configurationData.decode(hexBytes('00000009 0000 0010 000103')))).toEqual([])
  expect(decodeFeatures(configurationData.decode(new Uint8Array()))).toEqual([])
})
