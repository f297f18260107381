import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { FileSystemImage, memoryBlockSource, openSource, RecordedContent, UDF_REVISIONS } from '../../../src/fsimage'
import { fileEntry } from '../../../src/fsimage/udf/descriptors/file-entry'
import { checkTag, TAG } from '../../../src/fsimage/udf/descriptors/tag'
import { virtualAllocationTableExtension } from '../../../src/fsimage/udf/descriptors/virtual-allocation-table'
import { partitionDescriptor } from '../../../src/fsimage/udf/descriptors/volume-descriptors'
import { decodeExtendedAttributes } from '../../../src/fsimage/udf/read/extended-attributes'
import { CREATED, newImage, recorded } from '../building'
import { treeOf } from '../trees'
import { BLOCK, contentOf, manifest, open, openWhole } from './image'

const GAP = 100
const WITH_TABLE = UDF_REVISIONS.filter(revision => revision !== '1.02')

async function firstSession(revision: (typeof UDF_REVISIONS)[number]): Promise<Buffer> {
  const image = newImage(['UDF'])
  image.udfRevision = revision
  image.udfVirtualAllocationTable = true
  await image.root.addFile('kept', Buffer.from('of session 1'))
  await image.root.addFile('replaced', Buffer.from('by session 1'))
  await image.root.addDirectory('empty')
  await image.root.addSymbolicLink('long link', `${'x'.repeat(200)}/`.repeat(15))
  await image.root.addHardLink('again', 'kept')
  return recorded(await image.createResultImage())
}

async function appended(disc: Buffer, number: number): Promise<Buffer> {
  const image = new FileSystemImage({ creationTime: CREATED + number * 1000 })
  const nextWritableAddress = Math.ceil(disc.length / BLOCK / 16) * 16 + GAP
  await image.importImage({ source: memoryBlockSource(disc), kind: 'sequential', nextWritableAddress })
  expect(image.udfVirtualAllocationTable).toBe(true)
  await image.root.addFile(`session ${number}`, Buffer.from(`${number}`))
  await image.root.addFile('replaced', Buffer.from(`by session ${number}`))
  image.volumeName = `Disc ${number}`
  return recorded(await image.createResultImage(), disc)
}

describe.each(WITH_TABLE)('UDF %s', revision => {
  test('a first session with a Virtual Allocation Table: its ICB is the last block, an anchor 256 blocks before it', async () => {
    const disc = await firstSession(revision)
    const last = disc.length / BLOCK - 1
    expect(disc.length % (32 * BLOCK)).toBe(0)
    expect(checkTag(disc.subarray(last * BLOCK))).toMatchObject({
      tagIdentifier: revision < '2' ? TAG.fileEntry : TAG.extendedFileEntry,
    })
    expect(checkTag(disc.subarray((last - 256) * BLOCK))).toMatchObject({
      tagIdentifier: TAG.anchorVolumeDescriptorPointer,
    })
    const found = await openWhole(disc)
    expect(found).toMatchObject({ revision, volumeName: 'Test volume', warnings: [], endAddress: last + 1 })
    expect((await treeOf(found.root)).map(line => line.slice(0, 40))).toEqual([
      '/again of session 1',
      '/empty/',
      '/kept of session 1',
      `/long link -> ${'x'.repeat(26)}`,
      '/replaced by session 1',
    ])
  })

  test('sessions behind it are found from the first one as from each, and each on its own', async () => {
    let disc = await firstSession(revision)
    for (let number = 2; number <= 5; number++) disc = await appended(disc, number)
    // A reader that knows nothing of sessions begins with the first one's descriptors.
    const newest = await openWhole(disc)
    expect(newest).toMatchObject({ volumeName: 'Disc 5', warnings: [] })
    expect((await contentOf(newest, 'replaced')).toString()).toBe('by session 5')
    expect((await contentOf(newest, 'kept')).toString()).toBe('of session 1')
    expect((await contentOf(newest, 'session 3')).toString()).toBe('3')
    const image = await openSource(memoryBlockSource(disc))
    expect(image.sessions).toHaveLength(5)
    for (const { number, start } of image.sessions) {
      const [found] = (await image.session(number)).fileSystems
      expect(found).toMatchObject({ type: 'UDF', sessionStart: start, warnings: [] })
      expect((await treeOf(found!.root)).at(-1)).toBe(
        number === 1 ? '/replaced by session 1' : `/session ${number} ${number}`,
      )
    }
  })
})

test('partition and numbers go on: each table names the one before it, and none moves the partition', async () => {
  const first = await firstSession('2.01')
  const before = (await open(first)).virtualAllocationTable!
  const disc = await appended(first, 2)
  const after = (await open(disc)).virtualAllocationTable!
  expect(after.partitionStart).toBe(before.partitionStart)
  expect(after.block).toBeGreaterThan(before.block)
  // With the newest table gone, what was before it is found.
  const cut = Buffer.from(disc)
  cut.fill(0, disc.length - BLOCK)
  const older = await openWhole(cut)
  expect((await contentOf(older, 'replaced')).toString()).toBe('by session 1')
})

test('the partition reaches to the end of the medium, where that is known', async () => {
  const image = newImage(['UDF'])
  image.udfRevision = '2.01'
  image.udfVirtualAllocationTable = true
  image.freeMediaBlocks = 300_000
  await image.root.addFile('a', Buffer.from('a'))
  const disc = await recorded(await image.createResultImage())
  const partition = [0, 1, 2, 3, 4, 5]
    .map(index => disc.subarray((32 + index) * BLOCK, (33 + index) * BLOCK))
    .find(block => block[0] === TAG.partitionDescriptor)!
  const { partitionStartingLocation, partitionLength, accessType } = partitionDescriptor.decode(partition)
  expect(partitionStartingLocation! + partitionLength!).toBe(300_000)
  expect(accessType).toBe(2)
})

test('the table of UDF 1.50 has name and counts in an attribute of its ICB', async () => {
  const disc = await firstSession('1.50')
  const entry = disc.subarray(disc.length - BLOCK)
  const { lengthOfExtendedAttributes } = fileEntry.decode(entry)
  const { implementationUses } = decodeExtendedAttributes(entry.subarray(176, 176 + lengthOfExtendedAttributes!))
  expect(virtualAllocationTableExtension.decode(implementationUses.get('*UDF VAT LVExtension')!)).toMatchObject({
    numberOfFiles: 4,
    numberOfDirectories: 2,
    logicalVolumeIdentifier: 'Test volume',
  })
})

test('a disc that mkudffs made goes on with a table of ours', async () => {
  const theirs = gunzipSync(readFileSync(join(__dirname, 'images', 'cdr-150.img.gz'))).subarray(0, 300 * BLOCK)
  const disc = await appended(Buffer.from(theirs), 2)
  const found = await openWhole(disc)
  expect(found).toMatchObject({ revision: '1.50', volumeName: 'Disc 2', warnings: [] })
  expect((await manifest(found)).filter(line => line.startsWith('f'))).toHaveLength(2)
})

test('it stands beside ISO 9660 and Joliet, and all share the bytes of files', async () => {
  const image = newImage(['ISO9660', 'Joliet', 'UDF'])
  image.udfRevision = '2.01'
  image.udfVirtualAllocationTable = true
  await image.root.addFile('file', Buffer.from('shared'))
  const disc = await recorded(await image.createResultImage())
  const opened = await openSource(memoryBlockSource(disc))
  const { fileSystems } = await opened.session(1)
  expect(fileSystems.map(({ type }) => type).sort()).toEqual(['ISO9660', 'Joliet', 'UDF'])
  const starts = await Promise.all(
    fileSystems.map(async ({ root }) => {
      const [node] = (await root.entries()).values()
      return node?.kind === 'file' && node.content instanceof RecordedContent ? node.content.extents[0]!.start : -1
    }),
  )
  expect(new Set(starts).size).toBe(1)
  expect(starts[0]).toBeGreaterThan(256)
})

test('UDF 1.02 and media that are overwritten have none', async () => {
  const old = newImage(['UDF'])
  old.udfVirtualAllocationTable = true
  await expect(old.createResultImage()).rejects.toMatchObject({ code: 'IMAPI_E_INVALID_PARAM' })
  const plain = newImage(['UDF'])
  plain.udfRevision = '2.01'
  const disc = await recorded(await plain.createResultImage())
  const next = new FileSystemImage({ creationTime: CREATED })
  await next.importImage({ source: memoryBlockSource(disc), kind: 'random-write' })
  next.udfVirtualAllocationTable = true
  await expect(next.createResultImage()).rejects.toMatchObject({ code: 'IMAPI_E_INVALID_PARAM' })
})
