import { layout, u8, u16le, u32le } from '../../../layout'
import { crc16 } from './crc'

/** Tag identifiers (ECMA-167 3/7.2.1, 4/7.2.1). */
export const TAG = {
  sparingTable: 0,
  primaryVolumeDescriptor: 1,
  anchorVolumeDescriptorPointer: 2,
  volumeDescriptorPointer: 3,
  implementationUseVolumeDescriptor: 4,
  partitionDescriptor: 5,
  logicalVolumeDescriptor: 6,
  unallocatedSpaceDescriptor: 7,
  terminatingDescriptor: 8,
  logicalVolumeIntegrityDescriptor: 9,
  fileSetDescriptor: 256,
  fileIdentifierDescriptor: 257,
  allocationExtentDescriptor: 258,
  indirectEntry: 259,
  terminalEntry: 260,
  fileEntry: 261,
  extendedAttributeHeaderDescriptor: 262,
  unallocatedSpaceEntry: 263,
  spaceBitmapDescriptor: 264,
  partitionIntegrityEntry: 265,
  extendedFileEntry: 266,
} as const

/** Descriptor tag (ECMA-167 3/7.2), the first 16 bytes of every descriptor. */
export const descriptorTag = layout(
  'Descriptor Tag',
  {
    tagIdentifier: u16le(0),
    descriptorVersion: u16le(2),
    tagChecksum: u8(4),
    tagSerialNumber: u16le(6),
    descriptorCrc: u16le(8).named('Descriptor CRC'),
    descriptorCrcLength: u16le(10).named('Descriptor CRC Length'),
    tagLocation: u32le(12),
  },
  { clause: 'ECMA-167 3/7.2' },
)

export const TAG_BYTES = 16

/** Sum of the tag's bytes other than the checksum itself, modulo 256 (ECMA-167 3/7.2.3). */
export function tagChecksum(bytes: Uint8Array): number {
  let sum = 0
  for (let index = 0; index < TAG_BYTES; index++) if (index !== 4) sum += bytes[index]!
  return sum & 0xff
}

/** What a tag is written with besides what follows from the descriptor's bytes. */
export interface TagOptions {
  readonly tagIdentifier: number
  /** 2 for UDF 1.x, 3 for UDF 2.x. */
  readonly descriptorVersion: number
  /** Logical sector of a volume descriptor, else logical block of the partition. */
  readonly tagLocation: number
  readonly tagSerialNumber?: number
  /** Bytes behind the tag that the CRC covers; all of them where it is left out. */
  readonly crcLength?: number
}

/** Fills in a descriptor's tag, in place: identifier, CRC over the bytes behind it, location, checksum. */
export function sealDescriptor(bytes: Uint8Array, options: TagOptions): Uint8Array {
  const crcLength = options.crcLength ?? bytes.length - TAG_BYTES
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setUint16(0, options.tagIdentifier, true)
  view.setUint16(2, options.descriptorVersion, true)
  bytes[5] = 0
  view.setUint16(6, options.tagSerialNumber ?? 1, true)
  view.setUint16(8, crc16(bytes, TAG_BYTES, TAG_BYTES + crcLength), true)
  view.setUint16(10, crcLength, true)
  view.setUint32(12, options.tagLocation, true)
  bytes[4] = tagChecksum(bytes)
  return bytes
}

/** A tag that was found to be sound. */
export interface SoundTag {
  readonly tagIdentifier: number
  readonly descriptorVersion: number
  readonly tagLocation: number
  /** Bytes that the CRC covers, the tag included. */
  readonly coveredBytes: number
}

/**
 * Checks a descriptor's tag: checksum, version 2 or 3, and the CRC where its length is not 0.
 *
 * @returns the tag, or what is wrong with it in words
 */
export function checkTag(bytes: Uint8Array): SoundTag | string {
  if (bytes.length < TAG_BYTES) return `only ${bytes.length} bytes where a descriptor tag has 16`
  if (bytes[4] !== tagChecksum(bytes)) return 'the tag checksum is wrong'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const descriptorVersion = view.getUint16(2, true)
  if (descriptorVersion !== 2 && descriptorVersion !== 3) return `descriptor version ${descriptorVersion} is unknown`
  const crcLength = view.getUint16(10, true)
  if (TAG_BYTES + crcLength > bytes.length) return `the CRC covers ${crcLength} bytes, more than there are`
  if (crcLength > 0 && crc16(bytes, TAG_BYTES, TAG_BYTES + crcLength) !== view.getUint16(8, true)) {
    return 'the descriptor CRC is wrong'
  }
  return {
    tagIdentifier: view.getUint16(0, true),
    descriptorVersion,
    tagLocation: view.getUint32(12, true),
    coveredBytes: TAG_BYTES + crcLength,
  }
}

/** The name of a tag identifier's descriptor. */
export function tagName(tagIdentifier: number): string {
  const found = Object.entries(TAG).find(([, identifier]) => identifier === tagIdentifier)
  return found ? found[0].replace(/([A-Z])/g, ' $1').toLowerCase() : `descriptor ${tagIdentifier}`
}
