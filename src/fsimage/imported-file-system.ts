import type { BlockSource } from './block-source'
import type { DirectoryNode } from './tree/node'

/** The file systems that a session can hold, as IMAPI tells them apart (FsiFileSystems). */
export type FileSystemType = 'ISO9660' | 'Joliet' | 'UDF'

/** Where a UDF volume with a Virtual Allocation Table has what the next table continues. */
export interface VirtualAllocationTablePlace {
  /** LBA of the physical partition's first block. */
  readonly partitionStart: number
  /** Logical block of that partition where the table's ICB stands. */
  readonly block: number
}

/** A file system of a session, opened for reading. */
export interface ImportedFileSystem {
  readonly type: FileSystemType
  /** For ISO 9660: names, owners, modes and links come from Rock Ridge. */
  readonly rockRidge?: boolean
  /** For UDF: `2.60`. */
  readonly revision?: string
  /** For UDF on write-once media that grows by a Virtual Allocation Table: the one that was read. */
  readonly virtualAllocationTable?: VirtualAllocationTablePlace
  readonly volumeName: string
  /** First block of the session whose volume descriptors were used (LBA). */
  readonly sessionStart: number
  /** Blocks of 2048 bytes, as the volume says; the volume ends at `endAddress`. */
  readonly blocks: number
  /** LBA after the last block of the volume. */
  readonly endAddress: number
  /** The root; directories are read when they are asked for. */
  readonly root: DirectoryNode
  /** What was wrong and how it was read all the same; grows while directories are read. */
  readonly warnings: readonly string[]
  /** Why a next session cannot be put on top of this volume, as a sentence; `undefined` where it can. */
  readonly notExtensibleBecause?: string
}

/** Where file systems are looked for. */
export interface SessionToRead {
  /** LBA of the session's first block: volume descriptors from 16 blocks further on. */
  readonly start: number
  /** LBA after the session's last block, where that is known. */
  readonly end?: number
}

/** Finds file systems of one kind in a session. Gives none where there are none; throws only where reading fails. */
export type FileSystemReader = (source: BlockSource, session: SessionToRead) => Promise<ImportedFileSystem[]>
