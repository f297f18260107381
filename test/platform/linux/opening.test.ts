import { mkdtempSync, rmSync, type Stats, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants as system, tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadFfi } from '../../../src/platform/ffi'
import { cLibrary } from '../../../src/platform/linux/c-library'
import { deviceNumbersOf } from '../../../src/platform/linux/device-node'
import { openError } from '../../../src/platform/linux/errors'
import { openDevice } from '../../../src/platform/linux/open-device'
import { fakeRoot } from './fake-root'

const { errno } = system

/** The stats of a node as mknod would make it. */
const node = (kind: 'block' | 'char', rdev: number, more: Partial<Stats> = {}) =>
  ({
    rdev,
    isBlockDevice: () => kind === 'block',
    isCharacterDevice: () => kind === 'char',
    mode: 0o060660,
    gid: 24,
    ...more,
  }) as Stats

const SR0 = node('block', 11 << 8)

describe('a node that cannot be opened', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'linux-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const groups = 'root:x:0:\ndisk:x:6:\ncdrom:x:24:user\n'
  const errorOf = (number: number, stats: Stats | undefined, files: Record<string, string> = {}) => {
    const paths = fakeRoot(root, { 'etc/group': groups, ...files })
    return openError(join(paths.dev, 'sr0'), number, stats, paths)
  }

  it('names the group that may use it', async () => {
    const error = await errorOf(errno.EACCES, SR0)
    expect(error.code).toBe('TRANSPORT_NO_PERMISSION')
    expect(error.hint).toContain('sudo usermod -aG cdrom')
    expect(error.toJSON()).toMatchObject({ errno: 13, systemError: { system: 'errno', number: 13, name: 'EACCES' } })
  })

  it.each([
    ['of root', { gid: 0 }],
    ['of the disk group, which may write every disk', { gid: 6 }],
    ['of an unknown group', { gid: 999 }],
    ['that its group may not write', { mode: 0o060640 }],
  ])('gives the udev rule for a node %s', async (_whose, stats) => {
    const error = await errorOf(errno.EACCES, { ...SR0, ...stats } as Stats)
    expect(error.hint).toContain('SUBSYSTEMS=="scsi", ATTRS{type}=="5", GROUP="cdrom", MODE="0660"')
  })

  it('says where it is mounted', async () => {
    const error = await errorOf(errno.EBUSY, SR0, {
      'proc/self/mountinfo': '97 22 11:0 / /media/disc ro - iso9660 /dev/sr0 ro',
    })
    expect(error).toMatchObject({
      code: 'TRANSPORT_BUSY',
      message: `${join(root, 'dev/sr0')} cannot be opened: it is mounted at /media/disc (EBUSY).`,
      hint: 'Unmount it first: umount /media/disc',
    })
  })

  it('says who holds it, through either of its nodes', async () => {
    const device = 'sys/dev/block/11:0/device'
    const error = await errorOf(errno.EBUSY, SR0, {
      [`${device}/scsi_generic/sg7/dev`]: '21:7',
      [`${device}/block/sr0/dev`]: '11:0',
      'proc/4711/comm': 'xorriso',
      'proc/4711/fd/5': '-> ROOT/dev/sg7',
    })
    expect(error).toMatchObject({ code: 'TRANSPORT_BUSY', message: expect.stringContaining('xorriso (pid 4711)') })
    expect((await errorOf(errno.EBUSY, undefined)).hint).toContain('fuser')
  })

  it('says that it is this program itself', async () => {
    const error = await errorOf(errno.EBUSY, SR0, { [`proc/${process.pid}/fd/5`]: '-> ROOT/dev/sr0' })
    expect(error).toMatchObject({ code: 'TRANSPORT_BUSY', message: expect.stringContaining('this program has it') })
  })

  it.each([
    [errno.ENOENT, 'TRANSPORT_NO_SUCH_DEVICE'],
    [errno.ENXIO, 'TRANSPORT_NO_SUCH_DEVICE'],
    [errno.ENODEV, 'TRANSPORT_NO_SUCH_DEVICE'],
    [errno.EPERM, 'TRANSPORT_NO_PERMISSION'],
    [123, 'TRANSPORT_FAILED'],
    [4095, 'TRANSPORT_FAILED'],
  ])('with errno %i is %s, and says what to do', async (number, code) => {
    const error = await errorOf(number, undefined)
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/./) })
  })
})

describe('device numbers', () => {
  it('are taken apart as the C library packs them', () => {
    expect(deviceNumbersOf(node('block', 0x0b00))).toEqual({ kind: 'block', major: 11, minor: 0 })
    expect(deviceNumbersOf(node('char', 0x1501))).toEqual({ kind: 'char', major: 21, minor: 1 })
    // makedev(259, 300) and the largest that there can be, as Python's os.makedev gives them.
    expect(deviceNumbersOf(node('block', 0x11032c))).toEqual({ kind: 'block', major: 259, minor: 300 })
    expect(deviceNumbersOf(node('block', 0xffffffff))).toEqual({ kind: 'block', major: 4095, minor: 1_048_575 })
    expect(deviceNumbersOf(statSync(__filename))).toBeUndefined()
  })
})

if (process.platform === 'linux') {
  describe('what is no drive', () => {
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'nodes-'))
      writeFileSync(join(folder, 'text'), 'text')
      symlinkSync('/dev/null', join(folder, 'link'))
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    it.each([
      ['text', 'TRANSPORT_NOT_A_SCSI_DEVICE', 'is not a SCSI device: it is a file'],
      ['.', 'TRANSPORT_NOT_A_SCSI_DEVICE', 'is not a SCSI device: it is a directory'],
      ['link', 'TRANSPORT_NOT_A_SCSI_DEVICE', '/dev/null is not a SCSI device'],
      ['none', 'TRANSPORT_NO_SUCH_DEVICE', 'there is no such device'],
    ])('%s is refused', async (name, code, message) => {
      const library = cLibrary(loadFfi({ ffi: 'koffi' }))
      for (const access of ['read', 'write'] as const) {
        await expect(openDevice(join(folder, name), library, { access })).rejects.toMatchObject({
          code,
          message: expect.stringContaining(message),
          hint: expect.stringContaining('scsi-mmc list'),
        })
      }
    })
  })
}
