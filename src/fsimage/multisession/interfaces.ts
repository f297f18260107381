import type { Drive } from '../../mmc'

/** The ways in which a next session comes onto a medium: behind the last one, or anywhere. */
export type MultisessionKind = 'sequential' | 'random-write'

export const MULTISESSION_KINDS: readonly MultisessionKind[] = ['sequential', 'random-write']

/** IMultisession: one way in which the medium could take another session. */
export interface Multisession {
  readonly kind: MultisessionKind
  /** The caller's choice of this way; judged by `putMultisessionInterfaces`, not before. */
  inUse: boolean
  /** This way works on the medium as it is now. */
  readonly isSupportedOnCurrentMediaState: boolean
  /** The drive that earlier sessions are read from; a caller's own element may have none. */
  readonly importRecorder?: Drive
}

/** IMultisessionSequential2. Addresses are LBAs, -1 where there is none; sectors are blocks of 2048 bytes. */
export interface MultisessionSequential extends Multisession {
  readonly kind: 'sequential'
  /** The session about to be written is the first that holds data; sessions of audio alone may exist. */
  readonly isFirstDataSession: boolean
  readonly startAddressOfPreviousSession: number
  readonly lastWrittenAddressOfPreviousSession: number
  /** Where the next session's image begins; 0 on blank media. */
  readonly nextWritableAddress: number
  readonly freeSectorsOnMedia: number
  /** Sectors; every write begins at a multiple and is a multiple long. */
  readonly writeUnitSize?: number
}

/** IMultisessionRandomWrite. Sectors are blocks of 2048 bytes. */
export interface MultisessionRandomWrite extends Multisession {
  readonly kind: 'random-write'
  /** Sectors; every write begins at a multiple and is a multiple long. */
  readonly writeUnitSize?: number
  /** LBA of the block written last, as far as it is known; -1 where it is not. */
  readonly lastWrittenAddress?: number
  readonly totalSectorsOnMedia?: number
}

export type MultisessionInterface = MultisessionSequential | MultisessionRandomWrite
