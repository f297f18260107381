import { type FileSystemType, memoryBlockSource, openSource, visitNodes } from '../../src/fsimage'
import { newImage, recorded } from './building'

const TREE = ['/a', '/photos', '/photos/2026', '/photos/2026/b.jpg', '/photos/c.jpg']

async function rootOf(type: FileSystemType) {
  const image = newImage([type])
  for (const path of ['photos', 'photos/2026']) await image.root.addDirectory(path)
  for (const [path, text] of Object.entries({ a: 'a', 'photos/2026/b.jpg': 'b', 'photos/c.jpg': 'c' })) {
    await image.root.addFile(path, Buffer.from(text))
  }
  const opened = await openSource(memoryBlockSource(await recorded(await image.createResultImage())))
  return (await opened.session(1)).fileSystems.find(system => system.type === type)!
}

test.each<FileSystemType>(['ISO9660', 'UDF'])(
  'a %s tree that is gone through in passing is not kept, and is there again each time',
  async type => {
    const { root, warnings } = await rootOf(type)
    for (let time = 0; time < 2; time++) {
      const paths: string[] = []
      await visitNodes(root, true, ({ path }) => paths.push(path), { passing: true })
      expect(paths.sort()).toEqual(TREE)
      expect(root.isLoaded).toBe(false)
    }
    const kept: string[] = []
    await visitNodes(root, true, ({ path }) => kept.push(path))
    expect(kept.sort()).toEqual(TREE)
    expect(root.isLoaded).toBe(true)
    expect(warnings).toEqual([])
  },
)
