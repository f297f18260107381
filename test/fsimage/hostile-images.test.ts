import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DirectoryNode, extract, hostName, memoryBlockSource, openSource } from '../../src/fsimage'
import { readIso9660 } from '../../src/fsimage/iso9660/read'
import { newImage, recorded } from './building'
import { fixture } from './images'
import { fileSystemOf, treeOf } from './trees'

const text = (value: string) => Buffer.from(value)

/** Where a record with an identifier or a Rock Ridge name stands; `nth` where there are several. */
function recordOf(image: Buffer, identifier: string, nth = 0): number {
  let found = 0
  for (let block = 16 * 2048; block < image.length; block += 2048) {
    if (image[block] !== 34 && image[block]! < 34) continue
    for (let at = block; at < block + 2048 && image[at]! >= 34; at += image[at]!) {
      const length = image[at + 32]!
      if (image.toString('latin1', at + 33, at + 33 + length) === identifier && found++ === nth) return at
    }
  }
  throw new Error(`no record of ${identifier}`)
}

/** Where a system use entry stands in a record. */
function entryOf(image: Buffer, record: number, signature: string): number {
  const at = image.indexOf(signature, record + 33, 'latin1')
  if (at < 0 || at > record + image[record]!) throw new Error(`no ${signature}`)
  return at
}

async function sample(): Promise<Buffer> {
  const image = newImage()
  await image.root.addDirectory('a')
  await image.root.addDirectory('a/b')
  await image.root.addFile('a/b/c.txt', text('c'))
  await image.root.addFile('file.txt', text('contents'))
  await image.root.addFile(`${'long'.repeat(60)}.txt`, text('long'))
  await image.root.addSymbolicLink('link', 'a/b/c.txt')
  return recorded(await image.createResultImage())
}

async function listed(image: Buffer, type: 'ISO9660' | 'Joliet' = 'ISO9660') {
  const system = await fileSystemOf(image, type, 0)
  const tree: string[] = []
  const walk = async (directory: DirectoryNode): Promise<void> => {
    for (const node of (await directory.entries()).values()) {
      tree.push(node.path)
      if (node.kind === 'directory') await walk(node)
    }
  }
  await walk(system.root)
  return { tree, warnings: system.warnings }
}

function both32(image: Buffer, at: number, value: number): void {
  image.writeUInt32LE(value, at)
  image.writeUInt32BE(value, at + 4)
}

describe('damaged and crafted ISO 9660', () => {
  test('a directory that holds itself is shown empty (CVE-2015-8930)', async () => {
    const image = await sample()
    const b = recordOf(image, 'B')
    both32(image, b + 2, image.readUInt32LE(recordOf(image, 'A') + 2))
    const { tree, warnings } = await listed(image)
    expect(tree).toContain('/a/b')
    expect(tree).not.toContain('/a/b/b')
    expect(warnings.join()).toMatch(/met before/)
  })

  test.each([0xffff_ffff, 0xffff_f801, 2 ** 31])('a directory of %i bytes ends where the medium does', async size => {
    const image = await sample()
    both32(image, recordOf(image, 'A') + 10, size)
    const { tree, warnings } = await listed(image)
    expect(tree).toContain('/a/b')
    expect(warnings.join()).toMatch(/block \d+/)
  })

  test.each([
    ['its block', 2000, 100],
    ['4 GiB', 0xffff_ffff, 0xffff_ffff],
  ])('a continuation area beyond %s', async (_what, offset, length) => {
    const image = fixture('xorriso')
    const record = recordOf(image, `${'N'.repeat(8)}.TXT;1`)
    const ce = entryOf(image, record, 'CE')
    both32(image, ce + 12, offset)
    both32(image, ce + 20, length)
    const { tree, warnings } = await listed(image)
    expect(tree.some(path => path.startsWith('/nnnn'))).toBe(true)
    expect(warnings.join()).toMatch(/continuation area/)
  })

  test('a continuation area that names itself (CVE-2014-9420)', async () => {
    const image = await sample()
    const record = recordOf(image, 'LONGLONGLONGLONGLONGLONGLON.TXT;1')
    const ce = entryOf(image, record, 'CE')
    const block = image.readUInt32LE(ce + 4)
    const at = block * 2048 + image.readUInt32LE(ce + 12)
    image.copy(image, at, ce, ce + 28)
    both32(image, ce + 20, 28)
    both32(image, at + 20, 28)
    const { warnings } = await listed(image)
    expect(warnings.join()).toMatch(/do not end/)
  })

  test('a relocated directory that names itself, or one above (CVE-2014-5471)', async () => {
    const image = fixture('genisoimage')
    const cl = image.indexOf('CL\x0c\x01', 0, 'latin1')
    const root = image.readUInt32LE(16 * 2048 + 158)
    both32(image, cl + 4, root)
    const { warnings } = await listed(image)
    expect(warnings.join()).toMatch(/met before/)
  })

  test.each([
    ['ER longer than its entry (CVE-2014-9584)', 'ER', 4, 255],
    ['TF with long stamps in a short entry', 'TF', 4, 0xff],
    ['NM of no length (CVE-2016-4913)', 'NM', 2, 5],
    ['PX too short', 'PX', 2, 20],
    ['an entry of length 0', 'PX', 2, 0],
    ['an entry of length 3', 'TF', 2, 3],
    ['an entry that leaves its record', 'TF', 2, 250],
  ])('%s', async (_what, signature, offset, value) => {
    const image = await sample()
    for (let at = image.indexOf(signature, 18 * 2048); at > 0 && at < image.length; ) {
      image[at + offset] = value
      at = image.indexOf(signature, at + 2)
    }
    const { tree } = await listed(image)
    expect(tree.length).toBeGreaterThanOrEqual(5)
  })

  test('a name with NUL, slashes and dots stays inside', async () => {
    const image = await sample()
    const nm = entryOf(image, recordOf(image, 'FILE.TXT;1'), 'NM')
    image.write('../../et', nm + 5, 'latin1')
    expect((await listed(image)).tree).toContain('/.._.._et')
    image.write('..\0\0\0\0\0\0', nm + 5, 'latin1')
    expect((await listed(image)).tree.every(path => !/\/\.\.?(\/|$)/.test(path))).toBe(true)
  })

  test('a link whose components leave their entry', async () => {
    const image = await sample()
    const sl = entryOf(image, recordOf(image, 'LINK.;1'), 'SL')
    image[sl + 6] = 255
    expect((await listed(image)).tree).toContain('/link')
  })

  test.each([
    ['shorter than its fixed part (CVE-2017-14501)', 0, 20],
    ['without an identifier', 32, 0],
    ['with an identifier longer than itself', 32, 250],
  ])('a record %s is dropped, and what comes before is kept', async (_what, offset, value) => {
    const image = await sample()
    image[recordOf(image, 'FILE.TXT;1') + offset] = value
    const { tree, warnings } = await listed(image)
    expect(tree).toContain('/a/b/c.txt')
    expect(tree).not.toContain('/file.txt')
    expect(warnings.join()).toMatch(/Directory record at block \d+/)
  })

  test('a record that leaves its sector is dropped', async () => {
    const image = await sample()
    const record = recordOf(image, 'LINK.;1')
    const sectorEnd = Math.ceil(record / 2048) * 2048
    // All records in front of it made one that reaches the end, less one byte.
    image[record] = 255
    image.fill(0, record + 255, sectorEnd)
    expect((await listed(image)).tree).toContain('/a/b/c.txt')
    image.copyWithin(sectorEnd - 40, record, record + 40)
    for (let at = record; at < sectorEnd - 40; at++) image[at] = at === record ? 0 : image[at]!
    expect((await listed(image)).tree).toContain('/a/b/c.txt')
  })

  test('addresses near 2^32 do not wrap (CVE-2016-5844)', async () => {
    const image = await sample()
    both32(image, recordOf(image, 'FILE.TXT;1') + 2, 0xffff_ffff)
    const system = await fileSystemOf(image)
    const node = (await system.root.entries()).get('file.txt')
    const read = async () => {
      if (node?.kind === 'file') for await (const chunk of node.content.chunks()) expect(chunk.length).toBe(0)
    }
    await expect(read()).rejects.toMatchObject({ code: 'IMAPI_E_IMPORT_READ_FAILURE' })
  })

  test('where the first half of an address is impossible, the second counts', async () => {
    const image = await sample()
    image.writeUInt32LE(0xffff_ffff, recordOf(image, 'FILE.TXT;1') + 2)
    expect(await treeOf((await fileSystemOf(image)).root)).toContain('/file.txt contents')
  })

  test('a file that is cut off, a volume without its root', async () => {
    const image = await sample()
    const start = image.readUInt32LE(recordOf(image, 'FILE.TXT;1') + 2)
    const cut = await fileSystemOf(image.subarray(0, start * 2048))
    await expect(treeOf(cut.root)).rejects.toThrow(/Block \d+ lies behind the end/)
    await expect(fileSystemOf(image.subarray(0, 19 * 2048))).rejects.toMatchObject({
      code: 'IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR',
    })
    expect(await readIso9660(memoryBlockSource(image.subarray(0, 10_000)), { start: 0 })).toEqual([])
  })

  test.each(['root record', 'root extent'])(
    'a wrong %s in the descriptor: the path table has the right one',
    async what => {
      const image = await sample()
      both32(image, 16 * 2048 + 158, what === 'root extent' ? 3 : 0)
      const { tree, warnings } = await listed(image)
      expect(tree).toContain('/a/b/c.txt')
      expect(warnings.join()).toMatch(/path table/)
    },
  )

  test('path tables, halves and terminators that are missing are not needed', async () => {
    const image = await sample()
    const expected = (await listed(image)).tree
    image.fill(0xff, 16 * 2048 + 140, 16 * 2048 + 156)
    image.fill(0, 16 * 2048 + 84, 16 * 2048 + 88)
    image.fill(0, 18 * 2048, 19 * 2048)
    expect((await listed(image)).tree).toEqual(expected)
  })

  test('records of the path table shorter than their fixed part, or longer than the table (CVE-2017-14501)', async () => {
    for (const length of [0, 255]) {
      const image = await sample()
      // The root's record is wrong: the path table is all there is to find it by.
      both32(image, 16 * 2048 + 158, 0)
      const table = image.readUInt32LE(16 * 2048 + 140) * 2048
      image[table] = length
      const found = await fileSystemOf(image).catch((error: unknown) => error)
      if (found instanceof Error) expect(found).toMatchObject({ code: 'IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR' })
      else expect(found).toMatchObject({ type: 'ISO9660' })
    }
  })

  function withBlocksOf(image: Buffer, size: number): Buffer {
    image.writeUInt16LE(size, 16 * 2048 + 128)
    image.writeUInt16BE(size, 16 * 2048 + 130)
    return image
  }

  test.each([512, 1024])('logical blocks of %i bytes are not taken for 2048 (CVE-2025-0689)', async size => {
    const image = withBlocksOf(await sample(), size)
    await expect(readIso9660(memoryBlockSource(image), { start: 0 })).rejects.toMatchObject({
      code: 'IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED',
    })
  })

  test.each([4096, 0, 0xffff])('logical blocks of %i bytes, which cannot be, are 2048', async size => {
    const expected = (await listed(await sample())).tree
    expect((await listed(withBlocksOf(await sample(), size))).tree).toEqual(expected)
  })

  test('dates that are none', async () => {
    const image = await sample()
    const record = recordOf(image, 'A')
    for (const date of ['\0\0\0\0\0\0\0', '\xff\x0d\x20\x18\x3c\x3c\x7f', '       ']) {
      image.write(date, record + 18, 'latin1')
      image.write(date.repeat(3).slice(0, 17), 16 * 2048 + 813, 'latin1')
      expect((await listed(image)).tree).toContain('/a')
    }
  })

  test('an absurd zisofs header is no reason to inflate', async () => {
    const image = await sample()
    const record = recordOf(image, 'FILE.TXT;1')
    const px = entryOf(image, record, 'PX')
    for (const exponent of [0, 14, 18, 255]) {
      image.set([0x5a, 0x46, 16, 1, 0x70, 0x7a, 4, exponent, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x50, 0x44, 28, 1], px)
      const { warnings } = await listed(image)
      expect(warnings.join()).toMatch(/compressed in an unknown way/)
    }
  })

  test('a Joliet tree as deep as blocks allow', async () => {
    const image = newImage()
    let path = ''
    for (let depth = 0; depth < 200; depth++) {
      path += `${path ? '/' : ''}${'d'.repeat(60)}`
      await image.root.addDirectory(path)
    }
    const { tree } = await listed(await recorded(await image.createResultImage()), 'Joliet')
    expect(tree).toHaveLength(200)
  })

  test('two files that overlap are both read; extraction has a quota', async () => {
    const image = await sample()
    const file = recordOf(image, 'FILE.TXT;1')
    both32(image, file + 2, 0)
    both32(image, file + 10, image.length)
    const system = await fileSystemOf(image)
    const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
    try {
      await expect(
        extract([system.root], directory, memoryBlockSource(image), { maximumBytes: image.length / 2 }),
      ).rejects.toThrow(/overlap/)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('extraction', () => {
  const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
  afterAll(() => rmSync(directory, { recursive: true }))

  test('links that lead out, devices and names with control characters stay outside or become harmless', async () => {
    const image = newImage()
    await image.root.addFile('\u001b[31mred\u0007', text('colours'))
    await image.root.addDirectory('sub')
    await image.root.addFile('sub/inside', text('inside'))
    for (const [name, target] of [
      ['absolute', '/etc/passwd'],
      ['above', '../../outside'],
      ['sub/sideways', '../sub/inside'],
      ['sub/sneaky', '../../x'],
    ]) {
      await image.root.addSymbolicLink(name!, target!)
    }
    const { SpecialNode } = await import('../../src/fsimage')
    await image.root.addNode(new SpecialNode('null', 'character-device', { major: 1, minor: 3 }))
    const disc = await recorded(await image.createResultImage())
    const system = await fileSystemOf(disc)
    const report = await extract([system.root], join(directory, 'one'), memoryBlockSource(disc))
    expect(report.skipped.map(({ path }) => path).sort()).toEqual(['/above', '/absolute', '/null', '/sub/sneaky'])
    expect(report.renamed).toEqual([{ path: '/\u001b[31mred\u0007', name: '_[31mred_' }])
    expect(readdirSync(join(directory, 'one')).sort()).toEqual(['_[31mred_', 'sub'])
    expect(readFileSync(join(directory, 'one/sub/sideways'), 'utf8')).toBe('inside')
  })

  test('nothing is written through a link that was there before', async () => {
    const image = newImage()
    await image.root.addFile('dir/file'.split('/')[0]!.concat('.txt'), text('x'))
    await image.root.addDirectory('sub')
    await image.root.addFile('sub/file', text('written'))
    const disc = await recorded(await image.createResultImage())
    const target = join(directory, 'two')
    const { mkdirSync } = await import('node:fs')
    mkdirSync(target)
    mkdirSync(join(directory, 'elsewhere'))
    symlinkSync(join(directory, 'elsewhere'), join(target, 'sub'))
    const report = await extract([(await fileSystemOf(disc)).root], target, memoryBlockSource(disc))
    expect(readdirSync(join(directory, 'elsewhere'))).toEqual([])
    expect(report.skipped).toEqual([{ path: '/sub', reason: 'something else than a directory has its name' }])
  })

  test.each([
    ['con', '_con'],
    ['NUL.txt', '_NUL.txt'],
    ['c:\\x', 'c__x'],
    ['trailing. ', 'trailing__'],
    ['a<b>|"?*', 'a_b_____'],
    ['..', '__'],
  ])('%s is %s on Windows', (name, safe) => {
    expect(hostName(name, 'win32')).toBe(safe)
  })
})

describe('sessions and odd sector sizes', () => {
  test('an image inside a file is no session', async () => {
    const inner = fixture('genisoimage')
    const image = newImage()
    await image.root.addFile('inner.iso', inner)
    const disc = await recorded(await image.createResultImage())
    const opened = await openSource(memoryBlockSource(disc))
    expect(opened.sessions).toHaveLength(1)
  })

  test('a session that was copied to another place', async () => {
    const whole = fixture('genisoimage-two-sessions')
    const alone = whole.subarray(1024 * 2048)
    const system = await fileSystemOf(alone)
    expect(system.warnings.join()).toMatch(/recorded for block 1024/)
    const entries = await system.root.entries()
    expect([...entries.keys()]).toContain('second.txt')
    const second = entries.get('second.txt')
    if (second?.kind !== 'file') throw new Error('second.txt is no file')
    const chunks: Uint8Array[] = []
    for await (const chunk of second.content.chunks()) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('second session')
  })

  test.each([
    [2352, 16],
    [2352, 24],
    [2448, 16],
    [2336, 8],
  ])('a file of %i-byte sectors with data from byte %i on', async (sectorBytes, offset) => {
    const { writeFileSync } = await import('node:fs')
    const { openImage } = await import('../../src/fsimage')
    const cooked = fixture('xorriso')
    const blocks = cooked.length / 2048
    const raw = Buffer.alloc(blocks * sectorBytes)
    for (let index = 0; index < blocks; index++) {
      cooked.copy(raw, index * sectorBytes + offset, index * 2048, (index + 1) * 2048)
    }
    const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
    try {
      writeFileSync(join(directory, 'raw.bin'), raw)
      const opened = await openImage(join(directory, 'raw.bin'))
      const session = await opened.session(1)
      expect(await treeOf(session.fileSystems[0]!.root)).toContain('/hello.txt Hello, disc!\n')
      await opened.close()
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
