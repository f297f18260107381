import { longAd, shortAd } from '../../../src/fsimage/udf/descriptors/allocation'
import { encodeCharacters } from '../../../src/fsimage/udf/descriptors/character-set'
import { domainIdentifier, udfIdentifier } from '../../../src/fsimage/udf/descriptors/entity-identifier'
import { fileEntry } from '../../../src/fsimage/udf/descriptors/file-entry'
import {
  fileIdentifierDescriptor,
  fileIdentifierLength,
} from '../../../src/fsimage/udf/descriptors/file-identifier-descriptor'
import { fileSetDescriptor } from '../../../src/fsimage/udf/descriptors/file-set-descriptor'
import { FILE_TYPE, type icbTag } from '../../../src/fsimage/udf/descriptors/icb'
import { type1PartitionMap, type2PartitionMap } from '../../../src/fsimage/udf/descriptors/partition-map'
import { sealDescriptor, TAG } from '../../../src/fsimage/udf/descriptors/tag'
import { timestampOf } from '../../../src/fsimage/udf/descriptors/timestamp'
import {
  anchorVolumeDescriptorPointer,
  logicalVolumeDescriptor,
  partitionDescriptor,
  primaryVolumeDescriptor,
  terminatingDescriptor,
} from '../../../src/fsimage/udf/descriptors/volume-descriptors'
import { volumeStructureDescriptor } from '../../../src/fsimage/udf/descriptors/volume-recognition'
import type { Encodable } from '../../../src/layout'
import { BLOCK } from './image'

/** Where things stand in a hand-made image. */
export const PLACE = { main: 32, reserve: 48, anchor: 256, partition: 257 } as const

export interface Reference {
  readonly partition?: number
  readonly block: number
}

/** What a hand-made volume is like where it is not the plainest one. */
export interface VolumeForm {
  readonly version?: 2 | 3
  readonly maps?: readonly Uint8Array[]
  readonly fileSet?: Reference
  readonly fileSetLength?: number
  readonly partitionLength?: number
  readonly partitionNumber?: number
  readonly blockSize?: number
  readonly created?: number
}

/** `long_ad` of the fields that matter. */
export function long(block: number, extentLength: number, partition = 0, type: 0 | 1 | 2 | 3 = 0): Uint8Array {
  return longAd.encode({
    extentLength,
    extentType: type as never,
    extentLocation: { logicalBlockNumber: block, partitionReferenceNumber: partition },
  })
}

/** `short_ad` of the fields that matter. */
export function short(block: number, extentLength: number, type: 0 | 1 | 2 | 3 = 0): Uint8Array {
  return shortAd.encode({ extentLength, extentType: type as never, extentPosition: block })
}

/** A Type 1 Partition Map. */
export function type1(partitionNumber = 0): Uint8Array {
  return type1PartitionMap.encode({
    partitionMapType: 1,
    partitionMapLength: 6,
    volumeSequenceNumber: 1,
    partitionNumber,
  })
}

/** A Type 2 Partition Map without more fields: that of a virtual partition. */
export function virtualMap(partitionNumber = 0): Uint8Array {
  return type2PartitionMap.encode({
    partitionMapType: 2,
    partitionMapLength: 64,
    partitionTypeIdentifier: udfIdentifier('*UDF Virtual Partition', 0x0150),
    volumeSequenceNumber: 1,
    partitionNumber,
  })
}

/** A File Identifier Descriptor without its tag. */
export function identifier(
  name: string | Uint8Array,
  icb: Reference,
  flags: { directory?: boolean; parent?: boolean; deleted?: boolean; hidden?: boolean } = {},
): Uint8Array {
  const characters = typeof name === 'string' ? encodeCharacters(name) : name
  const bytes = new Uint8Array(fileIdentifierLength(characters.length))
  bytes.set(
    fileIdentifierDescriptor.encode({
      fileVersionNumber: 1,
      lengthOfFileIdentifier: characters.length,
      icb: {
        extentLength: BLOCK,
        extentLocation: { logicalBlockNumber: icb.block, partitionReferenceNumber: icb.partition ?? 0 },
      },
      variable: characters,
      ...flags,
    }),
  )
  return bytes
}

/** An entry of a file: what differs from a plain one. */
export interface EntryForm {
  readonly fileType?: number
  readonly kind?: 'short_ad' | 'long_ad' | 'ext_ad' | 'embedded'
  readonly length: number | bigint
  /** Allocation descriptors, or the embedded body. */
  readonly descriptors: readonly Uint8Array[] | Uint8Array
  readonly attributes?: Uint8Array
  readonly links?: number
  readonly icb?: Encodable<typeof icbTag.fields>
}

/** An image composed of single blocks, for what no writer makes. */
export class HandMade {
  readonly version: 2 | 3
  private readonly blocks = new Map<number, Uint8Array>()

  constructor(form: VolumeForm = {}) {
    this.version = form.version ?? 2
    for (const [index, standardIdentifier] of ['BEA01', this.version === 2 ? 'NSR02' : 'NSR03', 'TEA01'].entries()) {
      this.put(16 + index, volumeStructureDescriptor.encode({ standardIdentifier, structureVersion: 1 }))
    }
    this.sequence(PLACE.main, form)
    this.sequence(PLACE.reserve, form)
    this.anchor(PLACE.anchor)
  }

  put(lba: number, bytes: Uint8Array): this {
    const blocks = Math.max(1, Math.ceil(bytes.length / BLOCK))
    for (let index = 0; index < blocks; index++) {
      const block = new Uint8Array(BLOCK)
      block.set(bytes.subarray(index * BLOCK, (index + 1) * BLOCK))
      this.blocks.set(lba + index, block)
    }
    return this
  }

  /** Puts a descriptor in place with its tag. */
  descriptor(lba: number, tagIdentifier: number, bytes: Uint8Array, tagLocation = lba): this {
    const copy = Uint8Array.from(bytes)
    sealDescriptor(copy, { tagIdentifier, descriptorVersion: this.version, tagLocation })
    return this.put(lba, copy)
  }

  /** As {@link descriptor}, in the partition; the tag's location is the logical block. */
  inPartition(block: number, tagIdentifier: number, bytes: Uint8Array, tagLocation = block): this {
    return this.descriptor(PLACE.partition + block, tagIdentifier, bytes, tagLocation)
  }

  anchor(lba: number, main: number = PLACE.main, reserve: number = PLACE.reserve): this {
    const extent = (extentLocation: number) => ({ extentLength: 16 * BLOCK, extentLocation })
    const anchor = anchorVolumeDescriptorPointer.encode({
      mainVolumeDescriptorSequenceExtent: extent(main),
      reserveVolumeDescriptorSequenceExtent: extent(reserve),
    })
    return this.descriptor(lba, TAG.anchorVolumeDescriptorPointer, anchor)
  }

  sequence(lba: number, form: VolumeForm): this {
    const maps = form.maps ?? [type1()]
    const fileSet = form.fileSet ?? { block: 0 }
    const partitionMaps = Buffer.concat(maps)
    this.descriptor(
      lba,
      TAG.primaryVolumeDescriptor,
      primaryVolumeDescriptor.encode({
        volumeIdentifier: 'HAND',
        recordingDateAndTime: timestampOf(new Date(form.created ?? 1_700_000_000_000)),
      }),
    )
    this.descriptor(
      lba + 1,
      TAG.logicalVolumeDescriptor,
      logicalVolumeDescriptor.encode({
        logicalVolumeIdentifier: 'HAND',
        logicalBlockSize: form.blockSize ?? BLOCK,
        domainIdentifier: domainIdentifier(this.version === 2 ? 0x0150 : 0x0201),
        fileSetDescriptorSequence: {
          extentLength: form.fileSetLength ?? BLOCK,
          extentLocation: { logicalBlockNumber: fileSet.block, partitionReferenceNumber: fileSet.partition ?? 0 },
        },
        mapTableLength: partitionMaps.length,
        numberOfPartitionMaps: maps.length,
        partitionMaps,
      }),
    )
    this.descriptor(
      lba + 2,
      TAG.partitionDescriptor,
      partitionDescriptor.encode({
        partitionFlags: 1,
        partitionNumber: form.partitionNumber ?? 0,
        partitionContents: { identifier: this.version === 2 ? '+NSR02' : '+NSR03' },
        accessType: 1,
        partitionStartingLocation: PLACE.partition,
        partitionLength: form.partitionLength ?? 1000,
      }),
    )
    return this.descriptor(lba + 3, TAG.terminatingDescriptor, terminatingDescriptor.encode({}))
  }

  fileSet(block: number, root: Reference, tagLocation = block, created = 1_700_000_000_000): this {
    const descriptor = fileSetDescriptor.encode({
      recordingDateAndTime: timestampOf(new Date(created)),
      rootDirectoryIcb: {
        extentLength: BLOCK,
        extentLocation: { logicalBlockNumber: root.block, partitionReferenceNumber: root.partition ?? 0 },
      },
    })
    return this.inPartition(block, TAG.fileSetDescriptor, descriptor, tagLocation)
  }

  entry(block: number, form: EntryForm, tagLocation = block): this {
    const descriptors = form.descriptors instanceof Uint8Array ? form.descriptors : Buffer.concat(form.descriptors)
    const attributes = form.attributes ?? new Uint8Array()
    const bytes = fileEntry.encode({
      icbTag: {
        strategyType: 4,
        maximumNumberOfEntries: 1,
        fileType: form.fileType ?? FILE_TYPE.file,
        allocationKind: form.kind ?? 'short_ad',
        ...form.icb,
      },
      uid: 0,
      gid: 0,
      permissions: 0x14a5,
      fileLinkCount: form.links ?? 1,
      informationLength: BigInt(form.length),
      modificationDateAndTime: timestampOf(new Date(1_600_000_000_000)),
      uniqueId: BigInt(block + 16),
      lengthOfExtendedAttributes: attributes.length,
      lengthOfAllocationDescriptors: descriptors.length,
      variable: Buffer.concat([attributes, descriptors]),
    })
    return this.inPartition(block, TAG.fileEntry, bytes, tagLocation)
  }

  /** A directory: its entry, and its identifiers in the block behind that. */
  directory(
    block: number,
    identifiers: readonly Uint8Array[],
    options: { tagLocation?: number; parent?: Reference; bodyReference?: number } = {},
  ): this {
    const { tagLocation = block, bodyReference = block + 1 } = options
    const body = this.identifiers(
      [identifier('', options.parent ?? { block: tagLocation }, { parent: true, directory: true }), ...identifiers],
      bodyReference,
    )
    this.entry(
      block,
      { fileType: FILE_TYPE.directory, length: body.length, descriptors: [short(bodyReference, body.length)] },
      tagLocation,
    )
    return this.put(PLACE.partition + block + 1, body)
  }

  /** Identifiers with their tags, one behind the other. */
  identifiers(identifiers: readonly Uint8Array[], block: number): Buffer {
    let offset = 0
    const sealed = identifiers.map(bytes => {
      const copy = Uint8Array.from(bytes)
      sealDescriptor(copy, {
        tagIdentifier: TAG.fileIdentifierDescriptor,
        descriptorVersion: this.version,
        tagLocation: block + Math.floor(offset / BLOCK),
      })
      offset += copy.length
      return copy
    })
    return Buffer.concat(sealed)
  }

  /** The image up to its last block, or of `blocks` blocks. */
  image(blocks = Math.max(...this.blocks.keys()) + 1): Buffer {
    const image = Buffer.alloc(blocks * BLOCK)
    for (const [lba, block] of this.blocks) if (lba < blocks) image.set(block, lba * BLOCK)
    return image
  }
}
