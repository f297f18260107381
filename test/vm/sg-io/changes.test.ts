import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ListedDrive } from '../../../src/platform'
import { listLinuxDrives } from '../../../src/platform/linux/list'
import { openSgIo } from '../../../src/platform/linux/open-sg-io'
import { request } from '../../platform/scripted-transport'
import { read10 } from '../../platform/transport-contract'
import { disc, drivesByConnection, monitor, output } from './machine'

const TEST_UNIT_READY = request('00 00 00 00 00 00', 0, 30_000)
const backends = ['koffi', 'ffi-napi'] as const

let drives: Map<string, ListedDrive>
const drive = (connection: string) => drives.get(connection)!

beforeAll(async () => {
  drives = await drivesByConnection()
})

/** Programs that a test has started and not ended. */
const holders = new Set<{ end(): Promise<void> }>()

afterEach(async () => {
  for (const holder of holders) await holder.end()
})

/** A program that opens a device in a way of its own and keeps it open. */
async function perlThat(script: string, node: string) {
  const child = spawn('perl', ['-MFcntl', '-e', `${script} $| = 1; print "there\\n"; sleep 900;`, node])
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.stderr.once('data', data => reject(new Error(String(data))))
  })
  const holder = {
    pid: child.pid!,
    end: () =>
      new Promise<void>(resolve => {
        holders.delete(holder)
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
  holders.add(holder)
  return holder
}

describe('the list of drives', () => {
  it('has every optical drive with both its names, and no disk', async () => {
    expect([...drives.keys()].sort()).toEqual(['ata', 'usb', 'virtio 0', 'virtio 1', 'virtio 2', 'virtio 3'])
    for (const { address, otherAddresses, vendor, product, revision } of drives.values()) {
      const [type, theirVendor, theirProduct, theirRevision] = ['type', 'vendor', 'model', 'rev'].map(name =>
        readFileSync(`/sys/block/${address.slice(5)}/device/${name}`, 'utf8').trim(),
      )
      expect([type, vendor, product, revision]).toEqual(['5', theirVendor, theirProduct, theirRevision])
      const [sg] = readdirSync(`/sys/block/${address.slice(5)}/device/scsi_generic`)
      expect(otherAddresses).toEqual([`/dev/${sg}`])
    }
  })

  it('says where a disc is mounted and who has a drive open', async () => {
    const { address } = drive('virtio 0')
    mkdirSync('/mnt/a disc', { recursive: true })
    output('mount', '-t', 'iso9660', '-o', 'ro', address, '/mnt/a disc')
    const holder = await perlThat('sysopen(F, shift, O_RDONLY | O_NONBLOCK) or die "$!";', address)
    const listed = (await listLinuxDrives()).find(found => found.address === address)!
    expect(listed.mountPoints).toEqual(['/mnt/a disc'])
    expect(listed.heldBy).toEqual([`perl (pid ${holder.pid})`])
    await holder.end()
    output('umount', '/mnt/a disc')
  })
})

describe.each(backends)('opening through %s', ffi => {
  it('for reading works on a mounted disc, for writing says where it is mounted, on either node', async () => {
    const { address, otherAddresses } = drive('virtio 0')
    mkdirSync('/mnt/disc', { recursive: true })
    output('mount', '-t', 'iso9660', '-o', 'ro', address, '/mnt/disc')
    const reading = await openSgIo(address, { ffi })
    expect((await reading.execute(read10(16))).status).toBe(0)
    for (const node of [address, otherAddresses[0]!]) {
      await expect(openSgIo(node, { ffi, access: 'write' })).rejects.toMatchObject({
        code: 'TRANSPORT_BUSY',
        message: expect.stringContaining('mounted at /mnt/disc'),
        hint: expect.stringContaining('umount /mnt/disc'),
        systemError: { name: 'EBUSY' },
      })
    }
    await reading.close()
    output('umount', '/mnt/disc')
  })

  it('for writing keeps others from mounting, on either node, until it is closed', async () => {
    const { address, otherAddresses } = drive('virtio 0')
    for (const node of [address, otherAddresses[0]!]) {
      const writing = await openSgIo(node, { ffi, access: 'write' })
      expect((await writing.execute(TEST_UNIT_READY)).status).toBe(0)
      expect(spawnSync('mount', ['-t', 'iso9660', '-o', 'ro', address, '/mnt/disc']).status).not.toBe(0)
      await writing.close()
      output('mount', '-t', 'iso9660', '-o', 'ro', address, '/mnt/disc')
      output('umount', '/mnt/disc')
    }
  })

  it.each([
    ['claims it', 'sysopen(F, shift, O_RDONLY | O_EXCL | O_NONBLOCK) or die "$!";'],
    [
      'locks it',
      'sysopen(F, shift, O_RDWR | O_NONBLOCK) or die "$!"; $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die "$!";',
    ],
  ])('for writing names the program that %s', async (_how, script) => {
    const { address } = drive('virtio 1')
    const holder = await perlThat(script, address)
    await expect(openSgIo(address, { ffi, access: 'write' })).rejects.toMatchObject({
      code: 'TRANSPORT_BUSY',
      message: expect.stringContaining(`perl (pid ${holder.pid})`),
    })
    await holder.end()
    await (await openSgIo(address, { ffi, access: 'write' })).close()
  })

  it('waits for another program that looks at the drive for a moment', async () => {
    const { address } = drive('virtio 1')
    const holder = await perlThat('sysopen(F, shift, O_RDONLY | O_EXCL | O_NONBLOCK) or die "$!";', address)
    const opening = openSgIo(address, { ffi, access: 'write' })
    await sleep(300)
    await holder.end()
    await (await opening).close()
  })

  it.each([
    ['/dev/sr99', 'TRANSPORT_NO_SUCH_DEVICE', 'no such device'],
    ['/tmp', 'TRANSPORT_NOT_A_SCSI_DEVICE', 'a directory'],
    ['/etc/passwd', 'TRANSPORT_NOT_A_SCSI_DEVICE', 'a file'],
    ['/dev/null', 'TRANSPORT_NOT_A_SCSI_DEVICE', 'another driver'],
    ['/dev/loop0', 'TRANSPORT_NOT_A_SCSI_DEVICE', 'takes no SCSI commands'],
    ['/dev/sda', 'TRANSPORT_NOT_A_SCSI_DEVICE', 'not an optical drive'],
  ])('refuses %s', async (address, code, message) => {
    await expect(openSgIo(address, { ffi })).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('follows links', async () => {
    const link = `/run/cdrom-${ffi}`
    output('ln', '-s', drive('virtio 0').address, link)
    const transport = await openSgIo(link, { ffi })
    expect(transport.address).toBe(link)
    expect((await transport.execute(TEST_UNIT_READY)).status).toBe(0)
    await transport.close()
  })
})

it('asks the kernel how much one command may move', async () => {
  for (const connection of ['virtio 0', 'ata', 'usb']) {
    const { address } = drive(connection)
    const queue = `/sys/block/${address.slice(5)}/queue`
    const [kilobytes, segments] = ['max_hw_sectors_kb', 'max_segments'].map(name =>
      Number(readFileSync(`${queue}/${name}`)),
    )
    const transport = await openSgIo(address)
    const { maximumTransferBytes } = transport.limits
    expect(maximumTransferBytes).toBe(Math.min(kilobytes! * 1024, segments! * 4096))
    // The largest transfer that it claims to carry goes through.
    const blocks = Math.min(Math.floor(maximumTransferBytes / 2048), disc('first.iso').blocks)
    expect(await transport.execute(read10(0, blocks))).toMatchObject({ status: 0, transferredBytes: blocks * 2048 })
    await transport.close()
  }
})

it('tells a user without permission what to do', () => {
  const { address, otherAddresses } = drive('virtio 0')
  const script = `
    const { openSgIo } = require(${JSON.stringify(`${process.cwd()}/dist/platform/linux/open-sg-io`)})
    const attempt = async (address, access, cdb) => {
      let drive
      try {
        drive = await openSgIo(address, { access })
        const answer = await drive.execute({ cdb, direction: 'none', data: new Uint8Array(), timeoutMs: 30000 })
        return { status: answer.status }
      } catch (error) {
        return error.toJSON()
      } finally {
        await drive?.close()
      }
    }
    const ready = Buffer.alloc(6), vendor = Buffer.from([0xe9, 0, 0, 0, 0, 0])
    ;(async () => {
      const answers = []
      for (const access of ['read', 'write']) {
        for (const address of ${JSON.stringify([address, otherAddresses[0]])}) {
          answers.push(await attempt(address, access, ready), await attempt(address, access, vendor))
        }
      }
      console.log(JSON.stringify(answers))
    })()`
  const path = '/run/as-nobody.cjs'
  writeFileSync(path, script)
  const cdrom = Number(/^cdrom:[^:]*:(\d+)/m.exec(readFileSync('/etc/group', 'utf8'))![1])
  const asNobody = (...groups: string[]) =>
    JSON.parse(output('setpriv', '--reuid=65534', '--regid=65534', ...groups, process.execPath, path).toString())

  const refused = asNobody('--clear-groups')
  expect(refused).toHaveLength(8)
  for (const answer of refused) {
    expect(answer).toMatchObject({ code: 'TRANSPORT_NO_PERMISSION', errno: 13, hint: expect.stringContaining('udev') })
  }

  for (const node of [address, otherAddresses[0]!]) {
    chownSync(node, 0, cdrom)
    chmodSync(node, 0o660)
  }
  expect(asNobody('--clear-groups')[0]).toMatchObject({
    code: 'TRANSPORT_NO_PERMISSION',
    hint: expect.stringContaining('usermod -aG cdrom'),
  })

  // One that is in the group may open both; the kernel filters vendor opcodes on all but a writable sg.
  const [srReady, srVendor, sgReady, sgVendor, srWriteReady, srWriteVendor, sgWriteReady, sgWriteVendor] = asNobody(
    `--groups=${cdrom}`,
  )
  for (const answer of [srReady, sgReady, srWriteReady, sgWriteReady]) expect(answer).toEqual({ status: 0 })
  for (const answer of [srVendor, sgVendor, srWriteVendor]) {
    expect(answer).toMatchObject({ code: 'TRANSPORT_OPCODE_REFUSED', errno: 1, cdb: 'E9 00 00 00 00 00' })
  }
  expect(srWriteVendor.hint).toContain(otherAddresses[0])
  expect(sgVendor.hint).toContain("access: 'write'")
  expect(sgWriteVendor).toEqual({ status: 2 })
})

describe.each([
  ['koffi', 'virtio 2', '2'],
  ['ffi-napi', 'usb', '5'],
] as const)('through %s, on %s', (ffi, connection, number) => {
  it('sees a disc that is swapped while the drive is open', async () => {
    const transport = await openSgIo(drive(connection).address, { ffi })
    const before = read10(20)
    while ((await transport.execute(before)).status !== 0);
    expect(Buffer.compare(before.data, disc('first.iso').block(20))).toBe(0)
    await monitor('blockdev-change-medium', {
      device: `drive${number}`,
      filename: disc('second.iso').path,
      force: true,
    })
    const senses = new Set<string>()
    const after = read10(20)
    for (;;) {
      const { status, sense } = await transport.execute(after)
      if (status === 0) break
      senses.add(`${sense[2]! & 0x0f}/${sense[12]!.toString(16)}`)
    }
    expect(Buffer.compare(after.data, disc('second.iso').block(20))).toBe(0)
    // Not ready while the tray is open, then a unit attention; the kernel's own polling may have taken either.
    for (const sense of senses) expect(['2/3a', '2/4', '6/28', '6/29', '6/3a']).toContain(sense)
    await transport.close()
  })

  it('says so when the drive is pulled out', async () => {
    const transport = await openSgIo(drive(connection).address, { ffi })
    expect((await transport.execute(TEST_UNIT_READY)).status).toBe(0)
    await monitor('device_del', { id: `device${number}` })
    let error: { code?: string } | undefined
    for (let tries = 0; tries < 600 && error?.code !== 'TRANSPORT_DEVICE_GONE'; tries++) {
      error = await transport.execute(TEST_UNIT_READY).then(
        () => undefined,
        thrown => thrown,
      )
      await sleep(100)
    }
    expect(error).toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
    await expect(transport.execute(read10(0))).rejects.toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
    await transport.close()
    await expect(openSgIo(drive(connection).address, { ffi })).rejects.toMatchObject({
      code: 'TRANSPORT_NO_SUCH_DEVICE',
    })
    expect([...(await drivesByConnection()).keys()]).not.toContain(connection)
  })
})
