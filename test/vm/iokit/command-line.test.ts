import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { FRAMEWORK_PATHS } from '../../../src/platform/macos/frameworks'

const WORK = process.env['WORK']!
const ROOT = join(__dirname, '../../..')
const OUT = '/tmp/iokit'
const DRIVE = 'class=IODVDServices|disk=disk4|backend=sg:/dev/sr0|transfer=131072'
const EMPTY = 'class=IODVDServices|backend=sg:/dev/sr1|transfer=131072'
const EMPTY_ADDRESS = 'IOService:/StandIn/AHCI@1/IODVDServices'

interface Run {
  readonly status: number | null
  readonly json: unknown
  readonly stderr: string
}

/** The command line on this machine's own drives. */
function onLinux(...args: readonly string[]): Run {
  return run([], {}, args)
}

/** The same on macOS stood in for. */
function onMacos(settings: { machine?: string; ffi?: string; preload?: string }, ...args: readonly string[]): Run {
  return run(
    ['--require', join(__dirname, 'darwin.cjs')],
    {
      MACOS_STAND_IN: settings.machine ?? `${DRIVE}\n${EMPTY}`,
      MACOS_STAND_IN_LOG: join(OUT, 'log'),
      ...(settings.ffi ? { SCSI_MMC_FFI: settings.ffi } : {}),
      ...(settings.preload
        ? {
            LD_PRELOAD: settings.preload,
            ASAN_OPTIONS: 'detect_leaks=0:halt_on_error=1',
            UBSAN_OPTIONS: 'halt_on_error=1',
          }
        : {}),
    },
    args,
  )
}

function run(nodeArgs: readonly string[], environment: NodeJS.ProcessEnv, args: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeArgs, join(ROOT, 'bin/scsi-mmc.cjs'), ...args, '--json'],
    { env: { ...process.env, ...environment }, encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  return { status, json: stdout ? JSON.parse(stdout) : stderr, stderr }
}

/** An answer without what names the drive. */
function unaddressed(value: unknown, ...addresses: readonly string[]): unknown {
  let text = JSON.stringify(value)
  for (const address of addresses) text = text.replaceAll(JSON.stringify(address).slice(1, -1), 'ADDRESS')
  return JSON.parse(text)
}

function install(library: string): void {
  for (const path of Object.values(FRAMEWORK_PATHS)) {
    mkdirSync(join(path, '..'), { recursive: true })
    rmSync(path, { force: true })
    symlinkSync(library, path)
  }
}

beforeAll(() => {
  mkdirSync(OUT, { recursive: true })
  install(join(WORK, 'stand-in.so'))
  // The first to ask after the machine has started takes the unit attentions.
  for (const drive of ['/dev/sr0', '/dev/sr1']) onLinux('raw', drive, '--none', '00 00 00 00 00 00')
})

afterAll(() => {
  expect(readFileSync(join(OUT, 'log'), 'utf8')).not.toContain('MISUSE')
})

const RAW = ['raw', '--in', '36', '12', '00', '00', '00', '24', '00'] as const

describe.each(['koffi', 'ffi-napi'])('through %s, the same as on /dev/sr0', ffi => {
  test('list', () => {
    const listed = (value: unknown) =>
      (value as { drives: Record<string, unknown>[] }).drives.map(
        ({ vendor, product, revision, mountPoints, heldBy }) => ({
          vendor,
          product,
          revision,
          mountPoints,
          heldBy,
        }),
      )
    const { status, json } = onMacos({ ffi }, 'list')
    expect(status).toBe(0)
    expect(listed(json)).toEqual(listed(onLinux('list').json))
    expect(json).toMatchObject({ drives: [{ address: 'disk4' }, { address: EMPTY_ADDRESS }] })
  })

  test.each([
    ['info', []],
    ['multisession', []],
    ['features', []],
    ['raw', ['--in', '36', '12', '00', '00', '00', '24', '00']],
    ['raw', ['--in', '2048', '28', '00', '00', '00', '00', '10', '00', '00', '01', '00']],
    ['raw', ['--in', '8', '28', '00', '7f', 'ff', 'ff', 'f0', '00', '00', '01', '00']],
  ])('%s %j', (command, args) => {
    const mac = onMacos({ ffi }, command, 'disk4', ...args)
    const linux = onLinux(command, '/dev/sr0', ...args)
    expect({ ...mac, json: unaddressed(mac.json, 'disk4'), stderr: '' }).toEqual({
      ...linux,
      json: unaddressed(linux.json, '/dev/sr0'),
      stderr: '',
    })
  })

  test('read', () => {
    const file = join(OUT, `${ffi}.iso`)
    expect(onMacos({ ffi }, 'read', 'disk4', '-o', file, '--start', '3', '--blocks', '150').status).toBe(0)
    const image = readFileSync(join(WORK, 'first.iso'))
    expect(Buffer.compare(readFileSync(file), image.subarray(3 * 2048, 153 * 2048))).toBe(0)
  })

  test('an empty tray', () => {
    const mac = onMacos({ ffi }, 'multisession', EMPTY_ADDRESS)
    const linux = onLinux('multisession', '/dev/sr1')
    expect(unaddressed(mac.json, EMPTY_ADDRESS)).toEqual(unaddressed(linux.json, '/dev/sr1'))
    expect(mac.status).toBe(linux.status)
  })
})

test('info of a mounted disc: what macOS does not send stays unasked, and the state is known all the same', () => {
  const mounted = onMacos({ machine: `${DRIVE}|mount=/Volumes/FIRST` }, 'info', 'disk4')
  expect(mounted).toMatchObject({ status: 0, json: { medium: { state: 'complete', isBlank: false } } })
})

test('errors: no such drive, one that is held, one without permission to it', () => {
  const code = (settings: Parameters<typeof onMacos>[0], ...args: readonly string[]) => {
    const { status, json } = onMacos(settings, ...args)
    return [status, (json as { error: { code: string } }).error.code]
  }
  expect(code({}, 'info', 'disk9')).toEqual([4, 'TRANSPORT_NO_SUCH_DEVICE'])
  expect(code({ machine: `${DRIVE}|held` }, 'info', 'disk4')).toEqual([4, 'TRANSPORT_BUSY'])
  expect(code({ machine: `${DRIVE}|reader` }, 'info', 'disk4')).toEqual([4, 'TRANSPORT_NOT_A_SCSI_DEVICE'])
})

test('with the sanitizers watching: silent', () => {
  install(join(WORK, 'stand-in-sanitized.so'))
  const preload = spawnSync('cc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim()
  for (const args of [
    ['list'],
    ['info', 'disk4'],
    ['raw', 'disk4', ...RAW.slice(1)],
    ['read', 'disk4', '-o', join(OUT, 'sanitized.iso'), '--blocks', '150'],
  ]) {
    const { status, stderr } = onMacos({ preload }, ...args)
    expect({ args, status, complaints: stderr.match(/ERROR: AddressSanitizer.*|runtime error.*/g) }).toEqual({
      args,
      status: 0,
      complaints: null,
    })
  }
})
