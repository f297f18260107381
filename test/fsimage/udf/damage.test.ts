import type { BlockSource } from '../../../src/fsimage/block-source'
import { memoryBlockSource } from '../../../src/fsimage/image-file'
import { loadTree } from '../../../src/fsimage/tree/node'
import { readUdf } from '../../../src/fsimage/udf'
import { FILE_TYPE, indirectEntry } from '../../../src/fsimage/udf/descriptors/icb'
import { TAG } from '../../../src/fsimage/udf/descriptors/tag'
import { volumeDescriptorPointer } from '../../../src/fsimage/udf/descriptors/volume-descriptors'
import { HandMade, identifier, PLACE, short } from './hand-made'
import { at, BLOCK, build, contentOf, directory, file, openWhole } from './image'
import { putContinuation, reseal } from './strange-images'

/** A volume of one file "file" with the entry that is given. */
function withFile(put: (image: HandMade) => void): HandMade {
  const image = new HandMade()
  image.fileSet(0, { block: 1 })
  image.directory(1, [identifier('file', { block: 3 }), identifier('other', { block: 4 })])
  image.entry(4, { kind: 'embedded', length: 5, descriptors: Buffer.from('other') })
  put(image)
  return image
}

const warningsOf = (warnings: readonly string[]) => warnings.filter(warning => !warning.includes('the volume has no'))

/** The same with blocks that cannot be read. */
function failing(image: Buffer, ...unreadable: number[]): BlockSource {
  const source = memoryBlockSource(image)
  return {
    ...source,
    blockCount: source.blockCount,
    readBlocks: async (lba, blocks) => {
      const bad = unreadable.find(block => block >= lba && block < lba + blocks)
      if (bad !== undefined) throw new Error(`block ${bad} is unreadable`)
      return source.readBlocks(lba, blocks)
    },
  }
}

const small = () => build(directory('', directory('sub', file('inner', 'in')), file('outer', 'out')), '1.02')

describe('anchors', () => {
  test.each([
    ['at the last block alone', (image: Buffer) => image],
    ['a block before the end', (image: Buffer) => Buffer.concat([image, Buffer.alloc(BLOCK)])],
    ['150 blocks before the end', (image: Buffer) => Buffer.concat([image, Buffer.alloc(150 * BLOCK)])],
  ])('%s', async (_where, change) => {
    const image = change(await small())
    image.fill(0, 256 * BLOCK, 257 * BLOCK)
    expect((await contentOf(await openWhole(image), 'sub/inner')).toString()).toBe('in')
  })

  test.each([
    ['at block 512', 512],
    ['256 before the last block', 1023 - 256],
  ])('%s', async (_where, lba) => {
    const image = withFile(made => made.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x') }))
    const bytes = image.anchor(lba).image(1024)
    bytes.fill(0, 256 * BLOCK, 257 * BLOCK)
    expect((await contentOf(await openWhole(bytes), 'file')).toString()).toBe('x')
  })

  test('that name different sequences: the one recorded later counts', async () => {
    const image = withFile(made => made.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x') }))
    image.sequence(560, { created: 1_800_000_000_000, fileSet: { block: 20 } })
    image.fileSet(20, { block: 21 })
    image.directory(21, [identifier('newer', { block: 4 })])
    image.anchor(599, 560, 560)
    const [found] = await readUdf(memoryBlockSource(image.image(600)), { start: 0, end: 600 })
    await loadTree(found!.root)
    expect([...found!.root.loadedEntries.keys()]).toEqual(['newer'])
    expect(found!.warnings).toContainEqual(expect.stringContaining('name different volume descriptors'))
  })
})

test.each([
  ['without BEA01', 16],
  ['without NSR', 17],
  ['without TEA01', 18],
])('a volume recognition sequence %s', async (_what, lba) => {
  const image = await small()
  image.fill(0, lba * BLOCK, (lba + 1) * BLOCK)
  expect((await contentOf(await openWhole(image), 'outer')).toString()).toBe('out')
})

test('no volume where ISO 9660 alone was put on a medium that held UDF before', async () => {
  const image = await small()
  image.fill(0, 16 * BLOCK, 32 * BLOCK)
  for (const [lba, type] of [
    [16, 1],
    [17, 255],
  ] as const) {
    image.writeUInt8(type, lba * BLOCK)
    image.write('CD001', lba * BLOCK + 1)
  }
  expect(await readUdf(memoryBlockSource(image), { start: 0 })).toEqual([])
})

test('no volume where only the recognition sequence is there, and none in other bytes', async () => {
  const image = await small()
  expect(await readUdf(memoryBlockSource(image.subarray(0, 100 * BLOCK)), { start: 0 })).toEqual([])
  expect(await readUdf(memoryBlockSource(Buffer.alloc(600 * BLOCK, 0x5a)), { start: 0 })).toEqual([])
  expect(await readUdf(memoryBlockSource(Buffer.alloc(0)), { start: 0 })).toEqual([])
})

test('where nothing can be read, that is the error', async () => {
  const source: BlockSource = {
    blockCount: 1000,
    readBlocks: async lba => {
      throw new Error(`block ${lba} is unreadable`)
    },
    close: async () => {},
  }
  await expect(readUdf(source, { start: 0 })).rejects.toThrow('block 16 is unreadable')
})

describe('the volume descriptor sequence', () => {
  test.each([32, 33, 34, 35, 36, 37])('block %d of the main one damaged: the reserve one fills in', async lba => {
    const image = await small()
    image[lba * BLOCK + 30]! ^= 0xff
    const found = await openWhole(image)
    expect((await contentOf(found, 'outer')).toString()).toBe('out')
    expect(found.volumeName).toBe('VOLUME')
  })

  test.each([32, 34, 37])('block %d of the main one unreadable, and the reserve one damaged', async lba => {
    const image = withFile(made => made.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x') }))
    const bytes = image.sequence(PLACE.main, {}).image()
    if (lba > PLACE.main + 3) bytes.fill(0, PLACE.reserve * BLOCK, (PLACE.reserve + 16) * BLOCK)
    const [found] = await readUdf(failing(bytes, lba), { start: 0 })
    await loadTree(found!.root)
    expect((await contentOf(found!, 'file')).toString()).toBe('x')
  })

  test('whose neighbours cannot be read is read all the same', async () => {
    const [found] = await readUdf(failing(await small(), 0, 31, 255, 256, 1000), { start: 0 })
    await loadTree(found!.root)
    expect((await contentOf(found!, 'outer')).toString()).toBe('out')
  })

  test('that goes on in a loop of pointers ends', async () => {
    const image = new HandMade()
    const pointer = (extentLocation: number) =>
      volumeDescriptorPointer.encode({
        nextVolumeDescriptorSequenceExtent: { extentLength: 16 * BLOCK, extentLocation },
      })
    image.descriptor(PLACE.main, TAG.volumeDescriptorPointer, pointer(100))
    image.descriptor(PLACE.main + 1, TAG.volumeDescriptorPointer, pointer(100))
    image.descriptor(PLACE.reserve, TAG.volumeDescriptorPointer, pointer(100))
    for (const lba of [PLACE.main, PLACE.reserve]) image.put(lba + 3, new Uint8Array(BLOCK))
    image.descriptor(100, TAG.volumeDescriptorPointer, pointer(PLACE.main))
    expect(await readUdf(memoryBlockSource(image.image(300)), { start: 0 })).toEqual([])
  })
})

describe('entries', () => {
  test('whose lengths go past the block lose that file alone', async () => {
    const bytes = withFile(made =>
      made.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x') }),
    ).image()
    bytes.writeUInt32LE(0xfffffff0, (PLACE.partition + 3) * BLOCK + 168)
    reseal(bytes, PLACE.partition + 3)
    const found = await openWhole(bytes)
    expect([...found.root.loadedEntries.keys()]).toEqual(['other'])
    expect(found.warnings).toContainEqual(expect.stringContaining('block 3 of partition 0: extended attributes'))
  })

  test.each([
    ['no links', { links: 0 }],
    ['file type 0', { fileType: 0 }],
    ['file type 249', { fileType: FILE_TYPE.realTimeFile }],
    ['strategy 4096 without an indirect entry', { icb: { strategyType: 4096 } }],
  ])('with %s are files', async (_what, form) => {
    const image = withFile(made =>
      made.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x'), ...form }),
    )
    expect((await contentOf(await openWhole(image.image()), 'file')).toString()).toBe('x')
  })

  test('of an unknown type are shown as something else', async () => {
    const image = withFile(made => made.entry(3, { fileType: 200, kind: 'embedded', length: 0, descriptors: [] }))
    expect(at(await openWhole(image.image()), 'file')).toMatchObject({ kind: 'other', type: 'unknown' })
  })

  test('a hierarchy of indirect entries that is a loop ends', async () => {
    const image = withFile(made => {
      const icb = { strategyType: 4096 }
      made.entry(3, { icb, kind: 'embedded', length: 3, descriptors: Buffer.from('one') })
      made.inPartition(
        4,
        TAG.indirectEntry,
        indirectEntry.encode({ indirectIcb: { extentLength: BLOCK, extentLocation: { logicalBlockNumber: 3 } } }),
      )
    })
    const found = await openWhole(image.image())
    expect((await contentOf(found, 'file')).toString()).toBe('one')
    expect(found.warnings).toContainEqual(expect.stringContaining('indirect entries does not end'))
  })

  test.each<[string, (bytes: Buffer, offset: number) => void, RegExp]>([
    [
      'a wrong checksum',
      (bytes, offset) => bytes.writeUInt8(bytes[offset + 4]! ^ 1, offset + 4),
      /tag checksum is wrong/,
    ],
    ['a wrong CRC', (bytes, offset) => bytes.writeUInt8(7, offset + 100), /descriptor CRC is wrong/],
  ])('with %s are left out, with the block named', async (_what, damage, message) => {
    const bytes = withFile(made =>
      made.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x') }),
    ).image()
    damage(bytes, (PLACE.partition + 3) * BLOCK)
    const found = await openWhole(bytes)
    expect([...found.root.loadedEntries.keys()]).toEqual(['other'])
    expect(warningsOf(found.warnings)).toEqual([expect.stringMatching(message)])
    expect(found.warnings.join()).toContain('block 3 of partition 0')
  })

  test('whose tag names another place are read, with a warning', async () => {
    const image = withFile(made => made.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x') }, 260))
    const found = await openWhole(image.image())
    expect((await contentOf(found, 'file')).toString()).toBe('x')
    expect(found.warnings).toContainEqual(expect.stringContaining('says that it stands at 260'))
  })
})

describe('allocation descriptors', () => {
  test('that go on in a loop end', async () => {
    const image = withFile(made => {
      made.entry(3, { length: 8 * BLOCK, descriptors: [short(0, BLOCK), short(10, BLOCK, 3)] })
      putContinuation(made, 10, Buffer.concat([short(0, BLOCK), short(10, BLOCK, 3)]))
    })
    const found = await openWhole(image.image())
    expect(await contentOf(found, 'file')).toHaveLength(2 * BLOCK)
    expect(found.warnings).toContainEqual(expect.stringContaining('go on in a loop'))
  })

  test('whose continuation is no such descriptor, or longer than its block', async () => {
    const image = withFile(made => {
      made.entry(3, { length: 8 * BLOCK, descriptors: [short(0, BLOCK), short(1, BLOCK, 3)] })
      made.entry(4, { length: 3 * BLOCK, descriptors: [short(12, BLOCK, 3)] })
      putContinuation(made, 12, short(0, 2 * BLOCK))
    })
    const bytes = image.image()
    bytes.writeUInt32LE(0xffffffff, (PLACE.partition + 12) * BLOCK + 20)
    reseal(bytes, PLACE.partition + 12)
    const found = await openWhole(bytes)
    expect(await contentOf(found, 'file')).toHaveLength(BLOCK)
    expect(await contentOf(found, 'other')).toHaveLength(2 * BLOCK)
  })

  test.each([2n ** 50n, 2n ** 64n - 1n])('shorter than an information length of %d are all there is', async length => {
    const image = withFile(made => made.entry(3, { length, descriptors: [short(1, BLOCK)] }))
    const found = await openWhole(image.image())
    expect(await contentOf(found, 'file')).toHaveLength(BLOCK)
    expect(found.warnings).toContainEqual(expect.stringContaining('are announced, and 2048 are allocated'))
  })

  test('beyond the medium make reading fail, not listing, and the block is named', async () => {
    const image = withFile(made => made.entry(3, { length: 2 * BLOCK, descriptors: [short(0xfffffff0, 2 * BLOCK)] }))
    const found = await openWhole(image.image())
    await expect(contentOf(found, 'file')).rejects.toMatchObject({
      code: 'IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR',
      message: expect.stringContaining('block 4294967280 of partition 0 is outside of the volume'),
    })
  })

  test('of the forbidden kind ext_ad are read', async () => {
    const descriptor = Buffer.alloc(20)
    descriptor.writeUInt32LE(4, 0)
    descriptor.writeUInt32LE(4, 8)
    descriptor.writeUInt32LE(6, 12)
    const image = withFile(made => {
      made.entry(3, { kind: 'ext_ad', length: 4, descriptors: [descriptor] })
      made.put(PLACE.partition + 6, Buffer.from('text'))
    })
    expect((await contentOf(await openWhole(image.image()), 'file')).toString()).toBe('text')
  })

  test('in the middle of a block are copied, not referred to', async () => {
    const image = withFile(made => {
      made.entry(3, { length: 1030, descriptors: [short(6, 1000), short(7, 30)] })
      made.put(PLACE.partition + 6, Buffer.alloc(1000, 'a')).put(PLACE.partition + 7, Buffer.alloc(30, 'b'))
    })
    const found = await openWhole(image.image())
    expect((await contentOf(found, 'file')).toString()).toBe('a'.repeat(1000) + 'b'.repeat(30))
    expect(at(found, 'file')).toMatchObject({ content: { kind: 'stream' } })
  })
})

describe('directories', () => {
  test('that contain themselves or are named twice are entered once', async () => {
    const image = new HandMade()
    image.fileSet(0, { block: 1 })
    image.directory(1, [
      identifier('root', { block: 1 }, { directory: true }),
      identifier('one', { block: 3 }, { directory: true }),
      identifier('two', { block: 3 }, { directory: true }),
    ])
    image.directory(3, [identifier('up', { block: 1 }, { directory: true })])
    const found = await openWhole(image.image())
    expect([...found.root.loadedEntries.keys()]).toEqual(['one'])
    expect(found.warnings.filter(warning => warning.includes('has another name already'))).toHaveLength(3)
  })

  test('with bytes that are no entry go on behind them', async () => {
    const image = new HandMade()
    image.fileSet(0, { block: 1 })
    image.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x') })
    const entries = image.identifiers(
      [identifier('', { block: 1 }, { parent: true, directory: true }), identifier('kept', { block: 3 })],
      2,
    )
    const body = Buffer.concat([entries.subarray(0, 40), Buffer.alloc(52, 0xee), entries.subarray(40)])
    image.entry(1, { fileType: FILE_TYPE.directory, length: body.length, descriptors: [short(2, body.length)] })
    image.put(PLACE.partition + 2, body)
    const found = await openWhole(image.image())
    expect([...found.root.loadedEntries.keys()]).toEqual(['kept'])
    expect(found.warnings).toContainEqual(expect.stringContaining('no entry from byte 40 to 92'))
  })

  test('names that cannot be are made harmless and different', async () => {
    const odd = (name: string) => Buffer.concat([Buffer.from([8]), Buffer.from(name, 'latin1')])
    const image = new HandMade()
    image.fileSet(0, { block: 1 })
    image.directory(1, [
      identifier(odd('../x'), { block: 3 }),
      identifier(odd('..'), { block: 3 }),
      identifier(odd('a\0b'), { block: 3 }),
      identifier(odd(''), { block: 3 }),
      identifier('same', { block: 3 }),
      identifier('same', { block: 3 }, { hidden: true }),
      identifier('gone', { block: 3 }, { deleted: true }),
      identifier(Buffer.from([16, 0, 65, 0]), { block: 3 }),
      identifier(Buffer.from([77, 65]), { block: 3 }),
    ])
    image.entry(3, { kind: 'embedded', length: 1, descriptors: Buffer.from('x'), links: 9 })
    const found = await openWhole(image.image())
    expect([...found.root.loadedEntries.keys()]).toEqual(['.._x', '_.', 'a_b', '_', 'same', 'same~2', 'A', 'MA'])
    expect(at(found, 'same~2').hidden).toBe(true)
    const problems = warningsOf(found.warnings)
    expect(problems).toContainEqual(expect.stringContaining('cut in half'))
    expect(problems).toContainEqual(expect.stringContaining('compression identifier 77 is unknown'))
  })

  test('deeper than 1024 levels are left out', async () => {
    const image = new HandMade()
    const levels = 1030
    image.fileSet(0, { block: 1 })
    for (let level = 0; level < levels; level++) {
      image.directory(1 + 2 * level, [identifier('d', { block: 3 + 2 * level }, { directory: true })])
    }
    image.directory(1 + 2 * levels, [])
    const found = await openWhole(image.image())
    expect(found.warnings).toContainEqual(expect.stringContaining('directories are 1024 deep'))
  })

  test('whose extents repeat one block many times are read no longer than the medium', async () => {
    const image = new HandMade()
    image.fileSet(0, { block: 1 })
    const extents = Array.from({ length: 200 }, () => short(2, 0x3ffff800))
    image.entry(1, { fileType: FILE_TYPE.directory, length: 200 * 0x3ffff800, descriptors: extents })
    const found = await openWhole(image.image())
    expect(found.warnings).toContainEqual(expect.stringMatching(/only \d+ of \d+ bytes are read/))
  })
})

test('symbolic links whose components go past their end, or are too long', async () => {
  const component = (type: number, name: string, length = name.length + 1) =>
    Buffer.concat([Buffer.from([type, length, 0, 0, 8]), Buffer.from(name)])
  const long = Buffer.concat(Array.from({ length: 40 }, () => component(5, 'n'.repeat(200))))
  const image = withFile(made => {
    const cut = Buffer.concat([component(5, 'a'), component(5, 'b', 200)])
    made.entry(3, { fileType: FILE_TYPE.symbolicLink, kind: 'embedded', length: cut.length, descriptors: cut })
    made.entry(4, { fileType: FILE_TYPE.symbolicLink, length: long.length, descriptors: [short(8, long.length)] })
    made.put(PLACE.partition + 8, long)
  })
  const found = await openWhole(image.image())
  expect(at(found, 'file')).toMatchObject({ kind: 'link', target: 'a' })
  expect(at(found, 'other')).toMatchObject({ kind: 'link', target: expect.stringMatching(/^(n{200}\/)+n+$/) })
  expect(found.warnings).toContainEqual(expect.stringContaining('longer than the link'))
})

test('blocks of the tree that cannot be read cost what they held, and are named', async () => {
  const image = await build(directory('', directory('sub', file('inner', 'in')), file('outer', 'out')), '1.02')
  // 257 file set, 259 root, 260 its body, 261 entry of "outer", 262 of "sub".
  const [found] = await readUdf(failing(image, 261), { start: 0 })
  await loadTree(found!.root)
  expect([...found!.root.loadedEntries.keys()]).toEqual(['sub'])
  expect(found!.warnings).toEqual([expect.stringMatching(/"outer" is left out: block 4 of partition 0 cannot be read/)])
})
