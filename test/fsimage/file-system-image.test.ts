import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { DirectoryNode, type FileNode, FileSystemImage, ImapiError, memoryBlockSource } from '../../src/fsimage'
import { recordingDate, volumeDate } from '../../src/fsimage/iso9660/date'
import { both16, both32, writeBoth16, writeBoth32 } from '../../src/fsimage/iso9660/fields'
import { assignIdentifiers, jolietRule, standardRule } from '../../src/fsimage/iso9660/identifiers'
import { globTest } from '../../src/fsimage/tree/glob'
import { layout } from '../../src/layout'
import { newImage, nextImage, recorded } from './building'
import { fileSystemOf, treeOf } from './trees'

const text = (value: string) => Buffer.from(value)
const failing = (code: string) => expect.objectContaining({ code })

describe('the tree', () => {
  const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
  beforeAll(() => {
    mkdirSync(join(directory, 'photos/2026'), { recursive: true })
    writeFileSync(join(directory, 'photos/2026/a.jpg'), 'a')
    writeFileSync(join(directory, 'photos/2026/a.tmp'), 'temporary')
    writeFileSync(join(directory, 'photos/b.jpg'), 'b')
    symlinkSync('b.jpg', join(directory, 'photos/link'))
    mkdirSync(join(directory, 'cache'))
    writeFileSync(join(directory, 'cache/x'), 'x')
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  const treeIn = async (image: FileSystemImage) => treeOf(image.root.node)

  test('addTree takes what is in a directory, or the directory itself', async () => {
    const image = newImage()
    await image.root.addTree(join(directory, 'photos'))
    expect(await treeIn(image)).toEqual([
      '/2026/',
      '/2026/a.jpg a',
      '/2026/a.tmp temporary',
      '/b.jpg b',
      '/link -> b.jpg',
    ])
    const other = newImage()
    await other.root.addTree(join(directory, 'photos'), { includeBaseDirectory: true, followLinks: true })
    expect(await treeIn(other)).toContain('/photos/link b')
  })

  test('excludes are globs', async () => {
    const image = newImage()
    await image.root.addTree(directory, { excludes: ['*.tmp', '/cache'] })
    expect(await treeIn(image)).toEqual([
      '/photos/',
      '/photos/2026/',
      '/photos/2026/a.jpg a',
      '/photos/b.jpg b',
      '/photos/link -> b.jpg',
    ])
  })

  test('includes are globs, too: directories that hold nothing of them are left out', async () => {
    const image = newImage()
    await image.root.addTree(directory, { includes: ['*.jpg'] })
    expect(await treeIn(image)).toEqual(['/photos/', '/photos/2026/', '/photos/2026/a.jpg a', '/photos/b.jpg b'])
    const other = newImage()
    await other.root.addTree(directory, {
      includes: ['photos/20*', 'x'],
      excludes: ['*.tmp'],
      includeBaseDirectory: true,
    })
    const base = `/${basename(directory)}`
    expect(await treeIn(other)).toEqual(
      ['/', '/cache/', '/cache/x x', '/photos/', '/photos/2026/', '/photos/2026/a.jpg a'].map(path => base + path),
    )
  })

  test('files of higher weight stand nearer to the start', async () => {
    const image = newImage()
    for (const name of ['a', 'b', 'c']) await image.root.addFile(name, Buffer.from(name))
    ;((await image.root.entries()).get('c') as FileNode).weight = 2
    ;((await image.root.entries()).get('b') as FileNode).weight = 1
    const { progressItems } = await image.createResultImage()
    const files = progressItems.map(({ description }) => description).filter(path => /^\/[abc]$/.test(path))
    expect(files).toEqual(['/c', '/b', '/a'])
  })

  test('the disc is known by what it is made of and when', async () => {
    const of = async (volumeName: string) => {
      const image = newImage()
      image.volumeName = volumeName
      return (await image.createResultImage()).discId
    }
    expect(await of('one')).toBe(await of('one'))
    expect(await of('one')).not.toBe(await of('other'))
  })

  test('a tree that is added wins over files, and is merged into directories', async () => {
    const image = newImage()
    await image.root.addDirectory('2026')
    await image.root.addFile('2026/kept', text('kept'))
    await image.root.addFile('b.jpg', text('old'))
    await image.root.addTree(join(directory, 'photos'))
    expect(await treeIn(image)).toEqual(expect.arrayContaining(['/2026/kept kept', '/2026/a.jpg a', '/b.jpg b']))
  })

  test('a directory that cannot be listed, or does not fit, leaves the image as it was', async () => {
    const image = newImage()
    await image.root.addFile('a', text('a'))
    const before = image.changePoint
    await expect(image.root.addTree(join(directory, 'nowhere'))).rejects.toEqual(
      failing('IMAPI_E_DIRECTORY_READ_FAILURE'),
    )
    image.freeMediaBlocks = 514
    await expect(image.root.addTree(directory)).rejects.toEqual(failing('IMAPI_E_IMAGE_SIZE_LIMIT'))
    expect(image.changePoint).toBe(before)
    expect(await treeIn(image)).toEqual(['/a a'])
  })

  test('links that lead round in a circle are found', async () => {
    const circle = join(directory, 'circle')
    mkdirSync(circle)
    symlinkSync('..', join(circle, 'up'))
    await expect(newImage().root.addTree(circle, { followLinks: true })).rejects.toEqual(
      failing('IMAPI_E_DIRECTORY_READ_FAILURE'),
    )
    rmSync(circle, { recursive: true })
  })

  test('remove, removeTree, move, rename, and their refusals', async () => {
    const image = newImage()
    await image.root.addDirectory('a')
    await image.root.addFile('a/f', text('f'))
    await expect(image.root.remove('a')).rejects.toEqual(failing('IMAPI_E_DIR_NOT_EMPTY'))
    await expect(image.root.remove('b')).rejects.toEqual(failing('IMAPI_E_ITEM_NOT_FOUND'))
    await expect(image.root.addFile('b/f', text(''))).rejects.toEqual(failing('IMAPI_E_DIR_NOT_FOUND'))
    await expect(image.root.addFile('a/f/g', text(''))).rejects.toEqual(failing('IMAPI_E_NOT_DIR'))
    await expect(image.root.addFile('a', text(''))).rejects.toEqual(failing('IMAPI_E_DUP_NAME'))
    await expect(image.root.addDirectory('a')).rejects.toEqual(failing('IMAPI_E_DUP_NAME'))
    for (const path of ['..', 'a/../b', '.', '', 'x\0y', 'n'.repeat(256)]) {
      await expect(image.root.addFile(path, text(''))).rejects.toEqual(failing('IMAPI_E_INVALID_PATH'))
    }
    await expect(image.root.move('a', 'a/b')).rejects.toEqual(failing('IMAPI_E_INVALID_PATH'))
    await image.root.move('a/f', 'g')
    await image.root.rename('g', 'h')
    expect(await treeIn(image)).toEqual(['/a/', '/h f'])
    expect(await image.exists('\\h')).toBe('file')
    expect(await image.exists('a')).toBe('directory')
    expect(await image.exists('x')).toBe('not-found')
    expect(await image.fileCount()).toBe(1)
    await image.root.removeTree('/')
    expect(await treeIn(image)).toEqual([])
    expect(image.usedBlocks).toBe(0)
  })

  test('empty elements of a path are none, and what leads up or out is refused (libarchive 2937)', async () => {
    const image = newImage()
    await image.root.addDirectory('a')
    await image.root.addFile('/a//b\\', Buffer.from('b'))
    expect(await image.exists('a/b')).toBe('file')
    for (const path of ['', '/', '//', '..', 'a/../b', 'a/./b', 'a/b\0c', `a/${'n'.repeat(256)}`]) {
      await expect(image.root.addFile(path, Buffer.from('x'))).rejects.toMatchObject({ code: 'IMAPI_E_INVALID_PATH' })
    }
  })

  test('globs remove, too', async () => {
    const image = newImage()
    await image.root.addTree(directory)
    expect(await image.root.removeMatching('**/*.jpg')).toBe(2)
    expect(await image.root.removeMatching('cache')).toBe(1)
    expect(await treeIn(image)).toEqual([
      '/photos/',
      '/photos/2026/',
      '/photos/2026/a.tmp temporary',
      '/photos/link -> b.jpg',
    ])
  })

  test('change points: back to any, never behind a locked one', async () => {
    const image = newImage()
    const states: [number, string[]][] = []
    const remember = async () => states.push([image.changePoint, await treeIn(image)])
    await remember()
    await image.root.addDirectory('d')
    await image.root.addFile('d/f', text('1'))
    await remember()
    await image.root.addFile('d/f', text('2'))
    await remember()
    await image.root.move('d/f', 'g')
    await image.root.addTree(directory)
    await remember()
    await image.root.removeTree('photos')
    await image.root.remove('g')
    for (const [point, tree] of states.reverse()) {
      image.rollbackToChangePoint(point)
      expect(await treeIn(image)).toEqual(tree)
    }
    expect(image.usedBlocks).toBe(0)
    await image.root.addFile('x', text('x'))
    image.lockInChangePoint()
    expect(() => image.rollbackToChangePoint(0)).toThrow(failing('IMAPI_E_INVALID_PARAM'))
    expect(() => image.rollbackToChangePoint(99)).toThrow(failing('IMAPI_E_INVALID_PARAM'))
  })

  test('nothing changes while there is a result', async () => {
    const image = newImage()
    await image.root.addFile('a', text('a'))
    await image.createResultImage()
    await expect(image.root.addFile('b', text('b'))).rejects.toEqual(failing('IMAPI_E_READONLY'))
    expect(() => {
      image.volumeName = 'x'
    }).toThrow(failing('IMAPI_E_READONLY'))
    image.releaseResult()
    await image.root.addFile('b', text('b'))
  })
})

describe('properties', () => {
  test.each([
    ['fileSystemsToCreate', ['HFS'], 'IMAPI_E_INVALID_PARAM'],
    ['udfRevision', '3.00', 'IMAPI_E_INVALID_PARAM'],
    ['iso9660InterchangeLevel', 5, 'IMAPI_E_INVALID_PARAM'],
    ['volumeName', 'x'.repeat(127), 'IMAPI_E_INVALID_VOLUME_NAME'],
    ['volumeName', 'a\u0007b', 'IMAPI_E_INVALID_VOLUME_NAME'],
    ['freeMediaBlocks', -1, 'IMAPI_E_INVALID_PARAM'],
    ['sessionStartBlock', 1.5, 'IMAPI_E_INVALID_PARAM'],
    ['systemArea', new Uint8Array(32_769), 'IMAPI_E_INVALID_PARAM'],
  ])('a value of %s that cannot be is refused', (property, value, code) => {
    const image = newImage()
    expect(() => Object.assign(image, { [property]: value })).toThrow(failing(code))
  })

  test('strict compliance, restricted names, size', async () => {
    const image = newImage()
    image.useRestrictedCharacterSet = true
    await expect(image.root.addFile('ü', text(''))).rejects.toEqual(failing('IMAPI_E_RESTRICTED_NAME_VIOLATION'))
    await image.root.addFile('u', text(''))
    expect(() => {
      image.strictFileSystemCompliance = true
    }).toThrow(failing('IMAPI_E_FILE_SYSTEM_NOT_EMPTY'))
    expect(() => {
      image.freeMediaBlocks = 10
    }).toThrow(failing('IMAPI_E_IMAGE_TOO_BIG'))
  })

  test('strict ISO 9660 without Rock Ridge: no ninth level', async () => {
    const image = new FileSystemImage()
    image.fileSystemsToCreate = ['ISO9660']
    image.strictFileSystemCompliance = true
    image.rockRidge = false
    let path = ''
    for (let level = 1; level <= 8; level++) {
      path += `/d${level}`
      await image.root.addDirectory(path)
    }
    await expect(image.createResultImage()).rejects.toEqual(failing('IMAPI_E_ISO9660_LEVELS'))
  })

  test('no file system chosen', async () => {
    const image = newImage([])
    await expect(image.createResultImage()).rejects.toEqual(failing('IMAPI_E_NO_OUTPUT'))
  })

  test('names of the volume as each file system holds them', () => {
    const image = newImage()
    image.volumeName = 'My Holiday Pictures 2026'
    expect(image.volumeNameISO9660).toBe('MY_HOLIDAY_PICTURES_2026')
    expect(image.volumeNameJoliet).toBe('My Holiday Pictu')
    expect(new FileSystemImage({ creationTime: Date.UTC(2026, 0, 2, 3, 4, 5) }).volumeName).toBe('20260102_030405')
  })
})

describe('importing', () => {
  const disc = async (types: readonly ('ISO9660' | 'Joliet' | 'UDF')[] = ['ISO9660', 'Joliet']) => {
    const image = newImage(types)
    await image.root.addDirectory('d')
    await image.root.addFile('d/f', text('on the disc'))
    return recorded(await image.createResultImage())
  }

  test('what the image has wins; files and directories do not mix', async () => {
    const before = await disc()
    const image = new FileSystemImage()
    await image.root.addDirectory('d')
    await image.root.addFile('d/f', text('in memory'))
    await image.importImage({ source: memoryBlockSource(before), kind: 'sequential' })
    expect(await treeOf(image.root.node)).toEqual(['/d/', '/d/f in memory'])
    const file = new FileSystemImage()
    await file.root.addFile('d', text('a file'))
    await expect(file.importImage({ source: memoryBlockSource(before), kind: 'sequential' })).rejects.toEqual(
      failing('IMAPI_E_IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE'),
    )
    expect(await treeOf(file.root.node)).toEqual(['/d a file'])
  })

  test('file systems, revision, name and start follow from the session', async () => {
    const image = await nextImage(await disc(['ISO9660', 'Joliet', 'UDF']), 'sequential')
    expect(image.fileSystemsToCreate).toEqual(['ISO9660', 'Joliet', 'UDF'])
    expect(image.importedVolumeName).toBe('Test volume')
    expect(() => {
      image.fileSystemsToCreate = ['ISO9660']
    }).toThrow(failing('IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED'))
    expect(() => {
      image.udfRevision = '2.50'
    }).toThrow(failing('IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED'))
    expect(() => {
      image.sessionStartBlock = 0
    }).toThrow(failing('IMAPI_E_PROPERTY_NOT_ACCESSIBLE'))
  })

  test('boot images only in the first session', async () => {
    const image = await nextImage(await disc(), 'sequential')
    const { BytesContent } = await import('../../src/fsimage')
    expect(() => {
      image.bootImages = [{ content: new BytesContent(text('boot')) }]
    }).toThrow(failing('IMAPI_E_BOOT_OBJECT_CONFLICT'))
  })

  test.each([
    ['an empty disc', Buffer.alloc(400 * 2048), undefined, 'IMAPI_E_EMPTY_DISC'],
    ['something else', Buffer.alloc(400 * 2048, 0x55), undefined, 'IMAPI_E_NO_SUPPORTED_FILE_SYSTEM'],
  ])('%s', async (_what, bytes, type, code) => {
    const image = new FileSystemImage()
    await expect(image.importImage({ source: memoryBlockSource(bytes), kind: 'sequential' }, type)).rejects.toEqual(
      failing(code),
    )
  })

  test('a kind that the disc does not hold, and importing before anything was accepted', async () => {
    const image = new FileSystemImage()
    const source = memoryBlockSource(await disc())
    await expect(image.importImage({ source, kind: 'sequential' }, 'UDF')).rejects.toEqual(
      failing('IMAPI_E_FILE_SYSTEM_NOT_FOUND'),
    )
    await expect(image.importFileSystem()).rejects.toEqual(failing('IMAPI_E_MULTISESSION_NOT_SET'))
    await expect(image.calculateDiscIdentifier()).rejects.toBeInstanceOf(ImapiError)
    expect(image.getDefaultFileSystemForImport(['ISO9660', 'Joliet'])).toBe('Joliet')
    expect(() => image.getDefaultFileSystemForImport([])).toThrow(failing('IMAPI_E_INVALID_PARAM'))
  })

  test('removing an imported directory hides it and copies nothing', async () => {
    const before = await disc()
    const image = await nextImage(before, 'random-write')
    await image.root.removeTree('d')
    await image.root.addFile('new', text('new'))
    const after = await recorded(await image.createResultImage(), before)
    expect(await treeOf((await fileSystemOf(after, 'ISO9660', 0)).root)).toEqual(['/new new'])
    expect(after.subarray(0, 16 * 2048).equals(before.subarray(0, 16 * 2048))).toBe(true)
  })
})

describe('bytes described once', () => {
  const fields = layout('Fields', { a: both16(0), b: both32(4), c: recordingDate(12), d: volumeDate(19) })

  test('what speed demands to be written by hand equals the layout', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffff_ffff }), (a, b) => {
        const bytes = new Uint8Array(fields.length)
        writeBoth16(bytes, 0, a)
        writeBoth32(bytes, 4, b)
        expect(fields.decode(bytes)).toMatchObject({ a, b })
        expect(fields.encode({ a, b })).toEqual(bytes)
      }),
    )
  })

  test('dates come back to the second, or the hundredth, in every year they can hold', () => {
    const range = { min: Date.UTC(1900, 0, 1), max: Date.UTC(2155, 11, 31) }
    fc.assert(
      fc.property(fc.integer(range), date => {
        const decoded = fields.decode(fields.encode({ c: date, d: date }))
        expect(decoded.c).toBe(Math.floor(date / 1000) * 1000)
        expect(decoded.d).toBe(Math.floor(date / 10) * 10)
      }),
    )
  })

  test('offsets from GMT are taken off, and impossible ones ignored', () => {
    const bytes = Uint8Array.from([121, 1, 1, 12, 0, 0, 0])
    const at = (offset: number) => {
      bytes[6] = offset & 0xff
      return layout('Date', { date: recordingDate(0) }).decode(bytes).date
    }
    expect(at(4)).toBe(Date.UTC(2021, 0, 1, 11))
    expect(at(-20)).toBe(Date.UTC(2021, 0, 1, 17))
    expect(at(100)).toBe(Date.UTC(2021, 0, 1, 12))
  })

  test('identifiers of any names are legal and unique', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }).filter(each => !/[/\0]/.test(each))
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), names => {
        const nodes = names.map(each => new DirectoryNode(each))
        for (const [rule, form] of [
          [standardRule(1), /^[A-Z0-9_]{1,8}$/],
          [standardRule(3), /^[A-Z0-9_]{1,31}$/],
          [jolietRule(64), /^[^\0-\x1f*/:;?\\\ud800-\udfff]{1,64}$/],
        ] as const) {
          const identifiers = assignIdentifiers(nodes, rule)
          expect(new Set(identifiers).size).toBe(names.length)
          for (const identifier of identifiers) expect(identifier).toMatch(form)
        }
      }),
      { numRuns: 20 },
    )
  })

  test.each([
    ['*.txt', 'a/b.txt', true],
    ['a/*.txt', 'a/b/c.txt', false],
    ['a/**/*.txt', 'a/b/c.txt', true],
    ['a/**/*.txt', 'a/c.txt', true],
    ['[a-c]?.[!x]', 'bz.y', true],
    ['[a-c]?.[!x]', 'bz.x', false],
    ['a+b(c)', 'a+b(c)', true],
  ])('glob %s and %s: %p', (glob, path, matches) => {
    expect(globTest(glob)(path)).toBe(matches)
  })
})
