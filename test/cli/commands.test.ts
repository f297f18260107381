import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scsiMmc, scsiMmcJson } from './command-line'

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('info: drive and medium as documented, evidence for every claim', async () => {
  await scsiMmc('virtual', 'create', at('a'), '--media', 'dvd+r', '--state', 'appendable', '--sessions', '2')
  const { exitCode, document } = await scsiMmcJson('info', `virtual:${at('a')}`)
  expect(exitCode).toBe(0)
  expect(document.drive).toMatchObject({ address: `virtual:${at('a')}`, vendor: expect.any(String) })
  const { medium } = document
  expect(medium).toMatchObject({
    profile: { code: 0x1b, name: 'DVD+R' },
    family: 'dvd+r',
    state: 'appendable',
    isBlank: false,
    isAppendable: true,
    isOverwritable: false,
    sessionCount: 3,
    lastSessionState: 'empty',
    warnings: [],
  })
  expect(medium.tracks).toHaveLength(3)
  expect(medium.nextWritableAddress).toBe(medium.tracks[2].start)
  expect(medium.lastSessionStart).toBe(medium.tracks[1].start)
  const claims = new Set(medium.evidence.map(({ claim }: { claim: string }) => claim))
  for (const claim of ['family', 'state', 'isBlank', 'nextWritableAddress', 'lastSessionStart']) {
    expect(claims).toContain(claim)
  }
  expect((await scsiMmc('info', `virtual:${at('a')}`)).stdout).toContain('appendable: another session can be added')
})

test.each([
  ['dvd+r', 'appendable', 'none', 0, 'S_OK', 'sequential'],
  ['dvd+r', 'appendable', 'random-write', 1, 'IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE', undefined],
  ['dvd+r', 'complete', 'none', 1, 'IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE', undefined],
  ['cd-r', 'blank', 'none', 1, 'IMAPI_E_IMPORT_SEEK_FAILURE', undefined],
  ['dvd+rw', 'appendable', 'none', 0, 'S_OK', 'random-write'],
  ['dvd+rw', 'appendable', 'sequential', 0, 'S_OK', 'sequential'],
  ['cd-rom', 'complete', 'none', 1, 'IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED', undefined],
])('multisession: %s, %s, --use %s', async (media, state, use, exitCode, name, accepted) => {
  await scsiMmc('virtual', 'create', at('m'), '--media', media, '--state', state)
  const outcome = await scsiMmcJson('multisession', `virtual:${at('m')}`, '--use', use)
  expect(outcome.exitCode).toBe(exitCode)
  expect(outcome.document.result.name).toBe(name)
  expect(outcome.document.accepted?.type).toBe(accepted)
  expect(outcome.document.offered).toHaveLength(2)
  const people = await scsiMmc('multisession', `virtual:${at('m')}`, '--use', use)
  expect(people.stdout).toContain(name)
})

test('read: the blocks of a disc in a file', async () => {
  await scsiMmc('virtual', 'create', at('r'), '--media', 'dvd-rom')
  const outcome = await scsiMmcJson('read', `virtual:${at('r')}`, '-o', at('out'), '--start', '16', '--blocks', '1')
  expect(outcome).toMatchObject({ exitCode: 0, document: { start: 16, blocks: 1, bytes: 2048, unreadable: [] } })
  expect(readFileSync(at('out')).toString('latin1', 1, 6)).toBe('CD001')
})

test('raw: bytes out as they are; what writes is refused unless it is asked for', async () => {
  const inquiry = ['raw', 'virtual:', '--in', '36', '12', '00', '00', '00', '24', '00']
  const { document } = await scsiMmcJson(...inquiry)
  expect(document).toMatchObject({ cdb: '12 00 00 00 24 00', status: 0, transferredBytes: 36 })
  expect(document.data).toMatch(/^05 80( [0-9A-F]{2}){34}$/)
  const eject = ['raw', 'virtual:', '1B 00 00 00 02 00']
  expect(await scsiMmcJson(...eject)).toMatchObject({ exitCode: 2, document: { error: { code: 'USAGE_READ_ONLY' } } })
  expect(await scsiMmcJson(...eject, '--write')).toMatchObject({ exitCode: 0, document: { status: 0 } })
  expect(await scsiMmcJson('raw', 'virtual:', '25 00 00 00 00 00 00 00 00 00', '--in', '8')).toMatchObject({
    exitCode: 3,
    document: { error: { cdb: '25 00 00 00 00 00 00 00 00 00', sense: { key: 2, asc: 0x3a } } },
  })
})

test('decode: fields, meanings, and one line in words', async () => {
  const sense = '70 00 05 00 00 00 00 0A 00 00 00 00 21 02 00 00 00 00'
  const { document } = await scsiMmcJson('decode', 'sense', sense)
  expect(document.value).toMatchObject({ key: 5, asc: 0x21, ascq: 2, information: null, deferred: false })
  expect(document.value.text).toBe('INVALID ADDRESS FOR WRITE')
  expect((await scsiMmc('decode', 'cdb', '28 00 00 00 00 10 00 00 01 00')).stdout).toContain('READ(10)')
})

test('a trace is a transcript that answers the same again, and that decode explains', async () => {
  await scsiMmc('virtual', 'create', at('t'), '--media', 'bd-re', '--state', 'unformatted')
  const live = await scsiMmcJson('info', `virtual:${at('t')}`, '--trace', at('trace.jsonl'))
  const replayed = await scsiMmcJson('info', `replay:${at('trace.jsonl')}`)
  expect(replayed.document.medium).toEqual(live.document.medium)
  const { document } = await scsiMmcJson('decode', 'trace', at('trace.jsonl'))
  expect(document.exchanges.map(({ command }: { command: string }) => command)).toContain('GET CONFIGURATION')
})

test('blank, format and close change the disc, and a dry run does not', async () => {
  await scsiMmc('virtual', 'create', at('w'), '--media', 'dvd-rw', '--state', 'appendable')
  const address = `virtual:${at('w')}`
  const dry = await scsiMmc('blank', address, '--dry-run')
  expect(dry.stdout).toContain('would send: BLANK')
  expect((await scsiMmcJson('info', address)).document.medium.isBlank).toBe(false)
  const blanked = await scsiMmcJson('blank', address, '--type', 'disc', '--yes')
  expect(blanked).toMatchObject({ exitCode: 0, document: { mediumAfter: { state: 'blank' } } })
  const formatted = await scsiMmcJson('format', address, '--yes')
  expect(formatted).toMatchObject({ exitCode: 0, document: { mediumAfter: { family: 'dvd-rw-ro' } } })
  await scsiMmc('virtual', 'create', at('w'), '--media', 'dvd+r', '--state', 'appendable')
  expect(await scsiMmcJson('close', address, '--yes')).toMatchObject({
    exitCode: 0,
    document: { mediumAfter: { state: 'complete' } },
  })
})

test('scan: what cannot be read, on standard output and as a page that nothing from the disc can break out of', async () => {
  await scsiMmc('virtual', 'create', at('s'), '--media', 'dvd-rom')
  const address = `virtual:${at('s')}?bad=17-18`
  const { exitCode, document } = await scsiMmcJson('scan', address, '--report', at('scan.html'))
  expect(exitCode).toBe(1)
  expect(document).toMatchObject({
    medium: { family: 'dvd-rom' },
    unreadableBlocks: 2,
    unreadable: [{ start: 17, blocks: 2, sense: { key: 3, asc: 0x11 } }],
  })
  expect(document.scannedBlocks).toBe(
    document.zones.reduce((sum: number, { blocks }: { blocks: number }) => sum + blocks, 0),
  )
  const page = readFileSync(at('scan.html'), 'utf8')
  expect(page).toMatch(/^<!doctype html>[\s\S]*<td>17<td>18<td>2<td>3\/11\/05 L-EC UNCORRECTABLE ERROR/)
  const people = await scsiMmc('scan', `virtual:${at('s')}`, '--start', '16', '--blocks', '10')
  expect(people).toMatchObject({ exitCode: 0 })
  expect(people.stdout).toMatch(/scanned +10 blocks[\s\S]+unreadable +none/)
})

test('virtual serve: where one drive cannot be opened, the others are free again', async () => {
  await scsiMmc('virtual', 'create', at('served'), '--media', 'dvd+r')
  const { exitCode, stdout } = await scsiMmc('virtual', 'serve', at('served'), `virtual:${at('absent')}`, '--json')
  expect(exitCode).toBe(2)
  expect(JSON.parse(stdout).error.code).toBe('USAGE_NO_SUCH_FILE')
  expect(existsSync(`${at('served')}.lock`)).toBe(false)
})
