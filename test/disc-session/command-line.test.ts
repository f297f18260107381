import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { virtualDisc } from '../../src'
import { scsiMmc, scsiMmcJson } from '../cli/command-line'

const directory = mkdtempSync(join(tmpdir(), 'audio-command-'))
const address = `virtual:${join(directory, 'disc')}`
const blank = `virtual:${join(directory, 'blank')}`
const cue = join(directory, 'a.cue')
const sectors = Buffer.alloc(400 * 2352, 0x5a)
beforeAll(async () => {
  for (const name of ['disc', 'blank']) await virtualDisc.create(join(directory, name), { media: 'cd-r' })
  writeFileSync(join(directory, 'a.bin'), sectors)
  writeFileSync(cue, 'TITLE "Album"\nFILE a.bin BINARY\nTRACK 01 AUDIO\nTITLE "Song"\nINDEX 01 00:00:00\n')
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('a dry run shows the cue sheet and CD-Text, and writes nothing', async () => {
  const { exitCode, stdout } = await scsiMmc('audio', 'burn', blank, cue, '--dry-run')
  expect(exitCode).toBe(0)
  expect(stdout).toContain('01 01 01 00 00 00 02 00  track 1, index 1, LBA 0')
  expect(stdout).toMatch(/80 00 00 00 41 6C 62 75 6D 00 .* Album·Song·/)
  expect(stdout).toContain('would send: SEND CUE SHEET')
  expect((await scsiMmcJson('info', blank)).document.medium.isBlank).toBe(true)
})

test('burnt and read with one document each; a second time it is not blank', async () => {
  const burnt = await scsiMmcJson('audio', 'burn', address, cue, '--verify')
  expect(burnt).toMatchObject({
    exitCode: 0,
    document: { writeType: 'session-at-once', hasCdText: true, verification: { differences: [], complaints: [] } },
  })
  const read = await scsiMmcJson('audio', 'read', address, '-o', join(directory, 'copy'))
  expect(read).toMatchObject({ exitCode: 0, document: { sectors: 400, unreadable: [] } })
  expect(readFileSync(read.document.binaryFile).equals(sectors)).toBe(true)
  expect(readFileSync(read.document.cueSheetFile, 'utf8')).toContain('TITLE "Song"')
  const again = await scsiMmcJson('audio', 'burn', address, cue)
  expect(again).toMatchObject({ exitCode: 1, document: { error: { code: 'MEDIUM_NOT_BLANK' } } })
})

test.each([
  [['audio', 'burn', blank, join(directory, 'none.cue')], 2, 'USAGE_FILE'],
  [['audio', 'burn', blank, cue, 'b.wav'], 2, 'USAGE_CUE_SHEET'],
  [['audio', 'burn', blank, cue, '--encoding', 'morse'], 2, 'USAGE_ENCODING'],
  [['audio', 'read', blank, '-o', directory, '--session', '7'], 1, 'MEDIUM_NO_SESSION'],
])('%j ends with %i', async (words, exitCode, code) => {
  expect(await scsiMmcJson(...words)).toMatchObject({ exitCode, document: { error: { code } } })
})
