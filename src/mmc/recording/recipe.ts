import type { Drive } from '../drive'
import type { Medium } from '../medium-state'

/** What recording is doing at the moment. */
export type RecordingPhase =
  | 'checking'
  | 'preparing'
  | 'calibrating'
  | 'formatting'
  | 'writing'
  | 'synchronizing'
  | 'closing'
  | 'blanking'
  | 'verifying'

/** How far a recording is. Told several times a second. */
export interface RecordingProgress {
  readonly phase: RecordingPhase
  /** Blocks of 2048 bytes that the drive has taken, padding included. */
  readonly blocksWritten: number
  readonly totalBlocks: number
  /** Speed over the last second or so, kB/s of 1000; 0 until it is known. */
  readonly speedKBps: number
  /** Estimate; null while there is none. */
  readonly secondsLeft: number | null
  /** How full our own buffer is, 0 to 1. */
  readonly bufferFill: number
  /** How full the drive's buffer is, 0 to 1; null where the drive does not say. */
  readonly driveBufferFill: number | null
  /** How often the drive had to wait for data. */
  readonly underruns: number
  /** How far a long operation of the drive (formatting, closing) is, 0 to 1; null where the drive does not say. */
  readonly operationProgress: number | null
}

/** How an image is to be recorded. */
export interface RecordOptions {
  /** Closes the medium for good, as some players want it. Else it is left appendable where that is possible. */
  readonly close?: boolean
  /** Writing speed, kB/s of 1000; the drive takes the nearest it has. Without it, the drive's own choice. */
  readonly speedKBps?: number
  /** Writing speed as a multiple of the medium's single speed: 8 for 8x. `speedKBps` goes first. */
  readonly speedTimes?: number
  /** Bytes read ahead of the drive, 16 MiB unless given. */
  readonly bufferBytes?: number
  /**
   * Blocks a WRITE carries, rounded to whole write units. Unless given, 32 (64 KiB, what every bridge carries), or what the
   * transport gives as its optimum.
   */
  readonly transferBlocks?: number
  /** Lets the drive go through the motions without recording, on media that know test writing. */
  readonly simulate?: boolean
  /**
   * The drive is behind a rehearsal (see `rehearsal`): commands that write were told, not sent, so that the medium is
   * not expected to have changed.
   */
  readonly dryRun?: boolean
  /** Writes over what an overwritable medium holds. An image with `modifiedBlocks` needs no such permission. */
  readonly overwrite?: boolean
  /**
   * Stream recording (WRITE(12) with its streaming bit) on DVD-RAM and BD-RE: full speed without verification and
   * replacement of defects, so that what was written had better be verified.
   */
  readonly streaming?: boolean
  /** Disc-at-once instead of track-at-once or incremental recording, where the medium knows both. */
  readonly discAtOnce?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: RecordingProgress) => void
}

/** One image on its way to one medium: what a recipe works with. */
export interface RecordingJob {
  /** Open with `access: 'write'`. */
  readonly drive: Drive
  /** The medium's state, read in the same call. */
  readonly medium: Medium
  /** First block (LBA). */
  readonly start: number
  /** Blocks to be written, padding to whole write units included. */
  readonly blocks: number
  readonly options: RecordOptions
  /** Tells what is being done; for long operations with how far it is. */
  readonly step: (phase: RecordingPhase, operationProgress?: number) => void
  /** Noted in the report: what went another way than hoped. */
  readonly warn: (message: string) => void
}

/** How a family of media is recorded: all that differs from one family to the next. */
export interface RecordingRecipe {
  /** Writes begin at multiples of this many blocks, and images are padded to whole ones. */
  readonly unitBlocks: number
  /** True where each WRITE must bring whole units, so that a way to the drive that carries less cannot be used. */
  readonly writesWholeUnits?: boolean
  /** Zero blocks added behind every image where there is room, so that its last blocks can be read (run-out of CD tracks). */
  readonly paddingBlocks?: number
  /** Fewest blocks a track may have. */
  readonly minimumBlocks?: number
  /** True where the medium can be written without leaving a mark. */
  readonly canSimulate?: boolean
  /** True where the drive takes WRITE(12) with streaming. */
  readonly canStream?: boolean
  /** True where SYNCHRONIZE CACHE ends the track, so that it must not come between WRITEs (CD). */
  readonly synchronizeEndsTrack?: boolean
  /** A session in which nothing is recorded cannot be closed: the last one closes the medium, or nothing does. */
  readonly closesRecordedSessionsOnly?: boolean
  /** What comes before the first WRITE: formatting, write parameters, calibration, reservation. */
  prepare(job: RecordingJob): Promise<void>
  /** What comes after the last WRITE, the drive's buffer being empty: closing track, session, disc. */
  finish(job: RecordingJob): Promise<void>
  /** Closes a medium that has been left open, without writing data; absent where there is nothing to close. */
  close?(job: RecordingJob): Promise<void>
}
