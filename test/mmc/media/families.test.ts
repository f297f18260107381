import { Drive, type Medium, type MediumFamilyName, type MediumStateName, readMedium } from '../../../src/mmc'
import { AnsweringTransport, type HandMadeAnswers } from '../answering-drive'
import {
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

interface Case {
  readonly name: string
  readonly answers: HandMadeAnswers
  readonly family: MediumFamilyName
  readonly state: MediumStateName
  readonly expected?: Partial<Medium>
  /** Commands that the state takes to find out. */
  readonly commands: number
}

const MSF_80_MINUTES = 0x004f3b4a // 79:59:74
const fullToc = {
  '43 02 02':
    '0050 01 02' +
    ' 01 14 00 A0 00 00 00 00 01 00 00  01 14 00 A1 00 00 00 00 01 00 00  01 14 00 A2 00 00 00 00 00 0A 00' +
    ' 01 14 00 01 00 00 00 00 00 02 00' +
    ' 02 14 00 A2 00 00 00 00 03 00 00  02 14 00 02 00 00 00 00 02 2A 00  02 10 00 03 00 00 00 00 02 32 00',
}
const volume = (size: number) => blocks(new Map([[16, primaryVolumeDescriptor(size)]]))

const CASES: readonly Case[] = [
  {
    name: 'CD-ROM of two sessions by its full TOC',
    answers: { '46': configuration(8), '51': disc(0x0e, 2, { last: 2 }), ...capacity(13_350), ...fullToc },
    family: 'cd-rom',
    state: 'complete',
    expected: { sessionCount: 2, lastSessionStart: 12_000, capacityBlocks: 13_350, freeBlocks: 0 },
    commands: 7,
  },
  {
    name: 'CD-R, blank',
    answers: {
      '46': configuration(9),
      '51': disc(0x00, 1, { last: 1 }, { leadOut: MSF_80_MINUTES }),
      ...invisible({ number: 1, session: 1, state: 0x41, start: 0, next: 0, free: 359_849, size: 359_849 }),
    },
    family: 'cd-r',
    state: 'blank',
    expected: {
      isBlank: true,
      isErasable: false,
      nextWritableAddress: 0,
      freeBlocks: 359_849,
      capacityBlocks: 359_849,
    },
    commands: 5,
  },
  {
    name: 'CD-R, two sessions and an open one',
    answers: {
      '46': configuration(9),
      '51': disc(0x01, 3, { last: 3 }),
      ...tracks(
        { number: 1, session: 1, start: 0, size: 610 },
        { number: 2, session: 2, start: 12_010, size: 12_790, last: 24_797 },
      ),
      ...invisible({ number: 3, session: 3, state: 0x4f, start: 31_700, next: 31_700, free: 300_000, size: 300_000 }),
    },
    family: 'cd-r',
    state: 'appendable',
    expected: {
      sessionCount: 3,
      lastSessionState: 'empty',
      lastSessionStart: 12_010,
      lastRecordedAddress: 24_797,
      nextWritableAddress: 31_700,
      freeBlocks: 300_000,
      capacityBlocks: 331_700,
    },
    commands: 7,
  },
  {
    name: 'CD-RW, complete',
    answers: {
      '46': configuration(10),
      '51': disc(0x1e, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, start: 0, size: 5000 }),
      ...capacity(5000),
    },
    family: 'cd-rw',
    state: 'complete',
    expected: {
      isErasable: true,
      isOverwritable: false,
      lastSessionStart: 0,
      nextWritableAddress: null,
      freeBlocks: 0,
    },
    commands: 6,
  },
  {
    name: 'DVD-ROM',
    answers: {
      '46': configuration(0x10),
      '51': disc(0x0e, 1, { last: 1 }),
      ...dvdStructure(0),
      ...capacity(768_000),
      ...toc(768_000, 0),
      ...lastSession(1, 0),
    },
    family: 'dvd-rom',
    state: 'complete',
    expected: { lastSessionStart: 0, capacityBlocks: 768_000 },
    commands: 9,
  },
  {
    name: 'DVD-R, blank',
    answers: {
      '46': configuration(0x11, 0x21, 0x2f),
      '51': disc(0x00, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, mode: 4, state: 0x6f, start: 0, next: 0, free: 2_298_496, size: 2_298_496 }),
    },
    family: 'dvd-r',
    state: 'blank',
    expected: { capacityBlocks: 2_298_496, nextWritableAddress: 0, writeUnitSize: 16 },
    commands: 5,
  },
  {
    name: 'DVD-R, a border closed, another begun',
    answers: {
      '46': configuration(0x11, 0x21, 0x2f),
      '51': disc(0x05, 2, { first: 2, last: 2 }),
      ...tracks(
        { number: 1, session: 1, start: 0, size: 20_000, last: 19_999 },
        { number: 2, session: 2, state: 0x21, start: 49_152, next: 60_000, free: 2_000_000, size: 2_010_848 },
      ),
    },
    family: 'dvd-r',
    state: 'appendable',
    expected: { lastSessionState: 'incomplete', lastSessionStart: 0, nextWritableAddress: 60_000 },
    commands: 6,
  },
  {
    name: 'DVD-R DL, blank',
    answers: {
      '46': configuration(0x15, 0x21),
      '51': disc(0x00, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, state: 0x6f, start: 0, next: 0, free: 4_171_712, size: 4_171_712 }),
    },
    family: 'dvd-r-dl',
    state: 'blank',
    expected: {
      imapi: { physicalMediaType: 'DVDDASHR_DUALLAYER', mediaState: ['BLANK', 'APPENDABLE', 'FINAL_SESSION'] },
    },
    commands: 5,
  },
  {
    name: 'DVD-R DL in layer jump recording, appendable',
    answers: {
      '46': configuration(0x16, 0x33),
      '51': disc(0x01, 2, { last: 2 }),
      ...tracks(
        { number: 1, session: 1, start: 0, size: 20_000 },
        { number: 2, session: 2, state: 0x6f, start: 49_152, next: 49_152, free: 4_000_000, size: 4_000_000 },
      ),
    },
    family: 'dvd-r-dl',
    state: 'appendable',
    expected: { nextWritableAddress: 49_152 },
    commands: 6,
  },
  {
    name: 'DVD-RW in sequential recording, complete',
    answers: {
      '46': configuration(0x14, 0x21),
      '51': disc(0x1e, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, start: 0, size: 32_000 }),
      ...capacity(32_000),
    },
    family: 'dvd-rw',
    state: 'complete',
    expected: { isErasable: true, imapi: { physicalMediaType: 'DVDDASHRW', mediaState: ['ERASE_REQUIRED'] } },
    commands: 6,
  },
  {
    name: 'DVD-RW in restricted overwrite, with an ISO 9660 volume',
    answers: {
      '46': configuration(0x13, 0x26),
      '51': disc(0x1e, 1, { last: 1 }),
      ...formatCapacities(2_297_888, 2, [2_297_888, 0], [2_297_888, 0x10]),
      ...tracks({ number: 1, session: 1, start: 0, size: 2_297_888 }),
      ...volume(1001),
    },
    family: 'dvd-rw-ro',
    state: 'overwritable',
    expected: { isBlank: false, lastSessionStart: 0, nextWritableAddress: 1008, freeBlocks: 2_297_888 - 1008 },
    commands: 9,
  },
  {
    name: 'DVD+R, blank',
    answers: {
      '46': configuration(0x1b, 0x2b),
      '51': disc(0x00, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, mode: 7, state: 0x41, start: 0, next: 0, free: 2_295_104, size: 2_295_104 }),
    },
    family: 'dvd+r',
    state: 'blank',
    expected: { nextWritableAddress: 0, lastSessionStart: null, freeBlocks: 2_295_104, sessionCount: 1 },
    commands: 5,
  },
  {
    name: 'DVD+R DL, appendable after two sessions',
    answers: {
      '46': configuration(0x2b, 0x3b),
      '51': disc(0x01, 3, { last: 3 }),
      ...tracks(
        { number: 1, session: 1, start: 0, size: 1000 },
        { number: 2, session: 2, start: 5120, size: 992, last: 6000 },
        { number: 3, session: 3, state: 0x41, start: 10_240, next: 10_240, free: 4_163_584, size: 4_163_584 },
      ),
    },
    family: 'dvd+r-dl',
    state: 'appendable',
    expected: {
      lastSessionStart: 5120,
      lastRecordedAddress: 6000,
      nextWritableAddress: 10_240,
      capacityBlocks: 4_173_824,
    },
    commands: 7,
  },
  {
    name: 'DVD+RW, never formatted',
    answers: {
      '46': configuration(0x1a, 0x2a),
      '51': disc(0x10, 1, { last: 1 }),
      ...formatCapacities(2_295_104, 1, [2_295_104, 0x26]),
      ...tracks({ number: 1, session: 1, state: 0x4f, start: 0, size: 2_295_104 }),
    },
    family: 'dvd+rw',
    state: 'unformatted',
    expected: { isBlank: true, isOverwritable: true, nextWritableAddress: 0, freeBlocks: 2_295_104 },
    commands: 7,
  },
  {
    name: 'DVD+RW, formatted, nothing but zeros',
    answers: {
      '46': configuration(0x1a, 0x2a),
      '51': disc(0x1e, 1, { last: 1 }, { background: 3 }),
      ...formatCapacities(2_295_104, 2, [2_295_104, 0x26]),
      ...tracks({ number: 1, session: 1, start: 0, size: 2_295_104 }),
      ...blocks(new Map()),
    },
    family: 'dvd+rw',
    state: 'overwritable',
    expected: {
      isBlank: true,
      lastSessionStart: null,
      nextWritableAddress: 0,
      imapi: { physicalMediaType: 'DVDPLUSRW', mediaState: ['OVERWRITE_ONLY', 'BLANK'] },
    },
    commands: 9,
  },
  {
    name: 'DVD+RW DL with a UDF volume',
    answers: {
      '46': configuration(0x2a, 0x3a),
      '51': disc(0x1e, 1, { last: 1 }, { background: 3 }),
      ...formatCapacities(4_173_824, 2, [4_173_824, 0x26]),
      ...tracks({ number: 1, session: 1, start: 0, size: 4_173_824 }),
      ...blocks(udfVolume(320, 1000)),
    },
    family: 'dvd+rw',
    state: 'overwritable',
    expected: {
      nextWritableAddress: 1328,
      lastRecordedAddress: 1319,
      imapi: { physicalMediaType: 'DVDPLUSRW_DUALLAYER', mediaState: ['OVERWRITE_ONLY'] },
    },
    commands: 10,
  },
  {
    name: 'DVD-RAM, unformatted',
    answers: {
      '46': configuration(0x12),
      '51': disc(0x10, 1, { last: 1 }),
      ...formatCapacities(2_236_704, 1),
      ...tracks({ number: 1, session: 1, start: 0, size: 2_236_704 }),
    },
    family: 'dvd-ram',
    state: 'unformatted',
    expected: { isBlank: true, capacityBlocks: 2_236_704 },
    commands: 6,
  },
  {
    name: 'BD-ROM',
    answers: {
      '46': configuration(0x40),
      '51': disc(0x0e, 1, { last: 1 }),
      ...capacity(12_219_392),
      ...toc(12_219_392, 0),
      ...lastSession(1, 0),
    },
    family: 'bd-rom',
    state: 'complete',
    expected: { lastSessionStart: 0, capacityBlocks: 12_219_392, writeUnitSize: 32 },
    commands: 9,
  },
  {
    name: 'BD-R, blank',
    answers: {
      '46': configuration(0x41),
      '51': disc(0x00, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, state: 0x41, start: 0, next: 0, free: 12_219_392, size: 12_219_392 }),
    },
    family: 'bd-r',
    state: 'blank',
    expected: { capacityBlocks: 12_219_392 },
    commands: 5,
  },
  {
    name: 'BD-R, appendable',
    answers: {
      '46': configuration(0x41),
      '51': disc(0x01, 2, { last: 2 }),
      ...tracks(
        { number: 1, session: 1, start: 0, size: 640, last: 600 },
        { number: 2, session: 2, state: 0x41, start: 640, next: 640, free: 12_218_752, size: 12_218_752 },
      ),
    },
    family: 'bd-r',
    state: 'appendable',
    expected: { lastSessionStart: 0, nextWritableAddress: 640, capacityBlocks: 12_219_392 },
    commands: 6,
  },
  {
    name: 'BD-R with pseudo-overwrite, its one session open',
    answers: {
      '46': configuration(0x41, 0x38),
      '51': disc(0x05, 1, { last: 1 }),
      '51 02': '000E 40 00 00001000 00001000 00000800',
      ...tracks({ number: 1, session: 1, start: 0, next: 6400, free: 11_000_000, size: 11_006_400 }),
    },
    family: 'bd-r-pow',
    state: 'appendable',
    expected: { isOverwritable: false, lastSessionStart: 0, lastRecordedAddress: 6399, nextWritableAddress: 6400 },
    commands: 6,
  },
  {
    name: 'BD-R in random recording mode, complete',
    answers: {
      '46': configuration(0x42),
      '51': disc(0x0e, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, start: 0, size: 11_826_176 }),
      ...capacity(11_826_176),
    },
    family: 'bd-r',
    state: 'complete',
    commands: 6,
  },
  {
    name: 'BD-RE with a volume that is longer than a write unit',
    answers: {
      '46': configuration(0x43),
      '51': disc(0x1e, 1, { last: 1 }),
      ...formatCapacities(11_826_176, 2, [11_826_176, 0x30], [12_219_392, 0x31]),
      ...tracks({ number: 1, session: 1, start: 0, size: 11_826_176 }),
      ...volume(33),
    },
    family: 'bd-re',
    state: 'overwritable',
    expected: { nextWritableAddress: 64, capacityBlocks: 11_826_176, lastSessionStart: 0 },
    commands: 9,
  },
  {
    name: 'HD DVD-ROM',
    answers: {
      '46': configuration(0x50),
      '51': disc(0x0e, 1, { last: 1 }),
      ...capacity(7_000_000),
      ...toc(7_000_000, 0),
      ...lastSession(1, 0),
    },
    family: 'hd-dvd-rom',
    state: 'complete',
    commands: 8,
  },
  {
    name: 'HD DVD-R, blank',
    answers: {
      '46': configuration(0x51),
      '51': disc(0x00, 1, { last: 1 }),
      ...tracks({ number: 1, session: 1, state: 0x6f, start: 0, next: 0, free: 7_000_000, size: 7_000_000 }),
    },
    family: 'hd-dvd-r',
    state: 'blank',
    commands: 5,
  },
  {
    name: 'HD DVD-RAM, formatted',
    answers: {
      '46': configuration(0x52),
      '51': disc(0x1f, 1, { last: 1 }),
      ...formatCapacities(9_000_000, 2),
      ...tracks({ number: 1, session: 1, start: 0, size: 9_000_000 }),
      ...volume(500),
    },
    family: 'hd-dvd-ram',
    state: 'overwritable',
    expected: { nextWritableAddress: 512 },
    commands: 8,
  },
  {
    name: 'a medium of a profile that is none of an optical disc',
    answers: { '46': configuration(0x02), '51': disc(0x0e, 1, { last: 1 }), ...capacity(1000) },
    family: 'unknown',
    state: 'unknown',
    expected: { capacityBlocks: 1000, isBlank: false },
    commands: 5,
  },
]

const CLAIMS = [
  'profile',
  'family',
  'state',
  'isBlank',
  'isAppendable',
  'isOverwritable',
  'isErasable',
  'sessionCount',
  'lastSessionState',
  'lastSessionStart',
  'lastRecordedAddress',
  'nextWritableAddress',
  'freeBlocks',
  'capacityBlocks',
  'tracks',
]

describe.each(CASES)('$name', ({ answers, family, state, expected, commands }) => {
  const transport = new AnsweringTransport(answers)
  let medium: Medium

  beforeAll(async () => {
    medium = (await readMedium(new Drive(transport)))!
  })

  test(`is ${family}, ${state}`, () => {
    expect(medium).toMatchObject({ family, state, ...expected })
    expect(medium.isBlank && medium.isAppendable).toBe(false)
  })

  test('every claim cites bytes of a command that was sent', () => {
    for (const claim of CLAIMS) {
      const cited = medium.evidence.filter(each => each.claim === claim)
      expect({ claim, cited: cited.length > 0 }).toEqual({ claim, cited: true })
      for (const { cdb, bytes } of cited) {
        expect(transport.sent).toContain(cdb)
        expect(bytes).toMatch(/: .*[0-9A-F]{2}/)
      }
    }
  })

  test('no warning, where the drive does not contradict itself', () => {
    expect(medium.warnings).toEqual([])
  })

  test(`${commands} commands, none of them needless`, () => {
    expect(transport.sent).toHaveLength(commands)
  })
})

test('a disc of twenty sessions takes four commands more than it has tracks', async () => {
  const sessions = Array.from({ length: 20 }, (_, index) => ({
    number: index + 1,
    session: index + 1,
    start: index * 10_240,
    size: 6000,
  }))
  const open = { number: 21, session: 21, state: 0x41, start: 204_800, next: 204_800, free: 2_090_304, size: 2_090_304 }
  const transport = new AnsweringTransport({
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x01, 21, { last: 21 }),
    ...tracks(...sessions, open),
  })
  const medium = await readMedium(new Drive(transport))
  expect(medium).toMatchObject({ sessionCount: 21, lastSessionStart: 19 * 10_240, nextWritableAddress: 204_800 })
  expect(transport.sent).toHaveLength(21 + 4)
})
