import type { BlockSource } from '../../../src/fsimage/block-source'
import { memoryBlockSource } from '../../../src/fsimage/image-file'
import { RecordedContent } from '../../../src/fsimage/tree/contents'
import { type DirectoryNode, FileNode, SpecialNode, SymbolicLinkNode } from '../../../src/fsimage/tree/node'
import { readUdf, UDF_REVISIONS, udfDescriptorOf } from '../../../src/fsimage/udf'
import { extendedFileEntry } from '../../../src/fsimage/udf/descriptors/file-entry'
import { checkTag, TAG } from '../../../src/fsimage/udf/descriptors/tag'
import {
  anchorVolumeDescriptorPointer,
  integrityImplementationUse,
  logicalVolumeIntegrityDescriptor,
  partitionDescriptor,
} from '../../../src/fsimage/udf/descriptors/volume-descriptors'
import {
  at,
  BLOCK,
  build,
  bytesOf,
  contentOf,
  directory,
  file,
  METADATA,
  nodesOf,
  openWhole,
  plan,
  volume,
} from './image'

const blockOf = (image: Buffer, lba: number) => image.subarray(lba * BLOCK, (lba + 1) * BLOCK)

/** A tree with what UDF holds. */
function wholeTree(): DirectoryNode {
  const shared = file('first name', 'shared bytes')
  const root = directory(
    '',
    directory('sub', directory('empty'), file('inner', 'in')),
    file('Größe.txt', 'größer'),
    file('漢字.txt', '漢'),
    file('zero', ''),
    shared,
    new FileNode('second name', shared.content, METADATA),
    new SymbolicLinkNode('link', '../sub/./inner', METADATA),
    new SymbolicLinkNode('absolute', '/etc/Größe', METADATA),
    new SymbolicLinkNode('long link', `${'x'.repeat(200)}/`.repeat(15).slice(0, -1), METADATA),
    new SpecialNode('device', 'character-device', { major: 5, minor: 300 }, METADATA),
    new SpecialNode('pipe', 'fifo', undefined, METADATA),
    file('set-id', 's', { ...METADATA, mode: 0o6711, uid: 1000, gid: 100 }),
    file('hidden', 'h', { ...METADATA, hidden: true }),
    file('no owner', 'n', { modified: METADATA.modified ?? 0 }),
    file('old', 'o', { ...METADATA, modified: Date.UTC(1901, 0, 1), created: Date.UTC(1900, 5, 1) }),
  )
  return root
}

describe.each(UDF_REVISIONS)('UDF %s', revision => {
  test('holds names, bytes, links, owners, modes and times', async () => {
    const found = await openWhole(await build(wholeTree(), revision, { volume: volume('Größe ☃') }))
    expect(found).toMatchObject({ revision, volumeName: 'Größe ☃', warnings: [] })
    const original = new Map(nodesOf({ root: wholeTree() } as never).map(node => [node.path, node]))
    const nodes = nodesOf(found)
    expect(nodes.map(({ path }) => path).sort()).toEqual([...original.keys()].sort())
    for (const node of nodes) {
      const { kind, modified, hidden, mode, uid, gid } = original.get(node.path)!
      expect(node).toMatchObject({ kind, modified, hidden, mode: mode ?? 0o555, uid, gid })
    }
    expect((await contentOf(found, 'sub/inner')).toString()).toBe('in')
    expect((await contentOf(found, '漢字.txt')).toString()).toBe('漢')
    expect(at(found, 'link')).toMatchObject({ target: '../sub/./inner' })
    expect(at(found, 'absolute')).toMatchObject({ target: '/etc/Größe' })
    expect(at(found, 'long link')).toMatchObject({ target: `${'x'.repeat(200)}/`.repeat(15).slice(0, -1) })
    expect(at(found, 'device')).toMatchObject({ type: 'character-device', device: { major: 5, minor: 300 } })
    expect(at(found, 'pipe')).toMatchObject({ type: 'fifo', device: undefined })
    const [first, second] = ['first name', 'second name'].map(name => at(found, name) as FileNode)
    expect(first!.content).toBe(second!.content)
  })

  test('stands where readers look for it, every tag sound and at its place', async () => {
    const image = await build(wholeTree(), revision)
    const last = image.length / BLOCK - 1
    expect(image.length % (32 * BLOCK)).toBe(0)
    const anchors = [256, last].map(lba => {
      expect(checkTag(blockOf(image, lba))).toMatchObject({
        tagIdentifier: TAG.anchorVolumeDescriptorPointer,
        tagLocation: lba,
      })
      const { mainVolumeDescriptorSequenceExtent, reserveVolumeDescriptorSequenceExtent } =
        anchorVolumeDescriptorPointer.decode(blockOf(image, lba))
      return [mainVolumeDescriptorSequenceExtent, reserveVolumeDescriptorSequenceExtent].map(extent => ({
        ...extent?.toJSON(),
      }))
    })
    expect(anchors[0]).toEqual(anchors[1])
    const order = [1, 4, 5, 6, 7, 8]
    for (const { extentLocation, extentLength } of anchors[0]! as { extentLocation: number; extentLength: number }[]) {
      expect(extentLength).toBe(16 * BLOCK)
      for (const [index, tagIdentifier] of order.entries()) {
        const lba = extentLocation + index
        expect(checkTag(blockOf(image, lba))).toMatchObject({
          tagIdentifier,
          tagLocation: lba,
          descriptorVersion: revision < '2' ? 2 : 3,
        })
      }
    }
  })

  test('is the same for the same tree', async () => {
    expect((await build(wholeTree(), revision)).equals(await build(wholeTree(), revision))).toBe(true)
  })
})

test('the integrity descriptor counts names of files and directories, and gives the next unique identifier', async () => {
  const image = await build(wholeTree(), '2.01')
  const integrity = logicalVolumeIntegrityDescriptor.decode(blockOf(image, 48))
  const use = integrityImplementationUse.decode(integrity.tables!.subarray(8))
  const nodes = nodesOf({ root: wholeTree() } as never)
  const directories = nodes.filter(({ kind }) => kind === 'directory').length
  expect(use).toMatchObject({
    numberOfFiles: nodes.length - directories,
    numberOfDirectories: directories + 1,
    minimumUdfReadRevision: 0x0201,
  })
  // 16 is the first; a further name of a file takes one, too.
  expect(integrity.uniqueId).toBe(16n + BigInt(nodes.length))
})

test('2.60 asks no more of readers than 2.50', async () => {
  const image = await build(directory(''), '2.60')
  const { tables } = logicalVolumeIntegrityDescriptor.decode(blockOf(image, 48))
  expect(integrityImplementationUse.decode(tables!.subarray(16))).toMatchObject({ minimumUdfReadRevision: 0x0250 })
})

test('names that UDF cannot hold are shortened, told of, and different', async () => {
  const names = [
    `${'a'.repeat(255)}.jpeg`,
    `${'a'.repeat(256)}.jpeg`,
    '漢'.repeat(128),
    'lone \ud800',
    '.',
    '\ufeffmark',
  ]
  const image = plan(directory('', ...names.map(name => file(name, 'x'))), '1.02')
  const found = await openWhole(await bytesOf(image.stream()))
  const held = [...found.root.loadedEntries.keys()]
  expect(held).toHaveLength(names.length)
  expect(image.renamed.map(({ name }) => name).sort()).toEqual([...held].sort())
  expect(held).toContainEqual(expect.stringMatching(/^a{244}#[0-9A-F]{4}\.jpeg$/))
  expect(held).toContainEqual(expect.stringMatching(/^漢{122}#[0-9A-F]{4}$/))
  expect(held).toContain('lone _')
  expect(held).toContain('_mark')
  for (const name of held) expect(Buffer.from(name, 'utf16le').length / 2).toBeLessThan(255)
})

test.each(['a'.repeat(254), '漢'.repeat(127), 'ж'.repeat(127), 'é'.repeat(254)])(
  'a name of the full length',
  async name => {
    const found = await openWhole(await build(directory('', file(name, 'x')), '2.01'))
    expect([...found.root.loadedEntries.keys()]).toEqual([name])
  },
)

test('files beyond an extent, and beyond the extents that an entry holds', async () => {
  const sizes = { one: 2 ** 30 - BLOCK, two: 2 ** 30 - BLOCK + 1, hundreds: 500 * 2 ** 30 + 7 }
  const disc = memoryBlockSource(Buffer.alloc(0))
  // Recorded already, so that the image holds structures alone.
  const startAddress = 2 ** 29
  for (const revision of ['1.02', '2.50'] as const) {
    const root = directory('')
    for (const [index, [name, sizeBytes]] of Object.entries(sizes).entries()) {
      const content = new RecordedContent(disc, [{ start: 1000 + index, sizeBytes }], sizeBytes)
      root.attach(new FileNode(name, content, METADATA))
    }
    const image = plan(root, revision, { disc, startAddress })
    const written = memoryBlockSource(await bytesOf(image.stream()))
    const source: BlockSource = {
      blockCount: image.endAddress,
      readBlocks: async (lba, blocks) =>
        lba < startAddress ? Buffer.alloc(blocks * BLOCK) : written.readBlocks(lba - startAddress, blocks),
      close: async () => {},
    }
    const [found] = await readUdf(source, { start: startAddress })
    await found!.root.load()
    for (const [index, [name, sizeBytes]] of Object.entries(sizes).entries()) {
      const { content } = found!.root.loadedEntries.get(name) as FileNode
      expect(content).toMatchObject({ sizeBytes, extents: [{ start: 1000 + index, sizeBytes }] })
    }
    expect(found!.warnings).toEqual([])
  }
})

test('named streams lie behind the file that has them, from 2.00 on', async () => {
  const tree = () => {
    const owner = file('owner', 'main')
    owner.namedStreams = new Map([
      ['thumbnail', file('', 'small picture').content],
      ['größe', file('', 'large').content],
    ])
    return directory('', owner, file('plain', 'p'))
  }
  for (const revision of ['2.00', '2.60'] as const) {
    const found = await openWhole(await build(tree(), revision))
    const { namedStreams } = at(found, 'owner') as FileNode
    expect([...namedStreams!.keys()].sort()).toEqual(['größe', 'thumbnail'])
    expect((await bytesOf(namedStreams!.get('thumbnail')!.chunks())).toString()).toBe('small picture')
    expect(at(found, 'plain')).toMatchObject({ namedStreams: undefined })
    expect(found.warnings).toEqual([])
  }
  const without = plan(tree(), '1.50')
  expect(without.warnings).toEqual([expect.stringContaining('named streams are left out')])
})

test('files in real time are marked from 2.01 on', async () => {
  const tree = () => {
    const node = file('film', 'frames')
    node.realTime = true
    return directory('', node)
  }
  expect(at(await openWhole(await build(tree(), '2.01')), 'film')).toMatchObject({ realTime: true })
  expect(at(await openWhole(await build(tree(), '2.00')), 'film')).toMatchObject({ realTime: false })
})

test('a directory of thousands and one of forty levels', async () => {
  const wide = directory('wide', ...Array.from({ length: 3000 }, (_, index) => file(`number ${index}`, `${index}`)))
  let deep = directory('level 40', file('bottom', 'b'))
  for (let level = 39; level > 0; level--) deep = directory(`level ${level}`, deep)
  const found = await openWhole(await build(directory('', wide, deep), '2.50'))
  expect(nodesOf(found)).toHaveLength(3000 + 1 + 41)
  expect((await contentOf(found, 'wide/number 2999')).toString()).toBe('2999')
  expect(found.warnings).toEqual([])
})

test('the first listing takes few reads, and reading all takes none twice', async () => {
  const root = directory('', ...Array.from({ length: 200 }, (_, index) => file(`file ${index}`, 'x')))
  const source = memoryBlockSource(await build(root, '2.60'))
  const reads: [number, number][] = []
  const [found] = await readUdf(
    {
      ...source,
      readBlocks: (lba, blocks) => {
        reads.push([lba, blocks])
        return source.readBlocks(lba, blocks)
      },
    },
    { start: 0, end: source.blockCount! },
  )
  await found!.root.load()
  expect(reads.length).toBeLessThan(11)
  const blocks = reads.flatMap(([lba, count]) => Array.from({ length: count }, (_, index) => lba + index))
  expect(new Set(blocks).size).toBe(blocks.length)
})

test('access is read only, and the partition holds all bytes of files', async () => {
  const image = plan(directory('', file('a', 'a'.repeat(5000)), file('b', 'b')), '1.02')
  const bytes = await bytesOf(image.stream())
  const partition = partitionDescriptor.decode(blockOf(bytes, 34))
  expect(partition).toMatchObject({ accessType: 1, partitionFlags: 1, partitionStartingLocation: 257 })
  const found = await openWhole(bytes)
  const end = 257 + partition.partitionLength!
  for (const name of ['a', 'b']) {
    const node = at(found, name) as FileNode
    const [extent] = (node.content as unknown as { extents: { start: number; sizeBytes: number }[] }).extents
    expect(extent!.start + Math.ceil(extent!.sizeBytes / BLOCK)).toBeLessThanOrEqual(end)
  }
})

test('any descriptor is listed field by field', async () => {
  const image = await build(directory('', file('x', 'x')), '2.01')
  const names = [32, 33, 34, 35, 36, 37, 48, 256, 257, 259, 260].map(lba => udfDescriptorOf(blockOf(image, lba))?.name)
  expect(names).toEqual([
    'Primary Volume Descriptor',
    'Implementation Use Volume Descriptor',
    'Partition Descriptor',
    'Logical Volume Descriptor',
    'Unallocated Space Descriptor',
    'Terminating Descriptor',
    'Logical Volume Integrity Descriptor',
    'Anchor Volume Descriptor Pointer',
    'File Set Descriptor',
    'Extended File Entry',
    'File Identifier Descriptor',
  ])
  expect(udfDescriptorOf(blockOf(image, 0))).toBeUndefined()
  const fields = udfDescriptorOf(blockOf(image, 34))!.describe(blockOf(image, 34))
  expect(fields).toContainEqual({ name: 'accessType', bytes: '184-187', value: 1, meaning: 'read only' })
})

test('creation stands before modification', async () => {
  const image = await build(directory('', file('x', 'x', { ...METADATA, created: 1_650_000_000_000 })), '2.01')
  const entry = extendedFileEntry.decode(blockOf(image, 261))
  expect(entry.creationDateAndTime?.toJSON()).toEqual(entry.modificationDateAndTime?.toJSON())
})
