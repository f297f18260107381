import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { burnSession, cdText, openDrive, readCdText, readDisc, sessionFromCueSheet, virtualDisc } from '../../src'
import { parseCueSheet } from '../../src/cue-sheet'
import { serve } from '../../src/iscsi'
import { virtualPlatform } from '../../src/virtual'

const directory = mkdtempSync(join(tmpdir(), 'disc-session-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const SECTOR = 2352
let seed = 1
/** Bytes in which no two sectors are alike. */
function noise(sectors: number, bytes = SECTOR): Buffer {
  const data = Buffer.alloc(sectors * bytes)
  for (let at = 0; at < data.length; at += 4) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    data.writeUInt32LE(seed, at)
  }
  return data
}

async function blankDisc(name: string): Promise<string> {
  const file = join(directory, name)
  await virtualDisc.create(file, { media: 'cd-r' })
  return `virtual:${file}`
}

function sheet(name: string, text: string): string {
  const file = join(directory, name)
  writeFileSync(file, text)
  return file
}

async function burn(address: string, cue: string, options = {}) {
  await using drive = await openDrive(address, { access: 'write' })
  return await burnSession(drive, await sessionFromCueSheet(cue), { verify: true, ...options })
}

async function rip(address: string, to: string, options = {}) {
  await using drive = await openDrive(address)
  return await readDisc(drive, join(directory, to), options)
}

const positions = (tracks: readonly { indexes: readonly { number: number; position: number }[] }[]) =>
  tracks.map(({ indexes }) => indexes.map(({ number, position }) => [number, position]))

test('an audio CD with CD-Text, codes, gaps and indexes: burnt, verified, read back byte for byte', async () => {
  const sound = noise(1300)
  writeFileSync(join(directory, 'album.bin'), sound)
  const cue = sheet(
    'album.cue',
    [
      'CATALOG 1234567890123',
      'TITLE "Joyful Nights"',
      'PERFORMER "United Cat Orchestra"',
      'FILE "album.bin" BINARY',
      '  TRACK 01 AUDIO',
      '    TITLE "Song of Joy"',
      '    PERFORMER "Félix"',
      '    ISRC XYBLG1101234',
      '    FLAGS DCP PRE',
      '    INDEX 00 00:00:00',
      '    INDEX 01 00:00:50',
      '    INDEX 02 00:02:00',
      '  TRACK 02 AUDIO',
      '    TITLE "Humpty Dumpty"',
      '    ISRC XYBLG1100005',
      '    INDEX 00 00:06:00',
      '    INDEX 01 00:07:00',
      '  TRACK 03 AUDIO',
      '    INDEX 01 00:12:00',
    ].join('\n'),
  )
  const address = await blankDisc('album')
  const report = await burn(address, cue, { close: true })
  expect(report).toMatchObject({ writeType: 'session-at-once', hasCdText: true, warnings: [], leadOut: 1300 })
  expect(report.trackStarts).toEqual([50, 525, 900])
  expect(report.verification).toMatchObject({ comparedSectors: 1300, differences: [], unreadable: [], complaints: [] })
  expect(report.mediumAfter).toMatchObject({ state: 'complete' })

  const read = await rip(address, 'album-read')
  expect(readFileSync(read.binaryFile).equals(sound)).toBe(true)
  const original = parseCueSheet(readFileSync(cue, 'latin1')).sheet
  const copy = parseCueSheet(readFileSync(read.cueSheetFile, 'utf8')).sheet
  expect(positions(copy.tracks)).toEqual(positions(original.tracks))
  expect(copy.catalog).toBe('1234567890123')
  expect(copy.texts).toEqual({ title: 'Joyful Nights', performer: 'United Cat Orchestra' })
  expect(copy.tracks[0]).toMatchObject({
    texts: { title: 'Song of Joy', performer: 'Félix' },
    isrc: 'XYBLG1101234',
    copyPermitted: true,
    preEmphasis: true,
  })
  expect(copy.tracks[1]).toMatchObject({ isrc: 'XYBLG1100005', copyPermitted: false })
  await using drive = await openDrive(address)
  const { blocks, damagedPacks } = cdText((await drive.send(readCdText)).cdTextDescriptors!)
  expect(damagedPacks).toBe(0)
  expect(blocks[0]).toMatchObject({ language: 'English' })
})

test('mixed mode: data first, sound behind it', async () => {
  const data = noise(400, 2048)
  const sound = noise(500)
  writeFileSync(join(directory, 'data.iso'), data)
  writeFileSync(join(directory, 'sound.bin'), sound)
  const cue = sheet(
    'mixed.cue',
    'FILE data.iso BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nFILE sound.bin MOTOROLA\nTRACK 02 AUDIO\nPREGAP 00:02:00\nINDEX 01 00:00:00\n',
  )
  const address = await blankDisc('mixed')
  const report = await burn(address, cue)
  expect(report.trackStarts).toEqual([0, 550])
  expect(report.verification).toMatchObject({ differences: [], unreadable: [], complaints: [] })
  const read = await rip(address, 'mixed-read')
  const image = readFileSync(read.binaryFile)
  expect(read.cueSheet.tracks.map(({ mode }) => mode)).toEqual(['MODE1/2352', 'AUDIO'])
  for (const lba of [0, 399]) {
    const user = image.subarray(lba * SECTOR + 16, lba * SECTOR + 16 + 2048)
    expect(user.equals(data.subarray(lba * 2048, (lba + 1) * 2048))).toBe(true)
  }
  expect(image.subarray(550 * SECTOR, 550 * SECTOR + 4)).toEqual(Buffer.from(sound.subarray(0, 4)).swap16())

  // What was read is recorded again, and reads the same, codes and pre-gaps included.
  const again = await blankDisc('mixed-again')
  await burn(again, read.cueSheetFile)
  const second = await rip(again, 'mixed-again-read')
  expect(readFileSync(second.binaryFile).equals(image)).toBe(true)
})

test('a sector that differs is found, and so is a table of contents that does', async () => {
  writeFileSync(join(directory, 'one.bin'), noise(400))
  const cue = sheet('one.cue', 'FILE one.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n')
  const address = await blankDisc('one')
  await burn(address, cue)
  const changed = readFileSync(join(directory, 'one.bin'))
  changed[123 * SECTOR + 7]! ^= 1
  writeFileSync(join(directory, 'one.bin'), changed)
  const { verifySession } = await import('../../src')
  await using drive = await openDrive(address)
  const { session } = await sessionFromCueSheet(cue)
  const report = { trackStarts: [0], leadOut: 401, hasCdText: false, writeType: 'session-at-once' } as const
  const verification = await verifySession(drive, session, report)
  expect(verification.differences).toEqual([{ start: 123, blocks: 1 }])
  expect(verification.complaints).toEqual(['The lead-out begins at LBA 400, not 401.'])
})

test('over iSCSI, too: sectors of sound, and the sub-channel of the lead-in', async () => {
  writeFileSync(join(directory, 'remote.bin'), noise(700))
  const cue = sheet(
    'remote.cue',
    'TITLE "Far Away"\nFILE "remote.bin" BINARY\n  TRACK 01 AUDIO\n    TITLE "One"\n    INDEX 01 00:00:00\n',
  )
  await blankDisc('remote')
  const transport = await virtualPlatform.open(`virtual:${join(directory, 'remote')}`, { access: 'write' })
  const target = await serve({ luns: [{ transport, access: 'write' }], port: 0, target: 'iqn.2026-01.org.example:cd' })
  try {
    const report = await burn(`iscsi://127.0.0.1:${target.port}/${target.target}/0`, cue)
    expect(report).toMatchObject({ writeType: 'session-at-once', hasCdText: true, warnings: [] })
    expect(report.verification).toMatchObject({ differences: [], unreadable: [], complaints: [] })
  } finally {
    await target.close()
    await transport.close()
  }
})
