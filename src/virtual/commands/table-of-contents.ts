import { lbaToMsf } from '../../layout'
import {
  absoluteTimeInPregroove,
  cdTextInformation,
  formattedToc,
  formattedTocMsf,
  fullToc,
  multiSessionInformation,
  programMemoryArea,
  readToc,
} from '../../mmc/commands/read-toc'
import { cdTextPack } from '../../mmc/structures/cd-text'
import { invalidFieldInCdb } from '../check-condition'
import { type CommandContext, type CommandRule, onMedium } from '../command-rule'
import { CompactDisc, LEAD_IN_START } from '../media/cd'
import type { Medium, TocSession, TocTrack } from '../media/medium'

const LEAD_OUT = 0xaa
const POSITION = 1
/** ADR of the points B0 and C0 (multi-session and start of the first lead-in). */
const MULTI_SESSION = 5
const PACK_BYTES = 18
const TOC_HEADER_BYTES = 4
const TOC_DESCRIPTOR_BYTES = 8
/** LBA of 255:59:74. */
const LAST_MSF = (255 * 60 + 59) * 75 + 74 - 150

interface Toc {
  readonly tracks: readonly TocTrack[]
  readonly sessions: readonly TocSession[]
}

function tocOf(medium: Medium): Toc {
  const toc = medium.tableOfContents()
  // A disc without a closed session has no TOC to read (MMC-6 6.25.2.2).
  if (!toc || toc.sessions.length === 0) throw invalidFieldInCdb(2, 3)
  return toc
}

function formatted(medium: Medium, fromTrack: number, msf: boolean): Uint8Array {
  const { tracks, sessions } = tocOf(medium)
  const last = tracks.at(-1)!
  if (fromTrack > last.number && fromTrack !== LEAD_OUT) throw invalidFieldInCdb(6)
  const leadOut = { number: LEAD_OUT, session: 0, start: sessions.at(-1)!.leadOut, control: last.control }
  const value = {
    firstTrackNumber: tracks[0]!.number,
    lastTrackNumber: last.number,
    trackDescriptors: [...tracks, leadOut]
      .filter(({ number }) => number >= fromTrack)
      .map(({ number, start, control }) => ({ adr: POSITION, control, trackNumber: number, trackStartAddress: start })),
  }
  if (!msf) return formattedToc.encode(value)
  const reply = formattedTocMsf.encode({
    ...value,
    trackDescriptors: value.trackDescriptors.map(descriptor => ({ ...descriptor, trackStartAddress: 0 })),
  })
  value.trackDescriptors.forEach(({ trackStartAddress }, i) => {
    reply.set(longMsf(trackStartAddress), TOC_HEADER_BYTES + i * TOC_DESCRIPTOR_BYTES + 5)
  })
  return reply
}

/** Minute, second and frame in a byte each: on DVD and BD most addresses have none, and get the last there is. */
function longMsf(lba: number): readonly number[] {
  return lba > LAST_MSF ? [255, 59, 74] : lbaToMsf(lba)
}

function session({ medium, unit }: CommandContext, msf: boolean): Uint8Array {
  const { tracks, sessions } = tocOf(medium!)
  const single = unit.has('session-format-as-standard') && medium!.kind !== 'cd'
  const last = single ? 1 : sessions.at(-1)!.number
  const first = tracks.find(track => track.session === last) ?? tracks[0]!
  const reply = multiSessionInformation.encode({
    firstCompleteSessionNumber: 1,
    lastCompleteSessionNumber: last,
    adr: POSITION,
    control: first.control,
    firstTrackNumberInLastCompleteSession: first.number,
    startAddressOfFirstTrackInLastCompleteSession: first.start,
  })
  if (msf) reply.set([0, ...longMsf(first.start)], 8)
  return reply
}

type RawEntry = NonNullable<Parameters<typeof fullToc.encode>[0]['trackDescriptors']>[number]

const time = (lba: number) => {
  const [minute, second, frame] = lbaToMsf(lba)
  return { pMinute: minute, pSecond: second, pFrame: frame }
}

function sessionEntries(disc: CompactDisc, { tracks, sessions }: Toc, index: number): RawEntry[] {
  const { number, leadOut, discType } = sessions[index]!
  const own = tracks.filter(track => track.session === number)
  const first = own[0]!
  const last = own.at(-1)!
  const point = (value: number, control: number, more: object) => ({
    sessionNumber: number,
    adr: POSITION,
    control,
    point: value,
    ...more,
  })
  const entries: RawEntry[] = [
    point(0xa0, first.control, { pMinute: first.number, pSecond: discType }),
    point(0xa1, last.control, { pMinute: last.number }),
    point(0xa2, last.control, time(leadOut)),
    ...own.map(track => point(track.number, track.control, time(track.start))),
  ]
  const closedForGood = disc.state.finalized && index === sessions.length - 1
  if (!disc.recordable || (closedForGood && sessions.length === 1)) return entries
  const [minute, second, frame] = closedForGood
    ? [0xff, 0xff, 0xff]
    : lbaToMsf(disc.nextSessionStart(leadOut, number) - 150)
  entries.push({
    ...point(0xb0, first.control, { minute, second, frame, ...time(disc.state.capacityBlocks) }),
    adr: MULTI_SESSION,
    hour: 0,
    pHour: 0,
  })
  if (index === 0) entries.push({ ...point(0xc0, first.control, time(LEAD_IN_START)), adr: MULTI_SESSION })
  return entries
}

function full(medium: Medium, from: number): Uint8Array {
  if (!(medium instanceof CompactDisc)) throw invalidFieldInCdb(2, 3)
  const toc = tocOf(medium)
  const last = toc.sessions.at(-1)!.number
  if (from > last) throw invalidFieldInCdb(6)
  return fullToc.encode({
    firstCompleteSessionNumber: 1,
    lastCompleteSessionNumber: last,
    trackDescriptors: toc.sessions.flatMap((_, index) =>
      toc.sessions[index]!.number >= from ? sessionEntries(medium, toc, index) : [],
    ),
  })
}

function pma(medium: Medium): Uint8Array {
  if (!(medium instanceof CompactDisc) || !medium.recordable) throw invalidFieldInCdb(2, 3)
  const entries = medium.state.tracks
    .filter(({ state }) => state !== 'incomplete')
    .map(track => {
      const [minute, second, frame] = lbaToMsf(track.end ?? track.next)
      const position = { minute, second, frame, ...time(track.start) }
      return { sessionNumber: 0, adr: POSITION, control: track.control, point: track.number, ...position }
    })
  return programMemoryArea.encode({ pmaDescriptors: entries })
}

function atip(medium: Medium): Uint8Array {
  if (!(medium instanceof CompactDisc) || !medium.recordable) throw invalidFieldInCdb(2, 3)
  const rewritable = medium.state.media === 'cd-rw'
  const [minute, second, frame] = lbaToMsf(LEAD_IN_START)
  return absoluteTimeInPregroove.encode({
    indicativeTargetWritingPower: 5,
    referenceSpeed: rewritable ? 2 : 0,
    discTypeRewritable: rewritable,
    discSubType: rewritable ? 1 : 0,
    startTimeOfLeadInMinute: minute,
    startTimeOfLeadInSecond: second,
    startTimeOfLeadInFrame: frame,
    lastPossibleStartOfLeadOut: medium.state.capacityBlocks,
  })
}

function cdText(medium: Medium): Uint8Array {
  if (!(medium instanceof CompactDisc)) throw invalidFieldInCdb(2, 3)
  const packs = Buffer.from(medium.state.cdText ?? '', 'hex')
  const cdTextDescriptors = []
  for (let at = 0; at + PACK_BYTES <= packs.length; at += PACK_BYTES) {
    cdTextDescriptors.push({ ...cdTextPack.decode(packs.subarray(at, at + PACK_BYTES)).toJSON() })
  }
  return cdTextInformation.encode({ cdTextDescriptors })
}

/** READ TOC/PMA/ATIP (MMC-6 6.25). */
export const TABLE_OF_CONTENTS_RULES: readonly CommandRule[] = [
  onMedium(readToc, context => {
    const { cdb, medium } = context
    const decoded = readToc.cdbLayout.decode(cdb)
    const { msf = false, trackOrSessionNumber = 0 } = decoded
    // The format once stood in the control byte: ATAPI drivers still put it there.
    const format = cdb[2]! & 0x0f || cdb[9]! >> 6
    switch (format) {
      case 0:
        return formatted(medium!, trackOrSessionNumber, msf)
      case 1:
        return session(context, msf)
      case 2:
        return full(medium!, trackOrSessionNumber)
      case 3:
        return pma(medium!)
      case 4:
        return atip(medium!)
      case 5:
        return cdText(medium!)
      default:
        throw invalidFieldInCdb(2, 3)
    }
  }),
]
