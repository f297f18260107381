import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MEDIA_TYPES } from '../../src/virtual'
import { scsiMmc, scsiMmcJson, scsiMmcWatched } from './command-line'

/** In memory where there is such a place: each disc is synchronised many times. */
const MEMORY = '/dev/shm'
const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'recording-commands-'))
const at = (name: string) => join(folder, name)
const source = at('source')
const more = at('more')
const single = at('report.pdf')
let discs = 0

beforeAll(() => {
  mkdirSync(join(source, 'sub'), { recursive: true })
  mkdirSync(more)
  writeFileSync(join(source, 'sub', 'large.dat'), Buffer.alloc(100_000, 0x35))
  writeFileSync(join(source, 'small.txt'), 'small\n')
  writeFileSync(join(more, 'later.txt'), 'later\n')
  writeFileSync(single, Buffer.alloc(5000, 0x70))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The address of a new disc. */
async function disc(media: string, ...options: string[]): Promise<string> {
  const path = at(`disc-${discs++}`)
  await scsiMmc('virtual', 'create', path, '--media', media, ...options)
  return `virtual:${path}`
}

const mediumIn = async (address: string) => (await scsiMmcJson('info', address)).document.medium

const commandsOf = (trace: string): string[] =>
  readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => JSON.parse(line).cdb.slice(0, 2))

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

describe('burn, append, verify', () => {
  const recordable = MEDIA_TYPES.filter(media => !media.endsWith('-rom'))

  test.each(recordable)('%s: recorded, continued, closed, and compared with its sources', async media => {
    const address = await disc(media, '--state', 'blank')
    const burnt = await scsiMmcJson('burn', address, source, '--verify')
    expect(burnt).toMatchObject({
      exitCode: 0,
      document: {
        address,
        start: 0,
        blocks: expect.any(Number),
        durationMs: expect.any(Number),
        averageKBps: expect.any(Number),
        underruns: expect.any(Number),
        written: [{ start: 0, blocks: expect.any(Number) }],
        mediumBefore: { isBlank: true },
        mediumAfter: { isBlank: false },
        verification: { differences: [], unreadable: [], files: [], averageKBps: expect.any(Number) },
        renamed: expect.any(Array),
      },
    })
    expect(burnt.document.verification.comparedBlocks).toBeGreaterThanOrEqual(burnt.document.blocks)
    expect(burnt.document).not.toHaveProperty('checksums')
    const appended = await scsiMmcJson('append', address, more, '--close')
    expect(appended).toMatchObject({ exitCode: 0, document: { verification: null } })
    const { isOverwritable } = appended.document.mediumAfter
    expect(appended.document.mediumAfter.state).toBe(isOverwritable ? 'overwritable' : 'complete')
    expect(await scsiMmcJson('verify', address, source, more)).toMatchObject({
      exitCode: 0,
      document: { comparedFiles: 3, comparedBytes: 100_012, differences: [] },
    })
    if (isOverwritable) return
    expect(await scsiMmcJson('append', address, more)).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE', hresult: '0xC0AAB15C' } },
    })
    expect(await scsiMmcJson('burn', address, source)).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'MEDIUM_COMPLETE' } },
    })
  })

  test.each(['cd-rom', 'dvd-rom', 'bd-rom'])('%s: nothing is recorded', async media => {
    const address = await disc(media)
    expect(await scsiMmcJson('burn', address, source)).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'MEDIUM_NOT_RECORDABLE' } },
    })
    expect(await scsiMmcJson('append', address, source)).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED', hresult: '0xC0AAB159' } },
    })
  })

  test('people read what was done, warnings and progress apart from it', async () => {
    const address = await disc('dvd+r')
    const { exitCode, stdout, stderr } = await scsiMmc('burn', address, source, '--verify', '--volume', 'HOLIDAY')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/KiB recorded \(.* MB\/s, .* s in all\); the dvd\+r is appendable now/)
    expect(stdout).toContain('read back, all as written')
    expect(stderr).toMatch(/writing[\s\S]*closing[\s\S]*checking the medium[\s\S]*verifying/)
    const { document } = await scsiMmcJson('image', 'info', address)
    expect(document.sessions[0].fileSystems[0].volumeName).toBe('HOLIDAY')
  })

  test('a second burn says what to do instead', async () => {
    const writeOnce = await disc('dvd+r', '--state', 'appendable')
    expect((await scsiMmcJson('burn', writeOnce, source)).document.error).toMatchObject({
      code: 'MEDIUM_NOT_BLANK',
      hint: 'Append to it: what is on it stays visible beside what is new.',
    })
    const erasable = await disc('cd-rw', '--state', 'appendable')
    expect((await scsiMmcJson('burn', erasable, source)).document.error.hint).toContain('blank it first')
  })

  test('what a rewritable medium holds is overwritten only where that is said', async () => {
    const address = await disc('dvd+rw', '--state', 'appendable')
    expect(await scsiMmcJson('burn', address, source)).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'MEDIUM_NOT_BLANK' } },
    })
    expect(await scsiMmcJson('burn', address, source, '--overwrite')).toMatchObject({ exitCode: 0 })
    expect(await scsiMmcJson('burn', address, more, '--yes')).toMatchObject({ exitCode: 0 })
  })

  test('--exclude leaves out', async () => {
    const address = await disc('cd-r')
    await scsiMmc('burn', address, source, '--exclude', '*.dat')
    const { document } = await scsiMmcJson('verify', address, source)
    expect(document.differences).toEqual([{ path: '/sub/large.dat', problem: 'is not on the disc', lba: null }])
  })

  test('--dry-run tells the commands, and sends none of them', async () => {
    const address = await disc('cd-rw')
    const { exitCode, stdout } = await scsiMmc('burn', address, source, '--dry-run', '--close', '--verify')
    expect(exitCode).toBe(0)
    for (const command of ['MODE SELECT(10)', 'WRITE(10)', 'SYNCHRONIZE CACHE', 'CLOSE TRACK SESSION']) {
      expect(stdout).toContain(`would send: ${command}`)
    }
    const { document, stderr } = await scsiMmcJson('burn', address, source, '--dry-run')
    expect(document).toMatchObject({ address, verification: null })
    expect(stderr).toContain('would send: WRITE(10)')
    expect((await mediumIn(address)).isBlank).toBe(true)
  })

  test.each(['cd-r', 'cd-rw', 'dvd-r', 'dvd-rw', 'dvd-r-dl'])('--simulate leaves no mark on a %s', async media => {
    const address = await disc(media)
    for (const more of [[], ['--close'], ['--disc-at-once']]) {
      expect(await scsiMmcJson('burn', address, source, '--simulate', ...more)).toMatchObject({ exitCode: 0 })
      expect((await mediumIn(address)).isBlank).toBe(true)
    }
    expect(await scsiMmcJson('burn', address, source, '--verify')).toMatchObject({ exitCode: 0 })
  })

  test('--simulate is refused where the medium knows no test writing', async () => {
    expect(await scsiMmcJson('burn', await disc('bd-r'), source, '--simulate')).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'MEDIUM_CANNOT_SIMULATE' } },
    })
  })

  test('--disc-at-once records a DVD-R from end to end', async () => {
    const { document } = await scsiMmcJson('burn', await disc('dvd-r'), source, '--disc-at-once', '--verify')
    expect(document).toMatchObject({ mediumAfter: { state: 'complete' }, verification: { differences: [] } })
  })

  test('--streaming sends WRITE(12) where the medium knows stream recording', async () => {
    const trace = at('streaming.jsonl')
    const address = await disc('dvd-ram')
    const { exitCode } = await scsiMmcJson('burn', address, source, '--streaming', '--verify', '--trace', trace)
    expect(exitCode).toBe(0)
    expect(commandsOf(trace)).toContain('AA')
    expect(commandsOf(trace)).not.toContain('2A')
    expect(await scsiMmcJson('burn', await disc('dvd+r'), source, '--streaming')).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'MEDIUM_CANNOT_STREAM' } },
    })
  })

  test('--speed is asked for, and the drive’s own speeds are restored', async () => {
    const trace = at('speed.jsonl')
    const address = await disc('dvd+r')
    expect(await scsiMmcJson('burn', address, source, '--speed', '4x', '--trace', trace)).toMatchObject({ exitCode: 0 })
    const requests = readFileSync(trace, 'utf8')
      .split('\n')
      .filter(line => line.includes('"cdb":"B6'))
    expect(requests).toHaveLength(2)
    // Write size 5540 kB/s at byte 20 of the performance descriptor; the second one restores the defaults.
    expect(JSON.parse(requests[0]!).data.split(' ').slice(20, 24).join('')).toBe('000015A4')
    expect(JSON.parse(requests[1]!).data.slice(0, 2)).toBe('04')
    const odd = await scsiMmcJson('append', address, more, '--speed', '2000')
    expect(odd.document.warnings).toEqual([expect.stringContaining('it has not the 2000 kB/s that were asked for')])
  })

  test.each([['8'], ['fast'], ['-1'], ['0x'], ['x8']])('--speed %s is wrong usage', async speed => {
    const { exitCode, document } = await scsiMmcJson('burn', 'virtual:', source, '--speed', speed)
    expect(exitCode).toBe(2)
    expect(document.error.code).toMatch(/^USAGE_/)
  })

  test('--buffer takes MiB', async () => {
    expect(await scsiMmcJson('burn', await disc('bd-r'), source, '--buffer', '1')).toMatchObject({ exitCode: 0 })
    expect(await scsiMmcJson('burn', await disc('bd-r'), source, '--buffer', 'much')).toMatchObject({ exitCode: 2 })
  })

  test('--json-stream: every line is an event, the last one the report', async () => {
    const { exitCode, stdout } = await scsiMmc(
      'burn',
      await disc('bd-re', '--state', 'unformatted'),
      source,
      '--verify',
      '--json-stream',
    )
    expect(exitCode).toBe(0)
    const events = lines(stdout)
    const progress = events.filter(({ event }) => event === 'progress')
    expect(progress).toHaveLength(events.length - 1)
    expect(new Set(progress.map(({ phase }) => phase))).toEqual(
      new Set(['preparing', 'formatting', 'writing', 'synchronizing', 'closing', 'checking', 'verifying']),
    )
    expect(events.find(({ phase }) => phase === 'writing')).toEqual({
      event: 'progress',
      phase: 'writing',
      blocksWritten: expect.any(Number),
      totalBlocks: expect.any(Number),
      speedKBps: expect.any(Number),
      secondsLeft: null,
      bufferFill: expect.any(Number),
      driveBufferFill: null,
      underruns: 0,
      operationProgress: null,
    })
    expect(events.at(-1)).toMatchObject({ event: 'done', mediumAfter: { state: 'overwritable' } })
    const failing = await scsiMmc('burn', 'virtual:', source, '--json-stream')
    expect(failing.exitCode).toBe(3)
    expect(lines(failing.stdout)).toEqual([
      { event: 'error', error: expect.objectContaining({ code: 'MEDIUM_NOT_PRESENT' }) },
    ])
  })

  test('--copies records several drives from one read; one that fails lets the others go on', async () => {
    const [first, second, third] = [await disc('dvd+r'), await disc('cd-r'), await disc('dvd-r')]
    const faulty = `${second}?faults=WRITE(10) #1: sense 3/0C/00`
    const { exitCode, document } = await scsiMmcJson('burn', first, source, '--verify', '--copies', faulty, third)
    expect(exitCode).toBe(4)
    expect(document.copies).toMatchObject([
      { address: first, verification: { differences: [] } },
      {
        address: faulty,
        error: { code: 'MEDIUM_RECORDING_FAILED', failedAt: 0, sense: { key: 3, asc: 0x0c, ascq: 0 } },
      },
      { address: third, verification: { differences: [] } },
    ])
  })
})

describe('what a single file is', () => {
  test.each([
    ['sound behind the data', 'data', 'sound'],
    ['data without a file system', 'data', 'data'],
  ])('raw sectors of a whole disc, %s: refused before anything is written', async (_what, ...tracks) => {
    const address = await disc('cd-r')
    const sector = (kind: string) => {
      const bytes = Buffer.alloc(2352, kind === 'sound' ? 0x55 : 0)
      if (kind === 'data') bytes.write('00ffffffffffffffffffff0000020001', 'hex')
      return bytes
    }
    const bin = join(folder, `raw-${tracks.join('-')}.bin`)
    writeFileSync(bin, Buffer.concat(tracks.flatMap(kind => Array.from({ length: 300 }, () => sector(kind)))))
    const { exitCode, document } = await scsiMmcJson('burn', address, bin)
    expect(exitCode).toBe(2)
    expect(document.error).toMatchObject({ code: 'USAGE_IMAGE', hint: expect.stringContaining('cue sheet') })
    expect((await scsiMmcJson('info', address)).document.medium.state).toBe('blank')
  })

  test('one that looks like no image is not recorded as one without being told', async () => {
    const address = await disc('dvd+r')
    const { exitCode, document } = await scsiMmcJson('burn', address, single)
    expect(exitCode).toBe(2)
    expect(document.error).toMatchObject({ code: 'USAGE_IMAGE', hint: expect.stringContaining('--as files') })
    expect(await scsiMmcJson('burn', address, single, '--as', 'files')).toMatchObject({ exitCode: 0 })
    expect(await scsiMmcJson('verify', address, single, '--as', 'files')).toMatchObject({
      exitCode: 0,
      document: { comparedFiles: 1, comparedBytes: 5000 },
    })
  })

  test('the last block of an image that is no multiple of 2048 bytes is recorded, too', async () => {
    const address = await disc('dvd+r')
    expect(await scsiMmcJson('burn', address, single, '--as', 'image')).toMatchObject({
      exitCode: 0,
      document: { blocks: 3 },
    })
    await scsiMmc('read', address, '-o', at('back'), '--start', '0', '--blocks', '3')
    const back = readFileSync(at('back'))
    expect(back.subarray(0, 5000).equals(readFileSync(single))).toBe(true)
    expect(back.subarray(5000).every(byte => byte === 0)).toBe(true)
    expect(await scsiMmcJson('verify', address, single, '--as', 'image')).toMatchObject({ exitCode: 0 })
  })

  test('an image is known by its name, or by what it holds', async () => {
    await scsiMmc('image', 'build', source, '-o', at('built.iso'))
    writeFileSync(at('built.backup'), readFileSync(at('built.iso')))
    for (const image of ['built.iso', 'built.backup']) {
      const address = await disc('cd-r')
      expect(await scsiMmcJson('burn', address, at(image), '--verify')).toMatchObject({ exitCode: 0 })
      expect(await scsiMmcJson('verify', address, source)).toMatchObject({ exitCode: 0 })
    }
  })

  test('appended to a formatted medium that holds nothing, it is a file', async () => {
    const address = await disc('bd-re')
    expect(await scsiMmcJson('append', address, single)).toMatchObject({ exitCode: 0 })
    expect(await scsiMmcJson('verify', address, single, '--as', 'files')).toMatchObject({ exitCode: 0 })
  })

  test('a cue sheet is recorded as the tracks that it describes', async () => {
    writeFileSync(at('a.bin'), Buffer.alloc(400 * 2352, 0x11))
    writeFileSync(at('a.cue'), 'FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n')
    const address = await disc('cd-r')
    expect(await scsiMmcJson('burn', address, at('a.cue'), '--copies', address)).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'USAGE_CUE_SHEET' } },
    })
    expect(await scsiMmcJson('burn', address, at('a.cue'), '--verify')).toMatchObject({
      exitCode: 0,
      document: { writeType: 'session-at-once', verification: { differences: [] } },
    })
    expect((await mediumIn(address)).tracks[0].isData).toBe(false)
    expect(await scsiMmcJson('append', address, at('a.cue'))).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'USAGE_CUE_SHEET' } },
    })
  })
})

test('verify names the files that differ, where, and how', async () => {
  const address = await disc('dvd+r')
  await scsiMmc('burn', address, source)
  const other = at('other')
  mkdirSync(join(other, 'sub'), { recursive: true })
  const changed = Buffer.alloc(100_000, 0x35)
  changed[50_000] = 0
  writeFileSync(join(other, 'sub', 'large.dat'), changed)
  writeFileSync(join(other, 'small.txt'), 'longer than it was\n')
  const { exitCode, document } = await scsiMmcJson('verify', address, other)
  expect(exitCode).toBe(1)
  expect(document.differences).toEqual([
    { path: '/small.txt', problem: '6 bytes instead of 19', lba: expect.any(Number) },
    {
      path: '/sub/large.dat',
      problem: expect.stringMatching(/^differs between bytes \d+ and \d+$/),
      lba: expect.any(Number),
    },
  ])
  const people = await scsiMmc('verify', address, other)
  expect(people.stdout).toContain('/sub/large.dat')
  expect(people.stderr).toContain('2 differ')
  const unreadable = await scsiMmcJson('verify', `${address}?bad=${document.differences[1].lba}`, source)
  expect(unreadable).toMatchObject({ exitCode: 1, document: { differences: [{ path: '/sub/large.dat' }] } })
  expect(await scsiMmc('verify', address, at('nothing'))).toMatchObject({ exitCode: 2 })
})

test('verify --speed asks the drive to read slower, and restores its own speeds', async () => {
  const address = await disc('dvd+r')
  await scsiMmc('burn', address, source)
  const trace = at('verify.jsonl')
  expect(await scsiMmcJson('verify', address, source, '--speed', '4x', '--trace', trace)).toMatchObject({ exitCode: 0 })
  const requests = readFileSync(trace, 'utf8')
    .split('\n')
    .filter(line => line.includes('"cdb":"B6'))
  expect(requests.map(line => JSON.parse(line).data.split(' ').slice(12, 16).join(''))).toEqual([
    '000015A4',
    '00000000',
  ])
})

describe('failures', () => {
  test.each([
    ['burn', 3],
    ['append', 3],
    ['verify', 3],
    ['blank', 3],
    ['format', 3],
    ['close', 3],
  ])('%s of an empty tray ends with %i', async (command, exitCode) => {
    const words = ['burn', 'append', 'verify'].includes(command) ? [source] : []
    expect(await scsiMmcJson(command, 'virtual:', ...words)).toMatchObject({ exitCode })
  })

  test('a write error ends with 4, and names block, command, sense, and what can be saved', async () => {
    const address = `${await disc('dvd+r')}?faults=WRITE(10) #2: sense 3/0C/00`
    const { exitCode, document } = await scsiMmcJson('burn', address, source)
    expect(exitCode).toBe(4)
    expect(document.error).toMatchObject({
      code: 'MEDIUM_RECORDING_FAILED',
      cdb: expect.stringMatching(/^2A 00 00 00 00 20/),
      sense: { key: 3, asc: 0x0c, ascq: 0, text: 'WRITE ERROR' },
      failedAt: 32,
      hint: expect.stringContaining('close it, or append another session'),
      report: { written: [{ start: 0, blocks: 32 }], mediumAfter: { isAppendable: true } },
    })
    const people = await scsiMmc('append', address.replace(/\?.*/, ''), more)
    expect(people.exitCode).toBe(0)
  })

  test.each([
    ['cd-r', '2A #2-6: sense 2/04/08'],
    ['cd-r', '2A #2-6: sense 2/04/07'],
    ['dvd+r', '2A #2-6: sense 2/04/08'],
    ['dvd+r', '2A #2: sense 2/04/07'],
    ['bd-r', '5B #1-3: sense 2/04/07'],
    ['dvd-r', '51 #1-3: sense 2/04/07'],
  ])('%s: a drive that puts commands off is waited for (%s)', async (media, fault) => {
    const address = await disc(media)
    expect(await scsiMmcJson('burn', `${address}?faults=${fault}`, source, '--verify')).toMatchObject({
      exitCode: 0,
      document: { verification: { differences: [], unreadable: [] } },
    })
  })

  test('an interruption ends with 130, says in which state the disc is, and the disc goes on', async () => {
    const path = await disc('dvd+r')
    writeFileSync(at('long.img'), Buffer.alloc(8 * 2 ** 20))
    let interrupted = false
    const interrupt = (text: string) => {
      if (interrupted || !/"phase":"writing","blocksWritten":[1-9]/.test(text)) return
      // Once: who interrupts twice ends the process, and that is this one.
      interrupted = true
      process.emit('SIGINT')
    }
    const words = ['burn', `${path}?speed=20000&buffer=65536`, at('long.img'), '--json-stream']
    const { exitCode, stdout, stderr } = await scsiMmcWatched(interrupt, ...words)
    expect(exitCode).toBe(130)
    expect(lines(stdout).at(-1)).toMatchObject({ event: 'error', error: { code: 'MEDIUM_RECORDING_ABORTED' } })
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /The medium goes on at LBA \d+: close it, or append another session/,
    )
    expect(await scsiMmcJson('append', path, more)).toMatchObject({ exitCode: 0 })
  })
})

describe('a recording that was broken off', () => {
  const gone = 'faults=2A #3: gone'
  const tree = async (address: string): Promise<string[]> =>
    (await scsiMmcJson('ls', address)).document.entries.map(({ path }: { path: string }) => path)

  test.each(['cd-r', 'cd-rw', 'dvd-r', 'dvd-rw', 'dvd-r-dl', 'dvd+r', 'dvd+r-dl', 'bd-r', 'bd-r-pow'])(
    '%s: append closes it, and goes on from the session before it',
    async media => {
      const address = await disc(media)
      const torn = at('torn.img')
      writeFileSync(torn, Buffer.alloc(400_000, 0x77))
      expect(await scsiMmcJson('burn', `${address}?${gone}`, torn)).toMatchObject({ exitCode: 4 })
      const first = await scsiMmcJson('append', address, more)
      expect(first).toMatchObject({
        exitCode: 0,
        document: { warnings: [expect.stringContaining('broken off')], mediumAfter: { state: 'appendable' } },
      })
      expect(await tree(address)).toEqual(['/later.txt'])
      expect(await scsiMmcJson('append', `${address}?${gone}`, torn)).toMatchObject({ exitCode: 4 })
      expect(await scsiMmcJson('append', address, source, '--verify')).toMatchObject({ exitCode: 0 })
      expect(await tree(address)).toEqual(['/later.txt', '/small.txt', '/sub', '/sub/large.dat'])
      expect(await scsiMmcJson('verify', address, source, more)).toMatchObject({ exitCode: 0 })
    },
  )

  test('a session that was closed as it was: another one is gone on from by its number', async () => {
    const address = await disc('dvd+r')
    await scsiMmc('burn', address, more)
    await scsiMmc('append', `${address}?faults=2A #2: gone`, single)
    expect(await scsiMmcJson('close', address, '--session', '--yes')).toMatchObject({ exitCode: 0 })
    expect(await scsiMmcJson('append', address, source, '--session', '7')).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'USAGE_SESSION' } },
    })
    expect(await scsiMmcJson('append', address, source, '--session', '1')).toMatchObject({ exitCode: 0 })
    expect(await tree(address)).toEqual(['/later.txt', '/small.txt', '/sub', '/sub/large.dat'])
    expect(await scsiMmcJson('append', address, source, '--session', '0')).toMatchObject({ exitCode: 0 })
    expect(await tree(address)).toEqual(['/small.txt', '/sub', '/sub/large.dat'])
  })
})

describe('blank, format, close, speed', () => {
  test.each([
    ['blank', 'dvd+r', 'MEDIUM_NOT_ERASABLE'],
    ['blank', 'bd-re', 'MEDIUM_NOT_ERASABLE'],
    ['format', 'cd-rw', 'MEDIUM_NOT_FORMATTABLE'],
    ['format', 'bd-r', 'MEDIUM_NOT_FORMATTABLE'],
  ])('%s of a %s with data: refused before anything is asked', async (command, media, code) => {
    const address = await disc(media, '--state', 'appendable')
    expect(await scsiMmcJson(command, address)).toMatchObject({ exitCode: 1, document: { error: { code } } })
  })

  test.each([
    ['blank', 'cd-rw', 'That will be lost.'],
    ['format', 'dvd+rw', 'That will be lost.'],
    ['close', 'dvd+r', 'Nothing more can be recorded'],
  ])('%s of a %s with data is done only where somebody says so', async (command, media, loss) => {
    const address = await disc(media, '--state', 'appendable')
    const { exitCode, document } = await scsiMmcJson(command, address)
    expect(exitCode).toBe(2)
    expect(document.error).toMatchObject({ code: 'USAGE_CONFIRMATION', message: expect.stringContaining(loss) })
    expect(await scsiMmcJson(command, address, '--yes')).toMatchObject({
      exitCode: 0,
      document: {
        mediumBefore: { family: media },
        mediumAfter: { family: media },
        durationMs: expect.any(Number),
        warnings: [],
      },
    })
  })

  test.each(['minimal', 'disc', 'last-session', 'unclose-last-session'])('blank --type %s of a CD-RW', async type => {
    const address = await disc('cd-rw', '--state', 'complete', '--sessions', '2')
    const { exitCode, document } = await scsiMmcJson('blank', address, '--type', type, '--yes')
    expect(exitCode).toBe(0)
    const whole = type === 'minimal' || type === 'disc'
    expect(document.mediumAfter.state).toBe(whole ? 'blank' : 'appendable')
  })

  test('format: DVD-RW, BD-RE without spare areas, BD-R with pseudo-overwrite, and back to the start', async () => {
    const dvd = await scsiMmcJson('format', await disc('dvd-rw'), '--full')
    expect(dvd.document.mediumAfter).toMatchObject({ family: 'dvd-rw-ro', state: 'overwritable' })
    const spared = await scsiMmcJson('format', await disc('bd-re', '--state', 'unformatted'))
    const bare = await scsiMmcJson('format', await disc('bd-re', '--state', 'unformatted'), '--no-spare')
    expect(bare.document.mediumAfter.capacityBlocks).toBeGreaterThan(spared.document.mediumAfter.capacityBlocks)
    const bdR = await scsiMmcJson('format', await disc('bd-r'), '--pseudo-overwrite')
    expect(bdR.document.mediumAfter.family).toBe('bd-r-pow')
  })

  test.each([
    ['dvd+rw', '--no-spare'],
    ['bd-r', '--no-spare'],
    ['bd-re', '--pseudo-overwrite'],
  ])('format of a %s takes no %s', async (media, option) => {
    expect(await scsiMmcJson('format', await disc(media), option, '--yes')).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'MEDIUM_FORMAT_NOT_OFFERED' } },
    })
  })

  test('close --session closes what was cut off, and leaves the medium appendable', async () => {
    const address = await disc('dvd+r')
    await scsiMmc('burn', `${address}?faults=CLOSE TRACK SESSION #1: sense 4/44/00`, source)
    expect(await scsiMmcJson('close', address, '--session', '--yes')).toMatchObject({
      exitCode: 0,
      document: { mediumAfter: { state: 'appendable', lastSessionState: 'empty' } },
    })
    expect(await scsiMmcJson('close', await disc('dvd+r'), '--yes')).toMatchObject({
      exitCode: 1,
      document: { error: { code: 'MEDIUM_NOTHING_TO_CLOSE' } },
    })
  })

  test('operations tell their progress as events', async () => {
    const { exitCode, stdout } = await scsiMmc('blank', `${await disc('cd-rw')}?operation=500`, '--json-stream')
    expect(exitCode).toBe(0)
    const events = lines(stdout)
    expect(events.map(({ phase }) => phase)).toContain('blanking')
    for (const { operationProgress } of events.slice(0, -1)) expect(operationProgress ?? 0).toBeLessThanOrEqual(1)
    expect(events.at(-1)).toMatchObject({ event: 'done', mediumAfter: { state: 'blank' } })
  })

  test('what failed says what the medium is now: as text, as an event, in the document', async () => {
    const address = `${await disc('cd-rw', '--state', 'complete')}?faults=A1 #1: sense 3/51/00`
    const { exitCode, stderr } = await scsiMmc('blank', address, '--yes')
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(
      /Blanking failed: BLANK .*The cd-rw is complete now\.\n {2}Its state is as it was: try again/,
    )
    const error = {
      code: 'MEDIUM_OPERATION_FAILED',
      cdb: expect.stringMatching(/^A1 /),
      sense: { key: 3, asc: 0x51, ascq: 0 },
      report: { mediumBefore: { state: 'complete' }, mediumAfter: { state: 'complete' }, warnings: [] },
    }
    expect(await scsiMmcJson('blank', address, '--yes')).toMatchObject({ exitCode: 4, document: { error } })
    const streamed = await scsiMmc('blank', address, '--yes', '--json-stream')
    expect(lines(streamed.stdout).at(-1)).toMatchObject({ event: 'error', error })
  })

  test('the question tells the time where the drive tells its speed, and every block is written', async () => {
    const address = await disc('dvd-rw', '--state', 'complete')
    const question = async (...words: string[]) => (await scsiMmcJson(...words)).document.error.message
    // READ FORMAT CAPACITIES: 2,298,496 blocks, which take 566 s.
    expect(await question('blank', address, '--type', 'disc')).toContain(
      'By the drive’s speed (8310 kB/s) writing all of it takes about 9 min: an estimate.',
    )
    expect(await question('blank', address)).not.toContain('estimate')
    const silent = `${address}?quirks=capabilities-page-zero-speeds,no-write-speed-descriptors`
    expect(await question('blank', silent, '--type', 'disc')).not.toContain('estimate')
  })

  test('speed lists the drive’s own steps, and shows what the drive took', async () => {
    const address = await disc('dvd+r')
    const { document } = await scsiMmcJson('speed', address)
    expect(document).toMatchObject({ drive: { address }, currentWriteSpeedKBps: 22_160, currentReadSpeedKBps: 22_160 })
    expect(document.steps[0]).toEqual({ writeSpeedKBps: 22_160, readSpeedKBps: 22_160, rotation: 'clv' })
    const set = await scsiMmcJson('speed', address, '--write', '4x')
    expect(set.document.currentWriteSpeedKBps).toBe(5540)
    expect((await scsiMmcJson('speed', address, '--write', '11080')).document.currentWriteSpeedKBps).toBe(11_080)
    expect((await scsiMmcJson('speed', address, '--restore')).document.currentWriteSpeedKBps).toBe(22_160)
  })
})
