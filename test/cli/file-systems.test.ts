import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileSystemImage, openImageFile, SpecialNode } from '../../src/fsimage'
import { scsiMmc, scsiMmcJson } from './command-line'

const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
afterAll(() => rmSync(directory, { recursive: true }))

const MOMENT = Date.UTC(2026, 0, 2, 3, 4, 5)
/** What would act on a terminal: control characters, escape sequences, overrides of the direction of text. */
const ACTS_ON_A_TERMINAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

const plain = join(directory, 'plain.iso')
const hostile = join(directory, 'hostile.iso')

async function write(image: FileSystemImage, path: string): Promise<void> {
  const result = await image.createResultImage()
  const chunks: Uint8Array[] = []
  for await (const chunk of result.stream()) chunks.push(Buffer.from(chunk as Uint8Array))
  writeFileSync(path, Buffer.concat(chunks), { flag: result.startAddress > 0 ? 'a' : 'w' })
}

beforeAll(async () => {
  const first = new FileSystemImage({ creationTime: MOMENT })
  first.fileSystemsToCreate = ['ISO9660', 'Joliet', 'UDF']
  first.volumeName = 'Holidays'
  await first.root.addDirectory('sub')
  await first.root.addFile('sub/file.txt', Buffer.from('text'), { mode: 0o640, uid: 7, gid: 8 })
  await first.root.addSymbolicLink('link', 'sub/file.txt')
  await write(first, plain)
  const source = await openImageFile(plain)
  const second = new FileSystemImage({ creationTime: MOMENT })
  await second.importImage({ source, kind: 'sequential', nextWritableAddress: source.blockCount! })
  await second.root.addFile('added', Buffer.from('later'))
  const result = await second.createResultImage()
  const chunks: Uint8Array[] = []
  for await (const chunk of result.stream()) chunks.push(Buffer.from(chunk as Uint8Array))
  await source.close()
  writeFileSync(plain, Buffer.concat(chunks), { flag: 'a' })

  const crafted = new FileSystemImage({ creationTime: MOMENT })
  crafted.fileSystemsToCreate = ['ISO9660']
  await crafted.root.addFile('\u001b]0;owned\u0007red\u001b[31m', Buffer.from('x'))
  await crafted.root.addFile('gnp.\u202egpj', Buffer.from('y'))
  await crafted.root.addDirectory('\u009b2J')
  await crafted.root.addSymbolicLink('out', '../../../etc/passwd')
  await crafted.root.addSymbolicLink('absolute', '/etc/\u001b[2Jpasswd')
  await crafted.root.addNode(new SpecialNode('null', 'character-device', { major: 1, minor: 3 }))
  await crafted.root.addNode(new SpecialNode('pipe', 'fifo', undefined))
  await write(crafted, hostile)
  // A name that no writer of ours makes: "../x" in the place of "null".
  const bytes = readFileSync(hostile)
  const at = bytes.indexOf('NM\u0009\u0001\u0000null', 0, 'latin1')
  bytes.write('../x', at + 5, 'latin1')
  writeFileSync(hostile, bytes)
})

describe('ls', () => {
  test('--json: the tree as documented', async () => {
    const { exitCode, document } = await scsiMmcJson('ls', plain, '--file-system', 'iso9660')
    expect(exitCode).toBe(0)
    expect(document).toMatchObject({ fileSystem: 'ISO9660', session: 2, warnings: [] })
    expect(document.entries.map(({ path }: { path: string }) => path)).toEqual([
      '/added',
      '/link',
      '/sub',
      '/sub/file.txt',
    ])
    expect(document.entries).toContainEqual({
      path: '/sub/file.txt',
      type: 'file',
      sizeBytes: 4,
      start: expect.any(Number),
      modified: '2026-01-02T03:04:05.000Z',
      mode: '100640',
      uid: 7,
      gid: 8,
    })
    expect(document.entries).toContainEqual(
      expect.objectContaining({ path: '/link', type: 'link', start: null, target: 'sub/file.txt' }),
    )
    expect(document.entries).toContainEqual(expect.objectContaining({ path: '/sub', type: 'directory' }))
  })

  test('an earlier session, another file system, one directory, all below it, one file', async () => {
    const paths = async (...words: string[]) =>
      (await scsiMmcJson('ls', plain, ...words)).document.entries.map(({ path }: { path: string }) => path)
    expect(await paths('--session', '1')).toEqual(['/link', '/sub', '/sub/file.txt'])
    expect(await paths('--session-start', '0', '--file-system', 'joliet')).toEqual(['/sub', '/sub/file.txt'])
    expect(await paths('/')).toEqual(['/added', '/link', '/sub'])
    expect(await paths('/', '-R')).toEqual(['/added', '/link', '/sub', '/sub/file.txt'])
    expect(await paths('sub/file.txt')).toEqual(['/sub/file.txt'])
    expect((await scsiMmcJson('ls', plain)).document).toMatchObject({ fileSystem: 'UDF', revision: '1.02' })
  })

  test('for people: names, and with -l modes, owners, sizes and times', async () => {
    const { stdout } = await scsiMmc('ls', plain, '--file-system', 'iso9660')
    expect(stdout.split('\n').filter(Boolean)).toEqual(['/added', '/link@', '/sub/', '/sub/file.txt'])
    const long = (await scsiMmc('ls', plain, '-l', '--file-system', 'iso9660')).stdout
    expect(long).toMatch(/-rw-r-----.* 7 .* 8 .* 4 .*2026-01-02T03:04:05.000Z.*\/sub\/file\.txt/)
    expect(long).toContain('/link -> sub/file.txt')
  })

  test.each([[[]], [['-l']], [['/', '-R']]])('nothing of a disc acts on the terminal (%j)', async words => {
    const { stdout, stderr, exitCode } = await scsiMmc('ls', hostile, ...words)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('owned')
    expect(stdout).not.toMatch(ACTS_ON_A_TERMINAL)
    expect(stderr).not.toMatch(ACTS_ON_A_TERMINAL)
  })

  test.each([
    ['a path that is not there', ['ls', plain, '/nothing'], 2, 'USAGE_PATH'],
    ['a session that is not there', ['ls', plain, '--session', '9'], 2, 'USAGE_SESSION'],
    ['a file system that is not there', ['ls', hostile, '--file-system', 'udf'], 1, 'IMAPI_E_FILE_SYSTEM_NOT_FOUND'],
    ['a path that leads out', ['ls', plain, '../x'], 1, 'IMAPI_E_INVALID_PATH'],
    ['no image', ['ls', join(directory, 'nothing.iso')], 2, 'USAGE_FILE'],
    ['no file system at all', ['ls', __filename], 1, 'IMAPI_E_NO_SUPPORTED_FILE_SYSTEM'],
  ])('%s', async (_what, words, exitCode, code) => {
    expect(await scsiMmcJson(...words)).toMatchObject({ exitCode, document: { error: { code } } })
  })
})

describe('extract', () => {
  test('a directory and a file, by path, with modes, times and links', async () => {
    const to = join(directory, 'copies')
    const { exitCode, document } = await scsiMmcJson('extract', plain, '/sub', 'link', '--to', to)
    expect(exitCode).toBe(0)
    expect(document).toMatchObject({ fileSystem: 'UDF', session: 2, files: 2, directories: 1, bytes: 4, skipped: [] })
    expect(readFileSync(join(to, 'link'), 'utf8')).toBe('text')
    // What exists is left alone, unless told otherwise.
    writeFileSync(join(to, 'sub/file.txt'), 'mine')
    const again = await scsiMmcJson('extract', plain, '/sub', '--to', to)
    expect(again.document.skipped).toEqual([{ path: '/sub/file.txt', reason: 'a file of its name exists' }])
    expect(readFileSync(join(to, 'sub/file.txt'), 'utf8')).toBe('mine')
    await scsiMmcJson('extract', plain, '/sub', '--to', to, '--overwrite')
    expect(readFileSync(join(to, 'sub/file.txt'), 'utf8')).toBe('text')
  })

  test('a crafted disc writes nothing outside, and its names do not reach the terminal raw', async () => {
    const to = join(directory, 'inner', 'crafted')
    const { exitCode, stdout, stderr } = await scsiMmc('extract', hostile, '/', '--to', to)
    expect(exitCode).toBe(0)
    expect(readdirSync(join(directory, 'inner'))).toEqual(['crafted'])
    expect(readdirSync(to).sort()).toEqual(['_2J', '_]0;owned_red_[31m', 'gnp.\u202egpj'].sort())
    expect(`${stdout}${stderr}`).not.toMatch(ACTS_ON_A_TERMINAL)
    for (const what of ['/out', '/absolute', '/.._x', '/pipe']) expect(stderr).toContain(`skipped: ${what}`)
  })

  test.each([
    ['a path that is not there', ['extract', plain, '/nothing', '--to', join(directory, 'x')], 2, 'USAGE_PATH'],
    ['a target that is a file', ['extract', plain, '/', '--to', plain], 2, 'USAGE_FILE'],
  ])('%s', async (_what, words, exitCode, code) => {
    expect(await scsiMmcJson(...words)).toMatchObject({ exitCode, document: { error: { code } } })
  })
})

describe('image', () => {
  const tree = join(directory, 'tree')
  beforeAll(() => {
    mkdirSync(join(tree, 'docs'), { recursive: true })
    writeFileSync(join(tree, 'docs/a long name, too long for level 1.txt'), 'a')
    writeFileSync(join(tree, 'left-out.tmp'), 'b')
    writeFileSync(join(directory, 'boot.bin'), Buffer.alloc(4096, 1))
    writeFileSync(join(directory, 'efi.img'), Buffer.alloc(8192, 2))
    symlinkSync('docs', join(tree, 'linked'))
    for (const path of ['docs', 'docs/a long name, too long for level 1.txt']) utimesSync(join(tree, path), 1e9, 1e9)
  })
  const built = (name: string) => join(directory, name)

  test('build: the chosen file systems, excludes, links, names that had to change', async () => {
    const out = built('built.iso')
    const { exitCode, document } = await scsiMmcJson(
      ...[
        'image',
        'build',
        tree,
        '-o',
        out,
        '--iso9660',
        '--joliet',
        '--udf',
        '2.50',
        '--level',
        '1',
        '--volume',
        'Built',
      ],
      ...['--exclude', '*.tmp', '--follow-links'],
    )
    expect(exitCode).toBe(0)
    expect(document).toMatchObject({
      file: out,
      volumeName: 'Built',
      fileSystems: ['ISO9660', 'Joliet', 'UDF'],
      warnings: [],
    })
    expect(document.totalBlocks * 2048).toBe(readFileSync(out).length)
    expect(document.renamed.length).toBeGreaterThan(0)
    const info = await scsiMmcJson('image', 'info', out)
    expect(info.document).toEqual({
      sessions: [
        {
          number: 1,
          start: 0,
          bootEntries: [],
          fileSystems: [
            { type: 'UDF', revision: '2.50', volumeName: 'Built', blocks: expect.any(Number) },
            { type: 'Joliet', volumeName: 'Built', blocks: expect.any(Number) },
            { type: 'ISO9660', rockRidge: false, volumeName: 'BUILT', blocks: expect.any(Number) },
          ],
        },
      ],
      warnings: [],
    })
    const { document: listed } = await scsiMmcJson('ls', out)
    expect(listed.entries.map(({ path }: { path: string }) => path)).toEqual([
      '/docs',
      '/docs/a long name, too long for level 1.txt',
      '/linked',
      '/linked/a long name, too long for level 1.txt',
    ])
  })

  test('build: boot images for PCs and UEFI are told by info', async () => {
    const out = built('boot.iso')
    const words = ['--boot', join(directory, 'boot.bin'), '--boot-info-table', '--efi-boot', join(directory, 'efi.img')]
    await scsiMmcJson('image', 'build', tree, '-o', out, ...words)
    const { document } = await scsiMmcJson('image', 'info', out)
    expect(document.sessions[0].bootEntries).toMatchObject([
      { platformId: 0, emulation: 'none', bootable: true },
      { platformId: 0xef, emulation: 'none', bootable: true },
    ])
    const people = await scsiMmc('image', 'info', out)
    expect(people.stdout).toMatch(/ISO9660 with Rock Ridge/)
    expect(people.stdout).toMatch(/bootable/)
  })

  test('build: a Virtual Allocation Table', async () => {
    const out = built('virtual.img')
    const words = ['--udf', '2.01', '--virtual-allocation-table']
    expect((await scsiMmcJson('image', 'build', tree, '-o', out, ...words)).exitCode).toBe(0)
    const source = await openImageFile(out)
    const next = new FileSystemImage({ creationTime: MOMENT })
    await next.importImage({ source, kind: 'sequential' })
    expect(next.udfVirtualAllocationTable).toBe(true)
    await source.close()
  })

  test('build: the same tree and moment give the same bytes', async () => {
    process.env['SOURCE_DATE_EPOCH'] = '1700000000'
    try {
      for (const name of ['one.iso', 'two.iso'])
        await scsiMmcJson('image', 'build', tree, '-o', built(name), '--udf', '1.02')
    } finally {
      delete process.env['SOURCE_DATE_EPOCH']
    }
    expect(readFileSync(built('one.iso')).equals(readFileSync(built('two.iso')))).toBe(true)
  })

  test('info: sessions, and where one is named that cannot be found', async () => {
    const { document } = await scsiMmcJson('image', 'info', plain)
    expect(document.sessions.map(({ number }: { number: number }) => number)).toEqual([1, 2])
    const { start } = document.sessions[1]
    const named = await scsiMmcJson('image', 'info', plain, '--session-start', String(start))
    expect(named.document.sessions).toMatchObject([{ number: 1, start }])
  })

  test.each([
    ['a directory that is not there', ['image', 'build', '/nothing/there', '-o', built('x.iso')], 2, 'USAGE_FILE'],
    ['a file that cannot be written', ['image', 'build', tree, '-o', '/nothing/there.iso'], 2, 'USAGE_FILE'],
    [
      'a boot image that is not there',
      ['image', 'build', tree, '-o', built('x.iso'), '--boot', '/nothing'],
      2,
      'USAGE_FILE',
    ],
    [
      'a table that UDF 1.02 lacks',
      ['image', 'build', tree, '-o', built('x.iso'), '--udf', '1.02', '--virtual-allocation-table'],
      1,
      'IMAPI_E_INVALID_PARAM',
    ],
    ['an image that is not there', ['image', 'info', built('nothing.iso')], 2, 'USAGE_FILE'],
  ])('%s', async (_what, words, exitCode, code) => {
    expect(await scsiMmcJson(...words)).toMatchObject({ exitCode, document: { error: { code } } })
  })
})
