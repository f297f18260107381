import type { CdTextSource } from '../../structures/cd-text-encoder'

/** What the sectors of a track are, and what of them the host sends. */
export const SECTOR_FORMS = {
  /** Samples: 2352 bytes. */
  audio: { blockBytes: 2352, dataForm: 0x00, leadDataForm: 0x01, isData: false },
  /** User data: 2048 bytes; the drive makes header and codes. */
  'mode-1': { blockBytes: 2048, dataForm: 0x10, leadDataForm: 0x14, isData: true },
  /** CD-ROM XA: sub-headers, user data and room for the codes, 2336 bytes, form 1 and 2 by the sub-header. */
  'mode-2-xa': { blockBytes: 2336, dataForm: 0x20, leadDataForm: 0x24, isData: true },
  /** Mode 2 without forms: 2336 bytes. */
  'mode-2': { blockBytes: 2336, dataForm: 0x30, leadDataForm: 0x34, isData: true },
} as const

export type SectorForm = keyof typeof SECTOR_FORMS

/** A track of a session that is recorded at once. Lengths are in sectors (1/75 s). */
export interface SessionTrack {
  readonly number: number
  readonly form: SectorForm
  readonly copyPermitted: boolean
  readonly preEmphasis: boolean
  readonly fourChannel: boolean
  readonly alternateCopy: boolean
  readonly isrc: string | undefined
  /** Sectors of index 0; those two seconds (150) before the first track count. */
  readonly pregap: number
  /** Sectors from index 1 to the end. */
  readonly sectors: number
  /** Indexes 2 and up, in sectors from index 1. */
  readonly indexes: readonly number[]
}

/** A session of any tracks, on its way to a CD. */
export interface DiscSession {
  readonly tracks: readonly SessionTrack[]
  /** 13 digits. */
  readonly mediaCatalogNumber: string | undefined
  /** CD-I and CD-ROM XA discs say so in their table of contents. */
  readonly discType: 'cd-da-or-cd-rom' | 'cd-i' | 'cd-rom-xa'
  /** Languages; none where there is no CD-Text. */
  readonly cdText: readonly CdTextSource[]
  /** CD-Text as packs (MMC-6 annex J), recorded as they are instead of `cdText`. */
  readonly cdTextPacks?: Uint8Array | undefined
  /**
   * Every sector in the size of its form, index 0 of the first track to the end of the last; in chunks of any size, as
   * often as it is asked for.
   */
  content(): AsyncIterable<Uint8Array>
}

export const SESSION_FORMATS = { 'cd-da-or-cd-rom': 0, 'cd-i': 0x10, 'cd-rom-xa': 0x20 } as const

/** Sectors that stand together and are sent in one size. */
export interface SessionArea {
  readonly form: SectorForm
  /** LBA. */
  readonly start: number
  readonly sectors: number
}

/** Where a session's tracks lie, the first one's index 0 at LBA -150. */
export interface SessionLayout {
  /** LBA of each track's index 0 and index 1. */
  readonly tracks: readonly { readonly pregapStart: number; readonly start: number }[]
  readonly areas: readonly SessionArea[]
  readonly leadOut: number
  /** Bytes of all sectors. */
  readonly bytes: number
}

export const FIRST_PREGAP = 150

/** Where everything in a session comes to lie. */
export function layOut(session: DiscSession): SessionLayout {
  const tracks: { pregapStart: number; start: number }[] = []
  const areas: SessionArea[] = []
  let at = -FIRST_PREGAP
  let bytes = 0
  for (const { form, pregap, sectors } of session.tracks) {
    const whole = pregap + sectors
    tracks.push({ pregapStart: at, start: at + pregap })
    const last = areas.at(-1)
    if (last?.form === form) areas[areas.length - 1] = { ...last, sectors: last.sectors + whole }
    else areas.push({ form, start: at, sectors: whole })
    at += whole
    bytes += whole * SECTOR_FORMS[form].blockBytes
  }
  return { tracks, areas, leadOut: at, bytes }
}

/** The control nibble of a track's Q sub-channel. */
export function controlOf(track: SessionTrack): number {
  const { isData } = SECTOR_FORMS[track.form]
  return (
    (track.preEmphasis && !isData ? 1 : 0) |
    (track.copyPermitted ? 2 : 0) |
    (isData ? 4 : 0) |
    (track.fourChannel && !isData ? 8 : 0)
  )
}
