import { closeSync, constants, openSync } from 'node:fs'
import { constants as system } from 'node:os'
import { type Ffi, loadFfi } from '../../../src/platform/ffi'
import { cLibrary } from '../../../src/platform/linux/c-library'
import { SgIoTransport } from '../../../src/platform/linux/sg-io-transport'
import { installedBackends } from '../ffi/backends'
import { request } from '../scripted-transport'
import { describeTransport } from '../transport-contract'
import { type KernelAnswer, kernelStandIn, type SeenCommand } from './kernel-stand-in'

const { errno } = system
const TEST_UNIT_READY = '00 00 00 00 00 00'
const DID_TIME_OUT = 3
const block = (lba: number) => new Uint8Array(2048).map((_, index) => (lba * 13 + index) & 0xff)

const INQUIRY = Buffer.concat([Buffer.from([5, 0x80, 5, 2, 31, 0, 0, 0]), Buffer.from('TEST    STOOD-IN DRIVE  1.00')])

/** A drive with a disc of 64 blocks. */
function optical({ cdb }: SeenCommand): KernelAnswer {
  const lba = Buffer.from(cdb).readUInt32BE(2 * Number(cdb.length > 6))
  switch (cdb[0]) {
    case 0x00:
      return {}
    case 0x12:
      return { data: INQUIRY }
    case 0x25:
      return { data: Buffer.from('0000003f00000800', 'hex') }
    case 0x28:
      if (lba >= 64)
        return { status: 2, sense: Buffer.from('70000500000000 0A 00000000 2100 00000000'.replaceAll(' ', ''), 'hex') }
      return {
        data: Buffer.concat(Array.from({ length: Buffer.from(cdb).readUInt16BE(7) }, (_, index) => block(lba + index))),
      }
    default:
      return { status: 2, sense: Buffer.from('700005000000000A000000002000000000', 'hex') }
  }
}

function open(ffi: Ffi, answerOf: (command: SeenCommand) => KernelAnswer, device: object = {}) {
  const closed = { times: 0 }
  const transport = new SgIoTransport(
    '/dev/sr0',
    {
      descriptor: 99,
      isBlock: true,
      writable: false,
      sg: '/dev/sg1',
      isGone: async () => false,
      close: async () => {
        closed.times++
      },
      ...device,
    },
    ffi,
    kernelStandIn(ffi, answerOf),
    { maximumTransferBytes: 65_536, alignmentMask: 0 },
  )
  return { transport, closed }
}

describe.each(installedBackends)('SG_IO through %s', name => {
  let answerOf = optical
  describeTransport(`SG_IO through ${name}, the kernel stood in for,`, {
    open: async () => {
      answerOf = optical
      return open(loadFfi({ ffi: name }), command => answerOf(command)).transport
    },
    block,
    sending: request('55 10 00 00 00 00 00 00 08 00', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
    stall: async () => {
      answerOf = () => ({ hostStatus: DID_TIME_OUT })
      return request(TEST_UNIT_READY)
    },
    vanish: async () => {
      answerOf = () => ({ errno: errno.ENODEV })
    },
  })

  it('hands the kernel CDB, data, direction and time limit at addresses that hold', async () => {
    const seen: SeenCommand[] = []
    const ffi = loadFfi({ ffi: name })
    const { transport, closed } = open(ffi, command => {
      seen.push(command)
      return {}
    })
    await transport.execute(request('5A 00 2A 00 00 00 00 00 20 00', 32, 5000))
    await transport.execute(request('2A 00 00 00 00 05 00 00 01 00', Buffer.alloc(2048, 0x5a), 1.5))
    await transport.execute(request(TEST_UNIT_READY, 0, 0))
    await transport.close()
    await transport.close()
    expect(
      seen.map(({ cdb, direction, dataBytes, timeoutMs }) => [cdb[0], cdb.length, direction, dataBytes, timeoutMs]),
    ).toEqual([
      [0x5a, 10, -3, 32, 5000],
      [0x2a, 10, -2, 2048, 2],
      [0x00, 6, -1, 0, 1],
    ])
    expect(seen[1]!.sent.every(byte => byte === 0x5a)).toBe(true)
    expect(seen.slice(0, 2).every(({ dataAddress }) => dataAddress > 0n && dataAddress % 4096n === 0n)).toBe(true)
    expect(seen[2]!.dataAddress).toBe(0n)
    expect(closed.times).toBe(1)
  })

  it('never shows what an earlier command left', async () => {
    const answers: KernelAnswer[] = [
      { status: 2, data: Buffer.alloc(64, 0xee), sense: Buffer.alloc(252, 0x71), resid: 0 },
      { data: Uint8Array.of(1, 2), resid: 0 },
    ]
    const { transport } = open(loadFfi({ ffi: name }), () => answers.shift()!)
    expect((await transport.execute(request('12 00 00 00 40 00', 64))).sense).toHaveLength(252)
    const second = request('12 00 00 00 40 00', 64)
    expect(await transport.execute(second)).toMatchObject({ status: 0, transferredBytes: 64, sense: new Uint8Array() })
    expect([...second.data.subarray(0, 4)]).toEqual([1, 2, 0, 0])
    await transport.close()
  })

  it('sends a command again that the bus was too busy for, three times in all', async () => {
    let times = 0
    const busy = open(loadFfi({ ffi: name }), () => ({ hostStatus: ++times < 3 ? 2 : 0 })).transport
    expect(await busy.execute(request(TEST_UNIT_READY))).toMatchObject({ status: 0 })
    times = -9
    await expect(busy.execute(request(TEST_UNIT_READY))).rejects.toMatchObject({ code: 'TRANSPORT_BUSY' })
    expect(times).toBe(-6)
    await busy.close()
  })

  it('turns an errno into what to do', async () => {
    const failing = async (number: number, transfer: number, device: object = {}) => {
      const { transport } = open(loadFfi({ ffi: name }), () => ({ errno: number }), device)
      const error = await transport
        .execute(request('BE 00 00 00 00 00 00 00 00 00 00 00', transfer))
        .catch(thrown => thrown)
      await transport.close()
      return error
    }
    expect(await failing(errno.EPERM, 0)).toMatchObject({
      code: 'TRANSPORT_OPCODE_REFUSED',
      address: '/dev/sr0',
      hint: expect.stringContaining("access: 'write'"),
      systemError: { system: 'errno', number: errno.EPERM, name: 'EPERM' },
    })
    expect((await failing(errno.EPERM, 0, { writable: true })).hint).toContain('/dev/sg1')
    expect((await failing(errno.EPERM, 0, { writable: true, isBlock: false })).hint).toBe('Run as root.')
    expect(await failing(errno.ENODEV, 0)).toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
    expect(await failing(errno.ENXIO, 0)).toMatchObject({ code: 'TRANSPORT_DEVICE_GONE' })
    expect(await failing(errno.ENOTTY, 0)).toMatchObject({ code: 'TRANSPORT_NOT_A_SCSI_DEVICE' })
    expect(await failing(errno.EINVAL, 0)).toMatchObject({ code: 'TRANSPORT_NOT_A_SCSI_DEVICE' })
    expect(await failing(errno.EBUSY, 0)).toMatchObject({ code: 'TRANSPORT_BUSY' })
    expect(await failing(errno.ENOMEM, 65_536)).toMatchObject({ code: 'TRANSPORT_FAILED', mayHaveRun: false })
    expect(await failing(errno.EINTR, 0)).toMatchObject({ code: 'TRANSPORT_FAILED', mayHaveRun: true })
    expect(await failing(errno.EAGAIN, 0)).toMatchObject({ code: 'TRANSPORT_BUSY', systemError: { name: 'EAGAIN' } })
    expect(await failing(errno.EIO, 0)).toMatchObject({ code: 'TRANSPORT_FAILED', mayHaveRun: true })
    expect(await failing(errno.EIO, 0, { isGone: async () => true })).toMatchObject({
      code: 'TRANSPORT_DEVICE_GONE',
      systemError: { name: 'EIO' },
    })
    const json = (await failing(errno.EPERM, 0)).toJSON()
    expect(json).toMatchObject({ errno: errno.EPERM, cdb: 'BE 00 00 00 00 00 00 00 00 00 00 00' })
  })

  if (process.platform === 'linux') {
    it('asks the real kernel, which knows no SCSI on /dev/null', async () => {
      const ffi = loadFfi({ ffi: name })
      const descriptor = openSync('/dev/null', constants.O_RDONLY)
      const transport = new SgIoTransport(
        '/dev/null',
        {
          descriptor,
          isBlock: false,
          writable: false,
          sg: undefined,
          isGone: async () => false,
          close: async () => closeSync(descriptor),
        },
        ffi,
        cLibrary(ffi),
        { maximumTransferBytes: 65_536, alignmentMask: 0 },
      )
      await expect(transport.execute(request(TEST_UNIT_READY))).rejects.toMatchObject({
        code: 'TRANSPORT_NOT_A_SCSI_DEVICE',
        systemError: { name: 'ENOTTY' },
      })
      await transport.close()
    })
  }
})
