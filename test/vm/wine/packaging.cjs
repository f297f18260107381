// Installs the package's tarball for each system and processor, as npm does there but without running any script, and
// looks at what came: no required package needs one, and every binary is for that system and processor.
//   packaging.cjs FOLDER TARBALL RESULT
const { execFileSync } = require('node:child_process')
const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

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

const results = []
for (const [os, cpu] of TARGETS) {
  const name = `installed for ${os} ${cpu}`
  try {
    const place = join(folder, `${os}-${cpu}`)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'package.json'), '{ "private": true }')
    const args = ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', `--os=${os}`, `--cpu=${cpu}`]
    execFileSync('npm', [...args, tarball], { cwd: place })
    const { packages } = JSON.parse(readFileSync(join(place, 'package-lock.json'), 'utf8'))
    // koffi's own script compiles only where no binary came with it: below, it works although no script was run.
    const scripted = Object.entries(packages).filter(
      ([path, entry]) => entry.hasInstallScript && !entry.optional && path !== 'node_modules/koffi',
    )
    const found = binaries(join(place, 'node_modules')).map(path => [path, targetOf(readFileSync(path))])
    // Optional packages that are compiled where they are installed may bring binaries for others with them.
    const foreign = found.filter(([path, target]) => target !== `${os} ${cpu}` && !/(ffi|ref)-napi/.test(path))
    const koffi = found.filter(([path, target]) => path.includes('koffi') && target === `${os} ${cpu}`)
    results.push([
      `${name}: no required package needs an install script`,
      scripted.length ? JSON.stringify(scripted) : null,
    ])
    results.push([`${name}: every binary is for it`, foreign.length ? JSON.stringify(foreign) : null])
    results.push([`${name}: koffi has its binary`, koffi.length ? null : JSON.stringify(found)])
    if (os !== process.platform || cpu !== process.arch) continue
    const version = execFileSync(process.execPath, ['node_modules/scsi-mmc/bin/scsi-mmc.cjs', '--version'], {
      cwd: place,
    })
    const listed = execFileSync(process.execPath, ['node_modules/scsi-mmc/bin/scsi-mmc.cjs', 'list', '--json'], {
      cwd: place,
    })
    const runs = /^\d+\.\d+\.\d+/.test(version) && Array.isArray(JSON.parse(listed).drives)
    results.push([`${name}: it runs here`, runs ? null : `${version} ${listed}`])
    const address = 'process.stdout.write(String(require("koffi").address(Buffer.alloc(8)) > 0n))'
    const loaded = execFileSync(process.execPath, ['-e', address], { cwd: place, encoding: 'utf8' })
    results.push([`${name}: koffi loads here`, loaded === 'true' ? null : loaded])
  } catch (error) {
    results.push([name, String(error?.stack ?? error)])
  }
}
writeFileSync(resultFile, JSON.stringify(results))
