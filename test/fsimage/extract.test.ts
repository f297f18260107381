import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BytesContent,
  DirectoryNode,
  type ExtractOptions,
  extract,
  FileNode,
  hostName,
  memoryBlockSource,
  SymbolicLinkNode,
  type TreeNode,
} from '../../src/fsimage'
import { hostNames } from '../../src/fsimage/host-names'

const SOURCE = memoryBlockSource(new Uint8Array(2048))
const directory = mkdtempSync(join(tmpdir(), 'scsi-mmc-test-'))
afterAll(() => rmSync(directory, { recursive: true }))
let targets = 0

/** Extracts nodes that no image had to hold: names and links as only a crafted disc has them. */
async function extracted(nodes: readonly TreeNode[], options?: ExtractOptions) {
  const target = join(directory, `target-${++targets}`)
  return { target, report: await extract(nodes, target, SOURCE, options) }
}

function tree(...nodes: TreeNode[]): DirectoryNode {
  const root = new DirectoryNode('')
  for (const node of nodes) root.attach(node)
  return root
}

const file = (name: string, text = name) => new FileNode(name, new BytesContent(Buffer.from(text)))

describe('links', () => {
  function withLinks(links: Readonly<Record<string, string>>): DirectoryNode {
    const deeper = new DirectoryNode('deeper')
    const deep = new DirectoryNode('deep')
    deep.attach(deeper)
    const root = tree(deep, file('x'))
    for (const [path, target] of Object.entries(links)) {
      const [name, below] = [path.split('/').at(-1)!, path.startsWith('deep/')]
      const into = below ? deeper : root
      into.attach(new SymbolicLinkNode(name, target))
    }
    return root
  }

  test.each([
    ['above the target', { out: '../outside' }],
    ['further above by a detour', { out: 'deep/../../outside' }],
    ['to an absolute path', { out: '/etc/passwd' }],
    [
      'by way of another link, which the text alone does not show',
      { 'deep/deeper/up': '../..', 'deep/deeper/out': 'up/../outside' },
    ],
    ['by way of something that is not there', { out: 'nothing/../x' }],
    ['to a text with NUL', { out: 'a\0b' }],
    ['nowhere', { out: '' }],
  ])('%s are not made', async (_what, links) => {
    const { target, report } = await extracted([withLinks(links as Record<string, string>)])
    expect(report.skipped.map(({ path }) => path.split('/').at(-1))).toEqual(['out'])
    expect(readdirSync(target)).not.toContain('out')
    expect(readdirSync(join(target, 'deep/deeper'))).not.toContain('out')
  })

  test('that stay inside are made as they are, whether or not what they name is there', async () => {
    const links = { dots: 'deep/../deep/./deeper', 'deep/deeper/up': '../../x', dangling: 'later/file', root: '.' }
    const { target, report } = await extracted([withLinks(links)])
    expect(report.skipped).toEqual([])
    expect(readlinkSync(join(target, 'dots'))).toBe('deep/../deep/./deeper')
    expect(readFileSync(join(target, 'deep/deeper/up'), 'utf8')).toBe('x')
    expect(readlinkSync(join(target, 'dangling'))).toBe('later/file')
  })
})

describe('names', () => {
  test('that the host has no room for are shortened, their extension kept', async () => {
    const { target, report } = await extracted([tree(file(`${'漢'.repeat(127)}.jpeg`, 'long'))])
    const [name] = readdirSync(target)
    expect(name).toBe(`${'漢'.repeat(83)}~.jpeg`)
    expect(Buffer.byteLength(name!)).toBeLessThanOrEqual(255)
    expect(report).toMatchObject({ files: 1, skipped: [], renamed: [{ name }] })
  })

  test('that become the same are told apart, and none takes the name of one that is harmless', () => {
    const names = hostNames(['a\u0001', 'a\u0002', 'a_', 'ü'.repeat(130), `${'ü'.repeat(129)}ä`], 'linux')
    expect(names.get('a_')).toBe('a_')
    expect(names.get('a\u0001')).toBe('a_~2')
    expect(names.get('a\u0002')).toBe('a_~3')
    expect(new Set(names.values()).size).toBe(5)
    for (const name of names.values()) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
  })

  test.each(['..', '.', '', '../x', '/etc/passwd', 'a\0b', '\u001b]0;title\u0007', '\u009b31m'])(
    '%j is one harmless name',
    name => {
      const safe = hostName(name, 'linux')
      expect(safe).not.toMatch(/[/\u0000-\u001f\u007f-\u009f]/)
      expect(['', '.', '..']).not.toContain(safe)
    },
  )

  test('of Windows are counted in characters, not in bytes', () => {
    expect(hostName('漢'.repeat(255), 'win32')).toBe('漢'.repeat(255))
    expect(hostName('漢'.repeat(256), 'win32')).toHaveLength(255)
  })
})

test('times that are none are left out; set-id bits, too', async () => {
  const node = file('file')
  node.modified = Number.NaN
  node.mode = 0o6755
  const { target, report } = await extracted([tree(node)])
  expect(report.files).toBe(1)
  expect(statSync(join(target, 'file')).mode & 0o7777).toBe(0o755)
})

test('what the host cannot have costs that entry alone', async () => {
  const { target, report } = await extracted([
    tree(
      file('before'),
      new SymbolicLinkNode('far', `${'y'.repeat(300)}/z`),
      new SymbolicLinkNode('long', 'x'.repeat(9000)),
    ),
  ])
  expect(readdirSync(target)).toContain('before')
  expect(report.skipped).toEqual([{ path: '/long', reason: 'the host cannot have it (ENAMETOOLONG)' }])
})

test('a host that cannot be written to ends it with one clear error', async () => {
  const { target } = await extracted([tree(file('file'))])
  await expect(extract([tree(file('other'))], join(target, 'file'), SOURCE)).rejects.toMatchObject({
    code: 'USAGE_FILE',
  })
})
