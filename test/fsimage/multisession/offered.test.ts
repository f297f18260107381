import { driveWith, type MediumName } from './media'

const NONE = -1

test.each<[MediumName, sequential: object, randomWrite: object]>([
  [
    'appendable',
    {
      isSupportedOnCurrentMediaState: true,
      isFirstDataSession: false,
      startAddressOfPreviousSession: 0,
      lastWrittenAddressOfPreviousSession: 991,
      nextWritableAddress: 5120,
      freeSectorsOnMedia: 2_289_984,
      writeUnitSize: 16,
    },
    { isSupportedOnCurrentMediaState: false, totalSectorsOnMedia: 2_295_104 },
  ],
  [
    'blank',
    {
      isSupportedOnCurrentMediaState: true,
      isFirstDataSession: true,
      startAddressOfPreviousSession: NONE,
      lastWrittenAddressOfPreviousSession: NONE,
      nextWritableAddress: 0,
      freeSectorsOnMedia: 2_295_104,
    },
    { isSupportedOnCurrentMediaState: false },
  ],
  [
    'complete',
    { isSupportedOnCurrentMediaState: false, nextWritableAddress: NONE, freeSectorsOnMedia: 0 },
    { isSupportedOnCurrentMediaState: false },
  ],
  ['damaged', { isSupportedOnCurrentMediaState: false }, { isSupportedOnCurrentMediaState: false }],
  [
    'overwritable',
    {
      isSupportedOnCurrentMediaState: true,
      isFirstDataSession: false,
      startAddressOfPreviousSession: 0,
      lastWrittenAddressOfPreviousSession: 199,
      nextWritableAddress: 208,
    },
    {
      isSupportedOnCurrentMediaState: true,
      writeUnitSize: 16,
      lastWrittenAddress: 199,
      totalSectorsOnMedia: 2_295_104,
    },
  ],
  [
    'overwritable, blank',
    { isSupportedOnCurrentMediaState: true, isFirstDataSession: true, nextWritableAddress: 0 },
    { isSupportedOnCurrentMediaState: true, lastWrittenAddress: NONE },
  ],
  [
    'unformatted',
    { isSupportedOnCurrentMediaState: true, nextWritableAddress: 0 },
    { isSupportedOnCurrentMediaState: true, writeUnitSize: 32 },
  ],
  [
    'pseudo-overwrite',
    { isSupportedOnCurrentMediaState: true, isFirstDataSession: false, nextWritableAddress: 6400 },
    { isSupportedOnCurrentMediaState: true },
  ],
  ['read-only', { isSupportedOnCurrentMediaState: false }, { isSupportedOnCurrentMediaState: false }],
  ['unknown', { isSupportedOnCurrentMediaState: false }, { isSupportedOnCurrentMediaState: false }],
  [
    'none',
    { isSupportedOnCurrentMediaState: false, isFirstDataSession: true, nextWritableAddress: NONE },
    { isSupportedOnCurrentMediaState: false, totalSectorsOnMedia: NONE },
  ],
  [
    'audio alone',
    {
      isSupportedOnCurrentMediaState: true,
      isFirstDataSession: true,
      startAddressOfPreviousSession: 0,
      lastWrittenAddressOfPreviousSession: 4999,
      nextWritableAddress: 16_400,
    },
    { isSupportedOnCurrentMediaState: false },
  ],
  [
    'audio, then data',
    {
      isFirstDataSession: false,
      startAddressOfPreviousSession: 16_400,
      lastWrittenAddressOfPreviousSession: 17_397,
      nextWritableAddress: 24_300,
    },
    { isSupportedOnCurrentMediaState: false },
  ],
])('%s', async (medium, sequential, randomWrite) => {
  const { drive } = driveWith(medium)
  const offered = await drive.multisessionInterfaces()
  expect(offered).toMatchObject([
    { kind: 'sequential', inUse: false, ...sequential },
    { kind: 'random-write', inUse: false, ...randomWrite },
  ])
  for (const element of offered) expect(element.importRecorder).toBe(drive)
})

test('as data, an interface is its properties, without the drive', async () => {
  const { drive } = driveWith('blank')
  const [sequential] = JSON.parse(JSON.stringify(await drive.multisessionInterfaces()))
  expect(sequential).toMatchObject({ type: 'sequential', inUse: false, nextWritableAddress: 0 })
  expect(sequential.importRecorder).toBeUndefined()
})
