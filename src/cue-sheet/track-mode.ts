/** What a track's sectors are like in the file that a cue sheet names. */
export interface TrackMode {
  /** Bytes of a sector in the file. */
  readonly sectorBytes: number
  readonly isData: boolean
}

/** The modes that TRACK takes. */
export const TRACK_MODES = {
  AUDIO: { sectorBytes: 2352, isData: false },
  CDG: { sectorBytes: 2448, isData: false },
  'MODE1/2048': { sectorBytes: 2048, isData: true },
  'MODE1/2352': { sectorBytes: 2352, isData: true },
  'MODE2/2048': { sectorBytes: 2048, isData: true },
  'MODE2/2324': { sectorBytes: 2324, isData: true },
  'MODE2/2336': { sectorBytes: 2336, isData: true },
  'MODE2/2352': { sectorBytes: 2352, isData: true },
  'CDI/2336': { sectorBytes: 2336, isData: true },
  'CDI/2352': { sectorBytes: 2352, isData: true },
} as const satisfies Record<string, TrackMode>

export type TrackModeName = keyof typeof TRACK_MODES

/** True for a mode's name, written in capitals. */
export function isTrackMode(name: string): name is TrackModeName {
  return Object.hasOwn(TRACK_MODES, name)
}
