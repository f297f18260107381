import { IDENTIFIER, udfIdentifier } from '../../../src/fsimage/udf/descriptors/entity-identifier'
import { FILE_TYPE, indirectEntry } from '../../../src/fsimage/udf/descriptors/icb'
import { sparablePartitionMap } from '../../../src/fsimage/udf/descriptors/partition-map'
import { allocationExtentDescriptor } from '../../../src/fsimage/udf/descriptors/space'
import { sparingTable } from '../../../src/fsimage/udf/descriptors/sparing-table'
import { sealDescriptor, TAG } from '../../../src/fsimage/udf/descriptors/tag'
import {
  virtualAllocationTable150,
  virtualAllocationTable200,
} from '../../../src/fsimage/udf/descriptors/virtual-allocation-table'
import { HandMade, identifier, long, PLACE, short, type1, virtualMap } from './hand-made'
import { BLOCK } from './image'

function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index)
  return bytes
}

/** The entry of a Virtual Allocation Table with the table embedded. */
export function putTable(
  image: HandMade,
  form: '1.50' | '2.01',
  block: number,
  entries: readonly number[],
  previous = 0xffffffff,
): void {
  const table =
    form === '1.50'
      ? Buffer.concat([
          numbers(entries),
          virtualAllocationTable150.encode({
            entityIdentifier: udfIdentifier(IDENTIFIER.virtualAllocationTable, 0x0150),
            previousVatIcbLocation: previous,
          }),
        ])
      : Buffer.from(
          virtualAllocationTable200.encode({
            lengthOfHeader: 152,
            logicalVolumeIdentifier: 'RENAMED',
            previousVatIcbLocation: previous,
            variable: numbers(entries),
          }),
        )
  image.entry(block, {
    fileType: form === '1.50' ? FILE_TYPE.unspecified : FILE_TYPE.virtualAllocationTable,
    kind: 'embedded',
    length: table.length,
    descriptors: table,
    links: 0,
  })
}

/**
 * A volume whose file structures a Virtual Allocation Table places: virtual block 0 the file set, 1 the root, 2 its body,
 * 3 and 4 files. Then a second one that was appended, in which the root and one file are new.
 */
export async function virtualImage(form: '1.50' | '2.01', appended = true): Promise<Buffer> {
  const version = form === '1.50' ? 2 : 3
  const image = new HandMade({ version, maps: [type1(), virtualMap()], fileSet: { partition: 1, block: 0 } })
  const names = (count: number) =>
    ['first.txt', 'second.txt']
      .slice(0, count)
      .map((name, index) => identifier(name, { partition: 1, block: 3 + index }))
  const parent = { partition: 1, block: 1 }
  image.put(PLACE.partition, Buffer.from('the first file'))
  image.entry(1, { kind: 'long_ad', length: 14, descriptors: [long(0, 14)] }, 3)
  image.directory(2, names(1), { tagLocation: 1, parent, bodyReference: 2 })
  image.fileSet(4, { partition: 1, block: 1 }, 0)
  putTable(image, form, 5, [4, 2, 3, 1])
  if (appended) {
    image.put(PLACE.partition + 6, Buffer.from('the second file'))
    image.entry(7, { kind: 'long_ad', length: 15, descriptors: [long(6, 15)] }, 4)
    image.directory(8, names(2), { tagLocation: 1, parent, bodyReference: 2 })
    putTable(image, form, 10, [4, 8, 9, 1, 7], 5)
  }
  return image.image()
}

export const PACKET = 32

/** A volume with a packet of a file that is found elsewhere: three blocks of it before the packet, one in it. */
export async function sparableImage(): Promise<Buffer> {
  const spare = 600
  const tables = [580, 590]
  const image = new HandMade({
    maps: [
      sparablePartitionMap.encode({
        partitionMapType: 2,
        partitionMapLength: 64,
        partitionTypeIdentifier: udfIdentifier(IDENTIFIER.sparablePartition, 0x0150),
        volumeSequenceNumber: 1,
        packetLength: PACKET,
        numberOfSparingTables: 2,
        sizeOfEachSparingTable: BLOCK,
        sparingTable1: tables[0]!,
        sparingTable2: tables[1]!,
      }),
    ],
  })
  for (const [index, lba] of tables.entries()) {
    // The second copy was written later, and it alone is right.
    image.descriptor(
      lba,
      TAG.sparingTable,
      sparingTable.encode({
        sparingIdentifier: udfIdentifier(IDENTIFIER.sparingTable, 0x0150),
        sequenceNumber: index + 1,
        mapEntries: [
          { originalLocation: 2 * PACKET, mappedLocation: index === 0 ? 500 : spare },
          { originalLocation: 0xfffffff0, mappedLocation: 640 },
          { originalLocation: 0xffffffff, mappedLocation: 672 },
        ],
      }),
    )
  }
  image.fileSet(0, { block: 1 })
  image.directory(1, [identifier('spared', { block: 3 })])
  image.entry(3, { length: 4 * BLOCK, descriptors: [short(2 * PACKET - 3, 4 * BLOCK)] })
  for (let block = 0; block < 3; block++) {
    image.put(PLACE.partition + 2 * PACKET - 3 + block, Buffer.alloc(BLOCK, 'abc'[block]))
  }
  image.put(PLACE.partition + 2 * PACKET, Buffer.alloc(BLOCK, 'X'))
  image.put(spare, Buffer.alloc(BLOCK, 'd'))
  return image.image(700)
}

/** Puts an Allocation Extent Descriptor in place. */
export function putContinuation(image: HandMade, block: number, descriptors: Uint8Array): void {
  image.inPartition(
    block,
    TAG.allocationExtentDescriptor,
    allocationExtentDescriptor.encode({
      lengthOfAllocationDescriptors: descriptors.length,
      allocationDescriptors: descriptors,
    }),
  )
}

/**
 * A file whose ICB is a hierarchy (strategy 4096): the entry, an Indirect Entry, the entry that counts; its allocation
 * descriptors go on twice, with a hole and an extent that is allocated only.
 */
export async function hierarchyImage(): Promise<Buffer> {
  const image = new HandMade()
  const icb = { strategyType: 4096, strategyParameter: 1, maximumNumberOfEntries: 2 }
  image.fileSet(0, { block: 1 })
  image.directory(1, [identifier('written again', { block: 3 })])
  image.entry(3, { icb, kind: 'embedded', length: 3, descriptors: Buffer.from('old') })
  image.inPartition(
    4,
    TAG.indirectEntry,
    indirectEntry.encode({
      icbTag: { ...icb, fileType: FILE_TYPE.indirectEntry },
      indirectIcb: { extentLength: 2 * BLOCK, extentLocation: { logicalBlockNumber: 5 } },
    }),
  )
  image.entry(5, {
    icb,
    length: 4 * BLOCK + 5,
    descriptors: [short(10, BLOCK), short(7, BLOCK, 3)],
  })
  putContinuation(image, 7, Buffer.concat([short(0, BLOCK, 2), short(8, BLOCK, 3)]))
  putContinuation(image, 8, Buffer.concat([short(12, BLOCK, 1), short(11, BLOCK), short(13, 5)]))
  image.put(PLACE.partition + 10, Buffer.alloc(BLOCK, '1'))
  image.put(PLACE.partition + 11, Buffer.alloc(BLOCK, '4'))
  image.put(PLACE.partition + 12, Buffer.alloc(BLOCK, 'never shown'))
  image.put(PLACE.partition + 13, Buffer.from('fifth'))
  return image.image()
}

/** Makes a descriptor's tag right again after its bytes were changed. */
export function reseal(image: Buffer, lba: number): void {
  const block = image.subarray(lba * BLOCK, (lba + 1) * BLOCK)
  sealDescriptor(block, {
    tagIdentifier: block.readUInt16LE(0),
    descriptorVersion: block.readUInt16LE(2),
    tagLocation: block.readUInt32LE(12),
    crcLength: block.readUInt16LE(10),
  })
}
