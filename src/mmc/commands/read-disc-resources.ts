import { choice, layout, u16, u32 } from '../../layout'
import { command, seconds } from '../command'

const head = {
  discInformationLength: u16(0),
  discInformationDataType: choice(2, 7, 5, { 0: 'standard', 1: 'track-resources', 2: 'pow-resources' }),
}
const announced = { field: 'discInformationLength', excludes: 2 } as const

/** Track Resources Information Block (MMC-6 6.21.3.2): how many tracks there are and may be. */
export const trackResourcesInformation = layout(
  'Track Resources Information',
  {
    ...head,
    maximumPossibleNumberOfTracks: u16(4).named('Maximum Possible Number of the Tracks on the Disc'),
    numberOfTracks: u16(6).named('Number of the Tracks on the Disc'),
    maximumPossibleNumberOfAppendableTracks: u16(8).named('Maximum Possible Number of Appendable Tracks on the Disc'),
    currentNumberOfAppendableTracks: u16(10).named('Current Number of Appendable Tracks on the Disc'),
  },
  { announced, clause: 'MMC-6 6.21.3.2' },
)

/** POW Resources Information Block (MMC-6 6.21.3.3): what is left of a BD-R's pseudo-overwrite. */
export const powResourcesInformation = layout(
  'POW Resources Information',
  {
    ...head,
    remainingPowReplacements: u32(4).named('Remaining POW Replacements'),
    remainingPowReallocationMapEntries: u32(8).named('Remaining POW Reallocation Map Entries'),
    numberOfRemainingPowUpdates: u32(12).named('Number of Remaining POW Updates'),
  },
  { announced, clause: 'MMC-6 6.21.3.3' },
)

const readDiscInformationCommand = {
  name: 'READ DISC INFORMATION',
  opcode: 0x51,
  clause: 'MMC-6 6.21',
  access: 'read',
  timeoutMs: seconds(30),
  cdb: {
    dataType: choice(1, 2, 0, { 0: 'standard', 1: 'track-resources', 2: 'pow-resources' }),
    allocationLength: u16(7),
  },
} as const

/** READ DISC INFORMATION (51h), data type 1. */
export const readTrackResources = command({
  ...readDiscInformationCommand,
  variant: { dataType: 'track-resources' },
  reply: trackResourcesInformation,
  firstLength: 12,
})

/** READ DISC INFORMATION (51h), data type 2. */
export const readPowResources = command({
  ...readDiscInformationCommand,
  variant: { dataType: 'pow-resources' },
  reply: powResourcesInformation,
  firstLength: 16,
})
