// In the virtual machine: gives the kernel's drives to Wine as D: and E:, runs windows.cjs there, and compares.
const { spawnSync } = require('node:child_process')
const { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } = require('node:fs')
const { isDeepStrictEqual } = require('node:util')
const { join } = require('node:path')
const commandLines = require('./command-lines.cjs')

const WORK = process.env.WORK
const ROOT = join(__dirname, '../../..')
/** In memory: Wine looks through every folder on a path, which takes long where it is the host's. */
const FOLDER = '/dev/shm/windows'
const PREPARED = join(WORK, 'windows')
const SCRIPTS = ['stdio.cjs', 'windows.cjs', 'plain-runner.cjs', 'command-lines.cjs']
const OUT = '/tmp/wine-out'
const image = join(WORK, 'first.iso')
const windowsPath = path => `Z:${path.replaceAll('/', '\\')}`

/** Each command line, with a place for the drive, and for a file. */
const LINES = [
  ['info', 'DISC'],
  ['multisession', 'DISC'],
  ['features', 'DISC'],
  ['raw', 'DISC', '--in', '36', '12', '00', '00', '00', '24', '00'],
  ['raw', 'DISC', '--in', '2048', '28', '00', '00', '00', '00', '10', '00', '00', '01', '00'],
  ['raw', 'DISC', '--in', '2048', '28', '00', '7f', 'ff', 'ff', 'f0', '00', '00', '01', '00'],
  ['raw', 'DISC', '--none', '00', '00', '00', '00', '00', '00'],
  ['raw', 'DISC', '--none', 'e9', '00', '00', '00', '00', '00', '--write'],
  ['read', 'DISC', '-o', 'FILE', '--start', '3', '--blocks', '150'],
  ['info', 'EMPTY'],
  ['multisession', 'EMPTY'],
]
const filled = (lines, names) => lines.map(line => line.map(word => names[word] ?? word))

const results = []
const check = (name, holds, details) => results.push([name, holds ? null : (details?.() ?? 'it does not hold')])

/** An answer without what names the drive or the file, and without the time that it took. */
function unaddressed(value, names) {
  let text = JSON.stringify(value, (key, inner) => (key === 'durationUs' ? undefined : inner))
  for (const [word, name] of Object.entries(names)) text = text.replaceAll(JSON.stringify(name).slice(1, -1), word)
  return JSON.parse(text)
}

async function main() {
  mkdirSync(OUT, { recursive: true })
  const stage = text => console.error(`${Math.round(process.uptime())} s: ${text}`)
  stage('the command lines on Linux')
  const { run } = require(join(ROOT, 'dist/cli/main.js'))
  // The first to ask after the machine has started takes the unit attentions.
  for (const drive of ['/dev/sr0', '/dev/sr1']) {
    await commandLines(run, [['raw', drive, '--none', '00', '00', '00', '00', '00', '00']])
  }
  const linuxNames = { DISC: '/dev/sr0', EMPTY: '/dev/sr1', FILE: join(OUT, 'linux.bin') }
  const linux = await commandLines(run, filled(LINES, linuxNames))
  const [linuxList] = await commandLines(run, [['list']])

  for (const name of ['node.exe', 'node_modules', 'src', 'test', ...SCRIPTS]) {
    cpSync(join(PREPARED, name), join(FOLDER, name), { recursive: true, verbatimSymlinks: true })
  }
  stage('a copy in memory')
  for (const [letter, device] of [
    ['d', '/dev/sr0'],
    ['e', '/dev/sr1'],
  ]) {
    const devices = join(PREPARED, 'prefix/dosdevices')
    for (const [name, target] of [
      [`${letter}::`, device],
      [`${letter}:`, '../drive_c'],
    ]) {
      rmSync(join(devices, name), { force: true })
      symlinkSync(target, join(devices, name))
    }
  }
  const names = {}
  const lines = {}
  for (const ffi of ['koffi', 'ffi-napi']) {
    names[ffi] = { DISC: 'D:', EMPTY: 'E:', FILE: windowsPath(join(OUT, `${ffi}.bin`)) }
    lines[ffi] = [...filled(LINES, names[ffi]), ['list'], ['info', '\\\\.\\CdRom0'], ['info', 'Q:']]
  }
  const result = join(OUT, 'result.json')
  stage('Windows')
  const { status, error } = spawnSync(
    '/usr/lib/wine/wine64',
    [
      join(FOLDER, 'node.exe'),
      '--require',
      windowsPath(join(FOLDER, 'stdio.cjs')),
      windowsPath(join(FOLDER, 'windows.cjs')),
      windowsPath(image),
      windowsPath(result),
      JSON.stringify(lines),
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 1_500_000,
      env: {
        ...process.env,
        WINEPREFIX: join(PREPARED, 'prefix'),
        WINEDEBUG: '-all',
        WINEDLLOVERRIDES: 'explorer.exe=d',
      },
    },
  )
  check('the process under Wine ends well', status === 0, () => `${status} ${error}`)
  const windows = JSON.parse(readFileSync(result, 'utf8'))
  check('it is Windows', windows.platform === 'win32' && windows.arch === 'x64', () => JSON.stringify(windows))

  const expected = readFileSync(image).subarray(3 * 2048, 153 * 2048)
  for (const ffi of ['koffi', 'ffi-napi']) {
    const answers = windows.answers?.[ffi] ?? []
    for (const [index, line] of LINES.entries()) {
      const mine = answers[index]
      const there = mine && { code: mine.code, json: unaddressed(mine.json, names[ffi]) }
      const here = { code: linux[index].code, json: unaddressed(linux[index].json, linuxNames) }
      check(`${ffi}: ${line.join(' ')}, as on /dev/sr0`, isDeepStrictEqual(there, here), () =>
        JSON.stringify({ there, here, stderr: mine?.stderr }),
      )
    }
    const [list, byDevice, missing] = answers.slice(LINES.length)
    const named = ({ vendor, product, revision, mountPoints, heldBy }) => ({
      vendor,
      product,
      revision,
      mountPoints,
      heldBy,
    })
    check(
      `${ffi}: list, as on Linux`,
      list && isDeepStrictEqual(list.json.drives.map(named), linuxList.json.drives.map(named)),
      () => JSON.stringify({ list, linuxList }),
    )
    check(
      `${ffi}: list has letters and device names`,
      list &&
        isDeepStrictEqual(
          list.json.drives.map(({ address }) => address),
          ['D:', 'E:'],
        ) &&
        isDeepStrictEqual(
          list.json.drives.map(drive => drive.otherAddresses),
          [['\\\\.\\CdRom0'], ['\\\\.\\CdRom1']],
        ),
      () => JSON.stringify(list),
    )
    check(`${ffi}: \\\\.\\CdRom0 is D:`, isDeepStrictEqual(byDevice?.json?.medium, answers[0]?.json?.medium))
    check(
      `${ffi}: a drive that is not there`,
      missing?.code === 4 &&
        missing.json.error.code === 'TRANSPORT_NO_SUCH_DEVICE' &&
        missing.json.error.systemError.number === 2,
      () => JSON.stringify(missing),
    )
    const file = join(OUT, `${ffi}.bin`)
    check(`${ffi}: the blocks that were read are the disc's`, readFileSync(file).equals(expected))
  }
  const readJson = path => JSON.parse(readFileSync(path, 'utf8'))
  results.push(...readJson(join(WORK, 'packaging.json')))
  const { source: _, ...printed } = readJson(join(WORK, 'structures.json'))
  const { source: __, ...recorded } = readJson(join(ROOT, 'test/platform/windows/structures.json'))
  check(
    'structures, control codes and errors: the compilers print what is recorded',
    isDeepStrictEqual(printed, recorded),
  )
  results.push(...(windows.contract ?? [['the contract is run', 'it was not']]))
}

main()
  .catch(error => results.push(['the suite', String(error?.stack ?? error)]))
  .finally(() => {
    for (const [name, failure] of results) console.log(failure === null ? `ok   ${name}` : `FAIL ${name}\n${failure}`)
    const failed = results.filter(([, failure]) => failure !== null).length
    console.log(`${results.length - failed} passed, ${failed} failed`)
    process.exitCode = failed ? 1 : 0
  })
