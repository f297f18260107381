import { ascii, layout, nested, u8, u16le, u32le } from '../../layout'
import type { ObservedBlocks } from './observations'

const BLOCK_BYTES = 2048
/** System area and volume descriptors: whatever was ever recorded in a usual way shows here. */
export const HEAD_BLOCKS = 32
const FIRST_VOLUME_DESCRIPTOR = 16
const ANCHOR = 256
/** Longest Volume Descriptor Sequence that is read (ECMA-167 3/8.4.2 asks for 16 blocks at least). */
const MOST_SEQUENCE_BLOCKS = 32

/** Primary and supplementary volume descriptors as far as the size of the volume (ECMA-119 8.4, 8.5). */
export const volumeSpace = layout(
  'Volume Descriptor (Volume Space Size)',
  { volumeDescriptorType: u8(0), standardIdentifier: ascii(1, 5), volumeSpaceSize: u32le(80) },
  { clause: 'ECMA-119 8.4' },
)

/** extent_ad (ECMA-167 3/7.1). */
export const extentDescriptor = layout(
  'Extent Descriptor',
  { extentLengthBytes: u32le(0).named('Extent Length'), extentLocation: u32le(4) },
  { clause: 'ECMA-167 3/7.1' },
)

/** Anchor Volume Descriptor Pointer (ECMA-167 3/10.2). */
export const anchorPointer = layout(
  'Anchor Volume Descriptor Pointer',
  {
    tagIdentifier: u16le(0),
    tagLocation: u32le(12),
    mainVolumeDescriptorSequenceExtent: nested(16, extentDescriptor),
    reserveVolumeDescriptorSequenceExtent: nested(24, extentDescriptor),
  },
  { clause: 'ECMA-167 3/10.2' },
)

/** Partition Descriptor as far as where the partition lies (ECMA-167 3/10.5). */
export const partitionPlace = layout(
  'Partition Descriptor (location)',
  {
    tagIdentifier: u16le(0),
    accessType: u32le(184).means({ 1: 'read only', 2: 'write once', 3: 'rewritable', 4: 'overwritable' }),
    partitionStartingLocation: u32le(188),
    partitionLength: u32le(192),
  },
  { clause: 'ECMA-167 3/10.5' },
)

const TAG = { anchor: 2, partition: 5, terminating: 8 } as const

/** What the first blocks of a medium say of the file system on it. Addresses are LBAs. */
export interface RecordedVolume {
  /** Nothing but zeros, or nothing that could be read, where a file system would begin. */
  readonly isEmpty: boolean
  /** LBA after the last block that the ISO 9660 volume takes. */
  readonly iso9660End?: number
  /** LBA after the last block that the UDF volume takes. */
  readonly udfEnd?: number
  /** Access type of the UDF partition, as ECMA-167 numbers it: 3 and 4 are written into by packet software. */
  readonly partitionAccessType?: number
}

/** Which blocks are to be read next to know more; `undefined` where all is known. */
export function volumeBlocksNeeded(read: readonly ObservedBlocks[]): { start: number; blocks: number } | undefined {
  const has = (start: number) => read.some(each => each.start === start)
  if (!has(0)) return { start: 0, blocks: HEAD_BLOCKS }
  if (!has(ANCHOR)) return { start: ANCHOR, blocks: 1 }
  const anchor = anchorOf(read)
  if (!anchor) return undefined
  for (const sequence of [
    anchor.mainVolumeDescriptorSequenceExtent,
    anchor.reserveVolumeDescriptorSequenceExtent,
  ] as const) {
    const start = sequence?.extentLocation
    const blocks = Math.min(Math.ceil((sequence?.extentLengthBytes ?? 0) / BLOCK_BYTES), MOST_SEQUENCE_BLOCKS)
    if (start === undefined || blocks === 0) continue
    if (!has(start)) return { start, blocks }
    if (partitionsOf(read, start).length > 0) return undefined
  }
  return undefined
}

/** What the blocks that {@link volumeBlocksNeeded} asked for say. */
export function recordedVolume(read: readonly ObservedBlocks[]): RecordedVolume {
  const anchor = anchorOf(read)
  const sequences = [anchor?.mainVolumeDescriptorSequenceExtent, anchor?.reserveVolumeDescriptorSequenceExtent]
  const partitions = sequences.flatMap(extent =>
    extent?.extentLocation === undefined ? [] : partitionsOf(read, extent.extentLocation),
  )
  const iso9660End = iso9660EndOf(read)
  const udfEnd = Math.max(
    ...partitions.map(each => (each.partitionStartingLocation ?? 0) + (each.partitionLength ?? 0)),
    ...(partitions.length === 0 ? [] : sequences.map(extentEnd)),
    0,
  )
  const [partition] = partitions
  return {
    isEmpty: read.every(({ data }) => !(data instanceof Uint8Array) || data.every(byte => byte === 0)),
    ...(iso9660End === undefined ? {} : { iso9660End }),
    ...(udfEnd === 0 ? {} : { udfEnd }),
    ...(partition?.accessType === undefined ? {} : { partitionAccessType: partition.accessType }),
  }
}

function extentEnd(
  extent: { extentLocation?: number | undefined; extentLengthBytes?: number | undefined } | undefined,
) {
  return (extent?.extentLocation ?? 0) + Math.ceil((extent?.extentLengthBytes ?? 0) / BLOCK_BYTES)
}

function blocksFrom(read: readonly ObservedBlocks[], start: number): Uint8Array[] {
  const found = read.find(each => each.start === start)?.data
  if (!(found instanceof Uint8Array)) return []
  return Array.from({ length: Math.floor(found.length / BLOCK_BYTES) }, (_, index) =>
    found.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES),
  )
}

function iso9660EndOf(read: readonly ObservedBlocks[]): number | undefined {
  const descriptors = blocksFrom(read, 0)
    .slice(FIRST_VOLUME_DESCRIPTOR)
    .map(block => volumeSpace.decode(block))
  // The set ends with type 255; what follows may be UDF's recognition sequence.
  const end = descriptors.findIndex(each => each.volumeDescriptorType === 255 || each.standardIdentifier !== 'CD001')
  const sizes = descriptors
    .slice(0, end < 0 ? undefined : end)
    .filter(each => each.volumeDescriptorType === 1 || each.volumeDescriptorType === 2)
    .map(each => each.volumeSpaceSize ?? 0)
  return sizes.length === 0 ? undefined : Math.max(...sizes)
}

function anchorOf(read: readonly ObservedBlocks[]) {
  const [block] = blocksFrom(read, ANCHOR)
  if (!block || !hasTag(block, TAG.anchor)) return undefined
  const anchor = anchorPointer.decode(block)
  return anchor.tagLocation === ANCHOR ? anchor : undefined
}

function partitionsOf(read: readonly ObservedBlocks[], start: number) {
  const blocks = blocksFrom(read, start).filter(block => hasTag(block))
  const end = blocks.findIndex(block => hasTag(block, TAG.terminating))
  return blocks
    .slice(0, end < 0 ? undefined : end)
    .filter(block => hasTag(block, TAG.partition))
    .map(block => partitionPlace.decode(block))
}

/** A descriptor tag whose checksum is right (ECMA-167 3/7.2.3). */
function hasTag(block: Uint8Array, identifier?: number): boolean {
  const given = block[0]! + block[1]! * 256
  if (given === 0 || (identifier !== undefined && given !== identifier)) return false
  let sum = 0
  for (let index = 0; index < 16; index++) if (index !== 4) sum += block[index]!
  return (sum & 0xff) === block[4]
}
