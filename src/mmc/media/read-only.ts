import type { Track } from '../medium-state'
import type { Claims } from './claims'
import type { Conclusion } from './family'
import { answered, type MediumObservations, type Question, readableBlocks, refused } from './observations'
import { fullTocTracks, lastSessionByToc, tocTracks } from './toc-tracks'

/** What tells one read-only family from another. */
export interface ReadOnlyTraits {
  readonly isCd?: boolean
  readonly writeUnitSize: number
  readonly isErasable?: boolean
  readonly isOverwritable?: boolean
}

/** What to ask a drive about a medium that it only reads. */
export function readOnlyQuestions(observed: MediumObservations, traits: ReadOnlyTraits): Question[] {
  if (!traits.isCd) return ['discInformation', 'capacity', 'toc', 'multiSessionInformation']
  if (observed.fullToc === undefined) return ['discInformation', 'capacity', 'fullToc']
  return fullTocTracks(observed) ? [] : ['toc', 'multiSessionInformation']
}

/** Concludes the state of a medium that the drive only reads. */
export function concludeReadOnly(claims: Claims, traits: ReadOnlyTraits): Conclusion {
  const { observed } = claims
  const disc = answered(observed.discInformation)
  concludeState(claims)

  const sessionsByToc = lastSessionByToc(observed)
  const fromFullToc = fullTocTracks(observed)
  const sessions = disc?.numberOfSessions ?? fromFullToc?.at(-1)?.session ?? sessionsByToc?.session ?? 1
  const tracks = fromFullToc ?? tocTracks(observed, Math.max(sessions, sessionsByToc?.session ?? 1))
  const capacityBlocks = concludeCapacity(claims, tracks)
  restTracks(claims, tracks)
  const lastSessionStart = concludeLastSessionStart(claims, tracks, sessions)
  return {
    state: 'complete',
    isBlank: false,
    isAppendable: false,
    isOverwritable: traits.isOverwritable ?? false,
    isErasable: traits.isErasable ?? false,
    sessionCount: sessions,
    lastSessionState: disc?.stateOfLastSession ?? 'complete',
    lastSessionStart,
    lastRecordedAddress: concludeLastRecordedAddress(claims, tracks, capacityBlocks),
    nextWritableAddress: null,
    freeBlocks: 0,
    capacityBlocks,
    writeUnitSize: traits.writeUnitSize,
    tracks,
  }
}

const STATE_CLAIMS = ['state', 'isBlank', 'isAppendable', 'nextWritableAddress', 'freeBlocks'] as const
const KIND_CLAIMS = ['isOverwritable', 'isErasable'] as const

function concludeState(claims: Claims): void {
  const { observed } = claims
  const disc = answered(observed.discInformation)
  const refusal = refused(observed.discInformation)
  const configuration = answered(observed.configuration)
  const profileSays = 'The drive does nothing but read a medium of this profile.'
  if (configuration) claims.rest(KIND_CLAIMS, configuration, 'currentProfile', profileSays)
  if (disc) {
    if (!configuration) claims.rest(KIND_CLAIMS, disc, 'erasable', 'The drive tells of no way to write.')
    claims.rest(STATE_CLAIMS, disc, 'discStatus', 'Nothing can be recorded.')
    claims.rest('sessionCount', disc, 'numberOfSessions', 'Sessions as the drive counts them.')
    claims.rest('lastSessionState', disc, 'stateOfLastSession', 'The last session as the drive sees it.')
    if (disc.discStatus === 'blank' || disc.discStatus === 'appendable') {
      claims.warn(
        `READ DISC INFORMATION calls the disc ${disc.discStatus}, but this drive only reads it: nothing can be recorded here.`,
      )
    }
  } else if (refusal) {
    const says = 'The drive has no disc information: it reads, and does not record.'
    claims.rest([...STATE_CLAIMS, 'sessionCount', 'lastSessionState'], refusal, '', says)
    if (!configuration) claims.rest(KIND_CLAIMS, refusal, '', says)
  }
}

function concludeCapacity(claims: Claims, tracks: readonly Track[]): number | null {
  const capacity = answered(claims.observed.capacity)
  const blocks = readableBlocks(claims.observed)
  if (capacity && blocks !== undefined) {
    claims.rest('capacityBlocks', capacity, 'logicalBlockAddress', `The last block that can be read is ${blocks - 1}.`)
    return blocks
  }
  const refusal = refused(claims.observed.capacity)
  if (refusal) claims.rest('capacityBlocks', refusal, '', 'The drive does not say how much can be read.')
  const last = tracks.at(-1)
  return last ? last.start + last.size : null
}

function restTracks(claims: Claims, tracks: readonly Track[]): void {
  const { observed } = claims
  const says = `${tracks.length} ${tracks.length === 1 ? 'track' : 'tracks'} in the table of contents.`
  const full = fullTocTracks(observed) && answered(observed.fullToc)
  const toc = answered(observed.toc)
  if (full) claims.rest('tracks', full, 'trackDescriptors', says)
  else if (toc) claims.rest('tracks', toc, 'trackDescriptors', says)
  else {
    const refusal = refused(observed.toc)
    if (refusal) claims.rest('tracks', refusal, '', 'The drive gives no table of contents.')
  }
}

function concludeLastSessionStart(claims: Claims, tracks: readonly Track[], sessions: number): number | null {
  const { observed } = claims
  const full = fullTocTracks(observed) && answered(observed.fullToc)
  if (full) {
    const session = tracks.at(-1)!.session
    const first = tracks.find(track => track.session === session)!
    claims.rest('lastSessionStart', full, 'trackDescriptors', `Session ${session} begins with track ${first.number}.`)
    return first.start
  }
  const reply = answered(observed.multiSessionInformation)
  const byToc = lastSessionByToc(observed)
  if (reply && byToc) {
    claims.rest(
      'lastSessionStart',
      reply,
      'startAddressOfFirstTrackInLastCompleteSession',
      `Session ${byToc.session} is the last complete one.`,
    )
    if (byToc.session > sessions) {
      claims.warn(
        `READ DISC INFORMATION counts ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, the table of contents ${byToc.session}: the latter's start of the last session is believed.`,
      )
    }
    return byToc.start
  }
  const refusal = refused(observed.multiSessionInformation)
  if (refusal) claims.rest('lastSessionStart', refusal, '', 'The drive knows of one session only.')
  const first = tracks[0]
  const toc = answered(observed.toc)
  if (first && toc) claims.rest('lastSessionStart', toc, 'trackDescriptors', 'The first track begins there.')
  return first?.start ?? (readableBlocks(observed) === undefined ? null : 0)
}

function concludeLastRecordedAddress(claims: Claims, tracks: readonly Track[], blocks: number | null): number | null {
  const { observed } = claims
  const last = tracks.at(-1)
  const toc = (fullTocTracks(observed) && answered(observed.fullToc)) || answered(observed.toc)
  const capacity = answered(observed.capacity)
  if (blocks !== null && capacity) {
    claims.rest('lastRecordedAddress', capacity, 'logicalBlockAddress', 'The last block that can be read.')
    return blocks - 1
  }
  if (!last || !toc) {
    const refusal = refused(observed.capacity) ?? refused(observed.toc)
    if (refusal)
      claims.rest('lastRecordedAddress', refusal, '', 'The drive does not say where the recorded blocks end.')
    return null
  }
  claims.rest('lastRecordedAddress', toc, 'trackDescriptors', 'The lead-out begins behind it.')
  return last.start + last.size - 1
}
