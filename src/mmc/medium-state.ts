import type { Evidence } from './evidence'

/** The kinds of media that state, multisession and recording are decided by. */
export const MEDIUM_FAMILIES = [
  'cd-rom',
  'cd-r',
  'cd-rw',
  'dvd-rom',
  'dvd-r',
  'dvd-r-dl',
  'dvd-rw',
  'dvd-rw-ro',
  'dvd+r',
  'dvd+r-dl',
  'dvd+rw',
  'dvd-ram',
  'bd-rom',
  'bd-r',
  'bd-r-pow',
  'bd-re',
  'hd-dvd-rom',
  'hd-dvd-r',
  'hd-dvd-rw',
  'hd-dvd-ram',
  'unknown',
] as const

export type MediumFamilyName = (typeof MEDIUM_FAMILIES)[number]

/** True for the kinds of media that are only ever read. */
export function isReadOnlyKind(family: MediumFamilyName): boolean {
  return family === 'cd-rom' || family === 'dvd-rom' || family === 'bd-rom' || family === 'hd-dvd-rom'
}

/**
 * - `blank`: nothing recorded, can be recorded;
 * - `appendable`: another session fits behind those there are;
 * - `complete`: closed, or never writable;
 * - `overwritable`: any block can be written now;
 * - `unformatted`: overwritable once formatted;
 * - `damaged`: the last session is damaged and no valid next writable address is left;
 * - `unknown`: the drive does not say enough.
 */
export type MediumStateName =
  | 'blank'
  | 'appendable'
  | 'complete'
  | 'overwritable'
  | 'unformatted'
  | 'damaged'
  | 'unknown'

export type SessionState = 'empty' | 'incomplete' | 'damaged' | 'complete'

export type TrackState = 'complete' | 'incomplete' | 'blank' | 'reserved' | 'invisible' | 'damaged'

/** A track (DVD and BD: a logical track: border, fragment, RZone, SRR) as the drive sees it. Addresses are LBAs. */
export interface Track {
  readonly number: number
  /** Session number; 0 where the drive does not say. */
  readonly session: number
  readonly start: number
  /** Blocks of 2048 bytes. */
  readonly size: number
  readonly state: TrackState
  readonly nextWritableAddress: number | null
  readonly freeBlocks: number
  readonly lastRecordedAddress: number | null
  /** False for CD audio. */
  readonly isData: boolean
}

/** Bits of IMAPI_FORMAT2_DATA_MEDIA_STATE, without the prefix. */
export type ImapiMediaState =
  | 'UNKNOWN'
  | 'OVERWRITE_ONLY'
  | 'BLANK'
  | 'APPENDABLE'
  | 'FINAL_SESSION'
  | 'DAMAGED'
  | 'ERASE_REQUIRED'
  | 'NON_EMPTY_SESSION'
  | 'WRITE_PROTECTED'
  | 'FINALIZED'
  | 'UNSUPPORTED_MEDIA'

/** Values of IMAPI_MEDIA_PHYSICAL_TYPE, without the prefix `IMAPI_MEDIA_TYPE_`. */
export type ImapiPhysicalMediaType =
  | 'UNKNOWN'
  | 'CDROM'
  | 'CDR'
  | 'CDRW'
  | 'DVDROM'
  | 'DVDRAM'
  | 'DVDPLUSR'
  | 'DVDPLUSRW'
  | 'DVDPLUSR_DUALLAYER'
  | 'DVDDASHR'
  | 'DVDDASHRW'
  | 'DVDDASHR_DUALLAYER'
  | 'DISK'
  | 'DVDPLUSRW_DUALLAYER'
  | 'HDDVDROM'
  | 'HDDVDR'
  | 'HDDVDRAM'
  | 'BDROM'
  | 'BDR'
  | 'BDRE'

/** The same medium in the words of IMAPI 2. */
export interface ImapiMediumState {
  readonly physicalMediaType: ImapiPhysicalMediaType
  readonly mediaState: readonly ImapiMediaState[]
}

/** What is in the drive, and what it allows. Addresses and counts are in blocks of 2048 bytes. */
export interface Medium {
  /** The current profile as the drive reports it; null where it reports none. */
  readonly profile: { readonly code: number; readonly name: string } | null
  /** What the medium is treated as; it may differ from the profile, the evidence says why. */
  readonly family: MediumFamilyName
  readonly state: MediumStateName
  /** No host data have been recorded. */
  readonly isBlank: boolean
  readonly isAppendable: boolean
  /** Of a kind whose blocks can be written in any order again and again, formatted or not. */
  readonly isOverwritable: boolean
  /** Can be erased as a whole and recorded anew. */
  readonly isErasable: boolean
  /** Number of Sessions as the drive gives it, an open or empty one included. */
  readonly sessionCount: number
  readonly lastSessionState: SessionState
  /** First block of the last complete session: what an import reads. */
  readonly lastSessionStart: number | null
  /** Last block recorded in that session, as far as the drive or the volume on it says. */
  readonly lastRecordedAddress: number | null
  /** Where the next session's image begins. */
  readonly nextWritableAddress: number | null
  readonly freeBlocks: number | null
  readonly capacityBlocks: number | null
  /** Blocks that are written at once: addresses and lengths of writes are multiples of it. */
  readonly writeUnitSize: number
  readonly tracks: readonly Track[]
  readonly imapi: ImapiMediumState
  readonly evidence: readonly Evidence[]
  /** What the drive contradicted itself on, and what was believed. */
  readonly warnings: readonly string[]
}
