import { msfToLba } from '../../layout'
import { invalidFieldInParameterList } from '../check-condition'
import type { SectorForm } from '../disc/disc-state'
import { SECTOR_BYTES } from './sector'

const ENTRY_BYTES = 8
const LEAD_OUT = 0xaa
const SHORTEST_TRACK = 300
/** ADR of entries that give the media catalogue number and the ISRC. */
const CATALOG_NUMBER = 2
const ISRC = 3
/** Sub-channel part of the data form: the host sends 96 bytes of it. */
const SUB_CHANNEL = 0x40

/** Main-channel data forms (MMC-6 table 621): what the sectors are, and how many bytes of each the host sends. */
const DATA_FORMS: Readonly<Record<number, { readonly form: SectorForm; readonly bytes: number }>> = {
  0: { form: 'audio', bytes: SECTOR_BYTES },
  1: { form: 'audio', bytes: 0 },
  16: { form: 'mode-1', bytes: 2048 },
  17: { form: 'mode-1', bytes: SECTOR_BYTES },
  20: { form: 'mode-1', bytes: 0 },
  32: { form: 'mode-2-mixed', bytes: 2336 },
  33: { form: 'mode-2-mixed', bytes: SECTOR_BYTES },
  36: { form: 'mode-2-mixed', bytes: 0 },
  48: { form: 'mode-2', bytes: 2336 },
  49: { form: 'mode-2', bytes: SECTOR_BYTES },
  52: { form: 'mode-2', bytes: 0 },
}

/** A stretch of sectors of one form. Addresses are LBAs. */
export interface CueArea {
  readonly start: number
  readonly end: number
  readonly form: SectorForm
  /** Bytes of a sector that the host sends; 0 where the drive makes them. */
  readonly bytes: number
  /** Bytes of sub-channel that the host sends with each. */
  readonly subChannelBytes: number
}

/** A track of a cue sheet. */
export interface CueTrack {
  readonly number: number
  readonly control: number
  readonly form: SectorForm
  /** Where index 0 begins; `start` where there is none. */
  readonly pregapStart: number
  /** Index 1. */
  readonly start: number
  readonly end: number
  /** Indices from 2 on. */
  readonly indices: readonly number[]
  readonly isrc?: string
}

/** A cue sheet, understood. */
export interface CueSheet {
  readonly mediaCatalogNumber?: string
  /** True where the host sends the lead-in's sub-channel: CD-Text. */
  readonly leadInFromHost: boolean
  readonly tracks: readonly CueTrack[]
  /** All sectors from the first pre-gap to the lead-out. */
  readonly areas: readonly CueArea[]
  readonly leadOut: number
}

interface Point {
  readonly track: number
  readonly index: number
  readonly control: number
  readonly dataForm: number
  readonly lba: number
}

/**
 * Understands a cue sheet (MMC-6 6.36.3.2).
 *
 * @throws {CheckCondition} 5/26/00 with the byte that is wrong
 */
export function parseCueSheet(bytes: Uint8Array): CueSheet {
  const refuse = (entry: number, byte: number) => invalidFieldInParameterList(entry * ENTRY_BYTES + byte)
  const count = Math.floor(bytes.length / ENTRY_BYTES)
  if (count * ENTRY_BYTES !== bytes.length || count < 4) throw refuse(0, 0)
  const points: Point[] = []
  const isrcs = new Map<number, string>()
  const texts: Record<number, string> = {}
  let leadIn: number | undefined
  for (let entry = 0; entry < count; entry++) {
    const at = bytes.subarray(entry * ENTRY_BYTES, (entry + 1) * ENTRY_BYTES)
    const adr = at[0]! & 0x0f
    if (adr === CATALOG_NUMBER) texts[0] = (texts[0] ?? '') + textOf(at.subarray(1))
    else if (adr === ISRC) isrcs.set(at[1]!, (isrcs.get(at[1]!) ?? '') + textOf(at.subarray(2)))
    else if (adr !== 1) throw refuse(entry, 0)
    else if (at[1] === 0) leadIn = at[3]!
    else {
      if (leadIn === undefined) throw refuse(entry, 1)
      if (!DATA_FORMS[at[3]! & 0x3f]) throw refuse(entry, 3)
      const lba = msfToLba(at[5]!, at[6]!, at[7]!)
      if (lba < (points.at(-1)?.lba ?? Number.NEGATIVE_INFINITY)) throw refuse(entry, 5)
      points.push({ track: at[1]!, index: at[2]!, control: at[0]! >> 4, dataForm: at[3]!, lba })
    }
  }
  const leadOut = points.at(-1)
  if (leadIn === undefined || leadOut?.track !== LEAD_OUT || points.length < 2) throw refuse(count - 1, 1)
  const tracks = tracksOf(points, isrcs)
  if (!tracks) throw refuse(1, 1)
  return {
    ...(texts[0] === undefined ? {} : { mediaCatalogNumber: texts[0].slice(0, 13) }),
    leadInFromHost: (leadIn & SUB_CHANNEL) !== 0,
    tracks,
    areas: points.slice(0, -1).map((point, index) => areaOf(point, points[index + 1]!.lba)),
    leadOut: leadOut.lba,
  }
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.filter(byte => byte >= 0x20 && byte < 0x7f))
}

function areaOf(point: Point, end: number): CueArea {
  const { form, bytes } = DATA_FORMS[point.dataForm & 0x3f]!
  return { start: point.lba, end, form, bytes, subChannelBytes: point.dataForm & SUB_CHANNEL ? 96 : 0 }
}

function tracksOf(points: readonly Point[], isrcs: ReadonlyMap<number, string>): CueTrack[] | undefined {
  const numbers = [...new Set(points.map(({ track }) => track))]
  const tracks: CueTrack[] = []
  for (const [order, number] of numbers.slice(0, -1).entries()) {
    const own = points.filter(({ track }) => track === number)
    const first = own.find(({ index }) => index === 1)
    const pregap = own.find(({ index }) => index === 0)
    const next = points[points.indexOf(own.at(-1)!) + 1]!
    if (!first || number > 99 || (order > 0 && number !== numbers[order - 1]! + 1)) return undefined
    if (next.lba - first.lba < SHORTEST_TRACK) return undefined
    const isrc = isrcs.get(number)
    tracks.push({
      number,
      control: first.control,
      form: DATA_FORMS[first.dataForm & 0x3f]!.form,
      pregapStart: pregap?.lba ?? first.lba,
      start: first.lba,
      end: next.lba,
      indices: own.filter(({ index }) => index > 1).map(({ lba }) => lba),
      ...(isrc === undefined ? {} : { isrc }),
    })
  }
  return tracks
}
