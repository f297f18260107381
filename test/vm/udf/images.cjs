// images.cjs WORK: images of WORK/source, and a list of them: name, mount options, what they hold, whether 7-Zip can.
const {
  createWriteStream,
  mkdirSync,
  openSync,
  writeSync,
  closeSync,
  writeFileSync,
  cpSync,
  truncateSync,
  utimesSync,
} = require('node:fs')
const { execFileSync } = require('node:child_process')
const { join } = require('node:path')
const { pipeline } = require('node:stream/promises')
const { FileSystemImage, openImageFile, UDF_REVISIONS } = require('../../../dist/fsimage')

const work = process.argv[2]
const MOMENT = 1_700_000_000_000
const list = []

async function newImage(fileSystems, revision, tree) {
  const image = new FileSystemImage({ creationTime: MOMENT })
  image.fileSystemsToCreate = fileSystems
  image.udfRevision = revision
  image.volumeName = 'Größe'
  await image.root.addTree(tree)
  return image
}

async function first(name, fileSystems, revision, tree, virtualAllocationTable = false) {
  const image = await newImage(fileSystems, revision, tree)
  image.udfVirtualAllocationTable = virtualAllocationTable
  const result = await image.createResultImage()
  await pipeline(result.stream(), createWriteStream(join(work, name)))
}

/** A session of one file more; gives where it begins. */
async function next(name, kind, number, sessionStart, tree) {
  const path = join(work, name)
  const source = await openImageFile(path)
  const image = new FileSystemImage({ creationTime: MOMENT + number * 1000 })
  const start = Math.ceil(source.blockCount / 32) * 32 + (kind === 'sequential' ? 96 : 0)
  await image.importImage({ source, kind, sessionStart, nextWritableAddress: start })
  await image.root.addTree(tree)
  const result = await image.createResultImage()
  const ranges = result.modifiedBlocks ?? [{ start, blocks: result.totalBlocks }]
  const parts = []
  for (const range of ranges) {
    const chunks = []
    for await (const chunk of result.modifiedBlocks ? result.stream(range) : result.stream())
      chunks.push(Buffer.from(chunk))
    parts.push([range.start, Buffer.concat(chunks)])
  }
  await source.close()
  const file = openSync(path, 'r+')
  for (const [lba, bytes] of parts) writeSync(file, bytes, 0, bytes.length, lba * 2048)
  closeSync(file)
  return start
}

async function main() {
  const source = join(work, 'source')
  // What 7-Zip cannot list is left out for it: links and devices.
  const plain = join(work, 'plain')
  mkdirSync(plain)
  for (const name of ['dir/big', 'many', 'block', 'Größe ☃ 漢字'])
    cpSync(join(source, name), join(plain, name), { recursive: true })
  for (const revision of UDF_REVISIONS) {
    await first(`udf-${revision}.img`, ['UDF'], revision, source)
    list.push([`udf-${revision}.img`, '-', 'source', '-'])
    if (revision !== '1.02' && revision !== '2.60') continue
    await first(`plain-${revision}.img`, ['UDF'], revision, plain)
    list.push([`plain-${revision}.img`, '-', 'plain', '7z'])
    await first(`bridge-${revision}.img`, ['ISO9660', 'Joliet', 'UDF'], revision, source)
    list.push([`bridge-${revision}.img`, '-', 'source', '-'])
  }
  const SESSIONS = 5
  const added = Array.from({ length: SESSIONS }, (_, index) => {
    const tree = join(work, `session ${index}`)
    mkdirSync(tree)
    writeFileSync(join(tree, `of session ${index}`), `${index}\n`)
    utimesSync(join(tree, `of session ${index}`), 1_700_000_000, 1_700_000_000 + index)
    return tree
  })
  execFileSync('cp', ['-a', source, join(work, 'sessions')])
  for (const tree of added.slice(1)) execFileSync('cp', ['-a', `${tree}/.`, join(work, 'sessions')])
  for (const revision of ['1.02', '2.60']) {
    for (const kind of ['sequential', 'random-write']) {
      const name = `${kind}-${revision}.img`
      await first(name, ['UDF'], revision, source)
      let start = 0
      for (let number = 1; number < SESSIONS; number++) {
        const begun = await next(name, kind, number, start, added[number])
        if (kind === 'sequential') start = begun
      }
      list.push([name, kind === 'sequential' ? `session=${start}` : '-', 'sessions', '-'])
    }
  }
  // A Virtual Allocation Table: the newest tree is found from the first session's descriptors, and from the last one's.
  for (const revision of ['1.50', '2.01', '2.60']) {
    const name = `virtual-${revision}.img`
    await first(name, ['UDF'], revision, source, true)
    if (revision === '2.60') {
      list.push([name, '-', 'source', '-'])
      continue
    }
    let start = 0
    for (let number = 1; number < SESSIONS; number++)
      start = await next(name, 'sequential', number, start, added[number])
    list.push([name, '-', 'sessions', '-'], [name, `session=${start}`, 'sessions', '-'])
  }
  await first('virtual-bridge.img', ['ISO9660', 'Joliet', 'UDF'], '2.01', source, true)
  list.push(['virtual-bridge.img', '-', 'source', '-'])
  // The same on top of what mkudffs has formatted.
  for (const [medium, revision] of [
    ['cdr', '1.50'],
    ['dvdr', '2.01'],
  ]) {
    const name = `virtual-on-${medium}.img`
    const path = join(work, name)
    writeFileSync(path, '')
    truncateSync(path, 4000 * 2048)
    const said = execFileSync('mkudffs', ['--utf8', '-l', 'theirs', '-m', medium, '-r', revision, '-b', '2048', path])
    // The disc is recorded as far as its allocation table.
    truncateSync(path, (Number(/^vatblock=(\d+)$/m.exec(said)[1]) + 1) * 2048)
    await next(name, 'sequential', 0, 0, source, 0)
    list.push([name, '-', 'source', '-'])
  }
  writeFileSync(join(work, 'list'), list.map(row => `${row.join(' ')}\n`).join(''))
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
