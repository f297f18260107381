// Installs the package's tarball for each system and processor, as npm does there but without running any script, and
// looks at what came: no required package needs one, and every binary is for that system and processor.
//   packaging.cjs FOLDER TARBALL RESULT
const { execFile } = require('node:child_process')
const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { promisify } = require('node:util')

const [folder, tarball, resultFile] = process.argv.slice(2)
const TARGETS = ['linux', 'win32', 'darwin'].flatMap(os => ['x64', 'arm64'].map(cpu => [os, cpu]))

/** What a binary is for, by its header: ELF, PE or Mach-O. */
function targetOf(bytes) {
  if (bytes.readUInt32BE(0) === 0x7f454c46) return `linux ${{ 62: 'x64', 183: 'arm64' }[bytes.readUInt16LE(18)]}`
  if (bytes.readUInt16BE(0) === 0x4d5a) {
    const header = bytes.readUInt32LE(0x3c)
    return `win32 ${{ 34404: 'x64', 43620: 'arm64' }[bytes.readUInt16LE(header + 4)]}`
  }
  if (bytes.readUInt32LE(0) === 0xfeedfacf) {
    return `darwin ${{ 16777223: 'x64', 16777228: 'arm64' }[bytes.readUInt32LE(4)]}`
  }
  return 'unknown'
}

function binaries(path) {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.node'))
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
}

const run = promisify(execFile)

/** [what, what is wrong or null] of the package as it is installed for one system and processor. */
async function installed(os, cpu) {
  const name = `installed for ${os} ${cpu}`
  const place = join(folder, `${os}-${cpu}`)
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{ "private": true }')
  const args = ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', `--os=${os}`, `--cpu=${cpu}`]
  await run('npm', [...args, tarball], { cwd: place })
  const { packages } = JSON.parse(readFileSync(join(place, 'package-lock.json'), 'utf8'))
  // koffi's own script compiles only where no binary came with it: below, it works although no script was run.
  const scripted = Object.entries(packages).filter(
    ([path, entry]) => entry.hasInstallScript && !entry.optional && path !== 'node_modules/koffi',
  )
  const found = binaries(join(place, 'node_modules')).map(path => [path, targetOf(readFileSync(path))])
  // Optional packages that are compiled where they are installed may bring binaries for others with them.
  const foreign = found.filter(([path, target]) => target !== `${os} ${cpu}` && !/(ffi|ref)-napi/.test(path))
  const koffi = found.filter(([path, target]) => path.includes('koffi') && target === `${os} ${cpu}`)
  const results = [
    [`${name}: no required package needs an install script`, scripted.length ? JSON.stringify(scripted) : null],
    [`${name}: every binary is for it`, foreign.length ? JSON.stringify(foreign) : null],
    [`${name}: koffi has its binary`, koffi.length ? null : JSON.stringify(found)],
  ]
  if (os !== process.platform || cpu !== process.arch) return results
  const node = async (...words) => (await run(process.execPath, words, { cwd: place })).stdout
  const version = await node('node_modules/scsi-mmc/bin/scsi-mmc.cjs', '--version')
  const listed = await node('node_modules/scsi-mmc/bin/scsi-mmc.cjs', 'list', '--json')
  const runs = /^\d+\.\d+\.\d+/.test(version) && Array.isArray(JSON.parse(listed).drives)
  const loaded = await node('-e', 'process.stdout.write(String(require("koffi").address(Buffer.alloc(8)) > 0n))')
  return [
    ...results,
    [`${name}: it runs here`, runs ? null : `${version} ${listed}`],
    [`${name}: koffi loads here`, loaded === 'true' ? null : loaded],
  ]
}

// All at once: npm waits for the network most of the time.
Promise.all(
  TARGETS.map(([os, cpu]) =>
    installed(os, cpu).catch(error => [[`installed for ${os} ${cpu}`, String(error?.stack ?? error)]]),
  ),
).then(
  results => writeFileSync(resultFile, JSON.stringify(results.flat())),
  error => {
    console.error(error)
    process.exitCode = 1
  },
)
