import type { RecordedExtent } from '../../tree/file-content'
import { longAd, maximumExtentLength, shortAd } from '../descriptors/allocation'
import { allocationExtentDescriptor } from '../descriptors/space'

const BLOCK_BYTES = 2048
const MAXIMUM_EXTENT = maximumExtentLength(BLOCK_BYTES)

/** Bytes of an Allocation Extent Descriptor before its descriptors. */
export const ALLOCATION_EXTENT_BYTES = allocationExtentDescriptor.length

/** The kinds of allocation descriptor that are written. */
export type DescriptorKind = 'short_ad' | 'long_ad'

/** Bytes of one descriptor. */
export function descriptorBytes(kind: DescriptorKind): number {
  return kind === 'short_ad' ? shortAd.length : longAd.length
}

/** How many descriptors extents take. */
export function countDescriptors(extents: readonly RecordedExtent[]): number {
  let count = 0
  for (const { sizeBytes } of extents) count += Math.ceil(sizeBytes / MAXIMUM_EXTENT)
  return count
}

/** How a list of descriptors is parted: so many in the entry, the rest in blocks of their own. */
export interface DescriptorParts {
  /** Descriptors in the entry, the one that points to the first continuation included. */
  readonly inEntry: number
  /** Blocks of continuation. */
  readonly continuations: number
}

/** Parts a list of descriptors where the entry has room for so many bytes of them (ECMA-167 4/12.1). */
export function partDescriptors(count: number, kind: DescriptorKind, roomBytes: number): DescriptorParts {
  const size = descriptorBytes(kind)
  const room = Math.floor(roomBytes / size)
  if (count <= room) return { inEntry: count, continuations: 0 }
  const perBlock = Math.floor((BLOCK_BYTES - ALLOCATION_EXTENT_BYTES) / size)
  // Each block but the last gives one place to the descriptor that points to the next.
  const rest = count - (room - 1)
  return { inEntry: room, continuations: Math.max(1, Math.ceil((rest - 1) / (perBlock - 1))) }
}

/** Writes descriptors, one after the other, at a place in a buffer. */
export class DescriptorWriter {
  private readonly kind: DescriptorKind
  private readonly partitionReference: number

  /** @param partitionReference  of the extents, for long_ad */
  constructor(kind: DescriptorKind, partitionReference: number) {
    this.kind = kind
    this.partitionReference = partitionReference
  }

  /** Writes one descriptor. A block of undefined is an extent that is not allocated: zeros (ECMA-167 4/14.14.1.1). */
  write(
    target: Uint8Array,
    offset: number,
    block: number | undefined,
    lengthBytes: number,
    type: 'recorded' | 'continuation' = 'recorded',
    partitionReference = this.partitionReference,
  ): void {
    const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
    const code = block === undefined ? 2 : type === 'continuation' ? 3 : 0
    view.setUint32(offset, ((code << 30) | lengthBytes) >>> 0, true)
    view.setUint32(offset + 4, block ?? 0, true)
    if (this.kind === 'long_ad') view.setUint16(offset + 8, block === undefined ? 0 : partitionReference, true)
  }
}

/** Extents in pieces that one descriptor can hold. */
export function* extentPieces(extents: readonly RecordedExtent[]): Generator<RecordedExtent> {
  for (const { start, sizeBytes } of extents) {
    for (let done = 0; done < sizeBytes; done += MAXIMUM_EXTENT) {
      yield {
        start: start === undefined ? undefined : start + done / BLOCK_BYTES,
        sizeBytes: Math.min(MAXIMUM_EXTENT, sizeBytes - done),
      }
    }
  }
}
