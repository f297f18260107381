import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FileNode,
  FileSystemImage,
  type ImageUpdate,
  type ImportUpdate,
  IsoImageManager,
  memoryBlockSource,
} from '../../src/fsimage'
import { openDrive } from '../../src/open-drive'
import { bytesOf, CREATED, newImage, nextImage, recorded } from './building'
import { fileSystemOf } from './trees'

const text = (value: string) => Buffer.from(value)
const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
afterAll(() => rmSync(directory, { recursive: true }))

describe('ProbeSpecificFileSystem', () => {
  test('says of each file system of the medium whether a next session can be put on it', async () => {
    const image = newImage(['ISO9660', 'UDF'])
    await image.root.addFile('a', text('a'))
    const iso = join(directory, 'probe.iso')
    writeFileSync(iso, await recorded(await image.createResultImage()))
    const { virtualDisc } = await import('../../src/virtual')
    const path = join(directory, 'disc.state')
    await virtualDisc.create(path, { media: 'dvd+r', state: 'appendable', from: iso })
    const drive = await openDrive(`virtual:${path}`)
    try {
      const next = new FileSystemImage({ creationTime: CREATED })
      await expect(next.probeSpecificFileSystem('UDF')).rejects.toMatchObject({ code: 'IMAPI_E_MULTISESSION_NOT_SET' })
      await next.putMultisessionInterfaces(await drive.multisessionInterfaces())
      expect(await next.probeSpecificFileSystem('UDF')).toBe(true)
      expect(await next.probeSpecificFileSystem('ISO9660')).toBe(true)
      expect(await next.probeSpecificFileSystem('Joliet')).toBe(false)
      await expect(next.probeSpecificFileSystem('HFS' as never)).rejects.toMatchObject({
        code: 'IMAPI_E_INVALID_PARAM',
      })
      // Nothing has been imported by asking.
      expect(next.importedVolumeName).toBeNull()
    } finally {
      await drive.close()
    }
  })
})

describe('ChooseImageDefaultsForMediaType', () => {
  test.each([
    ['cd-r', ['ISO9660', 'Joliet'], 359_849],
    ['dvd+r', ['ISO9660', 'Joliet', 'UDF'], 2_295_104],
    ['bd-re', ['ISO9660', 'Joliet', 'UDF'], 11_826_176],
  ] as const)('%s', (family, fileSystems, blocks) => {
    const image = new FileSystemImage()
    image.chooseImageDefaultsForMediaType(family)
    expect(image.fileSystemsToCreate).toEqual(fileSystems)
    expect(image.freeMediaBlocks).toBe(blocks)
    expect(image.udfRevision).toBe(family.startsWith('bd') ? '2.50' : '1.02')
  })

  test('what cannot be written has none', () => {
    expect(() => new FileSystemImage().chooseImageDefaultsForMediaType('dvd-rom')).toThrow(/no value for MediaType/)
  })
})

describe('named streams', () => {
  test('of a tree of the host, as they are listed', async () => {
    const host = join(directory, 'host')
    mkdirSync(join(host, 'sub'), { recursive: true })
    writeFileSync(join(host, 'sub/file'), 'data')
    writeFileSync(join(host, 'other'), 'other')
    const image = newImage(['UDF'])
    image.udfRevision = '2.01'
    const asked: string[] = []
    await image.root.addTreeWithNamedStreams(host, path => {
      asked.push(path)
      return path.endsWith('file') ? [['Zone.Identifier', text('[ZoneTransfer]')]] : []
    })
    expect(asked.sort()).toEqual([join(host, 'other'), join(host, 'sub/file')])
    const { root } = await fileSystemOf(await recorded(await image.createResultImage()), 'UDF')
    const file = (await ((await root.entries()).get('sub') as never as typeof root).entries()).get('file') as FileNode
    expect([...file.namedStreams!.keys()]).toEqual(['Zone.Identifier'])
    expect((await bytesOf(file.namedStreams!.get('Zone.Identifier')!)).toString()).toBe('[ZoneTransfer]')
    expect((await bytesOf(file.content)).toString()).toBe('data')
  })

  test('added, replaced, removed, and taken back', async () => {
    const image = newImage(['UDF'])
    image.udfRevision = '2.50'
    const file = await image.root.addFile('file', text('data'))
    await image.root.addNamedStream('file', 'one', text('1'))
    const { changePoint } = image
    await image.root.addNamedStream('file', 'one', text('one'))
    await image.root.addNamedStream('file', 'two', text('2'))
    expect((await bytesOf(file.namedStreams!.get('one')!)).toString()).toBe('one')
    await image.root.removeNamedStream('file', 'one')
    expect([...file.namedStreams!.keys()]).toEqual(['two'])
    image.rollbackToChangePoint(changePoint)
    const used = image.usedBlocks
    await image.root.addNamedStream('file', 'large', Buffer.alloc(10 * 2048))
    expect(image.usedBlocks).toBe(used + 10)
    await image.root.addNamedStream('file', 'large', Buffer.alloc(4 * 2048))
    expect(image.usedBlocks).toBe(used + 4)
    await image.root.remove('file')
    image.rollbackToChangePoint(changePoint)
    expect(image.usedBlocks).toBe(used)
    image.freeMediaBlocks = used + 5
    await expect(image.root.addNamedStream('file', 'large', Buffer.alloc(10 * 2048))).rejects.toMatchObject({
      code: 'IMAPI_E_IMAGE_SIZE_LIMIT',
    })
    expect([...file.namedStreams!.keys()]).toEqual(['one'])
    expect((await bytesOf(file.namedStreams!.get('one')!)).toString()).toBe('1')
    await expect(image.root.removeNamedStream('file', 'two')).rejects.toMatchObject({ code: 'IMAPI_E_ITEM_NOT_FOUND' })
    await expect(image.root.addNamedStream('nothing', 'x', text(''))).rejects.toMatchObject({
      code: 'IMAPI_E_FILE_NOT_FOUND',
    })
    await expect(image.root.addNamedStream('file', 'a/b', text(''))).rejects.toMatchObject({
      code: 'IMAPI_E_INVALID_PATH',
    })
  })

  test('that no file system of the image has are left out, and that is said', async () => {
    const image = newImage(['UDF'])
    await image.root.addFile('file', text('data'))
    await image.root.addNamedStream('file', 'one', text('1'))
    expect((await image.createResultImage()).warnings.join()).toMatch(/named streams are left out/)
  })
})

describe('events', () => {
  test('Update: at the start, each mebibyte and the end, with what is being sent', async () => {
    const image = newImage(['ISO9660'])
    await image.root.addFile('large', Buffer.alloc(5 * 2 ** 20, 1))
    const updates: ImageUpdate[] = []
    image.events.on('update', update => updates.push(update))
    const result = await image.createResultImage()
    await recorded(result)
    expect(updates[0]).toMatchObject({ copiedSectors: 0, totalSectors: result.totalBlocks })
    expect(updates.at(-1)).toMatchObject({ copiedSectors: result.totalBlocks, totalSectors: result.totalBlocks })
    expect(updates.length).toBeGreaterThanOrEqual(5)
    expect(updates.map(({ currentFile }) => currentFile)).toContain('/large')
    expect(updates.map(({ copiedSectors }) => copiedSectors)).toEqual(
      updates.map(({ copiedSectors }) => copiedSectors).sort((a, b) => a - b),
    )
  })

  test('UpdateImport: before each directory of the disc, after each file', async () => {
    const first = newImage(['ISO9660'])
    await first.root.addDirectory('a')
    await first.root.addDirectory('a/b')
    await first.root.addFile('a/b/file', text('x'))
    await first.root.addFile('top', text('y'))
    const next = await nextImage(await recorded(await first.createResultImage()), 'sequential')
    const updates: ImportUpdate[] = []
    next.events.on('updateImport', update => updates.push(update))
    await next.createResultImage()
    expect(updates.map(({ currentItem }) => currentItem)).toEqual(['/a/', '/a/b/', '/a/b/file'])
    expect(updates.at(-1)).toEqual({
      fileSystem: 'ISO9660',
      currentItem: '/a/b/file',
      importedDirectoryItems: 2,
      totalDirectoryItems: 2,
      importedFileItems: 1,
      totalFileItems: -1,
    })
  })
})

test('loose items are added later, each once', async () => {
  const image = newImage()
  const folder = image.createDirectoryItem('folder')
  const file = await image.createFileItem('file', text('loose'))
  await image.root.addNode(folder)
  await (await image.root.directory('folder')).addNode(file)
  expect(await image.exists('folder/file')).toBe('file')
  await expect(image.root.addNode(image.createDirectoryItem('folder'))).rejects.toMatchObject({
    code: 'IMAPI_E_DUP_NAME',
  })
  expect(() => image.createDirectoryItem('a/b')).toThrow(/holds a character that no name can/)
  await expect(image.createFileItem('..', text(''))).rejects.toMatchObject({ code: 'IMAPI_E_INVALID_PATH' })
})

test('progress items by description, and paths as each file system has them', async () => {
  const image = newImage(['ISO9660', 'Joliet', 'UDF'])
  image.rockRidge = false
  image.iso9660InterchangeLevel = 1
  await image.root.addDirectory('a directory')
  await image.root.addFile('a directory/a long name.text', text('x'))
  const result = await image.createResultImage()
  const item = result.progressItemFromDescription('/a directory/a long name.text')
  expect(item).toMatchObject({ blockCount: 1 })
  expect(result.progressItemFromBlock(item!.firstBlock)).toEqual(item)
  expect(result.progressItemFromDescription('nothing')).toBeUndefined()
  expect(result.fileSystemPath('/a directory/a long name.text', 'ISO9660')).toBe('/A_DIRECT/A_LONG_N.TEX')
  expect(result.fileSystemPath('a directory/a long name.text', 'UDF')).toBe('/a directory/a long name.text')
})

test('files that were staged stay copied when staging ends; closing removes them', async () => {
  const host = join(directory, 'staged')
  const workingDirectory = join(directory, 'working')
  mkdirSync(host)
  writeFileSync(join(host, 'file'), 'as it was')
  const image = newImage()
  image.workingDirectory = workingDirectory
  image.stageFiles = true
  await image.root.addTree(host)
  image.stageFiles = false
  expect(image.stageFiles).toBe(false)
  writeFileSync(join(host, 'file'), 'as it is now, and longer')
  const { root } = await fileSystemOf(await recorded(await image.createResultImage()))
  expect((await bytesOf(((await root.entries()).get('file') as FileNode).content)).toString()).toBe('as it was')
  await image.close()
  expect(readdirSync(workingDirectory)).toEqual([])
})

describe('IIsoImageManager', () => {
  test('accepts images of ISO 9660 and of UDF', async () => {
    for (const type of ['ISO9660', 'UDF'] as const) {
      const bytes = await recorded(await newImage([type]).createResultImage())
      const path = join(directory, `${type}.img`)
      writeFileSync(path, bytes)
      const manager = new IsoImageManager()
      manager.setPath(path)
      expect(manager.path).toBe(path)
      await manager.validate()
      manager.setStream(memoryBlockSource(bytes))
      expect(manager.path).toBeUndefined()
      await manager.validate()
    }
  })

  test('says what is wrong with others', async () => {
    const manager = new IsoImageManager()
    await expect(manager.validate()).rejects.toMatchObject({
      code: 'IMAPI_E_IMAGEMANAGER_NO_IMAGE',
      hresult: 0xc0aab202,
    })
    const path = join(directory, 'odd.iso')
    writeFileSync(path, await recorded(await newImage().createResultImage()))
    truncateSync(path, 100_001)
    manager.setPath(path)
    await expect(manager.validate()).rejects.toMatchObject({ code: 'IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED' })
    manager.setStream(memoryBlockSource(new Uint8Array(300 * 2048)))
    await expect(manager.validate()).rejects.toMatchObject({ code: 'IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND' })
    const endless = { ...memoryBlockSource(new Uint8Array(0)), blockCount: 2 ** 31 }
    manager.setStream(endless)
    await expect(manager.validate()).rejects.toMatchObject({ code: 'IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG' })
    manager.setPath(join(directory, 'nothing'))
    await expect(manager.validate()).rejects.toMatchObject({ code: 'USAGE_FILE' })
  })
})

describe('a disc with several sessions', () => {
  async function drive() {
    const { virtualDisc } = await import('../../src/virtual')
    const path = join(directory, `sessions-${Math.random()}.state`)
    await virtualDisc.create(path, { media: 'dvd+r', state: 'appendable', sessions: 3 })
    return openDrive(`virtual:${path}`)
  }

  test('an earlier session can be imported; the next one begins behind the last all the same', async () => {
    const disc = await drive()
    try {
      const imported = async (session?: number) => {
        const image = new FileSystemImage({ creationTime: CREATED })
        await image.putMultisessionInterfaces(await disc.multisessionInterfaces())
        await image.importFileSystem(session === undefined ? {} : { session })
        return { start: image.sessionStartBlock, names: [...(await image.root.entries()).keys()] }
      }
      const one = new FileSystemImage({ creationTime: CREATED })
      await one.putMultisessionInterfaces(await disc.multisessionInterfaces())
      const types = await one.identifyFileSystemsOnDisc()
      expect(await one.identifyFileSystemsOnDisc(disc)).toEqual(types)
      expect(types).toEqual(['ISO9660'])
      expect(await one.importSpecificFileSystem('ISO9660', { session: 1 })).toBe('ISO9660')
      await expect(one.importSpecificFileSystem('UDF')).rejects.toMatchObject({ code: 'IMAPI_E_FILE_SYSTEM_NOT_FOUND' })
      await expect(one.importSpecificFileSystem('HFS' as never)).rejects.toMatchObject({
        code: 'IMAPI_E_INVALID_PARAM',
      })
      const [first, last] = [await imported(1), await imported()]
      expect(first.start).toBe(last.start)
      expect(last.names).not.toEqual(first.names)
      await expect(imported(9)).rejects.toMatchObject({ code: 'USAGE_SESSION' })
    } finally {
      await disc.close()
    }
  })
})

test('another disc than the one that was imported from is noticed before anything is made', async () => {
  const first = newImage()
  await first.root.addFile('a', text('a'))
  const disc = await recorded(await first.createResultImage())
  const image = await nextImage(disc, 'sequential')
  disc.write('Another name', 16 * 2048 + 40, 'latin1')
  await expect(image.createResultImage()).rejects.toMatchObject({ code: 'IMAPI_E_DISC_MISMATCH', hresult: 0xc0aab158 })
})

test('files that were never written are taken out of the next session', async () => {
  const first = newImage()
  for (const name of ['one', 'two', 'three']) await first.root.addFile(name, Buffer.alloc(50_000, name))
  const disc = await recorded(await first.createResultImage())
  const { root } = await fileSystemOf(disc)
  const start = ((await root.entries()).get('two') as FileNode).content as never as { extents: { start: number }[] }
  const whole = memoryBlockSource(disc)
  const source = {
    blockCount: whole.blockCount,
    close: () => whole.close(),
    readBlocks: async (lba: number, blocks: number) => {
      const last = start.extents[0]!.start + 24
      if (lba <= last && lba + blocks > last) throw new Error('blank block')
      return whole.readBlocks(lba, blocks)
    },
  }
  const next = new FileSystemImage({ creationTime: CREATED })
  await next.importImage({ source, kind: 'sequential' })
  expect(await next.removeUnreadableFiles()).toEqual(['/two'])
  expect([...(await next.root.entries()).keys()]).toEqual(['one', 'three'])
  expect(await next.removeUnreadableFiles()).toEqual([])
})
