import { Drive, type Medium, readMedium } from '../../../src/mmc'
import { AnsweringTransport, type HandMadeAnswers, INVALID_FIELD, NOT_SUPPORTED } from '../answering-drive'
import {
  bdStructure,
  blocks,
  capacity,
  configuration,
  disc,
  dvdStructure,
  formatCapacities,
  invisible,
  lastSession,
  primaryVolumeDescriptor,
  toc,
  tracks,
  udfVolume,
} from './replies'

async function mediumOf(answers: HandMadeAnswers): Promise<Medium> {
  return (await readMedium(new Drive(new AnsweringTransport(answers))))!
}

const blankCd = disc(0x00, 1, { last: 1 }, { leadOut: 0x004f3b4a })
const blankTrack = { number: 1, session: 1, state: 0x41, start: 0 }

test('a blank CD whose next writable address is -150: its track begins at 0', async () => {
  const medium = await mediumOf({
    '46': configuration(9),
    '51': blankCd,
    ...invisible({ ...blankTrack, next: -150, free: 359_849, size: 359_849 }),
  })
  expect(medium).toMatchObject({ state: 'blank', nextWritableAddress: 0 })
  expect(medium.warnings.join()).toContain('-150')
})

test('a blank BD-R with the same', async () => {
  const medium = await mediumOf({
    '46': configuration(0x41),
    '51': disc(0x00, 1, { last: 1 }),
    ...tracks({ ...blankTrack, next: -150, free: 12_219_392, size: 12_219_392 }),
  })
  expect(medium).toMatchObject({ state: 'blank', nextWritableAddress: 0, capacityBlocks: 12_219_392 })
  expect(medium.warnings).toHaveLength(1)
})

test.each([
  ['its track says blank', { state: 0x41 }, capacity(1)],
  ['READ CAPACITY says 0, its track does not say blank', { state: 0x01 }, { '25': '00000000 00000800' }],
])('a BD-R just formatted is "appendable" with one empty session: blank (%s)', async (_name, track, more) => {
  const medium = await mediumOf({
    '46': configuration(0x41),
    '51': disc(0x01, 1, { last: 1 }),
    ...tracks({ number: 1, session: 1, start: 0, next: 0, free: 11_826_176, size: 11_826_176, ...track }),
    ...more,
  })
  expect(medium).toMatchObject({ state: 'blank', isBlank: true, isAppendable: false, nextWritableAddress: 0 })
  expect(medium.warnings).toEqual([])
})

test('a DVD+R is not formatted: "appendable" with one empty session is a contradiction there', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1b),
    '51': disc(0x01, 1, { last: 1 }),
    ...tracks({ number: 1, session: 1, start: 0, next: 0, free: 2_295_104, size: 2_295_104, state: 0x41 }),
  })
  expect(medium).toMatchObject({ state: 'blank', nextWritableAddress: 0 })
  expect(medium.warnings.join()).toContain('appendable')
})

test('READ DISC INFORMATION not supported: complete, by the table of contents', async () => {
  const medium = await mediumOf({
    '46': configuration(0x10),
    '51': NOT_SUPPORTED,
    ...dvdStructure(0),
    ...capacity(768_000),
    ...toc(768_000, 0),
    ...lastSession(1, 0),
  })
  expect(medium).toMatchObject({ family: 'dvd-rom', state: 'complete', sessionCount: 1, lastSessionStart: 0 })
  expect(medium.evidence.find(each => each.claim === 'state')?.bytes).toMatch(/^sense: 70 00 05/)
})

test('a DVD-RAM with disc status 3: overwritable by READ FORMAT CAPACITIES', async () => {
  const medium = await mediumOf({
    '46': configuration(0x12),
    '51': disc(0x1f, 1, { last: 1 }),
    ...formatCapacities(2_236_704, 2),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_236_704 }),
    ...blocks(new Map()),
  })
  expect(medium).toMatchObject({ state: 'overwritable', isOverwritable: true })
})

test.each([
  ['BD-R', 0x40, bdStructure('BDR'), 'bd-r', false],
  ['BD-RE', 0x40, bdStructure('BDW'), 'bd-re', true],
  ['DVD-R', 0x10, dvdStructure(2), 'dvd-r', false],
  ['DVD+R', 0x10, dvdStructure(0xa), 'dvd+r', false],
  ['DVD+RW', 0x10, dvdStructure(9), 'dvd+rw', true],
] as const)(
  'a closed %s shown under a read-only profile is what it says itself, and complete',
  async (_name, profile, structure, family, isOverwritable) => {
    const medium = await mediumOf({
      '46': configuration(profile),
      '51': disc(0x0e, 1, { last: 1 }),
      ...structure,
      ...capacity(1_000_000),
      ...toc(1_000_000, 0),
      ...lastSession(1, 0),
    })
    expect(medium).toMatchObject({ profile: { code: profile }, family, state: 'complete', isOverwritable })
    expect(medium.warnings).toHaveLength(1)
    expect(medium.evidence.find(each => each.claim === 'family')?.command).toBe('READ DISC STRUCTURE')
  },
)

test('a DVD-ROM drive that shows a disc of many borders as one track: format 1 tells the last session', async () => {
  const medium = await mediumOf({
    '46': configuration(0x10),
    '51': disc(0x0e, 1, { last: 1 }),
    ...capacity(500_000),
    ...toc(500_000, 0),
    ...lastSession(2, 320_000),
  })
  expect(medium.lastSessionStart).toBe(320_000)
  expect(medium.warnings.join()).toContain('2')
})

test('format 1 that is always 1/0, as the standard has it: the tracks themselves tell', async () => {
  const medium = await mediumOf({
    '46': configuration(0x11, 0x21),
    '51': disc(0x0e, 3, { last: 3 }),
    ...tracks(
      { number: 1, session: 1, start: 0, size: 1000 },
      { number: 2, session: 2, start: 40_000, size: 1000 },
      { number: 3, session: 3, start: 60_000, size: 1000 },
    ),
    ...capacity(61_000),
    ...lastSession(1, 0),
  })
  expect(medium).toMatchObject({ sessionCount: 3, lastSessionStart: 60_000 })
})

test('a minimally blanked DVD-RW: blank, and a word on feature 0021h', async () => {
  const medium = await mediumOf({
    '46': configuration(0x14, 0x2f),
    '51': disc(0x10, 1, { last: 1 }),
    ...tracks({ ...blankTrack, next: 0, free: 2_297_888, size: 2_297_888 }),
  })
  expect(medium.state).toBe('blank')
  expect(medium.warnings.join()).toContain('0021h')
})

test('READ TRACK INFORMATION refused with 5/24 on a full disc: full', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x01, 2, { last: 2 }),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_295_104 }),
    '52 01 00 00 00 02': INVALID_FIELD,
    '52 01 00 00 00 FF': INVALID_FIELD,
    ...capacity(2_295_104),
  })
  expect(medium).toMatchObject({ state: 'complete', isAppendable: false, nextWritableAddress: null, freeBlocks: 0 })
  expect(medium.warnings.join()).toContain('full')
})

test('track FFh refused: the last track by its number', async () => {
  const medium = await mediumOf({
    '46': configuration(9),
    '51': disc(0x01, 2, { last: 2 }),
    ...tracks(
      { number: 1, session: 1, start: 0, size: 610 },
      { number: 2, session: 2, state: 0x4f, start: 12_010, next: 12_010, free: 340_000, size: 340_000 },
    ),
    '52 01 00 00 00 FF': INVALID_FIELD,
  })
  expect(medium).toMatchObject({ state: 'appendable', nextWritableAddress: 12_010, lastSessionStart: 0 })
})

test('the last track refused by its number: track FFh', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x01, 2, { last: 2 }),
    ...tracks({ number: 1, session: 1, start: 0, size: 992 }),
    '52 01 00 00 00 02': INVALID_FIELD,
    ...invisible({ number: 2, session: 2, state: 0x41, start: 5120, next: 5120, free: 2_289_984, size: 2_289_984 }),
  })
  expect(medium).toMatchObject({ state: 'appendable', nextWritableAddress: 5120 })
})

test('two next writable addresses, that of a reserved track and that of the last one: the last one', async () => {
  const medium = await mediumOf({
    '46': configuration(0x11, 0x21),
    '51': disc(0x05, 1, { first: 1, last: 2 }),
    ...tracks(
      { number: 1, session: 1, state: 0x81, start: 0, next: 320, free: 9680, size: 10_000 },
      { number: 2, session: 1, state: 0x4f, start: 12_000, next: 12_000, free: 2_000_000, size: 2_000_000 },
    ),
  })
  expect(medium).toMatchObject({ state: 'appendable', nextWritableAddress: 12_000 })
  expect(medium.tracks.map(({ state }) => state)).toEqual(['incomplete', 'invisible'])
  expect(medium.warnings.join()).toContain('reserved')
})

test('an appendable disc no track of which can be described: full, for want of an address', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1b),
    '51': disc(0x01, 2, { last: 2 }),
    ...capacity(5000),
    ...toc(5000, 0),
  })
  expect(medium).toMatchObject({ state: 'complete', nextWritableAddress: null, capacityBlocks: 5000 })
  expect(medium.tracks).toHaveLength(1)
  expect(medium.warnings.length).toBeGreaterThan(0)
})

test.each([
  ['damaged by Session State', 0x09, 0x04],
  ['incomplete, its track damaged', 0x05, 0x24],
])('the last session %s, without a next writable address: damaged', async (_name, state, mode) => {
  const medium = await mediumOf({
    '46': configuration(0x1b, 0x2b),
    '51': disc(state, 2, { last: 2 }),
    ...tracks(
      { number: 1, session: 1, start: 0, size: 992 },
      { number: 2, session: 2, mode, state: 1, start: 5120, size: 2_289_984 },
    ),
    ...capacity(6000),
  })
  expect(medium).toMatchObject({
    state: 'damaged',
    isAppendable: false,
    nextWritableAddress: null,
    lastSessionStart: 0,
  })
  expect(medium.imapi.mediaState).toEqual(['DAMAGED'])
})

test('a damaged track with a next writable address: appendable, the session says damaged', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x09, 2, { last: 2 }),
    ...tracks(
      { number: 1, session: 1, start: 0, size: 992 },
      { number: 2, session: 2, mode: 0x24, state: 1, start: 5120, next: 5600, free: 2_289_504, size: 2_289_984 },
    ),
  })
  expect(medium).toMatchObject({ state: 'appendable', lastSessionState: 'damaged', nextWritableAddress: 5600 })
})

test('profile 0000h with a disc in: the kind by the list of profiles', async () => {
  const list = '00000014 0000 0000  0000 03 08 001B 01 00 0010 00 00  0001 03 00'
  const medium = await mediumOf({
    '46': list,
    '51': disc(0x00, 1, { last: 1 }),
    ...tracks({ ...blankTrack, next: 0, free: 2_295_104, size: 2_295_104 }),
  })
  expect(medium).toMatchObject({ profile: { code: 0 }, family: 'dvd+r', state: 'blank' })
})

test('profile 0000h and no list: the kind by what the medium says of itself', async () => {
  const medium = await mediumOf({
    '46': '00000004 0000 0000',
    '51': disc(0x0e, 1, { last: 1 }),
    ...dvdStructure(2),
    ...capacity(500_000),
    ...toc(500_000, 0),
  })
  expect(medium).toMatchObject({ family: 'dvd-r', state: 'complete' })
  expect(medium.warnings.join()).toContain('no current profile')
})

test('several current profiles: the one that the drive is in', async () => {
  const list = '00000018 0000 001A  0000 03 0C 001A 01 00 001B 01 00 0010 00 00'
  const medium = await mediumOf({
    '46': list,
    '51': disc(0x10, 1, { last: 1 }),
    ...formatCapacities(2_295_104, 1, [2_295_104, 0x26]),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_295_104 }),
  })
  expect(medium.family).toBe('dvd+rw')
  expect(medium.warnings.join()).toContain('2 current profiles')
})

test('no GET CONFIGURATION: an erasable disc is a CD-RW, a complete one a CD-ROM', async () => {
  const cdRw = await mediumOf({
    '51': disc(0x1e, 1, { last: 1 }),
    ...tracks({ number: 1, session: 1, start: 0, size: 900 }),
    ...capacity(900),
  })
  expect(cdRw).toMatchObject({ profile: null, family: 'cd-rw', state: 'complete' })
  const cdRom = await mediumOf({
    '51': disc(0x0e, 1, { last: 1 }),
    ...toc(900, 0),
    ...lastSession(1, 0),
    ...capacity(900),
  })
  expect(cdRom).toMatchObject({ profile: null, family: 'cd-rom', state: 'complete' })
})

test('a blank DVD-R with no room at all: the data area of its lead-in', async () => {
  const medium = await mediumOf({
    '46': configuration(0x11, 0x21),
    '51': disc(0x00, 1, { last: 1 }),
    ...tracks({ ...blankTrack, next: 0 }),
    ...dvdStructure(2, 0x030000 + 2_298_496 - 1),
  })
  expect(medium).toMatchObject({ state: 'blank', freeBlocks: 2_298_496, capacityBlocks: 2_298_496 })
  expect(medium.warnings.join()).toContain('data area')
})

test('a blank CD-R that tells its capacity in the pre-groove only; one made up is not believed', async () => {
  const answers = { '46': configuration(9), '51': disc(0x00, 1, { last: 1 }), ...invisible({ ...blankTrack, next: 0 }) }
  const atip = (time: string) => ({
    '43 02 04': `001A 0000 D0000000 61 22 17 00 ${time} 00 000000 00 000000 00 000000 00`,
  })
  const medium = await mediumOf({ ...answers, ...atip('4F3B4A') })
  expect(medium.capacityBlocks).toBe(359_849)
  expect((await mediumOf({ ...answers, ...atip('000200') })).capacityBlocks).toBe(0)
})

test('a written DVD+RW that is "complete": overwritable all the same', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1a, 0x2a),
    '51': disc(0x1e, 1, { last: 1 }, { background: 3 }),
    ...formatCapacities(2_295_104, 2, [2_295_104, 0x26]),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_295_104 }),
    ...blocks(new Map([[16, primaryVolumeDescriptor(200)]])),
  })
  expect(medium).toMatchObject({ state: 'overwritable', nextWritableAddress: 208 })
})

test('a DVD+RW formatted in part: capacity and room by READ FORMAT CAPACITIES, the track is not believed', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1a, 0x2a),
    '51': disc(0x11, 1, { last: 1 }, { background: 1 }),
    ...formatCapacities(100_000, 2, [2_295_104, 0x26]),
    ...tracks({ number: 1, session: 1, start: 0, next: 0x7fff0000, free: 1, size: 2_295_104 }),
    ...blocks(new Map()),
  })
  expect(medium).toMatchObject({ state: 'overwritable', capacityBlocks: 2_295_104, freeBlocks: 2_295_104 })
  expect(medium.warnings.join()).toContain('suspended. 100000 blocks are formatted')
})

test('a DVD+RW without a begun format that READ FORMAT CAPACITIES calls formatted: formatted', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1a, 0x2a),
    '51': disc(0x1e, 1, { last: 1 }),
    ...formatCapacities(2_295_104, 2, [2_295_104, 0x26]),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_295_104 }),
    ...blocks(new Map()),
  })
  expect(medium.state).toBe('overwritable')
  expect(medium.warnings).toHaveLength(1)
})

test('a DVD-RW in restricted overwrite in its intermediate state', async () => {
  const medium = await mediumOf({
    '46': configuration(0x13, 0x26, 0x2c),
    '51': disc(0x15, 1, { last: 1 }),
    ...formatCapacities(0, 3, [2_297_888, 0x15], [2_297_888, 0x10]),
    ...tracks({ ...blankTrack, size: 2_297_888 }),
    '28': [8, 0, 0],
  })
  expect(medium).toMatchObject({
    state: 'overwritable',
    isBlank: true,
    nextWritableAddress: 0,
    capacityBlocks: 2_297_888,
  })
  expect(medium.warnings.join()).toContain('intermediate')
})

test('READ DISC INFORMATION says blank, the track is written: it is not overwritten from the start', async () => {
  const medium = await mediumOf({
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x00, 1, { last: 1 }),
    ...tracks({ number: 1, session: 1, state: 0x01, start: 0, next: 8000, free: 2_287_104, size: 2_295_104 }),
  })
  expect(medium).toMatchObject({ state: 'appendable', isBlank: false, nextWritableAddress: 8000 })
  expect(medium.warnings.join()).toContain('blank')
})

test('an ATAPI drive that answers every TOC format with format 0', async () => {
  const formatted = '0012 01 01 00 14 01 00 00000000 00 14 AA 00 00000E10'
  const medium = await mediumOf({
    '46': configuration(8),
    '51': disc(0x0e, 1, { last: 1 }),
    ...capacity(3600),
    '43': formatted,
  })
  expect(medium).toMatchObject({ family: 'cd-rom', sessionCount: 1, lastSessionStart: 0 })
  expect(medium.tracks).toMatchObject([{ number: 1, start: 0, size: 3600, isData: true }])
})

test('a volume that claims more blocks than the medium has', async () => {
  const medium = await mediumOf({
    '46': configuration(0x43),
    '51': disc(0x1e, 1, { last: 1 }),
    ...formatCapacities(11_826_176, 2),
    ...tracks({ number: 1, session: 1, start: 0, size: 11_826_176 }),
    ...blocks(new Map([[16, primaryVolumeDescriptor(0xffffffff)]])),
  })
  expect(medium).toMatchObject({ nextWritableAddress: 11_826_176, freeBlocks: 0 })
  expect(medium.warnings.join()).toContain('nothing fits')
})

test('a UDF volume of packet writing, and data of no known file system', async () => {
  const answers = {
    '46': configuration(0x12),
    '51': disc(0x1f, 1, { last: 1 }),
    ...formatCapacities(2_236_704, 2),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_236_704 }),
  }
  const packet = await mediumOf({ ...answers, ...blocks(udfVolume(288, 2_236_000, 4)) })
  expect(packet.warnings.join()).toContain('written into in place')
  const fat = await mediumOf({ ...answers, ...blocks(new Map([[0, new Uint8Array(2048).fill(0xeb)]])) })
  expect(fat).toMatchObject({ isBlank: false, lastSessionStart: null, nextWritableAddress: 0 })
  expect(fat.warnings.join()).toContain('no volume')
})
