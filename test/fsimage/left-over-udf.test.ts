import { FileSystemImage } from '../../src/fsimage'
import { memoryBlockSource } from '../../src/fsimage/image-file'
import { openSource } from '../../src/fsimage/open-image'
import { loadTree } from '../../src/fsimage/tree/node'
import { fixture } from './images'

const BLOCK = 2048
const FIRST_DESCRIPTOR = 16 * BLOCK
/** Primary and Joliet descriptor: what growisofs replaces. */
const DESCRIPTORS = 2 * BLOCK

async function bytesOf(image: FileSystemImage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of (await image.createResultImage()).stream()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function imageOf(name: string, settings: Partial<FileSystemImage>): Promise<Buffer> {
  const image = new FileSystemImage()
  Object.assign(image, settings)
  await image.root.addFile(name, Buffer.from(`what ${name} holds`))
  return bytesOf(image)
}

test('what ISO 9660 alone was added to a volume of both kinds counts, and not the UDF that was there before', async () => {
  const before = await imageOf('before', { fileSystemsToCreate: ['ISO9660', 'Joliet', 'UDF'] })
  const sessionStartBlock = Math.ceil(before.length / BLOCK / 16) * 16
  const added = await imageOf('added', { fileSystemsToCreate: ['ISO9660', 'Joliet'], sessionStartBlock })
  const disc = Buffer.concat([before, Buffer.alloc(sessionStartBlock * BLOCK - before.length), added])
  const both = await openSource(memoryBlockSource(Buffer.from(disc)), { sessionStart: 0 })
  expect((await both.session(1)).fileSystems.map(({ type }) => type)).toEqual(['UDF', 'ISO9660', 'Joliet'])

  added.copy(disc, FIRST_DESCRIPTOR, FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + DESCRIPTORS)
  const grown = await openSource(memoryBlockSource(disc), { sessionStart: 0 })
  const { fileSystems, warnings } = await grown.session(1)
  expect(fileSystems.map(({ type }) => type)).toEqual(['ISO9660', 'Joliet'])
  expect(warnings).toEqual([expect.stringContaining('it is what was there before')])
  await loadTree(fileSystems[0]!.root)
  expect([...fileSystems[0]!.root.loadedEntries.keys()]).toEqual(['added'])
})

test('on a disc of genisoimage -udf that grew as growisofs lets it, both say which tree is the old one', async () => {
  const source = memoryBlockSource(fixture('genisoimage-udf-grown'))
  const image = new FileSystemImage()
  expect(await image.importImage({ source, kind: 'random-write' })).toBe('ISO9660')
  expect(await image.exists('/new')).toBe('file')
  expect(image.importWarnings).toEqual([
    'UDF: its volume ends at block 281, before the tree of ISO 9660 begins at block 1298: it is what was there before',
  ])
})

test('an import names what other file systems list and the imported one does not', async () => {
  const bridge = new FileSystemImage()
  bridge.fileSystemsToCreate = ['ISO9660', 'Joliet', 'UDF']
  await bridge.root.addFile('everywhere', Buffer.from('x'))
  const added = await bridge.root.addFile('not in UDF', Buffer.from('y'))
  added.excludedFrom = new Set(['UDF'])
  const source = memoryBlockSource(await bytesOf(bridge))
  const image = new FileSystemImage()
  expect(await image.importImage({ source, kind: 'sequential' })).toBe('UDF')
  const missing = 'entries in its root, UDF, which is imported, 1: the next session will not show the others.'
  expect(image.importWarnings).toEqual([`ISO9660 has 2 ${missing}`, `Joliet has 2 ${missing}`])

  const other = new FileSystemImage()
  await other.importImage({ source, kind: 'sequential' }, 'Joliet')
  expect(other.importWarnings).toEqual([])
})
