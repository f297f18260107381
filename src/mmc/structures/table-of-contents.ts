import { type Decoded, msfToLba } from '../../layout'
import type { fullToc, rawTocEntry } from '../commands/read-toc'

/** One track as the lead-in's Q sub-channel describes it. */
export interface TableOfContentsTrack {
  readonly number: number
  readonly control: number
  readonly isData: boolean
  /** LBA of its index 1. */
  readonly start: number
}

/** One session as the lead-in's Q sub-channel describes it. */
export interface TableOfContentsSession {
  readonly number: number
  /** 00h CD-DA and CD-ROM, 10h CD-I, 20h CD-ROM XA; undefined without point A0. */
  readonly discType: number | undefined
  readonly firstTrack: number | undefined
  readonly lastTrack: number | undefined
  /** LBA of the lead-out. */
  readonly leadOut: number | undefined
  /** LBA at which the next session's program area may begin; undefined where the disc is closed. */
  readonly nextProgramArea: number | undefined
  readonly tracks: readonly TableOfContentsTrack[]
}

const TRACK_FIRST = 0x01
const TRACK_LAST = 0x63
const FIRST_TRACK = 0xa0
const LAST_TRACK = 0xa1
const LEAD_OUT = 0xa2
const NEXT_PROGRAM_AREA = 0xb0
const NONE = 0xff
const POSITION = 1

type Entry = Decoded<(typeof rawTocEntry)['fields']>

/**
 * Sessions and tracks of a full TOC (READ TOC/PMA/ATIP format 2), in rising order. Entries that are cut short, and tracks
 * that a session repeats, are left out.
 */
export function tableOfContents(reply: Decoded<(typeof fullToc)['fields']>): TableOfContentsSession[] {
  const bySession = new Map<number, Entry[]>()
  for (const entry of reply.trackDescriptors ?? []) {
    if (entry.pFrame === undefined) continue
    const number = entry.sessionNumber ?? 0
    const entries = bySession.get(number)
    if (entries) entries.push(entry)
    else bySession.set(number, [entry])
  }
  return [...bySession].sort(([a], [b]) => a - b).map(([number, entries]) => session(number, entries))
}

function session(number: number, entries: readonly Entry[]): TableOfContentsSession {
  const at = (point: number) => entries.find(entry => entry.point === point)
  const tracks = new Map<number, TableOfContentsTrack>()
  for (const entry of entries) {
    const { point = 0, control = 0, adr } = entry
    if (adr !== POSITION || point < TRACK_FIRST || point > TRACK_LAST || tracks.has(point)) continue
    tracks.set(point, { number: point, control, isData: (control & 4) !== 0, start: pointed(entry) })
  }
  const next = at(NEXT_PROGRAM_AREA)
  const leadOut = at(LEAD_OUT)
  return {
    number,
    discType: at(FIRST_TRACK)?.pSecond,
    firstTrack: at(FIRST_TRACK)?.pMinute,
    lastTrack: at(LAST_TRACK)?.pMinute,
    leadOut: leadOut && pointed(leadOut),
    nextProgramArea:
      next && !(next.minute === NONE && next.second === NONE && next.frame === NONE)
        ? msfToLba(next.minute ?? 0, next.second ?? 0, next.frame ?? 0)
        : undefined,
    tracks: [...tracks.values()].sort((a, b) => a.number - b.number),
  }
}

function pointed(entry: Entry): number {
  return msfToLba(entry.pMinute ?? 0, entry.pSecond ?? 0, entry.pFrame ?? 0)
}
