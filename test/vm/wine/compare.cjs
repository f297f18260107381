// In the virtual machine: gives the kernel's drives to Wine as D: and E:, runs windows.cjs there, and compares.
const { execFileSync, spawn } = require('node:child_process')
const {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} = require('node:fs')
const { isDeepStrictEqual } = require('node:util')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const commandLines = require('./command-lines.cjs')

const WORK = process.env.WORK
const ROOT = join(__dirname, '../../..')
/** In memory, as all that Wine looks at often: the host's file system takes milliseconds for each look. */
const FOLDER = '/dev/shm/windows'
const PREPARED = join(WORK, 'windows')
const PREFIX = '/dev/shm/prefix'
const OUT = '/tmp/wine-out'
const image = join(WORK, 'first.iso')
/** Most that the process under Wine may take: some times what it takes on a busy machine. */
const LIMIT_MS = 2_400_000
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
  ['ls', 'DISC', '--long'],
  ['verify', 'DISC', 'TREE'],
  ['info', 'EMPTY'],
  ['multisession', 'EMPTY'],
]
/** What is asked once the disc has been taken out. */
const TEST_UNIT_READY = '00 00 00 00 00 00'.split(' ')
const AFTER = [
  ['raw', 'DISC', '--none', ...TEST_UNIT_READY],
  ['info', 'DISC'],
  ['multisession', 'DISC'],
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

/**
 * Wine's prefix, in memory but for the files of Windows: each path that a program under Wine uses begins with a link
 * there, which the host's file system would be asked for each time. The kernel's drives are D: and E: in it.
 */
function makePrefix() {
  const prepared = join(PREPARED, 'prefix')
  const devices = join(PREFIX, 'dosdevices')
  mkdirSync(devices, { recursive: true })
  for (const { name } of readdirSync(prepared, { withFileTypes: true }).filter(entry => entry.isFile())) {
    cpSync(join(prepared, name), join(PREFIX, name), { preserveTimestamps: true })
  }
  symlinkSync(join(prepared, 'drive_c'), join(PREFIX, 'drive_c'))
  const links = { 'c:': '../drive_c', 'z:': '/' }
  for (const [index, letter] of ['d', 'e'].entries()) {
    Object.assign(links, {
      [`${letter}:`]: '../drive_c',
      [`${letter}::`]: `/dev/sr${index}`,
      [`cdrom${index}`]: `/dev/sr${index}`,
    })
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(devices, name))
}

/** The same answer from Windows as from Linux, but for addresses. */
function compare(name, mine, names, others, otherNames) {
  const there = mine && { code: mine.code, json: unaddressed(mine.json, names) }
  const here = { code: others.code, json: unaddressed(others.json, otherNames) }
  check(`${name}, as on /dev/sr0`, isDeepStrictEqual(there, here), () =>
    JSON.stringify({ there, here, stderr: mine?.stderr }),
  )
}

/** Runs windows.cjs under Wine, and meanwhile does what it asks for; how it ended. */
async function underWine(result) {
  const { monitor } = require(join(PREPARED, 'test/platform/monitor.js'))
  const child = spawn(
    '/usr/lib/wine/wine64',
    [
      join(FOLDER, 'node.exe'),
      '--require',
      windowsPath(join(FOLDER, 'stdio.cjs')),
      windowsPath(join(FOLDER, 'windows.cjs')),
      result,
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: LIMIT_MS,
      env: {
        ...process.env,
        WINEPREFIX: PREFIX,
        WINEDEBUG: '-all',
        WINEDLLOVERRIDES: 'explorer.exe=d',
      },
    },
  )
  let ended
  const end = new Promise(resolve => {
    child.once('error', resolve)
    child.once('exit', (code, signal) => resolve(signal ?? code))
  }).then(status => {
    ended = { status }
  })
  while (!ended) {
    for (const name of readdirSync(OUT).filter(name => /^ask-\d+\.json$/.test(name))) {
      const ask = join(OUT, name)
      const { command, args } = JSON.parse(readFileSync(ask, 'utf8'))
      const failure = await monitor(command, args).then(
        () => '',
        error => String(error),
      )
      rmSync(ask)
      writeFileSync(`${ask}.tmp`, failure)
      renameSync(`${ask}.tmp`, ask.replace(/json$/, 'done'))
    }
    await Promise.race([end, sleep(100)])
  }
  return ended.status
}

async function main() {
  mkdirSync(OUT, { recursive: true })
  const stage = text => console.error(`${Math.round(process.uptime())} s: ${text}`)
  stage('the command lines on Linux')
  const { run } = require(join(ROOT, 'dist/cli/main.js'))
  // The first to ask after the machine has started takes the unit attentions.
  for (const drive of ['/dev/sr0', '/dev/sr1']) {
    await commandLines(run, [['raw', drive, '--none', ...TEST_UNIT_READY]])
  }
  const linuxNames = { DISC: '/dev/sr0', EMPTY: '/dev/sr1', FILE: join(OUT, 'linux.bin'), TREE: join(WORK, 'files') }
  const linux = await commandLines(run, filled(LINES, linuxNames))
  const [linuxList] = await commandLines(run, [['list']])

  stage('a copy in memory')
  mkdirSync(FOLDER)
  execFileSync('tar', ['xf', join(PREPARED, 'windows.tar'), '-C', FOLDER])
  makePrefix()
  const names = {}
  const lines = {}
  for (const ffi of ['koffi', 'ffi-napi']) {
    names[ffi] = {
      DISC: 'D:',
      EMPTY: 'E:',
      FILE: windowsPath(join(OUT, `${ffi}.bin`)),
      TREE: windowsPath(join(WORK, 'files')),
    }
    lines[ffi] = [...filled(LINES, names[ffi]), ['list'], ['info', '\\\\.\\CdRom0'], ['info', 'Q:']]
  }
  const result = join(OUT, 'result.json')
  const discs = ['first.iso', 'second.iso'].map(name => join(WORK, name))
  writeFileSync(
    result,
    JSON.stringify({
      discs: discs.map(path => ({ path, windowsPath: windowsPath(path) })),
      lines,
      after: filled(AFTER, names.koffi),
    }),
  )
  stage('Windows')
  const status = await underWine(windowsPath(result))
  check('the process under Wine ends well', status === 0, () => `it ended with ${status}`)
  const windows = JSON.parse(readFileSync(result, 'utf8'))
  check('it is Windows', windows.platform === 'win32' && windows.arch === 'x64', () => JSON.stringify(windows))
  results.push(...(windows.results ?? []))
  check('it went through to its end', windows.ended === true)

  stage('the same without a disc on Linux')
  const linuxAfter = await commandLines(run, filled(AFTER, linuxNames))
  for (const [index, line] of AFTER.entries()) {
    compare(
      `with the disc taken out: ${line.join(' ')}`,
      windows.after?.[index],
      names.koffi,
      linuxAfter[index],
      linuxNames,
    )
  }

  const expected = readFileSync(image).subarray(3 * 2048, 153 * 2048)
  for (const ffi of ['koffi', 'ffi-napi']) {
    const answers = windows.answers?.[ffi] ?? []
    for (const [index, line] of LINES.entries()) {
      compare(`${ffi}: ${line.join(' ')}`, answers[index], names[ffi], linux[index], linuxNames)
    }
    const [list, byDevice, missing] = answers.slice(LINES.length)
    // Wine says of every volume that it is mounted.
    const named = ({ vendor, product, revision, heldBy }) => ({ vendor, product, revision, heldBy })
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
    check(`${ffi}: the blocks that were read are the disc's`, existsSync(file) && readFileSync(file).equals(expected))
  }
  const readJson = path => JSON.parse(readFileSync(path, 'utf8'))
  results.push(...readJson(join(WORK, 'packaging.json')))
  const { source: _, ...printed } = readJson(join(WORK, 'structures.json'))
  const { source: __, ...recorded } = readJson(join(ROOT, 'test/platform/windows/structures.json'))
  check(
    'structures, control codes and errors: the compilers print what is recorded',
    isDeepStrictEqual(printed, recorded),
  )
}

main()
  .catch(error => results.push(['the suite', String(error?.stack ?? error)]))
  .finally(() => {
    for (const [name, failure] of results) console.log(failure === null ? `ok   ${name}` : `FAIL ${name}\n${failure}`)
    const failed = results.filter(([, failure]) => failure !== null).length
    console.log(`${results.length - failed} passed, ${failed} failed`)
    process.exitCode = failed ? 1 : 0
  })
