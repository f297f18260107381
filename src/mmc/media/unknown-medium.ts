import type { MediumFamily } from './family'
import { answered, readableBlocks, refused } from './observations'

/** A medium of a kind that is none of the others: what there is to read is told, nothing is claimed. */
export const unknownMedium: MediumFamily = {
  names: ['unknown'],
  questions: () => ['discInformation', 'capacity'],
  conclude(claims) {
    const { observed } = claims
    const disc = answered(observed.discInformation)
    const configuration = answered(observed.configuration) ?? refused(observed.configuration)
    const says = 'Nothing that is known of this profile says whether it can be recorded.'
    if (configuration) {
      claims.rest(
        [
          'state',
          'isBlank',
          'isAppendable',
          'isOverwritable',
          'isErasable',
          'nextWritableAddress',
          'freeBlocks',
          'lastSessionStart',
          'lastRecordedAddress',
          'tracks',
        ],
        configuration,
        'currentProfile',
        says,
      )
    }
    const observedDisc = disc ?? refused(observed.discInformation)
    if (observedDisc) {
      claims.rest('sessionCount', observedDisc, 'numberOfSessions', 'Sessions as the drive counts them.')
      claims.rest('lastSessionState', observedDisc, 'stateOfLastSession', 'The last session as the drive sees it.')
    }
    const capacity = answered(observed.capacity) ?? refused(observed.capacity)
    if (capacity) claims.rest('capacityBlocks', capacity, 'logicalBlockAddress', 'Blocks that can be read.')
    return {
      state: 'unknown',
      isBlank: false,
      isAppendable: false,
      isOverwritable: false,
      isErasable: false,
      sessionCount: disc?.numberOfSessions ?? 1,
      lastSessionState: disc?.stateOfLastSession ?? 'complete',
      lastSessionStart: null,
      lastRecordedAddress: null,
      nextWritableAddress: null,
      freeBlocks: null,
      capacityBlocks: readableBlocks(observed) ?? null,
      writeUnitSize: 1,
      tracks: [],
    }
  },
}
