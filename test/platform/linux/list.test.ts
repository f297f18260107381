import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scsiDeviceAt } from '../../../src/platform/linux/device-node'
import { listLinuxDrives } from '../../../src/platform/linux/list'
import { maximumTransferBytes } from '../../../src/platform/linux/transfer-limit'
import { fakeRoot } from './fake-root'

describe('the drives of a Linux machine', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'linux-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const drive = (
    address: string,
    sr: string | undefined,
    sg: string | undefined,
    more: Record<string, string> = {},
  ) => {
    const folder = `sys/bus/scsi/devices/${address}`
    return {
      [`${folder}/type`]: '5\n',
      [`${folder}/vendor`]: 'PIONEER \n',
      [`${folder}/model`]: 'BD-RW   BDR-209D\n',
      [`${folder}/rev`]: '1.30\n',
      ...(sr === undefined ? {} : { [`${folder}/block/${sr}/dev`]: `11:${sr.slice(2)}\n` }),
      ...(sg === undefined ? {} : { [`${folder}/scsi_generic/${sg}/dev`]: `21:${sg.slice(2)}\n` }),
      ...more,
    }
  }

  it('are those of type 5, with both names, in the order of their numbers', async () => {
    const paths = fakeRoot(root, {
      ...drive('6:0:0:0', 'sr10', 'sg3'),
      ...drive('2:0:0:0', 'sr2', 'sg2'),
      ...drive('4:0:0:0', undefined, 'sg11'),
      ...drive('5:0:0:0', undefined, undefined),
      'sys/bus/scsi/devices/0:0:0:0/type': '0\n',
      'sys/bus/scsi/devices/0:0:0:0/block/sda/dev': '8:0\n',
      'sys/bus/scsi/devices/host0/uevent': '',
    })
    const dev = paths.dev
    expect((await listLinuxDrives(paths)).map(({ address, otherAddresses }) => [address, ...otherAddresses])).toEqual([
      [`${dev}/sr2`, `${dev}/sg2`],
      [`${dev}/sr10`, `${dev}/sg3`],
      [`${dev}/sg11`],
    ])
    expect((await listLinuxDrives(paths))[0]).toMatchObject({
      vendor: 'PIONEER',
      product: 'BD-RW   BDR-209D',
      revision: '1.30',
      mountPoints: [],
      heldBy: [],
    })
  })

  it('say where they are mounted and who has them open', async () => {
    const paths = fakeRoot(root, {
      ...drive('2:0:0:0', 'sr0', 'sg1'),
      'proc/self/mountinfo': [
        '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
        '97 22 11:0 / /media/My\\040Disc\\134x ro,nosuid - iso9660 /dev/sr0 ro',
        'not a line of this file',
        '98 22 11:0 / /mnt ro - udf /dev/sr0 ro',
      ].join('\n'),
      'proc/4711/comm': 'brasero\n',
      'proc/4711/fd/3': '-> ROOT/dev/sr0',
      'proc/4711/fd/4': '-> ROOT/dev/sr0',
      'proc/4712/comm': 'sg_dd\n',
      'proc/4712/fd/0': '-> ROOT/dev/sg1',
      [`proc/${process.pid}/comm`]: 'node\n',
      [`proc/${process.pid}/fd/9`]: '-> ROOT/dev/sr0',
      'proc/1/comm': 'init\n',
      'proc/uptime': '1 2',
    })
    const [listed] = await listLinuxDrives(paths)
    expect(listed!.mountPoints).toEqual(['/media/My Disc\\x', '/mnt'])
    expect([...listed!.heldBy].sort()).toEqual(['brasero (pid 4711)', 'sg_dd (pid 4712)'])
  })

  it('say what could not be found out', async () => {
    const paths = fakeRoot(root, {
      'sys/bus/scsi/devices/2:0:0:0/type': '5',
      'sys/bus/scsi/devices/2:0:0:0/block/sr0/x': '',
    })
    expect(await listLinuxDrives(paths)).toEqual([
      expect.objectContaining({ vendor: '', product: '', problem: expect.stringContaining('does not say') }),
    ])
  })

  it('are none where there is no sysfs', async () => {
    expect(await listLinuxDrives(fakeRoot(root, { 'etc/group': '' }))).toEqual([])
  })

  it.each([
    ['the hardware limit', { max_hw_sectors_kb: '120\n', max_segments: '2048\n' }, 120 * 1024],
    ['the segments', { max_hw_sectors_kb: '32767\n', max_segments: '168\n' }, 168 * 4096],
    ['64 KiB where the kernel does not say', {}, 65_536],
    ['64 KiB where it says nonsense', { max_hw_sectors_kb: '0\n', max_segments: 'many\n' }, 65_536],
  ])('move at most what the queue says: %s', async (_what, files, bytes) => {
    const queue = 'sys/bus/scsi/devices/2:0:0:0/block/sr0/queue'
    const paths = fakeRoot(root, {
      ...drive(
        '2:0:0:0',
        'sr0',
        'sg1',
        Object.fromEntries(Object.entries(files).map(([name, text]) => [`${queue}/${name}`, text])),
      ),
    })
    const device = await scsiDeviceAt(join(paths.sys, 'bus/scsi/devices/2:0:0:0'))
    expect(await maximumTransferBytes(device, 32_768)).toBe(bytes)
  })

  it('move at most the reserved buffer where only the generic driver has them', async () => {
    const paths = fakeRoot(root, drive('2:0:0:0', undefined, 'sg1'))
    const device = await scsiDeviceAt(join(paths.sys, 'bus/scsi/devices/2:0:0:0'))
    expect(await maximumTransferBytes(device, 131_072)).toBe(131_072)
    expect(await maximumTransferBytes(device, undefined)).toBe(65_536)
  })
})
