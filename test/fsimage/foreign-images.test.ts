import { memoryBlockSource, openSource, type RecordedContent } from '../../src/fsimage'
import { CachedBlockSource } from '../../src/fsimage/cached-block-source'
import { bytesOf, nextImage, recorded } from './building'
import { fixture } from './images'
import { fileSystemOf, treeOf } from './trees'

const LONG_NAME = `${'n'.repeat(200)}.txt`
const ROCK_RIDGE_TREE = [
  '/Grüße.txt ue',
  '/absolute -> /etc/passwd',
  '/docs/',
  '/docs/Read me, please, this is a rather long name.txt read me',
  '/docs/deep/',
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(
    depth => `/docs/deep/${Array.from({ length: depth }, (_, index) => index + 1).join('/')}/`,
  ),
  '/docs/deep/1/2/3/4/5/6/7/8/bottom deep',
  '/docs/link -> ../hello.txt',
  '/empty ',
  '/fifo fifo',
  '/hard link Hello, disc!\n',
  '/hello.txt Hello, disc!\n',
  `/${LONG_NAME} x`,
]
const touched = new Set(['/hard ', '/link '])
const withoutTouched = (lines: string[]) => lines.filter(line => !touched.has(line))

describe('images that other programs made', () => {
  test.each(['xorriso', 'genisoimage'])(
    'Rock Ridge of %s: names, links, special files, deep directories',
    async name => {
      const system = await fileSystemOf(fixture(name))
      expect(system).toMatchObject({ rockRidge: true, volumeName: 'FIXTURE', sessionStart: 0 })
      expect(withoutTouched(await treeOf(system.root))).toEqual([...ROCK_RIDGE_TREE].sort())
      expect(system.warnings).toEqual([])
    },
  )

  test.each(['xorriso', 'genisoimage'])('modes, owners, times and hard links of %s', async name => {
    const { root } = await fileSystemOf(fixture(name))
    const entries = await root.entries()
    const [file, link] = [entries.get('hello.txt'), entries.get('hard link')]
    expect(file).toMatchObject({ kind: 'file', mode: 0o644, uid: 0, gid: 0, modified: Date.UTC(2021, 1, 3, 4, 5, 6) })
    expect(file?.kind === 'file' && link?.kind === 'file' && file.content === link.content).toBe(true)
    expect(entries.get('docs')).toMatchObject({ kind: 'directory', mode: 0o755 })
  })

  test.each([
    ['xorriso', `/${'n'.repeat(60)}.txt x`],
    ['genisoimage', `/${'n'.repeat(64)} x`],
  ])('Joliet of %s: what it cut, and no links', async (name, cut) => {
    const tree = await treeOf((await fileSystemOf(fixture(name), 'Joliet')).root)
    expect(tree.some(line => line.startsWith(cut.slice(0, 60)))).toBe(true)
    expect(tree).toContain('/Grüße.txt ue')
    expect(tree).toContain('/docs/deep/1/2/3/4/5/6/7/8/bottom deep')
  })

  test('a later session of genisoimage: its addresses are absolute, its size is not', async () => {
    const image = fixture('genisoimage-two-sessions')
    const opened = await openSource(memoryBlockSource(image))
    expect(opened.sessions.map(({ number, start }) => [number, start])).toEqual([
      [1, 0],
      [2, 1024],
    ])
    const second = await fileSystemOf(image)
    expect(second.endAddress).toBe(1024 + second.blocks)
    const tree = await treeOf(second.root)
    expect(tree).toContain('/second.txt second session')
    expect(tree).toContain('/hello.txt Hello again!\n')
    expect(tree).toContain('/docs/deep/1/2/3/4/5/6/7/8/bottom deep')
    const first = await openSource(memoryBlockSource(image)).then(each => each.session(1))
    expect(await treeOf(first.fileSystems[0]!.root)).toContain('/hello.txt Hello, disc!\n')
  })

  test('sessions that xorriso emulates are found from block 32 on', async () => {
    const image = fixture('xorriso-emulated-sessions')
    const opened = await openSource(memoryBlockSource(image))
    expect(opened.sessions.map(({ start }) => start)).toEqual([32, 96])
    expect(await treeOf((await fileSystemOf(image)).root)).toContain('/second.txt second session')
    // Without knowing of sessions: block 16 names the newest.
    expect(await treeOf((await fileSystemOf(image, 'ISO9660', 0)).root)).toContain('/second.txt second session')
  })

  test('a boot catalog of two entries', async () => {
    const opened = await openSource(memoryBlockSource(fixture('xorriso-boot')))
    const { bootEntries } = await opened.session(1)
    expect(bootEntries).toMatchObject([
      { platformId: 0, bootable: true, emulation: 'none', loadBytes: 2048, start: 35 },
      { platformId: 0xef, bootable: true, emulation: 'none', loadBytes: 20_480, start: 37 },
    ])
  })

  describe.each(['zisofs-1', 'zisofs-2'])('compressed files of %s', name => {
    const numbers = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')
    const fileOf = async (image: Uint8Array, path: string) => {
      const node = (await (await fileSystemOf(image)).root.entries()).get(path)
      if (node?.kind !== 'file') throw new Error(`${path} is no file`)
      return node.content
    }

    test('are read as what they were', async () => {
      const image = fixture(name)
      expect((await fileSystemOf(image)).warnings).toEqual([])
      expect((await bytesOf(await fileOf(image, 'numbers.txt'))).toString()).toBe(numbers)
      expect((await bytesOf(await fileOf(image, 'zeros'))).equals(Buffer.alloc(70_000))).toBe(true)
    })

    test('go on compressed where they are in the next session', async () => {
      const next = await nextImage(fixture(name), 'sequential')
      await next.root.addFile('added', Buffer.from('added'))
      const result = await next.createResultImage()
      const image = await recorded(result, fixture(name))
      expect((await bytesOf(await fileOf(image, 'numbers.txt'))).toString()).toBe(numbers)
      expect(result.progressItemFromDescription('/numbers.txt')).toBeUndefined()
    })

    test('whose pointers or blocks are damaged fail with the reason, and allocate nothing by them', async () => {
      const pointerBytes = name === 'zisofs-1' ? 4 : 8
      const damage: [what: RegExp, at: number, value: number][] = [
        [/header is missing/, 0, 0],
        [/block pointers jump/, pointerBytes === 4 ? 16 : 24, 0xff],
        [/block pointers jump/, (pointerBytes === 4 ? 16 : 24) + pointerBytes + 3, 0x7f],
        [/cannot be decompressed/, (pointerBytes === 4 ? 16 : 24) + 5 * pointerBytes + 10, 0xff],
      ]
      for (const [what, at, value] of damage) {
        const image = fixture(name)
        const content = (await fileOf(image, 'numbers.txt')) as RecordedContent
        image[content.extents[0]!.start! * 2048 + at]! ^= value || 0xff
        await expect(bytesOf(await fileOf(image, 'numbers.txt'))).rejects.toThrow(what)
      }
    })
  })

  test('the root of any of them is listed with few reads', async () => {
    for (const name of ['xorriso', 'genisoimage', 'xorriso-boot']) {
      const cached = new CachedBlockSource(memoryBlockSource(fixture(name)))
      const opened = await openSource(cached.source)
      let reads = 0
      const counting = {
        ...memoryBlockSource(fixture(name)),
        readBlocks(lba: number, blocks: number) {
          reads++
          return cached.source.readBlocks(lba, blocks)
        },
      }
      await opened.close()
      const again = await openSource(counting)
      const session = await again.session(1)
      await session.fileSystems[0]!.root.entries()
      expect(reads).toBeLessThan(10)
    }
  })
})
