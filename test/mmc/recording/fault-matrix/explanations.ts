import type { Cell } from './cell'
import type { DisturbedRecording } from './recordings'

/** A cell with its place, a line of JSON each where results are kept. */
export interface PlacedCell extends Cell {
  /** Of the command, 1 is the first. */
  readonly number: number
  readonly command: string
  readonly fault: string
}

/** A cell among those of its recording. */
interface Place {
  readonly cell: PlacedCell
  readonly recording: DisturbedRecording
  /** The command that locks the door, the first that changes the medium, and the last one, which unlocks the door. */
  readonly lock: number
  readonly firstChange: number
  readonly last: number
}

interface Explanation {
  readonly why: string
  readonly holds: (place: Place) => boolean
}

const CHANGES = [
  'WRITE(10)',
  'FORMAT UNIT',
  'RESERVE TRACK',
  'SEND DISC STRUCTURE',
  'SYNCHRONIZE CACHE',
  'CLOSE TRACK SESSION',
  'BLANK',
  'REPAIR TRACK',
]
const LOCK = 'PREVENT ALLOW MEDIUM REMOVAL'
const CHECK_CONDITION = /^[2-6B]\/../
const ATTENTION = /^6\//
const NO_ANSWER = ['timeout', 'transport']
const AT_AN_END = ['gone', 'killed', 'power cut']

const reads = (command: string) => /^(READ|GET|TEST|REQUEST|MODE SENSE)/.test(command)
const ended =
  (ending: Cell['ending'], holds: (place: Place) => boolean): Explanation['holds'] =>
  place =>
    place.cell.ending === ending && holds(place)
const isOf =
  (...faults: readonly string[]) =>
  ({ cell }: Place) =>
    faults.includes(cell.fault)
const at =
  (...commands: readonly string[]) =>
  ({ cell }: Place) =>
    commands.includes(cell.command)

/** Why a recording ended as it did. The first that holds is the one. */
export const ENDINGS: readonly Explanation[] = [
  {
    why: 'When the door is unlocked everything has been checked. Unlocking is tried twice; what goes wrong then is a warning.',
    holds: ended('done', ({ cell, last }) => cell.number === last),
  },
  {
    why: 'The drive puts the command off: it is repeated when the drive has finished what it is at.',
    holds: ended('done', isOf('2/04/08')),
  },
  {
    why: "A WRITE that came at a wrong time is repeated once, after the drive's buffer has been emptied; an aborted one where any block can be written again, or where the next writable address says that it was not carried out.",
    holds: ended('done', place => at('WRITE(10)')(place) && isOf('5/2C/00', 'B/00/00')(place)),
  },
  {
    why: 'A unit attention before the door is locked: the state of the medium is read anew. After the last block has been written: the first and the last of what was recorded are read back, and are there; after an operation on the whole medium its state is what it must be.',
    holds: ended('done', ({ cell }) => ATTENTION.test(cell.fault) && reads(cell.command)),
  },
  {
    why: 'A command that only asks: the state is read until it reads the same twice, and there are other ways to find out what one drive does not tell.',
    holds: ended('done', ({ cell }) => CHECK_CONDITION.test(cell.fault) && reads(cell.command)),
  },
  {
    why: "Before anything is changed the drive's buffer is emptied, for a drive that waits for the rest of a track: one that waits for nothing may refuse, and the medium is read anew.",
    holds: ended(
      'done',
      place =>
        at('SYNCHRONIZE CACHE')(place) && place.cell.number < place.lock && CHECK_CONDITION.test(place.cell.fault),
    ),
  },
  {
    why: 'A drive without a lock records all the same, with a warning.',
    holds: ended('done', place => at(LOCK)(place) && isOf('5/2C/00')(place)),
  },
  {
    why: 'What a drive does by itself as well (calibration), or what only saves time (the border of the layers): a warning.',
    holds: ended('done', at('SEND OPC INFORMATION', 'SEND DISC STRUCTURE')),
  },
  {
    why: "The drive's buffer is emptied twice: the first time polled, then waited for. The second one makes up for the first, and an aborted one is repeated.",
    holds: ended('done', place => at('SYNCHRONIZE CACHE')(place) && isOf('5/2C/00', 'B/00/00')(place)),
  },
  {
    why: 'Most drives close a track of a CD when their buffer is emptied, and refuse to do it once more.',
    holds: ended('done', place => at('CLOSE TRACK SESSION')(place) && isOf('5/2C/00')(place)),
  },
  {
    why: 'The disc was exchanged while it was looked at: the other blank disc of that kind is recorded, and it is that one which is reported.',
    holds: ended('done', place => isOf('swapped')(place) && place.cell.number < place.lock),
  },
  {
    why: 'The disc was exchanged after the drive had carried the operation out, and the other one is in the state in which this one must be: it is the other one which is reported.',
    holds: ended('done', place => isOf('swapped')(place) && place.recording.operation !== undefined),
  },
  {
    why: 'Nothing had been sent that changes the medium, and nothing is.',
    holds: ended('refused', ({ cell, firstChange }) => cell.number < firstChange),
  },
  {
    why: 'Drives try by themselves before they report a write error or a failure of their own: a WRITE is not repeated. On CD, where emptying the buffer ends the track, neither is one that came at a wrong time, nor an aborted one of a session at once, of which no next writable address tells.',
    holds: ended('failed', place => at('WRITE(10)')(place) && isOf('3/0C/00', '4/44/00', '5/2C/00', 'B/00/00')(place)),
  },
  {
    why: 'The drive says that what was begun (blanking, formatting, reserving, emptying the buffer, closing) has failed.',
    holds: ended(
      'failed',
      place =>
        isOf('3/0C/00', '4/44/00', '5/2C/00', 'B/00/00')(place) &&
        at(
          'BLANK',
          'FORMAT UNIT',
          'RESERVE TRACK',
          'REPAIR TRACK',
          'SYNCHRONIZE CACHE',
          'CLOSE TRACK SESSION',
          'TEST UNIT READY',
        )(place),
    ),
  },
  {
    why: 'How the medium is to be closed depends on the answer, and there is none.',
    holds: ended('failed', place => isOf('3/0C/00', '4/44/00', '5/2C/00')(place) && reads(place.cell.command)),
  },
  {
    why: 'Another medium, or a reset, has been announced in the middle: nothing more is written.',
    holds: ended('failed', ({ cell }) => ATTENTION.test(cell.fault) || cell.fault === 'swapped'),
  },
  {
    why: 'No answer: nobody knows whether the command was carried out. What the drive has taken is put on the disc, and the state is read.',
    holds: ended('failed', isOf(...NO_ANSWER)),
  },
  {
    why: 'Nothing more can be sent.',
    holds: ended('failed', isOf(...AT_AN_END)),
  },
]

/** Why the medium takes afterwards what it takes. */
export const AFTERWARDS: readonly Explanation[] = [
  { why: 'Another recording follows.', holds: ({ cell }) => cell.afterwards === 'recorded' },
  {
    why: 'Closed for good, as asked, or by the close that one sends who finds it so.',
    holds: ({ cell, recording }) =>
      cell.afterwards === 'complete' &&
      (recording.options?.close === true ||
        recording.options?.discAtOnce === true ||
        recording.operation?.closesForGood === true),
  },
  {
    why: 'A track or session was begun and broken off. `close` closes it (after a power cut the drive first looks for the end of a track of a CD: REPAIR TRACK), then another recording follows, in a track of its own. `append` does both.',
    holds: ({ cell, recording }) =>
      cell.afterwards === 'mended' && (cell.ending === 'failed' || recording.brokenOff === true),
  },
  {
    why: 'A DVD-RW that was blanked minimally takes disc-at-once recording only; to be recorded in increments it is blanked wholly.',
    holds: ({ cell, recording }) => cell.afterwards === 'blanked' && recording.media === 'dvd-rw',
  },
  {
    why: 'A disc that was to be recorded at once, and was not: what has been reserved is neither recorded in increments nor closed before it is full (5/72/04). Earlier sessions there are none; a DVD-RW can be blanked.',
    holds: ({ cell, recording }) => cell.afterwards === 'lost' && recording.options?.discAtOnce === true,
  },
]

/** Emptying a buffer changes nothing where nothing has been written. */
const changes = (name: string, { operation }: DisturbedRecording) =>
  CHANGES.includes(name) && !(operation && name === 'SYNCHRONIZE CACHE')

/** How a cell is explained: indexes into {@link ENDINGS} and {@link AFTERWARDS}, -1 where nothing holds. */
export function explain(
  cell: PlacedCell,
  recording: DisturbedRecording,
  commands: readonly string[],
): { readonly ending: number; readonly afterwards: number } {
  const place: Place = {
    cell,
    recording,
    lock: commands.indexOf(LOCK) + 1,
    firstChange: commands.findIndex(name => changes(name, recording)) + 1,
    last: commands.length,
  }
  return {
    ending: ENDINGS.findIndex(({ holds }) => holds(place)),
    afterwards: AFTERWARDS.findIndex(({ holds }) => holds(place)),
  }
}
