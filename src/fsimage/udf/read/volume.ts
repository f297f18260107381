import { asError } from '../../../errors'
import type { Decoded } from '../../../layout'
import type { ReadingWarnings } from '../../iso9660/reading-warnings'
import type { logicalBlockAddress, longAd } from '../descriptors/allocation'
import { checkTag, type SoundTag, tagName } from '../descriptors/tag'
import type { PartitionSpace } from './partitions'
import type { Sectors } from './sectors'

/** A logical block by the place of its partition among the partition maps. */
export interface BlockAddress {
  readonly partition: number
  readonly block: number
}

/** Bytes of a file that stand together on the medium. */
export interface ByteExtent {
  /** Byte address; undefined where nothing is recorded and the bytes are zeros. */
  readonly address: number | undefined
  readonly sizeBytes: number
  /** Why these bytes cannot be reached at all. */
  readonly unreachable?: string
}

/** A descriptor that was read and whose tag is sound. */
export interface SoundDescriptor {
  readonly tag: SoundTag
  /** The whole logical block. */
  readonly bytes: Uint8Array
}

/** `block 7 of partition 1`. */
export function blockName({ partition, block }: BlockAddress): string {
  return `block ${block} of partition ${partition}`
}

/** The address that an lb_addr holds. */
export function addressOf(location: Decoded<typeof logicalBlockAddress.fields> | undefined): BlockAddress {
  return { partition: location?.partitionReferenceNumber ?? 0, block: location?.logicalBlockNumber ?? 0 }
}

/** The address that a long_ad points to; undefined for an empty one. */
export function addressOfIcb(icb: Decoded<typeof longAd.fields> | undefined): BlockAddress | undefined {
  return icb?.extentLength ? addressOf(icb.extentLocation) : undefined
}

/** One number for a block address, to look it up by. */
export function keyOf({ partition, block }: BlockAddress): number {
  return partition * 2 ** 32 + block
}

/** A logical volume: partitions of logical blocks on a medium. */
export class Volume {
  readonly sectors: Sectors
  /** Bytes of a logical block. */
  readonly blockSize: number
  readonly partitions: PartitionSpace[] = []
  readonly warnings: ReadingWarnings

  constructor(sectors: Sectors, blockSize: number, warnings: ReadingWarnings) {
    this.sectors = sectors
    this.blockSize = blockSize
    this.warnings = warnings
  }

  /** The byte address of a block, where it is recorded. */
  addressOf({ partition, block }: BlockAddress): number | undefined {
    return this.partitions[partition]?.run(block, 1)?.address
  }

  /**
   * Where bytes from the start of a block on stand; what no partition reaches is said to be unreachable.
   *
   * @param fromCopy  where their second copy stands, in partitions that have one
   */
  async extents(start: BlockAddress, sizeBytes: number, fromCopy = false): Promise<ByteExtent[]> {
    const extents: ByteExtent[] = []
    const space = this.spaceOf(start)
    let { block } = start
    for (let left = sizeBytes; left > 0; ) {
      const blocks = Math.ceil(left / this.blockSize)
      const run = fromCopy && space?.copyRun ? await space.copyRun(block, blocks) : space?.run(block, blocks)
      if (!run || run.blocks <= 0) {
        const unreachable = `${blockName({ ...start, block })} is outside of the volume`
        extents.push({ address: undefined, sizeBytes: left, unreachable })
        break
      }
      const bytes = Math.min(left, run.blocks * this.blockSize)
      extents.push({ address: run.address, sizeBytes: bytes })
      block += run.blocks
      left -= bytes
    }
    return extents
  }

  /** Some writers count a file's blocks in the physical partition where the standard means the virtual or metadata one. */
  private spaceOf(start: BlockAddress): PartitionSpace | undefined {
    const space = this.partitions[start.partition]
    if (!space?.physical || space.run(start.block, 1) || !space.physical.run(start.block, 1)) return space
    this.warnings.add(`${blockName(start)} does not exist; the same block of the physical partition is read`)
    return space.physical
  }

  /**
   * Reads a descriptor, from its copy where the original is unreadable or damaged.
   *
   * @returns the descriptor, or in words why there is none
   */
  async descriptor(at: BlockAddress): Promise<SoundDescriptor | string> {
    const space = this.partitions[at.partition]
    if (!space) return `${blockName(at)}: there is no such partition`
    const address = space.run(at.block, 1)?.address
    if (address === undefined) return `${blockName(at)} is outside of the volume`
    const original = await this.descriptorAt(address, at)
    if (typeof original !== 'string') return original
    const copyAddress = (await space.copyRun?.(at.block, 1))?.address
    if (copyAddress === undefined || copyAddress === address) return original
    const copy = await this.descriptorAt(copyAddress, at)
    if (typeof copy !== 'string') this.warnings.add(`${original}; its mirror is read`)
    return typeof copy === 'string' ? original : copy
  }

  private async descriptorAt(address: number, at: BlockAddress): Promise<SoundDescriptor | string> {
    let bytes: Uint8Array
    try {
      bytes = await this.sectors.read(address, this.blockSize)
    } catch (error) {
      return `${blockName(at)} cannot be read: ${asError(error).message}`
    }
    const tag = checkTag(bytes)
    if (typeof tag === 'string') return `${blockName(at)}: ${tag}`
    if (tag.tagLocation !== at.block) {
      this.warnings.add(`${blockName(at)}: the ${tagName(tag.tagIdentifier)} says that it stands at ${tag.tagLocation}`)
    }
    return { tag, bytes }
  }
}
