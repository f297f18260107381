import type { FileContent, RecordedExtent } from '../tree/file-content'
import type { DirectoryNode, TreeNode } from '../tree/node'

/**
 * Where a region of an image goes:
 * - `recognition`: blocks that follow each other from block 16 of the session on, in the order of the layers; where
 *   block 16 of the disc can be written again, all of them are recorded there, too, with the same bytes;
 * - `fixed`: at `offset` blocks from the start of the session;
 * - `metadata`: behind all of those, before the files' bytes;
 * - `trailer`: behind the files' bytes;
 * - `end`: `offset` blocks before the last block of the image (0 is the last block itself).
 */
export type RegionStage = 'recognition' | 'fixed' | 'metadata' | 'trailer' | 'end'

/** Blocks of an image that a layer writes. */
export interface Region {
  /** What stands there, for progress and reports: `UDF file set`. */
  readonly title: string
  readonly stage: RegionStage
  /** Blocks of 2048 bytes, known after pass one. */
  readonly blocks: number
  /** For `fixed` and `end`; see {@link RegionStage}. */
  readonly offset?: number
  /** The absolute LBA of the region is a multiple of this. */
  readonly alignment?: number
  /** First block (absolute LBA): set when all regions of all layers are known, before anything is written. */
  start: number
  /**
   * For media on which block 16 and the anchors can be written again: absolute LBAs, outside this image, that get the
   * same region once more when all else is written.
   */
  readonly rewrittenAt?: readonly number[]
  /** The bytes, exactly `blocks` × 2048 of them, for the address that is given (`start`, or one of `rewrittenAt`). */
  encode(start: number): Iterable<Uint8Array>
}

/** Where the bytes of files stand in the image, or on the disc already. */
export interface ContentPlacement {
  /**
   * The extents of a content, absolute LBAs, in order, each but the last a multiple of the block size. Before placement
   * their number and sizes are right, and their addresses (where the content is new) are not. New content is one extent
   * whatever its size: a layer splits it into what its descriptors can hold. Empty content has none.
   */
  extentsOf(content: FileContent): readonly RecordedExtent[]
  /** How many names of the tree have this content: 1, or more for hard links. */
  linksOf(content: FileContent): number
  /** A number of the content's own, from 1 on in the order of the tree. */
  numberOf(content: FileContent): number
}

/** A directory with its entries in the order of their names' UTF-16 units, which is the same on every system. */
export interface SortedDirectory {
  readonly node: DirectoryNode
  /** The directory's parent; the root is its own. */
  readonly parent: SortedDirectory
  readonly entries: readonly TreeNode[]
  /** Its directories, in the order of `entries`. */
  readonly directories: readonly SortedDirectory[]
}

/** Who made the volume, when, and what it is called. Texts are as given: each layer makes legal ones of them. */
export interface VolumeIdentification {
  readonly volumeName: string
  readonly systemIdentifier: string
  readonly volumeSetIdentifier: string
  readonly publisher: string
  readonly dataPreparer: string
  readonly application: string
  readonly copyrightFile: string
  readonly abstractFile: string
  readonly bibliographicFile: string
  /** Milliseconds since 1970-01-01 UTC; the same moment in all layers, so that the same input gives the same bytes. */
  readonly created: number
  readonly modified: number
  readonly expires: number | undefined
  readonly effective: number | undefined
}

/** A name that differs from the one in the tree. */
export interface NameMapping {
  readonly layer: string
  readonly path: string
  readonly name: string
}

/** What layers are given before pass one. */
export interface LayerContext {
  /** The tree, every directory loaded. It does not change until the image is written. */
  readonly root: DirectoryNode
  /** The same, sorted: every directory, level by level. */
  readonly directories: readonly SortedDirectory[]
  readonly volume: VolumeIdentification
  /** LBA of the image's first block. Volume descriptors stand 16 blocks further on. */
  readonly startAddress: number
  /** Lowest LBA of the disc that a file of the tree refers to; `startAddress` where there is no earlier session. */
  readonly firstReferredAddress: number
  /** Earlier volume descriptors and anchors (blocks 16 and 256 of the disc) can and should be written again. */
  readonly rewritable: boolean
  readonly contents: ContentPlacement
  /** Told of each name that had to differ from the tree's. */
  renamed(node: TreeNode, name: string): void
  /** Told what a reader may miss: a file left out, a link that the file system cannot hold. */
  warn(message: string): void
}

/** What is known once every region has its address. */
export interface PlacedImage {
  readonly startAddress: number
  /** LBA after the image's last block. */
  readonly endAddress: number
  /** LBA after the last block of the files' bytes. */
  readonly contentsEndAddress: number
  /** First block of the metadata stage (LBA). */
  readonly metadataAddress: number
}

/**
 * One file system of an image. Two passes, so that an image is streamed and nothing is sought back to: the first
 * says how large everything is, then all addresses are known, then regions are encoded in the order of their blocks.
 */
export interface ImageLayer {
  /** `ISO9660`, `Joliet`, `UDF`, … */
  readonly name: string
  /**
   * Pass one: chooses names, and says which regions there will be and how many blocks each takes.
   *
   * @throws {ImapiError} where the tree does not fit the file system's limits
   */
  plan(context: LayerContext): Region[]
  /** Called once between the passes, when every {@link Region.start} and all extents are known. */
  placed(image: PlacedImage): void
}
