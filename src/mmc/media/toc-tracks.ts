import { msfToLba } from '../../layout'
import type { Track } from '../medium-state'
import { answered, type MediumObservations, readableBlocks } from './observations'

const LEAD_OUT = 0xaa
const POINT_LEAD_OUT = 0xa2
const MOST_TRACKS = 99
const DATA_TRACK = 4

interface TocTrack {
  readonly number: number
  readonly session: number
  readonly start: number
  readonly end: number
  readonly isData: boolean
}

const complete = ({ number, session, start, end, isData }: TocTrack): Track => ({
  number,
  session,
  start,
  size: Math.max(0, end - start),
  state: 'complete',
  nextWritableAddress: null,
  freeBlocks: 0,
  lastRecordedAddress: null,
  isData,
})

/**
 * The tracks of a CD by its full TOC; `undefined` where the drive gave none, or (as ATAPI drives of old and QEMU's do)
 * answered with the formatted TOC instead.
 */
export function fullTocTracks(observed: MediumObservations): Track[] | undefined {
  const entries = answered(observed.fullToc)?.trackDescriptors ?? []
  const isRaw = entries.every(({ sessionNumber = 0 }) => sessionNumber >= 1 && sessionNumber <= MOST_TRACKS)
  if (entries.length === 0 || !isRaw) return undefined
  const leadOuts = new Map<number, number>()
  const starts: { number: number; session: number; start: number; isData: boolean }[] = []
  for (const entry of entries) {
    const { sessionNumber: session = 0, point = 0, control = 0 } = entry
    if (entry.adr !== 1) continue
    const start = msfToLba(entry.pMinute ?? 0, entry.pSecond ?? 0, entry.pFrame ?? 0)
    if (point === POINT_LEAD_OUT) leadOuts.set(session, start)
    else if (point >= 1 && point <= MOST_TRACKS) {
      starts.push({ number: point, session, start, isData: (control & DATA_TRACK) !== 0 })
    }
  }
  if (starts.length === 0) return undefined
  starts.sort((a, b) => a.number - b.number)
  return starts.map((track, index) => {
    const next = starts[index + 1]
    const end =
      next?.session === track.session ? next.start : (leadOuts.get(track.session) ?? next?.start ?? track.start)
    return complete({ ...track, end })
  })
}

/** The tracks by the formatted TOC; which session each belongs to is known only of the last session. */
export function tocTracks(observed: MediumObservations, sessions: number): Track[] {
  const entries = answered(observed.toc)?.trackDescriptors ?? []
  const last = lastSessionByToc(observed)
  const starts = entries.filter(each => each.trackStartAddress !== undefined && each.trackNumber !== undefined)
  const leadOut = starts.find(({ trackNumber }) => trackNumber === LEAD_OUT)?.trackStartAddress
  const tracks = starts
    .filter(({ trackNumber = 0 }) => trackNumber >= 1 && trackNumber <= MOST_TRACKS)
    .sort((a, b) => a.trackStartAddress! - b.trackStartAddress!)
  return tracks.map((track, index) => {
    const start = track.trackStartAddress!
    const end = tracks[index + 1]?.trackStartAddress ?? leadOut ?? readableBlocks(observed) ?? start
    const session = sessions <= 1 ? 1 : last && start >= last.start ? Math.max(sessions, last.session) : 1
    return complete({
      number: track.trackNumber!,
      session,
      start,
      end,
      isData: ((track.control ?? DATA_TRACK) & DATA_TRACK) !== 0,
    })
  })
}

/** The last complete session by READ TOC format 1; `undefined` where the answer is none, or that of another format. */
export function lastSessionByToc(observed: MediumObservations): { session: number; start: number } | undefined {
  const reply = answered(observed.multiSessionInformation)
  const start = reply?.startAddressOfFirstTrackInLastCompleteSession
  const session = reply?.lastCompleteSessionNumber
  // 10 bytes are announced, whatever is sent: other counts are a formatted TOC.
  if (start === undefined || session === undefined || reply?.dataLength !== 10) return undefined
  const end = readableBlocks(observed)
  return start < 0 || (end !== undefined && start >= end) ? undefined : { session, start }
}
