/** Blocks of a partition that stand together on the medium. */
export interface Run {
  /** Byte address on the medium; undefined where nothing is recorded and the bytes are zeros. */
  readonly address: number | undefined
  readonly blocks: number
}

/** The blocks of one partition map, and where they stand. */
export interface PartitionSpace {
  readonly kind: 'physical' | 'sparable' | 'virtual' | 'metadata'
  readonly partitionNumber: number
  /**
   * Where `blocks` logical blocks from `block` on begin, and how many of them stand together.
   *
   * @returns undefined where the partition has no such block
   */
  run(block: number, blocks: number): Run | undefined
  /** As {@link run}, of a second copy of the blocks, if there is one; looked for when it is first asked for. */
  copyRun?(block: number, blocks: number): Promise<Run | undefined>
  /** The partition that a virtual or metadata partition lies in. */
  readonly physical?: PartitionSpace
}

/** A partition as its descriptor has it: so many blocks from a place on the medium on (Type 1 Partition Map). */
export class PhysicalPartition implements PartitionSpace {
  readonly kind = 'physical'
  readonly partitionNumber: number
  readonly startAddress: number
  readonly blockSize: number
  /** Blocks up to the end of the medium: descriptors announce too few or too many of them. */
  readonly reachableBlocks: number

  constructor(partitionNumber: number, startAddress: number, blockSize: number, mediumBytes: number) {
    this.partitionNumber = partitionNumber
    this.startAddress = startAddress
    this.blockSize = blockSize
    const reachable = Math.max(0, Math.floor((mediumBytes - startAddress) / blockSize))
    this.reachableBlocks = Math.min(reachable, 2 ** 32)
  }

  run(block: number, blocks: number): Run | undefined {
    if (block >= this.reachableBlocks) return undefined
    return {
      address: this.startAddress + block * this.blockSize,
      blocks: Math.min(blocks, this.reachableBlocks - block),
    }
  }
}

/** A partition whose defective packets are found elsewhere (Sparable Partition Map, UDF 2.2.9). */
export class SparablePartition implements PartitionSpace {
  readonly kind = 'sparable'
  readonly physical: PhysicalPartition
  readonly packetLength: number
  /** Byte addresses of packets that are found elsewhere, by the packet's number. */
  private readonly remapped: ReadonlyMap<number, number>

  constructor(physical: PhysicalPartition, packetLength: number, remapped: ReadonlyMap<number, number>) {
    this.physical = physical
    this.packetLength = packetLength
    this.remapped = remapped
  }

  get partitionNumber(): number {
    return this.physical.partitionNumber
  }

  run(block: number, blocks: number): Run | undefined {
    const direct = this.physical.run(block, blocks)
    if (this.remapped.size === 0 || !direct) return direct
    const { packetLength } = this
    const elsewhere = this.remapped.get(Math.floor(block / packetLength))
    const within = block % packetLength
    if (elsewhere !== undefined) {
      return { address: elsewhere + within * this.physical.blockSize, blocks: Math.min(blocks, packetLength - within) }
    }
    let together = Math.min(direct.blocks, packetLength - within)
    while (together < direct.blocks && !this.remapped.has(Math.floor((block + together) / packetLength))) {
      together = Math.min(direct.blocks, together + packetLength)
    }
    return { address: direct.address, blocks: together }
  }
}

/** An entry of a Virtual Allocation Table that stands for no block. */
const UNUSED = 0xffffffff

/** A partition whose blocks a table places (Virtual Partition Map, UDF 2.2.8). */
export class VirtualPartition implements PartitionSpace {
  readonly kind = 'virtual'
  readonly physical: PartitionSpace
  /** The logical block of the physical partition for each virtual one. */
  readonly table: Uint32Array

  constructor(physical: PartitionSpace, table: Uint32Array) {
    this.physical = physical
    this.table = table
  }

  get partitionNumber(): number {
    return this.physical.partitionNumber
  }

  run(block: number, blocks: number): Run | undefined {
    const first = this.table[block]
    if (first === undefined || first === UNUSED) return undefined
    let together = 1
    while (together < blocks && this.table[block + together] === first + together) together++
    return this.physical.run(first, together)
  }
}

/** A piece of the metadata file, in logical blocks. */
export interface MetadataExtent {
  /** Byte address; undefined for a hole. */
  readonly address: number | undefined
  readonly blocks: number
}

/** A partition whose blocks are the body of a file (Metadata Partition Map, UDF 2.2.10), with a mirror of it. */
export class MetadataPartition implements PartitionSpace {
  readonly kind = 'metadata'
  readonly physical: PartitionSpace
  private readonly main: BlockList
  private readonly blockSize: number
  private readonly findMirror: () => Promise<readonly MetadataExtent[] | undefined>
  private mirror: Promise<BlockList | undefined> | undefined

  /** @param findMirror  gives the extents of the mirror file, which lies far away and is not needed on a sound medium */
  constructor(
    physical: PartitionSpace,
    blockSize: number,
    main: readonly MetadataExtent[],
    findMirror: () => Promise<readonly MetadataExtent[] | undefined>,
  ) {
    this.physical = physical
    this.blockSize = blockSize
    this.main = new BlockList(main, blockSize)
    this.findMirror = findMirror
  }

  get partitionNumber(): number {
    return this.physical.partitionNumber
  }

  run(block: number, blocks: number): Run | undefined {
    return this.main.run(block, blocks)
  }

  async copyRun(block: number, blocks: number): Promise<Run | undefined> {
    this.mirror ??= this.findMirror().then(extents => extents && new BlockList(extents, this.blockSize))
    return (await this.mirror)?.run(block, blocks)
  }
}

/** Extents one behind the other, found by the number of a block in them. */
class BlockList {
  private readonly extents: readonly MetadataExtent[]
  private readonly ends: number[] = []
  private readonly blockSize: number

  constructor(extents: readonly MetadataExtent[], blockSize: number) {
    this.extents = extents
    this.blockSize = blockSize
    let end = 0
    for (const { blocks } of extents) {
      end += blocks
      this.ends.push(end)
    }
  }

  run(block: number, blocks: number): Run | undefined {
    let low = 0
    let high = this.ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.ends[middle]! <= block) low = middle + 1
      else high = middle
    }
    const extent = this.extents[low]
    if (!extent) return undefined
    const within = block - (this.ends[low]! - extent.blocks)
    return {
      address: extent.address === undefined ? undefined : extent.address + within * this.blockSize,
      blocks: Math.min(blocks, extent.blocks - within),
    }
  }
}
