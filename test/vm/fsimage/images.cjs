// images.cjs WORK: images of the trees in WORK, and WORK/list: name, mount options, what they hold, all or data alone.
const {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} = require('node:fs')
const { execFileSync } = require('node:child_process')
const { join } = require('node:path')
const { FileSystemImage, openImage, openImageFile } = require('../../../dist/fsimage')

const work = process.argv[2]
const list = []
const at = name => join(work, name)
const run = (program, ...parameters) => execFileSync(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
const row = (name, options, tree, what = 'all') => list.push(`${name} ${options} ${tree} ${what}\n`)

async function write(result, name, flags) {
  const file = openSync(at(name), flags)
  for (const range of result.modifiedBlocks ?? [{ start: result.startAddress, blocks: result.totalBlocks }]) {
    let position = range.start * 2048
    for await (const chunk of result.stream(range)) position += writeSync(file, chunk, 0, chunk.length, position)
  }
  closeSync(file)
}

async function build(name, tree, settings) {
  const image = new FileSystemImage({ creationTime: 1_700_000_000_000 })
  Object.assign(image, { volumeName: 'Some volume' }, settings)
  await image.root.addTree(at(tree))
  await write(await image.createResultImage(), name, 'w')
}

/** Puts `more` on an image as another session; gives where that begins. */
async function append(name, kind, settings = {}) {
  const source = await openImageFile(at(name))
  const image = new FileSystemImage({ creationTime: 1_700_000_001_000 })
  await image.importImage({ source, kind, ...settings })
  await image.root.addTree(at('more'))
  await write(await image.createResultImage(), name, 'r+')
  await source.close()
  return image.sessionStartBlock
}

/** Names of 255 characters in six scripts, some of which differ in their last one alone: as this library reads them back. */
async function longNames() {
  const { extract } = require('../../../dist/fsimage')
  const image = new FileSystemImage({ creationTime: 1_700_000_000_000 })
  image.fileSystemsToCreate = ['ISO9660', 'Joliet', 'UDF']
  for (const letter of ['ä', 'α', 'ж', 'ש', 'ع', '漢'])
    for (const last of ['1', '2', letter])
      await image.root.addFile(letter.repeat(254) + last, Buffer.from(`${letter} ${last}`))
  await write(await image.createResultImage(), 'names.iso', 'w')
  const opened = await openImage(at('names.iso'))
  const { fileSystems } = await opened.session(1)
  for (const [kind, system] of [
    ['names', fileSystems.find(each => each.rockRidge)],
    ['names-joliet', fileSystems.find(each => each.type === 'Joliet')],
  ]) {
    const report = await extract([system.root], at(kind), opened.source)
    if (report.files !== 18 || report.renamed.length > 0) throw new Error(`${report.files} files of ${kind}`)
  }
  await opened.close()
  row('names.iso', 'ro', 'names', 'data')
  row('names.iso', 'norock', 'names-joliet', 'data')
}

/** What takes minutes and gigabytes: what LARGE names in the environment. */
async function large(wanted) {
  const MOMENT = 1_700_000_000
  if (wanted.includes('wide')) await wideTree(MOMENT)
  if (wanted.includes('huge')) await hugeFile(MOMENT)
  if (wanted.includes('million')) await millionFiles()
}

/** A directory of 50,000 files, and one 40 levels deep. */
async function wideTree(moment) {
  const wide = at('wide')
  const deep = join(wide, ...Array.from({ length: 40 }, (_, level) => `level ${level}`))
  mkdirSync(deep, { recursive: true })
  writeFileSync(join(deep, 'bottom'), 'bottom')
  for (let number = 0; number < 50_000; number++) writeFileSync(join(wide, `file ${number}`), `${number}`)
  run('find', wide, '-exec', 'touch', '-d', `@${moment}`, '{}', '+')
  await build('wide.iso', 'wide', { fileSystemsToCreate: ['ISO9660', 'Joliet', 'UDF'] })
  row('wide.iso', 'ro', 'wide', 'data')
}

/** A file of 6 GiB, most of which the source has no blocks for. */
async function hugeFile(moment) {
  mkdirSync(at('huge'))
  const file = openSync(at('huge/six gibibytes'), 'w')
  for (const position of [0, 2 ** 32 - 4, 6 * 2 ** 30 - 8]) writeSync(file, Buffer.from('marked!\n'), 0, 8, position)
  closeSync(file)
  run('find', at('huge'), '-exec', 'touch', '-d', `@${moment}`, '{}', '+')
  await build('huge.iso', 'huge', { fileSystemsToCreate: ['ISO9660', 'Joliet', 'UDF'] })
  row('huge.iso', 'ro', 'huge', 'data')
}

async function millionFiles() {
  const million = at('million')
  for (let number = 0; number < 1_000_000; number++) {
    const directory = join(million, `directory ${number % 1000}`)
    if (number < 1000) mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, `file ${number}`), number % 100 ? '' : `${number}`)
  }
  await build('million.iso', 'million', { fileSystemsToCreate: ['ISO9660', 'UDF'] })
  row('million.iso', 'ro', 'million', 'count')
}

const ISO = ['ISO9660']
const BOTH = ['ISO9660', 'Joliet']

async function main() {
  for (const tree of ['source', 'plain']) {
    execFileSync('cp', ['-a', at(tree), at(`${tree}-more`)])
    execFileSync('cp', ['-a', `${at('more')}/.`, at(`${tree}-more`)])
  }
  for (const level of [1, 2, 3, 4]) {
    await build(`level-${level}.iso`, 'source', { fileSystemsToCreate: ISO, iso9660InterchangeLevel: level })
    row(`level-${level}.iso`, 'ro', 'source')
  }
  await build('relocated.iso', 'source', { fileSystemsToCreate: ISO, strictFileSystemCompliance: true })
  row('relocated.iso', 'ro', 'source')
  await build('both.iso', 'source', { fileSystemsToCreate: BOTH })
  row('both.iso', 'ro', 'source')
  await build('plain.iso', 'plain', { fileSystemsToCreate: BOTH, rockRidge: false })
  row('plain.iso', 'ro', 'plain', 'data')
  await build('joliet.iso', 'plain', { fileSystemsToCreate: BOTH })
  row('joliet.iso', 'ro', 'plain')
  row('joliet.iso', 'norock', 'plain', 'data')

  await longNames()
  await large((process.env.LARGE ?? '').split(' '))

  // Ours on ours, one after the other.
  for (const kind of ['sequential', 'random-write']) {
    const name = `ours-${kind}.iso`
    await build(name, 'source', { fileSystemsToCreate: BOTH })
    let start = 0
    for (let session = 1; session <= 5; session++) start = await append(name, kind)
    row(name, kind === 'sequential' ? `sbsector=${start}` : 'ro', 'source-more')
  }
  // Ours on theirs.
  run('xorriso', '-as', 'mkisofs', '-quiet', '-o', at('xorriso.iso'), '-J', '-R', at('source'))
  cpSync(at('xorriso.iso'), at('ours-on-xorriso.iso'))
  await append('ours-on-xorriso.iso', 'random-write')
  row('ours-on-xorriso.iso', 'ro', 'source-more')
  run(
    'xorriso',
    '-dev',
    `stdio:${at('emulated.iso')}`,
    '-joliet',
    'on',
    '-map',
    at('source'),
    '/',
    '-commit_eject',
    'all',
  )
  cpSync(at('emulated.iso'), at('ours-on-emulated.iso'))
  await append('ours-on-emulated.iso', 'random-write', { writeUnitSize: 32 })
  row('ours-on-emulated.iso', 'ro', 'source-more')
  run('genisoimage', '-quiet', '-o', at('genisoimage.iso'), '-J', '-R', at('plain'))
  cpSync(at('genisoimage.iso'), at('ours-on-genisoimage.iso'))
  const third = await append('ours-on-genisoimage.iso', 'sequential')
  row('ours-on-genisoimage.iso', `sbsector=${third}`, 'plain-more', 'data')
  // Theirs on ours.
  await build('xorriso-on-ours.iso', 'plain', { fileSystemsToCreate: BOTH })
  run(
    'xorriso',
    '-dev',
    `stdio:${at('xorriso-on-ours.iso')}`,
    '-joliet',
    'on',
    '-map',
    at('more'),
    '/',
    '-commit_eject',
    'all',
  )
  row('xorriso-on-ours.iso', 'ro', 'plain-more', 'data')
  await build('genisoimage-on-ours.iso', 'plain', { fileSystemsToCreate: BOTH })
  const next = 4096
  const part = at('part')
  run(
    'genisoimage',
    '-quiet',
    '-o',
    part,
    '-J',
    '-R',
    '-C',
    `0,${next}`,
    '-M',
    at('genisoimage-on-ours.iso'),
    at('more'),
  )
  truncateSync(at('genisoimage-on-ours.iso'), next * 2048)
  execFileSync('sh', ['-c', 'cat "$1" >>"$2"', 'sh', part, at('genisoimage-on-ours.iso')])
  rmSync(part)
  row('genisoimage-on-ours.iso', `sbsector=${next}`, 'plain-more', 'data')

  // Files that mkzftree or xorriso compressed: the kernel knows version 1.
  run('mkzftree', at('plain'), at('packed'))
  run('genisoimage', '-quiet', '-o', at('zisofs.iso'), '-z', '-R', at('packed'))
  cpSync(at('zisofs.iso'), at('ours-on-zisofs.iso'))
  await append('ours-on-zisofs.iso', 'random-write')
  row('ours-on-zisofs.iso', 'ro', 'plain-more', 'data')
  for (const [name, zisofs] of [
    ['zisofs-1.iso', 'version_2=off'],
    ['zisofs-2.iso', 'version_2=on'],
  ]) {
    run(
      ...['xorriso', '-zisofs', zisofs, '-outdev', `stdio:${at(name)}`, '-map', at('plain'), '/'],
      ...['-set_filter_r', '--zisofs', '/', '--', '-commit_eject', 'all'],
    )
  }
  cpSync(at('zisofs-2.iso'), at('ours-on-zisofs-2.iso'))
  await append('ours-on-zisofs-2.iso', 'random-write')

  // What they made, extracted by this library.
  for (const [name, session] of [
    ['xorriso.iso'],
    ['emulated.iso'],
    ['xorriso-on-ours.iso'],
    ['genisoimage-on-ours.iso'],
    ['genisoimage.iso'],
    ['ours-sequential.iso'],
    ['zisofs.iso'],
    ['zisofs-1.iso'],
    ['zisofs-2.iso'],
    ['ours-on-zisofs.iso'],
  ]) {
    const { extract } = require('../../../dist/fsimage')
    const opened = await openImage(at(name))
    const contents = await opened.session(session ?? opened.sessions.at(-1).number)
    await extract([contents.fileSystems.find(system => system.rockRidge).root], at(`${name}.extracted`), opened.source)
    await opened.close()
    if (!existsSync(at(`${name}.extracted`))) throw new Error(`${name} was not extracted`)
  }
  writeFileSync(at('list'), list.join(''))
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
