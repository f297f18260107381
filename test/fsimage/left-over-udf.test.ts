import { FileSystemImage } from '../../src/fsimage'
import { memoryBlockSource } from '../../src/fsimage/image-file'
import { openSource } from '../../src/fsimage/open-image'
import { loadTree } from '../../src/fsimage/tree/node'

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
