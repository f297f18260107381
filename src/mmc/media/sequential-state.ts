import { msfToLba } from '../../layout'
import type { SessionState } from '../medium-state'
import {
  answered,
  currentProfile,
  type MediumObservations,
  readableBlocks,
  type TrackReply,
  trackReplies,
} from './observations'
import { plausibleNextWritableAddress } from './track-state'

const CD_PROFILES = new Set([0x08, 0x09, 0x0a])
const BD_R_SEQUENTIAL = 0x41
/** Track number of the invisible track, where it is asked for in READ TRACK INFORMATION. */
export const INVISIBLE = 0xff
/** A disc with more tracks than this is walked at both ends only. */
const MOST_TRACKS_ASKED = 512
/** 100 minutes: more than fits on any CD. */
const MOST_CD_BLOCKS = 450_000

/** What the replies say of a medium whose sessions follow each other, believed and put together. */
export interface SequentialState {
  readonly verdict: 'blank' | 'appendable' | 'complete' | 'damaged' | 'unknown'
  /** Why the verdict is not Disc Status as it stands; a warning. */
  readonly correction?: string
  readonly sessions: number
  readonly lastSession: SessionState
  /** How many sessions are complete, which is also the number of the last one. */
  readonly completeSessions: number
  readonly tracks: readonly TrackReply[]
  /** The track that the next session goes into. */
  readonly openTrack?: TrackReply
  readonly nextWritableAddress: number | null
  /** The first track of the last complete session. */
  readonly lastCompleteTrack?: TrackReply
}

/** True for a CD; a drive without profiles is one that knows nothing else. */
export function isCd(observed: MediumObservations): boolean {
  const profile = currentProfile(observed)
  return profile === undefined || CD_PROFILES.has(profile)
}

/** The numbers of the tracks to ask READ TRACK INFORMATION for. */
export function trackNumbersToAsk(observed: MediumObservations): number[] {
  const disc = answered(observed.discInformation)
  const first = Math.max(1, disc?.firstTrackNumber ?? 1)
  const last = disc?.lastTrackNumberInLastSession ?? first
  const hasOpenSession = disc?.stateOfLastSession !== 'complete' && disc?.discStatus !== 'complete'
  // On CD the last track of an open session has no number of its own until it is written to.
  const replaced = isCd(observed) && hasOpenSession
  const numbers: number[] = []
  for (let number = first; number <= last - (replaced ? 1 : 0); number++) {
    if (numbers.length === MOST_TRACKS_ASKED - 1) {
      numbers.push(last)
      break
    }
    numbers.push(number)
  }
  return replaced ? [...numbers, INVISIBLE] : numbers
}

/** The other number that the last track of an open session may answer to, where the first one did not do. */
export function otherLastTrackNumber(observed: MediumObservations): number | undefined {
  const disc = answered(observed.discInformation)
  if (!disc || disc.discStatus === 'complete' || disc.stateOfLastSession === 'complete') return undefined
  const asked = (observed.tracks ?? []).map(({ number }) => number)
  const last = disc.lastTrackNumberInLastSession ?? 1
  const other = asked.includes(INVISIBLE) ? last : INVISIBLE
  if (asked.includes(other)) return undefined
  return trackReplies(observed).some(track => isOpen(track) && (track.trackNumber ?? 0) >= last) ? undefined : other
}

function isOpen(track: TrackReply): boolean {
  return plausibleNextWritableAddress(track) !== null || ((track.blank ?? false) && !track.damage)
}

/** Where writing goes on in an open track: what the drive says, or, where that cannot be, the start of a blank track. */
function addressIn(track: TrackReply): number | null {
  return (
    plausibleNextWritableAddress(track) ?? (track.blank && !track.damage ? (track.trackStartAddress ?? null) : null)
  )
}

/** Puts the replies together; pure. */
export function sequentialState(observed: MediumObservations): SequentialState {
  const disc = answered(observed.discInformation)
  const tracks = trackReplies(observed)
  const sessions = disc?.numberOfSessions ?? 1
  const lastSession = disc?.stateOfLastSession ?? 'complete'
  const completeSessions = disc?.discStatus === 'blank' ? 0 : lastSession === 'complete' ? sessions : sessions - 1
  const lastCompleteTrack = tracks.find(track => completeSessions > 0 && track.sessionNumber === completeSessions)
  const common = {
    sessions,
    lastSession,
    completeSessions,
    tracks,
    ...(lastCompleteTrack ? { lastCompleteTrack } : {}),
  }
  const openTrack = disc?.discStatus === 'complete' ? undefined : tracks.filter(isOpen).at(-1)
  const nextWritableAddress = openTrack ? addressIn(openTrack) : null
  const open = openTrack ? { openTrack, nextWritableAddress } : { nextWritableAddress }

  switch (disc?.discStatus) {
    case 'blank':
      return { ...common, ...blankOrBegun(openTrack, nextWritableAddress), ...open }
    case 'appendable':
      return { ...common, ...appendableOrNot(observed, common, nextWritableAddress), ...open }
    case 'complete':
      return { ...common, verdict: 'complete', nextWritableAddress: null }
    case 'other':
      return nextWritableAddress === null
        ? { ...common, verdict: 'unknown', nextWritableAddress }
        : { ...common, verdict: nextWritableAddress === 0 ? 'blank' : 'appendable', ...open }
    default:
      return { ...common, verdict: 'unknown', nextWritableAddress: null }
  }
}

function blankOrBegun(openTrack: TrackReply | undefined, address: number | null) {
  if (openTrack && !openTrack.blank && address !== null && address > 0) {
    return {
      verdict: 'appendable' as const,
      correction: `READ DISC INFORMATION calls the disc blank, but track ${openTrack.trackNumber} is recorded up to block ${address}: it is taken as begun.`,
    }
  }
  return { verdict: 'blank' as const }
}

function appendableOrNot(
  observed: MediumObservations,
  { sessions, lastSession, tracks }: Pick<SequentialState, 'sessions' | 'lastSession' | 'tracks'>,
  address: number | null,
): Pick<SequentialState, 'verdict' | 'correction'> {
  const nothingRecorded = sessions === 1 && lastSession === 'empty' && (address ?? 0) === 0
  const blocks = readableBlocks(observed)
  if (nothingRecorded && ((blocks !== undefined && blocks <= 1) || tracks.every(track => track.blank))) {
    // A BD-R is "appendable" as soon as it is formatted (MMC-6 6.21.3.1.4).
    if (currentProfile(observed) === BD_R_SEQUENTIAL) return { verdict: 'blank' }
    return {
      verdict: 'blank',
      correction:
        'READ DISC INFORMATION calls the disc appendable, but its only session is empty and nothing is recorded: it is taken as blank.',
    }
  }
  if (address !== null) return { verdict: 'appendable' }
  if (lastSession === 'damaged' || lastSession === 'incomplete' || tracks.some(track => track.damage)) {
    return { verdict: 'damaged' }
  }
  return {
    verdict: 'complete',
    correction:
      'READ DISC INFORMATION calls the disc appendable, but no track has a next writable address: it is taken as full.',
  }
}

/** Where a CD's lead-out can begin at the latest, by the disc information or else the pre-groove: its capacity. */
export function lastPossibleLeadOut(observed: MediumObservations): number | undefined {
  const time = answered(observed.discInformation)?.lastPossibleLeadOutStartAddress
  const stated = time && time !== 0xffffffff ? msfToLba(time >>> 16, (time >>> 8) & 0xff, time & 0xff) : undefined
  const inPregroove = answered(observed.atip)?.lastPossibleStartOfLeadOut
  // Pressed discs have no pre-groove, and some drives make one up.
  return [stated, inPregroove].find(lba => lba !== undefined && lba > 0 && lba < MOST_CD_BLOCKS)
}
