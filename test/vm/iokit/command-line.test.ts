import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { FRAMEWORK_PATHS } from '../../../src/platform/macos/frameworks'

const WORK = process.env['WORK']!
const OUT = '/tmp/iokit'
const DRIVE = 'class=IODVDServices|disk=disk4|backend=sg:/dev/sr0|transfer=131072'
const EMPTY = 'class=IODVDServices|backend=sg:/dev/sr1|transfer=131072'
const EMPTY_ADDRESS = 'IOService:/StandIn/AHCI@1/IODVDServices'

type Lines = readonly (readonly string[])[]

interface Answer {
  readonly code: number
  readonly json: unknown
}

interface Settings {
  readonly machine?: string
  readonly ffi?: string
  /** A library that is loaded before all others. */
  readonly preload?: string
}

/** Command lines, one after the other in one process. */
function run(lines: Lines, nodeArgs: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const result = join(OUT, 'answers.json')
  rmSync(result, { force: true })
  const { status, stderr } = spawnSync(
    process.execPath,
    [...nodeArgs, join(__dirname, 'run-lines.cjs'), result, JSON.stringify(lines)],
    { env: { ...process.env, ...environment }, encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  expect({ status, stderr }).toMatchObject({ status: 0 })
  return { answers: JSON.parse(readFileSync(result, 'utf8')) as Answer[], stderr }
}

/** The same on macOS stood in for. */
function onMacos(settings: Settings, lines: Lines) {
  return run(lines, ['--require', join(__dirname, 'darwin.cjs')], {
    MACOS_STAND_IN: settings.machine ?? `${DRIVE}\n${EMPTY}`,
    MACOS_STAND_IN_LOG: join(OUT, 'log'),
    ...(settings.ffi ? { SCSI_MMC_FFI: settings.ffi } : {}),
    ...(settings.preload ? { LD_PRELOAD: settings.preload, ASAN_OPTIONS: 'detect_leaks=0' } : {}),
  })
}

/** An answer without what names the drive or the file, and without the time that it took. */
function unaddressed({ code, json }: Answer, names: Readonly<Record<string, string>>): unknown {
  let text = JSON.stringify({ code, json }, (key, value) => (key === 'durationUs' ? undefined : value))
  for (const [word, name] of Object.entries(names)) text = text.replaceAll(JSON.stringify(name).slice(1, -1), word)
  return JSON.parse(text)
}

function install(library: string): void {
  for (const path of Object.values(FRAMEWORK_PATHS)) {
    mkdirSync(join(path, '..'), { recursive: true })
    rmSync(path, { force: true })
    symlinkSync(library, path)
  }
}

/** Command lines with places for the drives and a file. */
const LINES: Lines = [
  ['info', 'DISC'],
  ['multisession', 'DISC'],
  ['features', 'DISC'],
  ['raw', 'DISC', '--in', '36', '12', '00', '00', '00', '24', '00'],
  ['raw', 'DISC', '--in', '2048', '28', '00', '00', '00', '00', '10', '00', '00', '01', '00'],
  ['raw', 'DISC', '--in', '2048', '28', '00', '7f', 'ff', 'ff', 'f0', '00', '00', '01', '00'],
  ['read', 'DISC', '-o', 'FILE', '--start', '3', '--blocks', '150'],
  ['info', 'EMPTY'],
  ['multisession', 'EMPTY'],
]
const filled = (names: Readonly<Record<string, string>>): Lines =>
  LINES.map(line => line.map(word => names[word] ?? word))

const LINUX = { DISC: '/dev/sr0', EMPTY: '/dev/sr1', FILE: join(OUT, 'linux.bin') }
let linux: Answer[]

beforeAll(() => {
  mkdirSync(OUT, { recursive: true })
  install(join(WORK, 'stand-in.so'))
  // The first to ask after the machine has started takes the unit attentions.
  const attentions = ['/dev/sr0', '/dev/sr1'].map(drive => ['raw', drive, '--none', ...'00 00 00 00 00 00'.split(' ')])
  linux = run([...attentions, ...filled(LINUX), ['list']]).answers.slice(attentions.length)
})

afterAll(() => {
  expect(readFileSync(join(OUT, 'log'), 'utf8')).not.toContain('MISUSE')
})

describe.each(['koffi', 'ffi-napi'])('through %s', ffi => {
  const names = { DISC: 'disk4', EMPTY: EMPTY_ADDRESS, FILE: join(OUT, `${ffi}.bin`) }
  let macos: Answer[]

  beforeAll(() => {
    macos = onMacos({ ffi }, [...filled(names), ['list']]).answers
  })

  test.each(LINES.map((line, index) => [line.join(' '), index] as const))('%s, as on Linux', (_, index) => {
    expect(unaddressed(macos[index]!, names)).toEqual(unaddressed(linux[index]!, LINUX))
  })

  test('the blocks that were read are those of the disc', () => {
    const expected = readFileSync(join(WORK, 'first.iso')).subarray(3 * 2048, 153 * 2048)
    expect(Buffer.compare(readFileSync(names.FILE), expected)).toBe(0)
  })

  test('list, as on Linux', () => {
    const drives = ({ json }: Answer) => (json as { drives: Record<string, unknown>[] }).drives
    const named = (answer: Answer) => drives(answer).map(drive => ({ ...drive, address: '', otherAddresses: [] }))
    expect(named(macos[LINES.length]!)).toEqual(named(linux[LINES.length]!))
    expect(drives(macos[LINES.length]!)).toMatchObject([{ address: 'disk4' }, { address: EMPTY_ADDRESS }])
  })
})

test('info of a mounted disc: what macOS does not send stays unasked, and the state is known all the same', () => {
  const { answers } = onMacos({ machine: `${DRIVE}|mount=/Volumes/FIRST` }, [['info', 'disk4']])
  expect(answers).toMatchObject([{ code: 0, json: { medium: { state: 'complete', isBlank: false } } }])
})

test('errors: no such drive, one that is held, one that takes no commands', () => {
  const machine = [DRIVE, `${EMPTY}|disk=disk5|held`, `${EMPTY}|disk=disk6|reader`].join('\n')
  const { answers } = onMacos({ machine }, [
    ['info', 'disk9'],
    ['info', 'disk5'],
    ['info', 'disk6'],
  ])
  expect(answers).toMatchObject([
    { code: 4, json: { error: { code: 'TRANSPORT_NO_SUCH_DEVICE' } } },
    { code: 4, json: { error: { code: 'TRANSPORT_BUSY', systemError: { name: 'kIOReturnExclusiveAccess' } } } },
    { code: 4, json: { error: { code: 'TRANSPORT_NOT_A_SCSI_DEVICE' } } },
  ])
})

test('with the sanitizers watching, the same and no complaint', () => {
  install(join(WORK, 'stand-in-sanitized.so'))
  const names = { DISC: 'disk4', EMPTY: EMPTY_ADDRESS, FILE: join(OUT, 'sanitized.bin') }
  const preload = spawnSync('cc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim()
  const { answers, stderr } = onMacos({ preload }, filled(names))
  expect(stderr.match(/ERROR: AddressSanitizer.*|runtime error.*/g)).toBeNull()
  expect(answers.map(answer => unaddressed(answer, names))).toEqual(
    linux.slice(0, LINES.length).map(answer => unaddressed(answer, LINUX)),
  )
})
