import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  append,
  burn,
  closeMedium,
  closeTrackSession,
  FileSystemImage,
  openDrive,
  readDiscInformation,
  readTrackInformation,
  synchronizeCache,
  virtualDisc,
  write10,
} from '../src'
import type { MediaType } from '../src/virtual'
import { writeParameters } from './virtual/drive-with-disc'

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-burn-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function source(name: string): string {
  const path = join(folder, `source-${name}`)
  mkdirSync(path)
  writeFileSync(join(path, name), `what ${name} holds\n`)
  return path
}
const SOURCES = ['first', 'second', 'third'].map(source)

const MEDIA: MediaType[] = ['cd-rw', 'dvd+rw', 'bd-r-pow']

test.each(MEDIA)('%s: what is appended is seen beside what was there, by whoever reads the newest', async media => {
  const path = join(folder, media)
  await virtualDisc.create(path, { media, state: media === 'dvd+rw' ? 'unformatted' : 'blank' })
  const drive = await openDrive(`virtual:${path}`, { access: 'write' })
  for (const [index, tree] of SOURCES.entries()) {
    const report = await (index === 0 ? burn : append)(drive, [tree], { verify: true })
    expect(report.verification).toMatchObject({ differences: [], unreadable: [] })
  }
  const image = new FileSystemImage()
  await image.putMultisessionInterfaces(await drive.multisessionInterfaces())
  await image.importFileSystem()
  for (const name of ['first', 'second', 'third']) expect(await image.exists(name)).toBe('file')
  await image.close()
  await drive.close()
})

test('bd-r-pow: nothing is written where no cluster is left to replace written ones with', async () => {
  const path = join(folder, 'worn')
  await virtualDisc.create(path, { media: 'bd-r-pow', state: 'blank' })
  const drive = await openDrive(`virtual:${path}`, { access: 'write' })
  await burn(drive, [SOURCES[0]!])
  const before = await drive.readMedium()
  const send = drive.transport.execute.bind(drive.transport)
  drive.transport.execute = async request => {
    const result = await send(request)
    const isPowResources = request.cdb[0] === 0x51 && (request.cdb[1]! & 7) === 2
    if (isPowResources && request.direction === 'in') request.data.fill(0, 4, 16)
    return result
  }
  await expect(append(drive, [SOURCES[1]!])).rejects.toMatchObject({ code: 'MEDIUM_NO_REPLACEMENTS' })
  expect((await drive.readMedium())?.nextWritableAddress).toBe(before?.nextWritableAddress)
  await drive.close()
})

test('cd-r: an appendable disc is closed by its last session, and by nothing else', async () => {
  const path = join(folder, 'closed')
  await virtualDisc.create(path, { media: 'cd-r' })
  const drive = await openDrive(`virtual:${path}`, { access: 'write' })
  await burn(drive, [SOURCES[0]!])
  await expect(closeMedium(drive, { close: true })).rejects.toMatchObject({ code: 'MEDIUM_NOTHING_TO_CLOSE' })
  const report = await append(drive, [SOURCES[1]!], { close: true })
  expect(report.mediumAfter?.state).toBe('complete')
  await drive.close()
})

test('cd-r: behind sessions of CD-ROM XA, as wodim begins discs, comes one of the same kind', async () => {
  const path = join(folder, 'xa')
  await virtualDisc.create(path, { media: 'cd-r' })
  const drive = await openDrive(`virtual:${path}`, { access: 'write' })
  const image = new FileSystemImage()
  await image.root.addTree(SOURCES[0]!)
  const result = await image.createResultImage()
  const chunks: Uint8Array[] = []
  for await (const chunk of result.stream()) chunks.push(Uint8Array.from(chunk))
  await writeParameters(drive, { 2: 0x41, 3: 0xc4, 4: 10, 8: 0x20 })
  await drive.send(write10, { transferLength: result.totalBlocks }, { data: Buffer.concat(chunks) })
  await drive.send(synchronizeCache)
  await drive.send(closeTrackSession, { closeFunction: 2 })
  await append(drive, [SOURCES[1]!], { verify: true })
  expect((await drive.send(readDiscInformation)).discType).toBe(0x20)
  for (const number of [1, 2]) {
    expect((await drive.send(readTrackInformation, { numberType: 'track', number })).dataMode).toBe(2)
  }
  await drive.close()
})

test('dvd+rw: the new blocks are on the medium before the descriptors that lead to them', async () => {
  const path = join(folder, 'order')
  await virtualDisc.create(path, { media: 'dvd+rw' })
  const drive = await openDrive(`virtual:${path}`, { access: 'write' })
  const { blocks } = await burn(drive, [SOURCES[0]!])
  const execute = drive.transport.execute.bind(drive.transport)
  const order: string[] = []
  drive.transport.execute = request => {
    const cdb = Buffer.from(request.cdb)
    if (cdb[0] === 0x2a) order.push(cdb.readUInt32BE(2) < blocks ? 'replaced' : 'new')
    if (cdb[0] === 0x35) order.push('synchronized')
    return execute(request)
  }
  await append(drive, [SOURCES[1]!])
  await drive.close()
  const runs = order.filter((step, index) => step !== order[index - 1])
  expect(runs).toEqual(['new', 'synchronized', 'replaced', 'synchronized'])
})
