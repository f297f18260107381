import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { append, OpticalDrive, verifyDisc } from '../../../src'
import { serve } from '../../../src/iscsi'
import type { Transport } from '../../../src/platform'
import { VirtualDrive, virtualDisc } from '../../../src/virtual'

const MEMORY = '/dev/shm'
const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'killed-process-'))
const project = join(__dirname, '../../..')
const image = join(folder, 'torn.img')
const later = join(folder, 'later')
const TARGET = 'iqn.2026-01.org.example:drives'
const WRITE_10 = 0x2a
/** The WRITE that the process does not survive. */
const LAST_WRITE = 4

beforeAll(() => {
  writeFileSync(image, Buffer.alloc(32 * 2 ** 20, 0x6b))
  mkdirSync(later)
  writeFileSync(join(later, 'later.txt'), 'later\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The drive, with something that happens when a WRITE arrives. */
function watched(drive: VirtualDrive, onWrite: (number: number) => void): Transport {
  let writes = 0
  return {
    address: drive.address,
    limits: drive.limits,
    close: () => Promise.resolve(),
    execute: request => {
      if (request.cdb[0] === WRITE_10) onWrite(++writes)
      return drive.execute(request)
    },
  }
}

test.each(['cd-r', 'dvd+r'] as const)(
  '%s: a process that is killed while it records leaves a drive that goes on with what is appended',
  async media => {
    const path = join(folder, media)
    await virtualDisc.create(path, { media })
    const drive = new VirtualDrive(await virtualDisc.open(path, { access: 'write' }))
    let kill: () => void = () => undefined
    const onWrite = (number: number) => {
      if (number === LAST_WRITE) kill()
    }
    const target = await serve({ luns: [watched(drive, onWrite)], port: 0, target: TARGET, access: 'write' })
    const burn = ['burn', `iscsi://127.0.0.1:${target.port}/${TARGET}/0`, image]
    const code = `require('./src/cli/main').run(${JSON.stringify(burn)})`
    const child = spawn(process.execPath, ['--require', './test/typescript.cjs', '-e', code], {
      cwd: project,
      stdio: 'ignore',
    })
    kill = () => child.kill('SIGKILL')
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    await target.close()

    await using again = new OpticalDrive(drive, { access: 'write' })
    expect(await again.readMedium()).toMatchObject({
      isBlank: false,
      state: 'appendable',
      lastSessionState: 'incomplete',
    })
    const report = await append(again, [later], { verify: true })
    expect(report.warnings).toEqual([expect.stringContaining('broken off')])
    expect(report).toMatchObject({
      verification: { differences: [], unreadable: [] },
      mediumAfter: { state: 'appendable' },
    })
    expect(await verifyDisc(again, [later])).toMatchObject({ comparedFiles: 1, differences: [] })
    expect(drive.unit.prevented).toBe(false)
  },
  60_000,
)
