import { randomFillSync } from 'node:crypto'
import { discover, IscsiTransport } from '../../src/iscsi'
import { LogicalUnit } from '../../src/iscsi/target/logical-unit'
import { closeAll, initiator, io, send, senseOf, TARGET, target } from './loopback'
import { RamDrive } from './ram-drive'

afterEach(closeAll)

const INQUIRY = [0x12, 0, 0, 0, 96, 0]
const TEST_UNIT_READY = [0, 0, 0, 0, 0, 0]

test('a new session is told of power-on once, then commands run', async () => {
  const { target: served } = await target()
  const transport = await initiator(served, { greeted: false })
  expect(senseOf(await send(transport, TEST_UNIT_READY))).toEqual([6, 0x29, 0])
  expect((await send(transport, TEST_UNIT_READY)).status).toBe(0)
  const inquiry = await send(transport, INQUIRY, 96)
  expect(Buffer.from(inquiry.data).toString('latin1', 8, 16)).toBe('SCSI-MMC')
  expect(inquiry.transferredBytes).toBe(36)
})

test.each([1, 3, 31, 128])('%i blocks that are written are read again, with and without digests', async blocks => {
  const { target: served, drive } = await target()
  for (const query of ['', '?header_digest=crc32c', '?data_digest=crc32c&header_digest=crc32c']) {
    const transport = await initiator(served, { query })
    const written = randomFillSync(new Uint8Array(blocks * 2048))
    expect(await send(transport, io(0x2a, 7, blocks), written)).toMatchObject({
      status: 0,
      transferredBytes: written.length,
    })
    expect(Buffer.from(drive.image.subarray(7 * 2048, (7 + blocks) * 2048)).equals(written)).toBe(true)
    const read = await send(transport, io(0x28, 7, blocks), written.length)
    expect(Buffer.from(read.data).equals(written)).toBe(true)
    await transport.close()
  }
})

test('an answer shorter than asked for, and sense data, arrive as they are', async () => {
  const { target: served } = await target()
  const transport = await initiator(served)
  expect(await send(transport, [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4096)).toMatchObject({ transferredBytes: 8 })
  const beyond = await send(transport, io(0x28, 5000, 1), 2048)
  expect(beyond).toMatchObject({ status: 2, transferredBytes: 0 })
  expect(senseOf(beyond)).toEqual([5, 0x21, 0])
  expect(beyond.sense).toHaveLength(18)
})

test('commands are queued in the order of the calls and reach the drive one at a time', async () => {
  const { target: served, drive } = await target()
  const transport = await initiator(served)
  drive.commands.length = 0
  const lbas = Array.from({ length: 64 }, (_, index) => index * 3)
  await Promise.all(lbas.map(lba => send(transport, io(0x28, lba, 1), 2048)))
  expect(drive.commands.map(cdb => cdb[4]! * 256 + cdb[5]!)).toEqual(lbas)
})

test('two LUNs are two drives; a third is not there', async () => {
  const drives = [new RamDrive(16), new RamDrive(32)]
  const { target: served } = await target({ luns: drives })
  expect(served.luns).toEqual([
    { lun: 0, address: 'test:ram' },
    { lun: 1, address: 'test:ram' },
  ])
  const second = await initiator(served, { lun: 1 })
  expect(Array.from((await send(second, [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], 8)).data)).toEqual([0, 0, 0, 31, 0, 0, 8, 0])
  const luns = await send(second, [0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], 256)
  expect(Buffer.from(luns.data).toString('hex')).toBe('00000010000000000000000000000000' + '0001000000000000')
  await expect(initiator(served, { lun: 2 })).rejects.toMatchObject({ code: 'TRANSPORT_NO_SUCH_DEVICE' })
})

test('a target opened for reading refuses what writes before it reaches the drive', async () => {
  const { target: served, drive } = await target({ access: 'read' })
  const transport = await initiator(served)
  expect(senseOf(await send(transport, io(0x2a, 0, 1), new Uint8Array(2048)))).toEqual([7, 0x27, 0])
  expect(senseOf(await send(transport, [0xf1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toEqual([5, 0x20, 0])
  expect((await send(transport, io(0x28, 0, 1), 2048)).status).toBe(0)
  expect(drive.commands.map(cdb => cdb[0])).toEqual([0x12, 0x28])
})

test('discovery lists the target at the address that it was reached by', async () => {
  const { target: served } = await target()
  expect(await discover({ host: '127.0.0.1', port: served.port })).toEqual([
    { target: TARGET, addresses: [`127.0.0.1:${served.port},1`] },
  ])
})

describe('CHAP', () => {
  const chap = { user: 'me', password: 'twelve-or-more', target: { user: 'drive', password: 'quite-another-one' } }

  test('lets in who knows the password, and only those', async () => {
    const { target: served, drive } = await target({ chap })
    await initiator(served, { login: 'me%twelve-or-more@' })
    for (const login of ['', 'me%wrong-password@', 'you%twelve-or-more@']) {
      await expect(initiator(served, { login })).rejects.toMatchObject({
        code: 'TRANSPORT_NO_PERMISSION',
        systemError: { number: 0x0201 },
      })
    }
    await expect(discover({ host: '127.0.0.1', port: served.port })).rejects.toMatchObject({
      code: 'TRANSPORT_NO_PERMISSION',
    })
    expect(drive.commands.filter(cdb => cdb[0] === 0x12)).toHaveLength(1)
  })

  test('the target proves itself, and one that cannot is not trusted', async () => {
    const { target: served } = await target({ chap })
    const login = 'me%twelve-or-more@'
    await initiator(served, { login, query: '?target_user=drive&target_password=quite-another-one' })
    await expect(
      initiator(served, { login, query: '?target_user=drive&target_password=something-else' }),
    ).rejects.toMatchObject({ code: 'TRANSPORT_NO_PERMISSION' })
  })

  test('the password may come from the environment and never shows in the address', async () => {
    const { target: served } = await target({ chap })
    process.env['LIBISCSI_CHAP_PASSWORD'] = chap.password
    try {
      const transport = await initiator(served, { login: 'me@' })
      expect(transport.address).toBe(`iscsi://me@127.0.0.1:${served.port}/${TARGET}/0`)
    } finally {
      delete process.env['LIBISCSI_CHAP_PASSWORD']
    }
    const inline = await initiator(served, { login: 'me%twelve-or-more@' })
    expect(inline.address).not.toContain('twelve')
  })
})

describe('errors of the initiator', () => {
  test('nobody listens', async () => {
    const { target: served } = await target()
    await served.close()
    await expect(initiator(served)).rejects.toMatchObject({
      code: 'TRANSPORT_NO_SUCH_DEVICE',
      systemError: { system: 'errno', name: 'ECONNREFUSED' },
      mayHaveRun: false,
    })
  })

  test('no such target', async () => {
    const { target: served } = await target()
    await expect(
      IscsiTransport.open(`iscsi://127.0.0.1:${served.port}/iqn.2026-01.org.example:another/0`),
    ).rejects.toMatchObject({ code: 'TRANSPORT_NO_SUCH_DEVICE', systemError: { number: 0x0203 } })
  })

  test('a command whose time is up is aborted, and the session goes on', async () => {
    const { target: served, drive } = await target()
    const transport = await initiator(served)
    let finish = () => {}
    drive.before = () => new Promise<void>(resolve => (finish = resolve))
    const { abort } = LogicalUnit.prototype
    const arrived = new Promise<void>(resolve => {
      jest.spyOn(LogicalUnit.prototype, 'abort').mockImplementation(function (this: LogicalUnit, which) {
        resolve()
        return abort.call(this, which)
      })
    })
    const late = send(transport, io(0x28, 0, 1), 2048, 30)
    const outcome = expect(late).rejects.toMatchObject({ code: 'TRANSPORT_TIMEOUT', mayHaveRun: true })
    // The drive cannot be interrupted: the target answers the abort when the drive is through.
    await arrived
    jest.restoreAllMocks()
    drive.before = () => {}
    finish()
    await outcome
    expect((await send(transport, TEST_UNIT_READY)).status).toBe(0)
  })

  test('a target that goes away in the middle of a command: it may have run, and nothing is sent anew', async () => {
    const { target: served, drive } = await target({ logoutTimeoutMs: 20 })
    const transport = await initiator(served)
    let finish = () => {}
    drive.before = () => new Promise<void>(resolve => (finish = resolve))
    const cut = expect(send(transport, io(0x28, 0, 1), 2048)).rejects.toMatchObject({
      code: 'TRANSPORT_DEVICE_GONE',
      mayHaveRun: true,
    })
    const closing = served.close()
    await cut
    finish()
    await closing
    await expect(send(transport, TEST_UNIT_READY)).rejects.toMatchObject({ mayHaveRun: false })
  })

  test('after close every command is refused', async () => {
    const { target: served } = await target()
    const transport = await initiator(served)
    await transport.close()
    await transport.close()
    await expect(send(transport, TEST_UNIT_READY)).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
  })
})
