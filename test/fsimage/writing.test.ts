import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryBlockSource, openSource } from '../../src/fsimage'
import { bytesOf, newImage, nextImage, recorded } from './building'
import { fixture } from './images'
import { fileSystemOf, treeOf } from './trees'

const text = (value: string) => Buffer.from(value)
const both32 = (image: Buffer, at: number) => [image.readUInt32LE(at), image.readUInt32BE(at + 4)]

describe('writing', () => {
  test('the primary volume descriptor, byte by byte', async () => {
    const image = newImage(['ISO9660'])
    image.identify({ publisher: 'Somebody', application: 'Tests', systemIdentifier: 'linux' })
    await image.root.addFile('a.txt', text('abc'))
    const disc = await recorded(await image.createResultImage())
    const descriptor = disc.subarray(16 * 2048, 17 * 2048)
    expect(descriptor.toString('latin1', 0, 8)).toBe('\u0001CD001\u0001\0')
    expect(descriptor.toString('latin1', 8, 40)).toBe('LINUX'.padEnd(32))
    expect(descriptor.toString('latin1', 40, 72)).toBe('TEST_VOLUME'.padEnd(32))
    expect(both32(descriptor, 80)).toEqual([disc.length / 2048, disc.length / 2048])
    expect(descriptor.toString('latin1', 318, 326)).toBe('SOMEBODY')
    expect(descriptor.toString('latin1', 813, 830)).toBe('2026010203040500\0')
    expect(descriptor.toString('latin1', 847, 864)).toBe('0000000000000000\0')
    expect(descriptor[881]).toBe(1)
    expect(disc.toString('latin1', 17 * 2048, 17 * 2048 + 7)).toBe('\u00ffCD001\u0001')
    // The root names itself, twice, in both byte orders; ER stands in its record, not in a continuation area.
    const [root] = both32(descriptor, 158)
    const directory = disc.subarray(root! * 2048, (root! + 1) * 2048)
    expect(both32(directory, 2)).toEqual([root, root])
    expect(directory.subarray(34, 41)).toEqual(Buffer.from([0x53, 0x50, 7, 1, 0xbe, 0xef, 0]))
    expect(directory.subarray(0, directory[0]).includes('IEEE_P1282')).toBe(true)
    expect(directory.subarray(0, directory[0]).includes('CE')).toBe(false)
    const path = disc.readUInt32LE(16 * 2048 + 140)
    expect([...disc.subarray(path * 2048, path * 2048 + 10)]).toEqual([1, 0, root, 0, 0, 0, 1, 0, 0, 0])
  })

  test('records are sorted as ECMA-119 9.3 has it', async () => {
    const image = newImage(['ISO9660'])
    image.rockRidge = false
    for (const name of ['FILE18', 'FILE138', 'A.B', 'A', 'AB.A', 'A.']) {
      if (name !== 'A.') await image.root.addFile(name, text(name))
    }
    const disc = await recorded(await image.createResultImage())
    const names: string[] = []
    const root = disc.readUInt32LE(16 * 2048 + 158) * 2048
    for (let at = root; disc[at]! > 0; at += disc[at]!) {
      names.push(disc.toString('latin1', at + 33, at + 33 + disc[at + 32]!))
    }
    expect(names.slice(2)).toEqual(['A.;1', 'A.B;1', 'AB.A;1', 'FILE138.;1', 'FILE18.;1'])
  })

  test('the same input gives the same bytes', async () => {
    const make = async () => {
      const image = newImage(['ISO9660', 'Joliet', 'UDF'])
      await image.root.addDirectory('docs')
      await image.root.addFile('docs/a.txt', text('a'))
      await image.root.addSymbolicLink('link', 'docs/a.txt')
      return recorded(await image.createResultImage())
    }
    expect((await make()).equals(await make())).toBe(true)
  })

  test('names, links and attributes come back by Rock Ridge', async () => {
    const image = newImage()
    const names = [
      'README',
      'readme',
      'Grüße.txt',
      'данные',
      '日本語のファイル.txt',
      'שלום',
      'ไฟล์',
      '😀 smile',
      'a;1',
      'x'.repeat(255),
    ]
    for (const name of names) {
      await image.root.addFile(name, text(name), {
        mode: 0o640,
        uid: 1000,
        gid: 70_000,
        modified: Date.UTC(2020, 5, 6),
      })
    }
    const targets = ['/', 'a/b/../c/./d', `${'long/'.repeat(800)}x`, 'ü'.repeat(400), '/usr//lib/']
    for (const [index, target] of targets.entries()) await image.root.addSymbolicLink(`link${index}`, target)
    await image.root.addHardLink('second name', 'README')
    const result = await image.createResultImage()
    const system = await fileSystemOf(await recorded(result))
    const entries = await system.root.entries()
    for (const name of names) {
      expect(entries.get(name)).toMatchObject({ mode: 0o640, uid: 1000, gid: 70_000, modified: Date.UTC(2020, 5, 6) })
    }
    const meaning = (target: string) => target.replace(/\/+(?=\/)/g, '').replace(/\/$/, '')
    for (const [index, target] of targets.entries()) {
      const node = entries.get(`link${index}`)
      expect(meaning((node as { target: string }).target.replace(/\/\.(?=\/|$)/g, ''))).toBe(
        meaning(target.replace(/\/\.(?=\/|$)/g, '')),
      )
    }
    const [file, link] = [entries.get('README'), entries.get('second name')]
    expect(file?.kind === 'file' && link?.kind === 'file' && file.content === link.content).toBe(true)
    expect(system.warnings).toEqual([])
  })

  test('names that no host has room for are cut and stay unique, in six scripts', async () => {
    const image = newImage(['ISO9660'])
    const letters = ['ä', 'α', 'ж', 'ש', 'ع', '漢']
    for (const letter of letters)
      for (const last of ['1', '2', letter]) await image.root.addFile(letter.repeat(254) + last, text(letter + last))
    await image.root.addFile(`${'ж'.repeat(200)}.jpeg`, text('extension'))
    const result = await image.createResultImage()
    expect(result.renamed).toHaveLength(19)
    const found = await fileSystemOf(await recorded(result))
    expect(found.warnings).toEqual([])
    const names = [...(await found.root.entries()).keys()]
    expect(names).toHaveLength(19)
    expect(names).toContain(`${'ж'.repeat(124)}.jpeg`)
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(253)
    const told = result.renamed.map(({ path }) => result.fileSystemPath(path, 'ISO9660'))
    expect(told.sort()).toEqual(names.map(name => `/${name}`).sort())
  })

  test('Joliet cuts names so that they stay unique, and says so', async () => {
    const image = newImage()
    for (const end of ['one', 'two']) await image.root.addFile(`${'x'.repeat(80)}${end}.html`, text(end))
    await image.root.addFile('a*b?.txt', text('stars'))
    await image.root.addFile('😀.txt', text('smile'))
    const result = await image.createResultImage()
    const joliet = await fileSystemOf(await recorded(result), 'Joliet')
    const names = [...(await joliet.root.entries()).keys()]
    expect(names).toHaveLength(4)
    expect(names.every(name => name.length <= 64)).toBe(true)
    expect(names).toContain('a_b_.txt')
    expect(names).toContain('_.txt')
    expect(names.filter(name => name.startsWith('xxx')).every(name => name.endsWith('.html'))).toBe(true)
    expect(result.renamed.filter(({ layer }) => layer === 'Joliet')).toHaveLength(4)
  })

  test.each([1, 2, 3, 4] as const)('identifiers of interchange level %i are legal and unique', async level => {
    const image = newImage(['ISO9660'])
    image.rockRidge = false
    image.iso9660InterchangeLevel = level
    const names = ['README', 'readme', 'Readme.txt', 'a.b.c.d', '.hidden', 'ohne ende', 'ümläut.TXT', 'x'.repeat(250)]
    for (let index = 0; index < 200; index++) names.push(`same long beginning of name ${index}.text`)
    for (const name of names) await image.root.addFile(name, text(name))
    const disc = await recorded(await image.createResultImage())
    const root = disc.readUInt32LE(16 * 2048 + 158) * 2048
    const identifiers: string[] = []
    for (let at = root; at < root + disc.readUInt32LE(16 * 2048 + 166); ) {
      if (disc[at] === 0) at = Math.ceil((at + 1) / 2048) * 2048
      else {
        identifiers.push(disc.toString('utf8', at + 33, at + 33 + disc[at + 32]!))
        at += disc[at]!
      }
    }
    const files = identifiers.slice(2)
    expect(new Set(files).size).toBe(names.length)
    const form = [
      /^[A-Z0-9_]{0,8}\.[A-Z0-9_]{0,3};1$/,
      /^[A-Z0-9_.]{1,31};1$/,
      /^[A-Z0-9_.]{1,31};1$/,
      /^[^/\0]{1,207}$/,
    ]
    for (const identifier of files) expect(identifier).toMatch(form[level - 1]!)
  })

  test.each([
    ['recorded where they are', false],
    ['relocated, and seen where they were', true],
  ])('directories deeper than eight levels are %s', async (_how, strict) => {
    const image = newImage()
    image.strictFileSystemCompliance = strict
    const path = Array.from({ length: 40 }, (_, index) => `d${index}`)
    for (let depth = 1; depth <= path.length; depth++) await image.root.addDirectory(path.slice(0, depth).join('/'))
    await image.root.addFile(`${path.join('/')}/bottom`, text('bottom'))
    const disc = await recorded(await image.createResultImage())
    expect(disc.includes(Buffer.from('CL\x0c\x01'))).toBe(strict)
    for (const type of ['ISO9660', 'Joliet'] as const) {
      const system = await fileSystemOf(disc, type)
      const tree = await treeOf(system.root)
      expect(tree).toContain(`/${path.join('/')}/bottom bottom`)
      expect(tree).toHaveLength(41)
      expect(system.warnings).toEqual([])
    }
  })

  test('a file beyond 4 GiB has several sections, which lie behind each other', async () => {
    const image = newImage()
    const sizeBytes = 6 * 2 ** 30 + 5
    const open = async function* () {
      yield Buffer.from('never read')
    }
    await image.root.addFile('large', { sizeBytes, open })
    const result = await image.createResultImage()
    const item = result.progressItems.find(({ description }) => description === '/large')!
    expect(item.blockCount).toBe(Math.ceil(sizeBytes / 2048))
    const head = Buffer.alloc(item.firstBlock * 2048)
    let at = 0
    for await (const chunk of result.stream({ start: 0, blocks: item.firstBlock })) {
      head.set(chunk as Uint8Array, at)
      at += (chunk as Uint8Array).length
    }
    const system = await fileSystemOf(head)
    const node = (await system.root.entries()).get('large')
    expect(node).toMatchObject({
      content: {
        sizeBytes,
        extents: [
          { start: item.firstBlock, sizeBytes: 0xffff_f800 },
          { start: item.firstBlock + 0xffff_f800 / 2048, sizeBytes: sizeBytes - 0xffff_f800 },
        ],
      },
    })
  })

  test('a file beyond 4 GiB is refused where sections are not allowed', async () => {
    const image = newImage(['ISO9660'])
    image.iso9660InterchangeLevel = 2
    await image.root.addFile('large', { sizeBytes: 5 * 2 ** 30, open: async function* () {} })
    await expect(image.createResultImage()).rejects.toMatchObject({ code: 'IMAPI_E_DATA_TOO_BIG', hresult: 0xc0aab132 })
  })

  test('a boot catalog for PCs and UEFI, with a boot information table', async () => {
    const image = newImage(['ISO9660'])
    const loader = Buffer.alloc(3000, 7)
    const { BytesContent, PLATFORM_ID } = await import('../../src/fsimage')
    image.bootImages = [
      { content: new BytesContent(loader), bootInfoTable: true, manufacturer: 'me' },
      { content: new BytesContent(Buffer.alloc(40_000, 9)), platformId: PLATFORM_ID.efi },
      { content: new BytesContent(Buffer.alloc(1_474_560)) },
    ]
    const disc = await recorded(await image.createResultImage())
    const opened = await openSource(memoryBlockSource(disc))
    const { bootEntries } = await opened.session(1)
    expect(bootEntries).toMatchObject([
      { platformId: 0, emulation: 'none', loadBytes: 2048, bootable: true, idString: 'me' },
      { platformId: 0xef, emulation: 'none', loadBytes: 40_448 },
      { platformId: 0, emulation: 'floppy-1.44M' },
    ])
    const at = bootEntries[0]!.start * 2048
    const words = Math.ceil((3000 - 64) / 4)
    let sum = 0
    for (let index = 0; index < words; index++) sum = (sum + loader.readUInt32LE(64 + index * 4)) >>> 0
    expect([8, 12, 16, 20].map(offset => disc.readUInt32LE(at + offset))).toEqual([16, at / 2048, 3000, sum])
    // The catalog's own checksum, as the xorriso image has it, too.
    for (const bytes of [disc, fixture('xorriso-boot')]) {
      const catalog = bytes.readUInt32LE(17 * 2048 + 71) * 2048
      let words16 = 0
      for (let offset = 0; offset < 32; offset += 2) words16 += bytes.readUInt16LE(catalog + offset)
      expect(words16 & 0xffff).toBe(0)
      expect(bytes.toString('latin1', 17 * 2048 + 7, 17 * 2048 + 30)).toBe('EL TORITO SPECIFICATION')
    }
  })

  test('a boot image of a floppy must have its size', async () => {
    const image = newImage(['ISO9660'])
    const { BytesContent } = await import('../../src/fsimage')
    image.bootImages = [{ content: new BytesContent(Buffer.alloc(1000)), emulation: 'floppy-1.44M' }]
    await expect(image.createResultImage()).rejects.toMatchObject({
      code: 'IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH',
    })
  })
})

describe('next sessions', () => {
  test.each([
    ['sequential', ['ISO9660', 'Joliet']],
    ['random-write', ['ISO9660', 'Joliet']],
    ['random-write', ['ISO9660', 'Joliet', 'UDF']],
  ] as const)('twenty of them, %s, %p: old and new files stand together', async (kind, types) => {
    const first = newImage(types)
    await first.root.addFile('kept.txt', text('from the first session'))
    await first.root.addFile('changed.txt', text('0'))
    let disc = await recorded(await first.createResultImage())
    for (let number = 1; number <= 20; number++) {
      const next = await nextImage(disc, kind)
      await next.root.addFile('changed.txt', text(String(number)))
      await next.root.addFile(`new ${number}.txt`, text(`session ${number}`))
      if (number > 1) await next.root.remove(`new ${number - 1}.txt`)
      const result = await next.createResultImage()
      expect(result.startAddress).toBe(kind === 'sequential' ? next.sessionStartBlock : 0)
      disc = await recorded(result, disc)
    }
    const start = kind === 'random-write' ? 0 : undefined
    for (const type of types) {
      const system = await fileSystemOf(disc, type, start)
      expect(await treeOf(system.root)).toEqual([
        '/changed.txt 20',
        '/kept.txt from the first session',
        '/new 20.txt session 20',
      ])
      expect(system.volumeName).toMatch(/^test.volume$/i)
    }
    const opened = await openSource(memoryBlockSource(disc))
    if (kind === 'sequential') expect(opened.sessions).toHaveLength(21)
  })

  test('on top of what genisoimage and xorriso recorded', async () => {
    for (const name of ['genisoimage-two-sessions', 'xorriso-emulated-sessions', 'xorriso']) {
      const before = fixture(name)
      const kind = name === 'genisoimage-two-sessions' ? 'sequential' : 'random-write'
      const next = await nextImage(before, kind)
      await next.root.addFile('docs/third.txt', text('third'))
      const disc = await recorded(await next.createResultImage(), before)
      const tree = await treeOf((await fileSystemOf(disc, 'ISO9660', kind === 'random-write' ? 0 : undefined)).root)
      expect(tree).toContain('/docs/third.txt third')
      expect(tree).toContain('/docs/deep/1/2/3/4/5/6/7/8/bottom deep')
      expect(tree).toContain('/docs/link -> ../hello.txt')
      expect(tree).toContain('/fifo fifo')
    }
  })

  test('the whole of an appended image is the disc as it will be', async () => {
    const first = newImage()
    await first.root.addFile('a', text('a'))
    const disc = await recorded(await first.createResultImage())
    const next = await nextImage(disc, 'random-write')
    await next.root.addFile('b', text('b'))
    const result = await next.createResultImage()
    const whole: Uint8Array[] = []
    for await (const chunk of result.stream()) whole.push(chunk as Uint8Array)
    const expected = await recorded(result, disc)
    expect(Buffer.concat(whole).equals(expected)).toBe(true)
    // The descriptors that readers find first are written last.
    expect(result.modifiedBlocks!.at(-1)!.start).toBe(16)
  })
})

describe('sources that change while they are sent', () => {
  const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
  afterAll(() => rmSync(directory, { recursive: true }))

  const cases: [string, (path: string) => void, string][] = [
    ['shrinks', path => writeFileSync(path, 'x'), 'IMAPI_E_DATA_STREAM_INCONSISTENCY'],
    ['grows', path => writeFileSync(path, 'x'.repeat(9000)), 'IMAPI_E_DATA_STREAM_INCONSISTENCY'],
    ['vanishes', path => rmSync(path), 'IMAPI_E_DATA_STREAM_CREATE_FAILURE'],
  ]
  test.each(cases.flatMap(each => [1, 40].map(files => [...each, files] as const)))(
    'one that %s',
    async (_what, change, code, files) => {
      const image = newImage()
      const names = Array.from({ length: files }, (_, index) => join(directory, `file ${index}`))
      for (const [index, name] of names.entries()) {
        writeFileSync(name, 'y'.repeat(5000))
        await image.root.addFile(`file ${index}`, name)
      }
      const result = await image.createResultImage()
      change(names.at(-1)!)
      const read = async () => {
        for await (const chunk of result.stream()) expect((chunk as Uint8Array).length % 2048).toBe(0)
      }
      await expect(read()).rejects.toMatchObject({ code })
      writeFileSync(names.at(-1)!, 'y'.repeat(5000))
      const disc = await recorded(result)
      const node = (await (await fileSystemOf(disc)).root.entries()).get(`file ${files - 1}`)
      expect(node?.kind === 'file' && (await bytesOf(node.content)).equals(Buffer.alloc(5000, 'y'))).toBe(true)
    },
  )

  test('staged files do not mind', async () => {
    const path = join(directory, 'staged')
    writeFileSync(path, 'before')
    const image = newImage()
    image.workingDirectory = directory
    image.stageFiles = true
    await image.root.addFile('staged', path)
    writeFileSync(path, 'quite another length')
    const disc = await recorded(await image.createResultImage())
    expect(await treeOf((await fileSystemOf(disc)).root)).toEqual(['/staged before'])
    await image.close()
  })

  test('a stream of another length than announced', async () => {
    const image = newImage()
    await image.root.addFile('short', {
      sizeBytes: 100,
      open: async function* () {
        yield Buffer.alloc(99)
      },
    })
    await expect(recorded(await image.createResultImage())).rejects.toMatchObject({
      code: 'IMAPI_E_DATA_STREAM_INCONSISTENCY',
      hresult: 0xc0aab128,
    })
  })
})
