import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scsiMmc, scsiMmcJson } from './command-line'

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-cli-'))
  writeFileSync(at('text.txt'), 'no transcript\n')
  writeFileSync(
    at('cut.jsonl'),
    '{"format":"scsi-transcript","version":1}\n{"cdb":"00 00 00 00 00 00","direction":"none","sta',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FILE = '{file}'

describe('bad input: one clear line, the right exit code, no stack trace', () => {
  test.each<[what: string, words: string[], exitCode: number, code: string]>([
    ['an unknown command', ['burnn', 'D:'], 2, 'USAGE_UNKNOWN_COMMAND'],
    ['an unknown option', ['info', 'virtual:', '--fast'], 2, 'USAGE_UNKNOWN_OPTION'],
    ['a missing argument', ['info'], 2, 'USAGE_MISSING_ARGUMENT'],
    ['no drive address', ['info', 'somewhere'], 2, 'USAGE_ADDRESS'],
    ['malformed hex', ['decode', 'sense', '7G'], 2, 'USAGE_HEX'],
    ['half a byte', ['decode', 'sense', '700'], 2, 'USAGE_HEX'],
    ['bytes that nobody knows', ['decode', 'poem', '00'], 2, 'USAGE_NOT_DECODABLE'],
    ['a CDB that is none', ['raw', 'virtual:', '00', '00'], 2, 'USAGE_CDB'],
    ['no number', ['raw', 'virtual:', '--in', 'many', '12'], 2, 'USAGE_INVALID_ARGUMENT'],
    ['data both ways', ['raw', 'virtual:', '--in', '4', '--none', '00 00 00 00 00 00'], 2, 'USAGE_CONFLICTING_OPTIONS'],
    ['a missing transcript', ['info', `replay:${FILE}missing`], 2, 'USAGE_FILE'],
    ['a transcript that is text', ['info', `replay:${FILE}text.txt`], 2, 'FORMAT_TRANSCRIPT'],
    ['a transcript cut in the middle', ['info', `replay:${FILE}cut.jsonl`], 2, 'FORMAT_TRANSCRIPT'],
    ['a virtual disc that is not there', ['info', `virtual:${FILE}missing`], 2, 'USAGE_NO_SUCH_FILE'],
    ['a virtual disc that is text', ['info', `virtual:${FILE}text.txt`], 2, 'FORMAT_VIRTUAL_DISC'],
    ['a kind of medium that does not exist', ['virtual', 'create', `${FILE}x`, '--media', 'vinyl'], 2, 'USAGE_MEDIA'],
    ['a blank CD-ROM', ['virtual', 'create', `${FILE}x`, '--media', 'cd-rom', '--state', 'blank'], 2, 'USAGE_STATE'],
    ['nobody to ask before blanking', ['close', `virtual:${FILE}disc`], 2, 'USAGE_CONFIRMATION'],
  ])('%s', async (_what, words, exitCode, code) => {
    await scsiMmc('virtual', 'create', at('disc'), '--media', 'dvd+r', '--state', 'appendable')
    const given = words.map(word => word.replace(FILE, `${folder}/`))
    const outcome = await scsiMmcJson(...given)
    expect(outcome).toMatchObject({ exitCode, document: { error: { code } } })
    const people = await scsiMmc(...given)
    expect(people).toMatchObject({ exitCode, stdout: '' })
    expect(people.stderr).toMatch(/^scsi-mmc: .+\n( {2}.+\n)?$/)
  })

  test('an empty tray is answered, and says so', async () => {
    expect(await scsiMmcJson('info', 'virtual:')).toMatchObject({ exitCode: 3, document: { medium: null } })
    expect((await scsiMmc('info', 'virtual:')).stderr).toBe('There is no medium in the drive.\n')
    expect(await scsiMmcJson('read', 'virtual:', '-o', at('out'))).toMatchObject({
      exitCode: 3,
      document: { error: { code: 'SENSE_NOT_READY', sense: { key: 2, asc: 0x3a } } },
    })
  })
})

test('the help of every command names its arguments and options', async () => {
  const { exitCode, stdout } = await scsiMmc('--help')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^ {2}info <drive> /m)
  for (const command of ['info', 'raw', 'decode', 'virtual']) {
    expect(await scsiMmc(command, '--help')).toMatchObject({ exitCode: 0 })
  }
})
