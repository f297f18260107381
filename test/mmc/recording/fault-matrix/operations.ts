import { type BlankingType, blankMedium, closeMedium, formatWholeMedium, type Medium } from '../../../../src/mmc'
import type { FormatWholeMediumOptions } from '../../../../src/mmc/recording/format-whole-medium'
import type { MediaType, VirtualDiscState } from '../../../../src/virtual'
import type { DisturbedRecording, WholeMediumOperation } from './recordings'

const fewerSessions = (after: Medium, before: Medium) => after.tracks.length < before.tracks.length
const reopened = (after: Medium, before: Medium) => after.sessionCount < before.sessionCount
const blank = ({ isBlank }: Medium) => isBlank

const IS_BLANKED: Readonly<Record<BlankingType, WholeMediumOperation['isDone']>> = {
  minimal: blank,
  disc: blank,
  'last-session': fewerSessions,
  'unclose-last-session': reopened,
}

const blanking = (media: MediaType, type: BlankingType): DisturbedRecording => ({
  title: `${media}, blanked: ${type}`,
  media,
  state: 'blank',
  sessionsBefore: type === 'last-session' ? 2 : 1,
  operation: { perform: (drive, options) => blankMedium(drive, { ...options, type }), isDone: IS_BLANKED[type] },
})

const formatting = (
  media: MediaType,
  how: string,
  options: FormatWholeMediumOptions,
  { state = 'unformatted', becomes = media }: { state?: VirtualDiscState; becomes?: string } = {},
): DisturbedRecording => ({
  title: `${media}, formatted: ${how}`,
  media,
  state,
  operation: {
    perform: (drive, more) => formatWholeMedium(drive, { ...more, ...options }),
    isDone: ({ family, state: after }) => family === becomes && after !== 'unformatted' && after !== 'damaged',
  },
})

const closing = (
  media: MediaType,
  before: Pick<DisturbedRecording, 'sessionsBefore' | 'brokenOff'>,
  forGood: boolean,
): DisturbedRecording => ({
  title: `${media}, ${before.brokenOff ? 'broken off, then closed' : 'closed'}${forGood ? ' for good' : ''}`,
  media,
  state: 'blank',
  ...before,
  operation: {
    perform: (drive, options) => closeMedium(drive, { ...options, close: forGood }),
    isDone: ({ isBlank, isOverwritable, state }) =>
      isOverwritable || (!isBlank && state === (forGood ? 'complete' : 'appendable')),
    closesForGood: forGood,
  },
})

const WRITTEN_IN_SEQUENCE = ['dvd-r', 'dvd-rw', 'dvd-r-dl', 'dvd+r', 'dvd+r-dl', 'bd-r', 'bd-r-pow'] as const
const RECORDED: Pick<DisturbedRecording, 'sessionsBefore'> = { sessionsBefore: 1 }
const BROKEN_OFF = { sessionsBefore: 1, brokenOff: true } as const

/** Blanking, formatting and closing, each in its kinds, on each family that takes it. */
export const OPERATIONS: readonly DisturbedRecording[] = [
  blanking('cd-rw', 'minimal'),
  blanking('cd-rw', 'disc'),
  blanking('cd-rw', 'last-session'),
  blanking('cd-rw', 'unclose-last-session'),
  blanking('dvd-rw', 'minimal'),
  blanking('dvd-rw', 'disc'),
  blanking('dvd-rw-ro', 'disc'),
  formatting('dvd-rw', 'quickly', {}, { state: 'blank', becomes: 'dvd-rw-ro' }),
  formatting('dvd-rw', 'fully', { full: true }, { state: 'blank', becomes: 'dvd-rw-ro' }),
  formatting('dvd-rw-ro', 'quickly once more', {}, { state: 'blank' }),
  formatting('dvd-rw-ro', 'fully', { full: true }, { state: 'blank' }),
  formatting('dvd+rw', 'in the background', {}),
  formatting('dvd-ram', 'with certification', {}),
  formatting('bd-re', 'quickly', {}),
  formatting('bd-re', 'with certification', { full: true }),
  formatting('bd-re', 'without spare areas', { spare: false }),
  formatting('bd-r', 'with spare areas', {}, { state: 'blank' }),
  formatting('bd-r', 'for pseudo-overwrite', { pseudoOverwrite: true }, { state: 'blank', becomes: 'bd-r-pow' }),
  closing('cd-r', BROKEN_OFF, false),
  closing('cd-rw', BROKEN_OFF, false),
  ...WRITTEN_IN_SEQUENCE.flatMap(media => [
    closing(media, BROKEN_OFF, false),
    closing(media, BROKEN_OFF, true),
    closing(media, RECORDED, true),
  ]),
  closing('dvd+rw', RECORDED, true),
]
