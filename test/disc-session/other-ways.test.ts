import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  append,
  burnSession,
  encodeCdText,
  openDiscOrImage,
  openDrive,
  readDisc,
  sendCueSheet,
  sessionFromAudioFiles,
  sessionFromCueSheet,
  virtualDisc,
  write10,
} from '../../src'
import { faultInjection, type ScsiRequest, type Transport } from '../../src/platform'
import { FLAC } from '../audio/flac-file'

const directory = mkdtempSync(join(tmpdir(), 'disc-session-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const SECTOR = 2352
const sound = Buffer.alloc(400 * SECTOR, 0)
for (let at = 0; at < sound.length; at += 4) sound.writeUInt32LE((at * 2654435761) >>> 0, at)
writeFileSync(join(directory, 'a.bin'), sound)
const CUE = join(directory, 'a.cue')
writeFileSync(
  CUE,
  'TITLE "T"\nFILE a.bin BINARY\nTRACK 01 AUDIO\nISRC XYBLG1101234\nINDEX 01 00:00:00\nFILE a.bin BINARY\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n',
)

async function blankDisc(name: string): Promise<string> {
  const file = join(directory, name)
  await virtualDisc.create(file, { media: 'cd-r' })
  return `virtual:${file}`
}

test('a drive that refuses every cue sheet records track by track, and says what is lost', async () => {
  const effect = { kind: 'sense', key: 5, asc: 0x26, ascq: 0 } as const
  const refusing = faultInjection([{ cdb: [sendCueSheet.opcode], to: Number.POSITIVE_INFINITY, effect }])
  const address = await blankDisc('track-at-once')
  await using drive = await openDrive(address, { access: 'write', layers: [refusing] })
  const report = await burnSession(drive, await sessionFromCueSheet(CUE), { verify: true })
  expect(report).toMatchObject({ writeType: 'track-at-once', hasCdText: false, leadOut: null })
  expect(report.trackStarts).toEqual([0, 400 + 2 + 150])
  expect(report.verification).toMatchObject({ comparedSectors: 800, differences: [], unreadable: [] })
  expect(report.warnings).toEqual(expect.arrayContaining([expect.stringMatching(/no CD-Text/)]))
})

test('CD-Extra: sound first, data appended behind it', async () => {
  const address = await blankDisc('extra')
  const data = join(directory, 'data')
  mkdirSync(data)
  writeFileSync(join(data, 'hello.txt'), 'hello')
  {
    await using drive = await openDrive(address, { access: 'write' })
    const report = await burnSession(drive, await sessionFromCueSheet(CUE))
    expect(report.mediumAfter).toMatchObject({ state: 'appendable', nextWritableAddress: 800 + 11_400 })
    const [offered] = await drive.multisessionInterfaces()
    expect(offered).toMatchObject({ isFirstDataSession: true, nextWritableAddress: 12_200 })
    const appended = await append(drive, [data], { close: true, verify: true })
    expect(appended).toMatchObject({ start: 12_200, verification: { differences: [], unreadable: [] } })
    expect(appended.mediumAfter).toMatchObject({ state: 'complete' })
    expect(appended.mediumAfter?.tracks.map(({ isData }) => isData)).toEqual([false, false, true])
  }
  const image = await openDiscOrImage(address)
  const { fileSystems } = await image.session(image.sessions.at(-1)!.number)
  expect(image.sessions.at(-1)!.start).toBe(12_200)
  expect(fileSystems.map(({ type }) => type)).toContain('ISO9660')
  await image.close()
})

test('a disc that holds something, or is no CD, is refused before anything is written', async () => {
  const source = await sessionFromCueSheet(CUE)
  const address = await blankDisc('twice')
  await using drive = await openDrive(address, { access: 'write' })
  await burnSession(drive, source)
  await expect(burnSession(drive, source)).rejects.toMatchObject({ code: 'MEDIUM_NOT_BLANK' })
  const dvd = join(directory, 'dvd')
  await virtualDisc.create(dvd, { media: 'dvd-r' })
  await using other = await openDrive(`virtual:${dvd}`, { access: 'write' })
  await expect(burnSession(other, source)).rejects.toMatchObject({ code: 'MEDIUM_NO_CD' })
})

test('a sheet may name only what is in its folder', async () => {
  const outside = join(directory, 'outside.cue')
  writeFileSync(outside, 'FILE "../../etc/passwd" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n')
  await expect(sessionFromCueSheet(outside)).rejects.toMatchObject({ code: 'USAGE_OUTSIDE' })
  await expect(sessionFromAudioFiles([CUE])).rejects.toMatchObject({ code: 'FORMAT_AUDIO' })
})

test('the sheet of a WAVE that has become a FLAC, in capitals; and what only decoding finds wrong is found before', async () => {
  const folder = join(directory, 'encoded')
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.cue'), 'FILE "Song.wav" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n')
  writeFileSync(join(folder, 'SONG.flac'), FLAC)
  const checked: string[] = []
  const { warnings } = await sessionFromCueSheet(join(folder, 'a.cue'), { onChecking: file => checked.push(file) })
  expect(warnings).toContain(`The sheet names Song.wav, which is not there: ${join(folder, 'SONG.flac')} is recorded.`)
  expect(checked).toEqual([join(folder, 'SONG.flac')])
  writeFileSync(join(folder, 'SONG.flac'), FLAC.subarray(0, -9))
  await expect(sessionFromCueSheet(join(folder, 'a.cue'))).rejects.toMatchObject({ code: 'FORMAT_AUDIO' })
})

test('CDTEXTFILE: every language goes onto the disc as it is; what is no such file is refused', async () => {
  const packs = encodeCdText(
    [
      { languageCode: 9, tracks: [{ number: 0, title: 'Songs' }] },
      { languageCode: 0x69, characterCode: 0x80, tracks: [{ number: 1, title: '歌' }] },
    ],
    { lastTrack: 2 },
  )
  const text = join(directory, 'texts.cdt')
  const cue = join(directory, 'texts.cue')
  writeFileSync(text, packs)
  writeFileSync(cue, `CDTEXTFILE texts.cdt\n${readFileSync(CUE, 'utf8')}`)
  const address = await blankDisc('texts')
  await using drive = await openDrive(address, { access: 'write' })
  const report = await burnSession(drive, await sessionFromCueSheet(cue), { verify: true })
  expect(report).toMatchObject({ hasCdText: true, warnings: [], verification: { complaints: [] } })
  const read = await readDisc(drive, join(directory, 'texts-read'))
  expect(readFileSync(read.cdTextFile!).equals(packs)).toBe(true)

  // As cdrdao and others have it: with the header of READ TOC, or a zero behind it.
  for (const odd of [
    Buffer.concat([Buffer.from([0, packs.length + 2, 0, 0]), packs]),
    Buffer.concat([packs, Buffer.of(0)]),
  ]) {
    writeFileSync(text, odd)
    expect(Buffer.from((await sessionFromCueSheet(cue)).session.cdTextPacks!).equals(packs)).toBe(true)
  }
  for (const wrong of [Buffer.from('TITLE "T"'), Buffer.from(packs).fill(0x20, 4, 5)]) {
    writeFileSync(text, wrong)
    await expect(sessionFromCueSheet(cue)).rejects.toMatchObject({ code: 'FORMAT_CD_TEXT' })
  }
  expect((await sessionFromCueSheet(cue, { withoutCdText: true })).session.cdTextPacks).toBeUndefined()
})

test('test writing leaves the disc blank, an interrupted recording says what became of it', async () => {
  const address = await blankDisc('simulated')
  const source = await sessionFromCueSheet(CUE)
  const interruption = new AbortController()
  let interruptAt = Number.POSITIVE_INFINITY
  const watched = (transport: Transport) =>
    new Proxy(transport, {
      get: (target, property) => {
        if (property !== 'execute') return Reflect.get(target, property, target)
        return (request: ScsiRequest) => {
          const lba = new DataView(request.cdb.buffer, request.cdb.byteOffset).getInt32(2)
          if (request.cdb[0] === write10.opcode && lba >= interruptAt) interruption.abort()
          return target.execute(request)
        }
      },
    })
  await using drive = await openDrive(address, { access: 'write', layers: [watched] })
  const simulated = await burnSession(drive, source, { simulate: true, verify: true })
  expect(simulated).toMatchObject({ writeType: 'session-at-once', verification: null, mediumAfter: { isBlank: true } })

  interruptAt = 500
  const burning = burnSession(drive, source, { signal: interruption.signal })
  await expect(burning).rejects.toMatchObject({ code: 'MEDIUM_RECORDING_ABORTED' })
  // The drive ends the session where it was broken off: the table of contents has what was recorded.
  expect((await drive.readMedium())!.tracks.filter(({ state }) => state === 'complete')).not.toHaveLength(0)
})
