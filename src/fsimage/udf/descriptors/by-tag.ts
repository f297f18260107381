import type { Fields, Layout } from '../../../layout'
import { extendedAttributeHeaderDescriptor } from './extended-attribute'
import { extendedFileEntry, fileEntry, unallocatedSpaceEntry } from './file-entry'
import { fileIdentifierDescriptor } from './file-identifier-descriptor'
import { fileSetDescriptor } from './file-set-descriptor'
import { indirectEntry, terminalEntry } from './icb'
import { allocationExtentDescriptor, spaceBitmapDescriptor } from './space'
import { sparingTable } from './sparing-table'
import { checkTag, TAG } from './tag'
import * as volume from './volume-descriptors'

const BY_TAG: ReadonlyMap<number, Layout<Fields>> = new Map<number, unknown>([
  [TAG.sparingTable, sparingTable],
  [TAG.primaryVolumeDescriptor, volume.primaryVolumeDescriptor],
  [TAG.anchorVolumeDescriptorPointer, volume.anchorVolumeDescriptorPointer],
  [TAG.volumeDescriptorPointer, volume.volumeDescriptorPointer],
  [TAG.implementationUseVolumeDescriptor, volume.implementationUseVolumeDescriptor],
  [TAG.partitionDescriptor, volume.partitionDescriptor],
  [TAG.logicalVolumeDescriptor, volume.logicalVolumeDescriptor],
  [TAG.unallocatedSpaceDescriptor, volume.unallocatedSpaceDescriptor],
  [TAG.terminatingDescriptor, volume.terminatingDescriptor],
  [TAG.logicalVolumeIntegrityDescriptor, volume.logicalVolumeIntegrityDescriptor],
  [TAG.fileSetDescriptor, fileSetDescriptor],
  [TAG.fileIdentifierDescriptor, fileIdentifierDescriptor],
  [TAG.allocationExtentDescriptor, allocationExtentDescriptor],
  [TAG.indirectEntry, indirectEntry],
  [TAG.terminalEntry, terminalEntry],
  [TAG.fileEntry, fileEntry],
  [TAG.extendedAttributeHeaderDescriptor, extendedAttributeHeaderDescriptor],
  [TAG.unallocatedSpaceEntry, unallocatedSpaceEntry],
  [TAG.spaceBitmapDescriptor, spaceBitmapDescriptor],
  [TAG.extendedFileEntry, extendedFileEntry],
]) as ReadonlyMap<number, Layout<Fields>>

/**
 * The layout of the UDF descriptor that a block begins with, by its tag: `udfDescriptorOf(block)?.describe(block)` lists its
 * fields.
 *
 * @returns undefined where the tag's checksum, version or CRC is wrong, or its identifier is unknown
 */
export function udfDescriptorOf(block: Uint8Array): Layout<Fields> | undefined {
  const tag = checkTag(block)
  return typeof tag === 'string' ? undefined : BY_TAG.get(tag.tagIdentifier)
}
