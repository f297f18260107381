import { memoryBlockSource } from '../../../src/fsimage/image-file'
import { RecordedContent } from '../../../src/fsimage/tree/contents'
import { readUdf } from '../../../src/fsimage/udf'
import { udfIdentifier } from '../../../src/fsimage/udf/descriptors/entity-identifier'
import { FILE_TYPE } from '../../../src/fsimage/udf/descriptors/icb'
import { metadataPartitionMap } from '../../../src/fsimage/udf/descriptors/partition-map'
import { HandMade, identifier, long, PLACE, short, type1, virtualMap } from './hand-made'
import { at, BLOCK, build, contentOf, directory, file, open, openWhole } from './image'
import { hierarchyImage, putTable, sparableImage, virtualImage } from './strange-images'

describe('a virtual allocation table', () => {
  test.each(['1.50', '2.01'] as const)('of UDF %s places the file structures', async form => {
    const found = await openWhole(await virtualImage(form, false))
    expect([...found.root.loadedEntries.keys()]).toEqual(['first.txt'])
    expect((await contentOf(found, 'first.txt')).toString()).toBe('the first file')
    expect(found.volumeName).toBe(form === '1.50' ? 'HAND' : 'RENAMED')
    expect(found.endAddress).toBe(PLACE.partition + 6)
    expect(found.warnings.filter(warning => !warning.includes('the volume has no'))).toEqual([])
  })

  test('that was appended replaces the one before', async () => {
    const found = await openWhole(await virtualImage('2.01'))
    expect([...found.root.loadedEntries.keys()]).toEqual(['first.txt', 'second.txt'])
    expect((await contentOf(found, 'second.txt')).toString()).toBe('the second file')
  })

  test.each([
    ['three blocks before the end', (image: Buffer) => Buffer.concat([image, Buffer.alloc(3 * BLOCK)])],
    ['a thousand blocks before the end', (image: Buffer) => Buffer.concat([image, Buffer.alloc(1000 * BLOCK)])],
  ])('is found %s', async (_where, change) => {
    const found = await openWhole(change(await virtualImage('1.50')))
    expect(found.root.loadedEntries.has('second.txt')).toBe(true)
    expect(found.warnings).toContainEqual(expect.stringContaining('not in the last block'))
  })

  test('that leads nowhere is passed over for the one before it', async () => {
    const image = await virtualImage('2.01')
    // The root's entry of the second state is lost.
    image.fill(0, (PLACE.partition + 8) * BLOCK, (PLACE.partition + 9) * BLOCK)
    const found = await openWhole(image)
    expect([...found.root.loadedEntries.keys()]).toEqual(['first.txt'])
    expect(found.warnings).toContainEqual(expect.stringMatching(/table at block 10 is passed over/))
  })

  test('with entries that name no block, or the table itself, loses those files alone', async () => {
    const image = new HandMade({ maps: [type1(), virtualMap()], fileSet: { partition: 1, block: 0 } })
    const names = ['unused', 'itself', 'beyond', 'past the table'].map((name, index) =>
      identifier(name, { partition: 1, block: 3 + index }),
    )
    image.directory(2, names, { tagLocation: 1, parent: { partition: 1, block: 1 }, bodyReference: 2 })
    image.fileSet(4, { partition: 1, block: 1 }, 0)
    putTable(image, '1.50', 5, [4, 2, 3, 0xffffffff, 5, 70_000])
    const found = await openWhole(image.image())
    expect([...found.root.loadedEntries.keys()]).toEqual(['itself'])
    expect(found.warnings.filter(warning => warning.includes('is left out'))).toHaveLength(3)
  })

  test('whose chain of earlier tables is a loop ends the search', async () => {
    const image = new HandMade({ maps: [type1(), virtualMap()], fileSet: { partition: 1, block: 0 } })
    putTable(image, '2.01', 5, [0xffffffff], 6)
    putTable(image, '2.01', 6, [0xffffffff], 5)
    expect(await readUdf(memoryBlockSource(image.image()), { start: 0 })).toEqual([])
  })
})

test('a sparable partition reads spared packets where they are, by the newest table', async () => {
  const found = await openWhole(await sparableImage())
  const content = await contentOf(found, 'spared')
  expect(content.toString()).toBe(['a', 'b', 'c', 'd'].map(letter => letter.repeat(BLOCK)).join(''))
  const node = at(found, 'spared')
  expect(node.kind === 'file' && node.content instanceof RecordedContent && node.content.extents).toEqual([
    { start: PLACE.partition + 61, sizeBytes: 3 * BLOCK },
    { start: 600, sizeBytes: BLOCK },
  ])
})

test('an ICB hierarchy leads to the last entry; its descriptors go on in further blocks', async () => {
  const found = await openWhole(await hierarchyImage())
  const content = await contentOf(found, 'written again')
  const zeros = Buffer.alloc(BLOCK)
  expect(content).toEqual(
    Buffer.concat([Buffer.alloc(BLOCK, '1'), zeros, zeros, Buffer.alloc(BLOCK, '4'), Buffer.from('fifth')]),
  )
})

describe('a metadata partition', () => {
  const tree = () => directory('', directory('sub', file('inner', 'in')), file('outer', 'out'))
  const structures = 288

  test('is read from its mirror where the main file is damaged', async () => {
    const image = await build(tree(), '2.50')
    image.fill(0, structures * BLOCK, (structures + 1) * BLOCK)
    const found = await openWhole(image)
    expect((await contentOf(found, 'sub/inner')).toString()).toBe('in')
    expect(found.warnings).toContainEqual(expect.stringContaining('metadata file cannot be used'))
  })

  test('takes single blocks from its mirror', async () => {
    const image = await build(tree(), '2.60')
    // The whole body of the metadata file is lost, its entry is not.
    image.fill(0xa5, (structures + 32) * BLOCK, (structures + 64) * BLOCK)
    const found = await openWhole(image)
    expect((await contentOf(found, 'outer')).toString()).toBe('out')
    expect(found.warnings).toContainEqual(expect.stringContaining('its mirror is read'))
  })

  test('without a copy of its own cannot be', async () => {
    const image = await build(tree(), '2.50', { duplicateMetadata: false })
    image.fill(0, (structures + 32) * BLOCK, (structures + 64) * BLOCK)
    expect(await readUdf(memoryBlockSource(image), { start: 0 })).toEqual([])
  })

  test('may lie in a partition of any number, and its file may have long_ads', async () => {
    const map = metadataPartitionMap.encode({
      partitionMapType: 2,
      partitionMapLength: 64,
      partitionTypeIdentifier: udfIdentifier('*UDF Metadata Partition', 0x0250),
      partitionNumber: 8192,
      metadataFileLocation: 0,
      metadataMirrorFileLocation: 0xffffffff,
      metadataBitmapFileLocation: 0xffffffff,
    })
    const image = new HandMade({
      version: 3,
      partitionNumber: 8192,
      maps: [type1(8192), map],
      fileSet: { partition: 1, block: 0 },
    })
    image.entry(0, {
      fileType: FILE_TYPE.metadataFile,
      kind: 'long_ad',
      length: 4 * BLOCK,
      descriptors: [long(10, BLOCK), long(20, 3 * BLOCK)],
    })
    image.fileSet(10, { partition: 1, block: 1 }, 0)
    image.directory(20, [identifier('file', { partition: 1, block: 3 })], {
      tagLocation: 1,
      bodyReference: 2,
      parent: { partition: 1, block: 1 },
    })
    image.entry(22, { kind: 'long_ad', length: 4, descriptors: [long(30, 4, 0)] }, 3)
    image.put(PLACE.partition + 30, Buffer.from('data'))
    const found = await openWhole(image.image())
    expect((await contentOf(found, 'file')).toString()).toBe('data')
  })
})

test('a file counted in the physical partition by mistake is read there, and that is said', async () => {
  const image = new HandMade({ maps: [type1(), virtualMap()], fileSet: { partition: 1, block: 0 } })
  image.put(PLACE.partition + 6, Buffer.from('data'))
  image.entry(1, { length: 4, descriptors: [short(6, 4)] }, 3)
  image.directory(2, [identifier('file', { partition: 1, block: 3 })], {
    tagLocation: 1,
    parent: { partition: 1, block: 1 },
    bodyReference: 2,
  })
  image.fileSet(4, { partition: 1, block: 1 }, 0)
  putTable(image, '1.50', 7, [4, 2, 3, 1])
  const found = await openWhole(image.image())
  expect((await contentOf(found, 'file')).toString()).toBe('data')
  expect(found.warnings).toContainEqual(expect.stringContaining('the same block of the physical partition'))
})

test('partition maps that go past their table, unknown ones, and references to none', async () => {
  const unknown = Buffer.alloc(64)
  unknown.set([2, 64])
  const cut = Buffer.from([1, 200, 0, 0])
  const image = new HandMade({ maps: [type1(), unknown, cut] })
  image.fileSet(0, { block: 1 })
  image.directory(1, [
    identifier('in the unknown', { partition: 1, block: 3 }),
    identifier('in none', { partition: 60_000, block: 3 }),
    identifier('sound', { block: 3 }),
  ])
  image.entry(3, { kind: 'embedded', length: 2, descriptors: Buffer.from('ok') })
  const found = await openWhole(image.image())
  expect([...found.root.loadedEntries.keys()]).toEqual(['sound'])
  expect(found.warnings).toContain('partition map 1 is of an unknown type')
})

test.each([0, 3, 0x7fffffff])('a partition that claims %d blocks is as long as the medium', async partitionLength => {
  const image = new HandMade({ partitionLength })
  image.fileSet(0, { block: 1 })
  image.directory(1, [identifier('file', { block: 3 })])
  image.entry(3, { length: 4, descriptors: [short(4, 4)] })
  image.put(PLACE.partition + 4, Buffer.from('data'))
  const found = await open(image.image())
  await found.root.load()
  expect((await contentOf(found, 'file')).toString()).toBe('data')
})
