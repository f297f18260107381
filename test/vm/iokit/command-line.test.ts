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

/** Command lines on one machine, through one backend. */
interface Group {
  readonly lines: Lines
  readonly machine?: string
  readonly ffi?: string
}

/** Command lines, one after the other in one process: starting one takes longer than they do. */
function run(groups: readonly Group[], nodeArgs: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const result = join(OUT, 'answers.json')
  rmSync(result, { force: true })
  const { status, stderr } = spawnSync(
    process.execPath,
    [...nodeArgs, join(__dirname, 'run-lines.cjs'), result, JSON.stringify(groups)],
    { env: { ...process.env, ...environment }, encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  expect({ status, stderr }).toMatchObject({ status: 0 })
  return { answers: JSON.parse(readFileSync(result, 'utf8')) as Answer[][], stderr }
}

/** The same on macOS stood in for; `preload` is a library that is loaded before all others. */
function onMacos(groups: readonly Group[], preload?: string) {
  return run(
    groups.map(group => ({ machine: `${DRIVE}\n${EMPTY}`, ...group })),
    ['--require', join(__dirname, 'darwin.cjs')],
    {
      MACOS_STAND_IN_LOG: join(OUT, 'log'),
      ...(preload ? { LD_PRELOAD: preload, ASAN_OPTIONS: 'detect_leaks=0' } : {}),
    },
  )
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
const BACKENDS = ['koffi', 'ffi-napi'] as const
const namesOf = (backend: string) => ({ DISC: 'disk4', EMPTY: EMPTY_ADDRESS, FILE: join(OUT, `${backend}.bin`) })
const HELD = [DRIVE, `${EMPTY}|disk=disk5|held`, `${EMPTY}|disk=disk6|reader`].join('\n')
let linux: Answer[]
let macos: Readonly<Record<(typeof BACKENDS)[number], Answer[]>>
let mounted: Answer[]
let refused: Answer[]

beforeAll(() => {
  mkdirSync(OUT, { recursive: true })
  install(join(WORK, 'stand-in.so'))
  // The first to ask after the machine has started takes the unit attentions.
  const attentions = ['/dev/sr0', '/dev/sr1'].map(drive => ['raw', drive, '--none', ...'00 00 00 00 00 00'.split(' ')])
  linux = run([{ lines: attentions }, { lines: [...filled(LINUX), ['list']] }]).answers[1]!
  const [koffi, ffiNapi, ...others] = onMacos([
    ...BACKENDS.map(ffi => ({ ffi, lines: [...filled(namesOf(ffi)), ['list']] })),
    { machine: `${DRIVE}|mount=/Volumes/FIRST`, lines: [['info', 'disk4']] },
    { machine: HELD, lines: ['disk9', 'disk5', 'disk6'].map(disk => ['info', disk]) },
  ]).answers
  macos = { koffi: koffi!, 'ffi-napi': ffiNapi! }
  ;[mounted, refused] = others as [Answer[], Answer[]]
})

afterAll(() => {
  expect(readFileSync(join(OUT, 'log'), 'utf8')).not.toContain('MISUSE')
})

describe.each(BACKENDS)('through %s', ffi => {
  const names = namesOf(ffi)

  test.each(LINES.map((line, index) => [line.join(' '), index] as const))('%s, as on Linux', (_, index) => {
    expect(unaddressed(macos[ffi][index]!, names)).toEqual(unaddressed(linux[index]!, LINUX))
  })

  test('the blocks that were read are those of the disc', () => {
    const expected = readFileSync(join(WORK, 'first.iso')).subarray(3 * 2048, 153 * 2048)
    expect(Buffer.compare(readFileSync(names.FILE), expected)).toBe(0)
  })

  test('list, as on Linux', () => {
    const drives = ({ json }: Answer) => (json as { drives: Record<string, unknown>[] }).drives
    const named = (answer: Answer) => drives(answer).map(drive => ({ ...drive, address: '', otherAddresses: [] }))
    const listed = macos[ffi][LINES.length]!
    expect(named(listed)).toEqual(named(linux[LINES.length]!))
    expect(drives(listed)).toMatchObject([{ address: 'disk4' }, { address: EMPTY_ADDRESS }])
  })
})

test('info of a mounted disc: what macOS does not send stays unasked, and the state is known all the same', () => {
  expect(mounted).toMatchObject([{ code: 0, json: { medium: { state: 'complete', isBlank: false } } }])
})

test('errors: no such drive, one that is held, one that takes no commands', () => {
  expect(refused).toMatchObject([
    { code: 4, json: { error: { code: 'TRANSPORT_NO_SUCH_DEVICE' } } },
    { code: 4, json: { error: { code: 'TRANSPORT_BUSY', systemError: { name: 'kIOReturnExclusiveAccess' } } } },
    { code: 4, json: { error: { code: 'TRANSPORT_NOT_A_SCSI_DEVICE' } } },
  ])
})

test('with the sanitizers watching, the same and no complaint', () => {
  install(join(WORK, 'stand-in-sanitized.so'))
  const names = namesOf('sanitized')
  const preload = spawnSync('cc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim()
  const { answers, stderr } = onMacos([{ lines: filled(names) }], preload)
  expect(stderr.match(/ERROR: AddressSanitizer.*|runtime error.*/g)).toBeNull()
  expect(answers[0]!.map(answer => unaddressed(answer, names))).toEqual(
    linux.slice(0, LINES.length).map(answer => unaddressed(answer, LINUX)),
  )
})
