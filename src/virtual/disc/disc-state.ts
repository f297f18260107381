import { FormatError } from '../../errors'
import { MEDIUM_FAMILIES, type MediumFamilyName } from '../../mmc/medium-state'
import type { Extents } from './extents'

/** The kinds of media there are virtual discs of: all that are recorded or read as a CD, DVD or BD. */
export type MediaType = Exclude<MediumFamilyName, 'unknown' | `hd-dvd-${string}`>

const isMediaType = (family: MediumFamilyName): family is MediaType =>
  family !== 'unknown' && !family.startsWith('hd-dvd-')

export const MEDIA_TYPES: readonly MediaType[] = MEDIUM_FAMILIES.filter(isMediaType)

/**
 * How the blocks of a track are laid out: on CD, the sector's form (ECMA-130, MMC-6 4.2.3); all others hold 2048 bytes a
 * block, as `mode-1` does.
 */
export const SECTOR_FORMS = ['audio', 'mode-1', 'mode-2', 'mode-2-form-1', 'mode-2-form-2', 'mode-2-mixed'] as const

export type SectorForm = (typeof SECTOR_FORMS)[number]

/**
 * How the disc is organised, where a medium knows more than one way: DVD-RW is recorded sequentially or in restricted
 * overwrite mode, CD-RW sequentially or in fixed packets that are overwritten (restricted overwrite, too), DVD-R DL
 * sequentially or with layer jumps, BD-R sequentially (SRM), with pseudo-overwrite, or randomly (RRM). All others have
 * one.
 */
export const ORGANISATIONS = ['sequential', 'restricted-overwrite', 'layer-jump', 'pseudo-overwrite', 'random'] as const

export type Organisation = (typeof ORGANISATIONS)[number]

/** A track, on DVD and BD a logical track (RZone, fragment, SRR). Addresses are LBAs, ends are one past the last block. */
export interface TrackState {
  number: number
  session: number
  start: number
  /** Next writable address; where recording ended once the track is complete. */
  next: number
  /** End of the track; null while it has none: incomplete and not reserved. */
  end: number | null
  state: 'reserved' | 'incomplete' | 'complete'
  /** CONTROL nibble of its Q sub-channel: 4 data, 0 audio, +1 incremental or pre-emphasis, +2 copy permitted. */
  control: number
  form: SectorForm
  /** Recorded in packets or incrementally; blocks of a fixed packet, 0 for variable ones. */
  packetBlocks?: number
  /** Length of the pre-gap that this track counts its index 0 from (CD). */
  pregap?: number
  /** Start of the indices from 2 on (CD). */
  indices?: number[]
  /** International Standard Recording Code, 12 characters (CD). */
  isrc?: string
  /** Blocks at the end that linking left unreadable (CD, track at once). */
  runOut?: number
  /**
   * Recording began and its end was not noted on the disc: what a power failure leaves behind is decided by this when
   * the disc is loaded again.
   */
  recording?: boolean
  /** Recording was broken off: `appendable` where it may go on, `lost` where the track must be repaired or closed. */
  damage?: 'appendable' | 'lost'
  /** DVD-R DL in layer jump recording: where it left layer 0, one past the last block before each jump. */
  jumps?: number[]
}

/** How a DVD-R DL is recorded with layer jumps: what the host set. */
export interface LayerJumpState {
  /** Blocks of layer 0 from one jump to the next (SEND DISC STRUCTURE 22h); 0 where there are no regular intervals. */
  interval: number
  /** The last block of layer 0 before the next jump (23h). */
  manual: number | null
  /** Where layer 0 ends, if the middle area was shifted (21h). */
  shiftedMiddleArea?: number
  /** Remapping addresses of the anchor points 1 to 4 (24h). */
  remapped?: number[]
}

/** A closed session. The open one, if any, is told by its tracks. */
export interface SessionState {
  number: number
  /** Start of the lead-out (CD, DVD+R), of the border-out (DVD-R/-RW): one past the last block of its last track. */
  leadOut: number
  /** TOC session type of CDs: 00h CD-DA or CD-ROM, 10h CD-I, 20h CD-ROM XA. */
  discType?: number
}

/** How an overwritable medium is formatted. */
export interface FormatState {
  /** Blocks that can be addressed. */
  blocks: number
  /** Format type of the FORMAT UNIT that did it. */
  type: number
  /** DVD+RW's background format: blocks up to here are formatted (de-iced). */
  background?: { status: 'suspended' | 'running' | 'complete'; formatted: number }
  /** Blocks of the spare areas (BD; DVD-RAM: of the supplementary one); `spareUsed` are taken of all there are. */
  spareBlocks?: number
  spareUsed?: number
  /** First blocks of the ECC blocks and clusters that are replaced from the spare areas, in order. */
  replaced?: number[]
  /** DVD-RW: the last border is open, blocks follow each other until it is closed. */
  intermediate?: boolean
}

/** A cue sheet that is being recorded (CD, session at once). */
export interface CueSheetState {
  /** The entries as sent, in hexadecimal. */
  entries: string
  /** Next LBA that the host has to send. */
  next: number
  /** True where the session after it stays possible. */
  multiSession: boolean
}

/** All that a disc is besides its blocks: what the state file holds. */
export interface DiscState {
  media: MediaType
  organisation: Organisation
  /** Blocks of the whole user area. On CD, the last possible start of the lead-out. */
  capacityBlocks: number
  /** Where the blocks lie: a name beside the state file, or the path of an image that is used as it is. */
  image: { file: string; asItIs: boolean }
  /** What tells this disc from others of its kind. */
  discIdentification: number
  sessions: SessionState[]
  tracks: TrackState[]
  /** No session can follow. */
  finalized: boolean
  formatted: FormatState | null
  /** Blocks recorded at least once, on media whose blocks may be recorded in any order. */
  recorded: Extents
  /** DVD-RW that was blanked minimally: only disc at once is possible. */
  minimallyBlanked?: boolean
  /** End of layer 0 where the host set it (SEND DISC STRUCTURE 20h), in blocks. */
  layerZeroBlocks?: number
  layerJump?: LayerJumpState
  /** Media catalogue number, 13 digits (CD). */
  mediaCatalogNumber?: string
  /** CD-Text packs of the lead-in, in hexadecimal. */
  cdText?: string
  cueSheet?: CueSheetState
  /** Persistent write protection (SEND DISC STRUCTURE C0h). */
  writeProtected?: boolean
  /** Power calibrations done. */
  calibrations?: number
}

/** First member of every state file. */
const FORMAT = 'scsi-mmc-virtual-disc'
const VERSION = 1

/** The state as the state file holds it. */
export function encodeDiscState(state: DiscState): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, disc: state }, null, 1)}\n`
}

/** Most tracks and extents that a state file may list: what a disc can have, and no more. */
const MOST_TRACKS = 8192
const MOST_EXTENTS = 2 ** 21

const isBlock = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/**
 * Reads a state file's text.
 *
 * @throws {FormatError} `FORMAT_VIRTUAL_DISC` where it is none, with what is wrong in it
 */
export function decodeDiscState(text: string, path: string): DiscState {
  const fail = (what: string): never => {
    throw new FormatError('FORMAT_VIRTUAL_DISC', `${path} is no virtual disc: ${what}.`, {
      hint: 'Make one with "scsi-mmc virtual create".',
    })
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return fail('it is no JSON')
  }
  if (!isRecord(parsed) || parsed['format'] !== FORMAT) return fail(`its "format" is not "${FORMAT}"`)
  if (parsed['version'] !== VERSION) return fail(`its version is ${parsed['version']}, known is ${VERSION}`)
  const disc = parsed['disc']
  const wrong = isRecord(disc) ? firstMistake(disc) : 'disc'
  return wrong === undefined ? (disc as unknown as DiscState) : fail(`"${wrong}" is missing or wrong`)
}

function firstMistake(disc: Record<string, unknown>): string | undefined {
  const { image, sessions, tracks, recorded, formatted } = disc
  const is: Record<string, boolean> = {
    media: MEDIA_TYPES.includes(disc['media'] as MediaType),
    organisation: ORGANISATIONS.includes(disc['organisation'] as Organisation),
    capacityBlocks: isBlock(disc['capacityBlocks']) && disc['capacityBlocks'] >= 0,
    image: isRecord(image) && typeof image['file'] === 'string' && typeof image['asItIs'] === 'boolean',
    discIdentification: isBlock(disc['discIdentification']),
    sessions: isListOf(sessions, MOST_TRACKS, session => isBlock(session['number']) && isBlock(session['leadOut'])),
    tracks: isListOf(tracks, MOST_TRACKS, isTrack),
    finalized: typeof disc['finalized'] === 'boolean',
    formatted:
      formatted === null ||
      (isRecord(formatted) && isBlock(formatted['blocks']) && isBlock(formatted['type']) && hasReplaced(formatted)),
    recorded:
      Array.isArray(recorded) &&
      recorded.length <= MOST_EXTENTS &&
      recorded.every(extent => Array.isArray(extent) && isBlock(extent[0]) && isBlock(extent[1])),
  }
  return Object.keys(is).find(name => !is[name])
}

function isListOf(value: unknown, most: number, test: (element: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(value) && value.length <= most && value.every(element => isRecord(element) && test(element))
}

/** Spare areas hold a known number of clusters; no disc has replaced more. */
const MOST_REPLACED = 2 ** 17

function hasReplaced({ replaced }: Record<string, unknown>): boolean {
  return (
    replaced === undefined || (Array.isArray(replaced) && replaced.length <= MOST_REPLACED && replaced.every(isBlock))
  )
}

function isTrack(track: Record<string, unknown>): boolean {
  return (
    ['number', 'session', 'start', 'next', 'control'].every(name => isBlock(track[name])) &&
    (track['end'] === null || isBlock(track['end'])) &&
    (track['jumps'] === undefined || (Array.isArray(track['jumps']) && track['jumps'].every(isBlock))) &&
    SECTOR_FORMS.includes(track['form'] as SectorForm) &&
    ['reserved', 'incomplete', 'complete'].includes(track['state'] as string)
  )
}
