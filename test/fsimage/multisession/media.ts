import { OpticalDrive } from '../../../src/optical-drive'
import { AnsweringTransport, type HandMadeAnswers } from '../../mmc/answering-drive'
import {
  blocks,
  capacity,
  configuration,
  disc,
  formatCapacities,
  invisible,
  lastSession,
  primaryVolumeDescriptor,
  toc,
  tracks,
} from '../../mmc/media/replies'

/** Media by their replies; those with data answer READ(10) with zeros. */
export const MEDIA = {
  appendable: {
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x01, 2, { last: 2 }),
    ...tracks(
      { number: 1, session: 1, start: 0, size: 992, last: 991 },
      { number: 2, session: 2, state: 0x41, start: 5120, next: 5120, free: 2_289_984, size: 2_289_984 },
    ),
    ...blocks(new Map()),
  },
  blank: {
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x00, 1, { last: 1 }),
    ...tracks({ number: 1, session: 1, state: 0x41, start: 0, next: 0, free: 2_295_104, size: 2_295_104 }),
  },
  complete: {
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x0e, 1, { last: 1 }),
    ...tracks({ number: 1, session: 1, start: 0, size: 992, last: 991 }),
    ...capacity(992),
  },
  damaged: {
    '46': configuration(0x1b, 0x2b),
    '51': disc(0x09, 2, { last: 2 }),
    ...tracks(
      { number: 1, session: 1, start: 0, size: 992 },
      { number: 2, session: 2, mode: 0x24, start: 5120, size: 2_289_984 },
    ),
    ...capacity(992),
  },
  overwritable: {
    '46': configuration(0x1a, 0x2a),
    '51': disc(0x1e, 1, { last: 1 }, { background: 3 }),
    ...formatCapacities(2_295_104, 2, [2_295_104, 0x26]),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_295_104 }),
    ...blocks(new Map([[16, primaryVolumeDescriptor(200)]])),
  },
  'overwritable, blank': {
    '46': configuration(0x1a, 0x2a),
    '51': disc(0x1e, 1, { last: 1 }, { background: 3 }),
    ...formatCapacities(2_295_104, 2, [2_295_104, 0x26]),
    ...tracks({ number: 1, session: 1, start: 0, size: 2_295_104 }),
    ...blocks(new Map()),
  },
  unformatted: {
    '46': configuration(0x43),
    '51': disc(0x10, 1, { last: 1 }),
    ...formatCapacities(12_219_392, 1),
    ...tracks({ number: 1, session: 1, state: 0x4f, start: 0, size: 12_219_392 }),
  },
  'pseudo-overwrite': {
    '46': configuration(0x41, 0x38),
    '51': disc(0x05, 1, { last: 1 }),
    ...tracks({ number: 1, session: 1, start: 0, next: 6400, free: 11_000_000, size: 11_006_400 }),
    ...blocks(new Map()),
  },
  'read-only': {
    '46': configuration(0x10),
    '51': disc(0x0e, 1, { last: 1 }),
    ...capacity(768_000),
    ...toc(768_000, 0),
    ...lastSession(1, 0),
  },
  unknown: { '46': configuration(0x02), '51': disc(0x0e, 1, { last: 1 }), ...capacity(1000) },
  none: { '00': [2, 0x3a, 0] },
  'audio alone': {
    '46': configuration(9),
    '51': disc(0x01, 2, { last: 2 }),
    ...tracks({ number: 1, session: 1, mode: 0, start: 0, size: 5000 }),
    ...invisible({ number: 2, session: 2, state: 0x4f, start: 16_400, next: 16_400, free: 300_000, size: 300_000 }),
    '28': [5, 0x64, 0],
  },
  'audio, then data': {
    '46': configuration(9),
    '51': disc(0x01, 3, { last: 3 }),
    ...tracks(
      { number: 1, session: 1, mode: 0, start: 0, size: 5000 },
      { number: 2, session: 2, mode: 4, start: 16_400, size: 1000, last: 17_397 },
    ),
    ...invisible({ number: 3, session: 3, state: 0x4f, start: 24_300, next: 24_300, free: 300_000, size: 300_000 }),
    ...blocks(new Map()),
  },
} as const satisfies Record<string, HandMadeAnswers>

export type MediumName = keyof typeof MEDIA

/** A drive with such a medium in it; some answers may be others. */
export function driveWith(medium: MediumName, others: HandMadeAnswers = {}) {
  const transport = new AnsweringTransport({ ...MEDIA[medium], ...others })
  return { drive: new OpticalDrive(transport), transport }
}
