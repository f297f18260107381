import { type ScsiRequest, TransportError } from '../../../src/platform/transport'
import { ScsiPassThroughTransport } from '../../../src/platform/windows/scsi-pass-through-transport'
import { type Answer, type StandInDrive, WindowsStandIn } from './windows-stand-in'

const AHCI = { maximumTransferLength: 0x2_0000, maximumPhysicalPages: 33, alignmentMask: 1 }
const GOOD: Answer = {}

/** Sends back what READ(10) asks for, block numbers in every byte. */
const readsBlocks: NonNullable<StandInDrive['scsi']> = (cdb, _, length) =>
  cdb[0] === 0x28 ? { data: new Uint8Array(length).fill(cdb[5]!) } : GOOD

const request = (over: Partial<ScsiRequest> = {}): ScsiRequest => ({
  cdb: Uint8Array.of(0, 0, 0, 0, 0, 0),
  direction: 'none',
  data: new Uint8Array(),
  timeoutMs: 5000,
  ...over,
})
const read10 = (block: number, blocks = 1): ScsiRequest =>
  request({
    cdb: Uint8Array.of(0x28, 0, 0, 0, 0, block, 0, 0, blocks, 0),
    direction: 'in',
    data: new Uint8Array(2048 * blocks),
  })
const thrown = (promise: Promise<unknown>): Promise<TransportError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    error => error,
  )

async function open(
  drive: Partial<StandInDrive>,
  options: { access?: 'read' | 'write'; pointerBytes?: 4 | 8; skew?: number } = {},
) {
  const system = new WindowsStandIn([{ number: 0, letters: ['D:'], adapter: AHCI, ...drive }], options)
  const transport = await ScsiPassThroughTransport.open(system, 'D:', {
    ...(options.access ? { access: options.access } : {}),
    patience: { attempts: 3, pauseMs: 0 },
    whenClosed: () => system.close(),
  })
  return { system, transport }
}

describe.each([8, 4] as const)('a request with pointers of %i bytes', pointerBytes => {
  test('carries CDB, direction, data and time limit as the headers lay them out', async () => {
    const seen: unknown[] = []
    const { system, transport } = await open(
      {
        scsi: (cdb, data, length, timeOut) => {
          seen.push([Buffer.from(cdb).toString('hex'), Buffer.from(data).toString('latin1'), length, timeOut])
          return GOOD
        },
      },
      { pointerBytes },
    )
    await transport.execute(request({ timeoutMs: 1 }))
    await transport.execute(
      request({
        cdb: Uint8Array.of(0x55, 0x10, 0, 0, 0, 0, 0, 0, 4, 0),
        direction: 'out',
        data: Buffer.from('abcd'),
        timeoutMs: 7001,
      }),
    )
    await transport.execute(read10(9))
    await transport.close()
    expect(seen).toEqual([
      ['000000000000', '', 0, 1],
      ['55100000000000000400', 'abcd', 4, 8],
      ['28000000000900000100', '', 2048, 5],
    ])
    expect(system.misuse).toEqual([])
    expect(system.leaked).toBe(0)
    expect(system.closed).toBe(1)
  })

  test('brings data, their length and sense data back', async () => {
    const sense = [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0, 0, 0]
    const { transport } = await open(
      {
        scsi: cdb =>
          cdb[0] === 0x12
            ? { data: Uint8Array.of(5, 0x80, 1) }
            : cdb[0] === 0x28
              ? { data: new Uint8Array(2048).fill(7) }
              : { status: 2, sense },
      },
      { pointerBytes },
    )
    const inquiry = request({ cdb: Uint8Array.of(0x12, 0, 0, 0, 36, 0), direction: 'in', data: new Uint8Array(36) })
    expect(await transport.execute(inquiry)).toMatchObject({ status: 0, transferredBytes: 3 })
    expect([...inquiry.data.subarray(0, 4)]).toEqual([5, 0x80, 1, 0])
    const block = read10(0)
    expect(await transport.execute(block)).toMatchObject({ status: 0, transferredBytes: 2048, sense: new Uint8Array() })
    expect(block.data.every(byte => byte === 7)).toBe(true)
    const refused = await transport.execute(request())
    expect(refused.status).toBe(2)
    expect([...refused.sense]).toEqual(sense)
    await transport.close()
  })
})

test('what a drive did not send stays zero, although the memory is used again', async () => {
  const { transport } = await open(
    { scsi: (cdb, _, length) => ({ data: new Uint8Array(cdb[5] === 1 ? length : 4).fill(0xee) }) },
    { skew: 1 },
  )
  await transport.execute(read10(1))
  const short = read10(2)
  expect(await transport.execute(short)).toMatchObject({ transferredBytes: 4 })
  expect(short.data.subarray(4).every(byte => byte === 0)).toBe(true)
})

test.each([0, 1, 3, 7, 0xf, 0x1ff])(
  'data lie as alignment mask %i asks, wherever the caller has them',
  async alignmentMask => {
    for (const skew of [0, 1, 2, 4, 511]) {
      const { system, transport } = await open({ adapter: { ...AHCI, alignmentMask }, scsi: readsBlocks }, { skew })
      for (const length of [2048, 4096, 2048]) {
        const whole = new Uint8Array(length + 3)
        const data = whole.subarray(3)
        const answer = await transport.execute({ ...read10(0x55, length / 2048), data })
        expect(answer.transferredBytes).toBe(length)
        expect(data.every(byte => byte === 0x55)).toBe(true)
      }
      await transport.close()
      expect(system.misuse).toEqual([])
    }
  },
)

describe('what the adapter carries', () => {
  const limitsOf = async (adapter: StandInDrive['adapter'], more: Partial<StandInDrive> = {}) =>
    (await open({ ...(adapter ? { adapter } : {}), ...more })).transport.limits

  test('is the smaller of its length and its pages, less one for data that begin within a page', async () => {
    expect(await limitsOf(AHCI)).toEqual({ maximumTransferBytes: 0x2_0000, alignmentMask: 1 })
    expect((await limitsOf({ ...AHCI, maximumPhysicalPages: 17 })).maximumTransferBytes).toBe(0x1_0000)
  })
  test('comes from the older request where there is no descriptor', async () => {
    const adapter = { maximumTransferLength: 0x8000, maximumPhysicalPages: 0, alignmentMask: 3 }
    expect(await limitsOf(adapter, { olderCapabilities: true })).toEqual({
      maximumTransferBytes: 0x8000,
      alignmentMask: 3,
    })
  })
  test('is bounded where the driver says nonsense', async () => {
    const nonsense = {
      maximumTransferLength: 0xffff_ffff,
      maximumPhysicalPages: 0xffff_ffff,
      alignmentMask: 0xffff_ffff,
    }
    expect(await limitsOf(nonsense)).toEqual({ maximumTransferBytes: 0x10_0000, alignmentMask: 4095 })
    expect(await limitsOf({ maximumTransferLength: 0, maximumPhysicalPages: 0, alignmentMask: 4096 })).toEqual({
      maximumTransferBytes: 0x1_0000,
      alignmentMask: 4095,
    })
    expect(await limitsOf({ maximumTransferLength: 512, maximumPhysicalPages: 1, alignmentMask: 2 })).toEqual({
      maximumTransferBytes: 0x1_0000,
      alignmentMask: 1,
    })
  })
  test('is what every adapter carries where the driver says nothing', async () => {
    const system = new WindowsStandIn([{ number: 0 }])
    const { limits } = await ScsiPassThroughTransport.open(system, '\\\\.\\CdRom0')
    expect(limits).toEqual({ maximumTransferBytes: 0x1_0000, alignmentMask: 0 })
  })
})

test('a driver that knows only requests with the data inside gets those', async () => {
  const sent: string[] = []
  const { system, transport } = await open({
    onlyForm: 'buffered',
    scsi: (cdb, data, length) => {
      sent.push(Buffer.from(data).toString('latin1'))
      return cdb[0] === 0x28 ? { data: new Uint8Array(length).fill(3) } : GOOD
    },
  })
  const block = read10(3)
  expect(await transport.execute(block)).toMatchObject({ status: 0, transferredBytes: 2048 })
  expect(block.data.every(byte => byte === 3)).toBe(true)
  await transport.execute(
    request({ cdb: Uint8Array.of(0x55, 0, 0, 0, 0, 0, 0, 0, 3, 0), direction: 'out', data: Buffer.from('xyz') }),
  )
  expect(sent).toEqual(['', 'xyz'])
  expect(system.calls.filter(call => call.endsWith('DIRECT'))).toHaveLength(1)
  expect(transport.limits.maximumTransferBytes).toBe(31 * 2048)
  expect(system.misuse).toEqual([])
})

test('a driver that takes extended requests only gets those, with data beyond what fits a buffered one', async () => {
  const { system, transport } = await open({ onlyForm: 'direct-ex', scsi: readsBlocks })
  const blocks = read10(7, 60)
  expect(await transport.execute(blocks)).toMatchObject({ status: 0, transferredBytes: 60 * 2048 })
  expect(blocks.data.every(byte => byte === 7)).toBe(true)
  await transport.execute(request())
  expect(system.calls.filter(call => /PASS_THROUGH|4d048/.test(call))).toEqual([
    'IOCTL_SCSI_PASS_THROUGH_DIRECT',
    '4d048',
    '4d048',
  ])
  expect(system.misuse).toEqual([])
})

test('a command that no form carries leaves the first form in use', async () => {
  let refusing = true
  const { system, transport } = await open({
    scsi: () => (refusing ? { error: 1 } : GOOD),
  })
  expect(await thrown(transport.execute(request()))).toMatchObject({ code: 'TRANSPORT_NOT_A_SCSI_DEVICE' })
  refusing = false
  await transport.execute(request())
  expect(system.calls.slice(-1)).toEqual(['IOCTL_SCSI_PASS_THROUGH_DIRECT'])
  expect(transport.limits.maximumTransferBytes).toBe(0x2_0000)
})

describe('each Win32 error of a command becomes an error with a stable code and the number inside', () => {
  test.each([
    [1, 'TRANSPORT_NOT_A_SCSI_DEVICE', false],
    [21, 'TRANSPORT_FAILED', false],
    [31, 'TRANSPORT_FAILED', true],
    [32, 'TRANSPORT_BUSY', false],
    [55, 'TRANSPORT_DEVICE_GONE', true],
    [121, 'TRANSPORT_TIMEOUT', true],
    [170, 'TRANSPORT_BUSY', false],
    [433, 'TRANSPORT_DEVICE_GONE', true],
    [995, 'TRANSPORT_FAILED', true],
    [1110, 'TRANSPORT_FAILED', true],
    [1117, 'TRANSPORT_FAILED', true],
    [1167, 'TRANSPORT_DEVICE_GONE', true],
    [1450, 'TRANSPORT_TOO_LARGE', false],
    [1460, 'TRANSPORT_TIMEOUT', true],
    [60_000, 'TRANSPORT_FAILED', true],
  ])('%i is %s', async (number, code, mayHaveRun) => {
    const { transport } = await open({ scsi: () => ({ error: number }) })
    const error = await thrown(transport.execute(request()))
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ code, mayHaveRun, address: 'D:', systemError: { system: 'Win32', number } })
    expect(error.message).toContain(`Win32 error ${number}`)
    expect(error.cdb).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0))
    await transport.close()
  })
})

describe('opening', () => {
  test('a drive that is not there', async () => {
    const error = await thrown(ScsiPassThroughTransport.open(new WindowsStandIn([]), 'E:'))
    expect(error).toMatchObject({ code: 'TRANSPORT_NO_SUCH_DEVICE', systemError: { number: 2 } })
  })
  test('without permission, with a word on what forbids it', async () => {
    const system = new WindowsStandIn([{ number: 0, letters: ['D:'], denied: true }])
    const error = await thrown(ScsiPassThroughTransport.open(system, 'D:'))
    expect(error).toMatchObject({ code: 'TRANSPORT_NO_PERMISSION', systemError: { number: 5 } })
    expect(error.hint).toContain('administrator')
  })
  test('for reading takes nothing from anybody', async () => {
    const { system, transport } = await open({ volume: { mounted: true, lockFailures: 0 }, scsi: () => GOOD })
    await transport.close()
    expect(system.calls.filter(call => /FSCTL|EXCLUSIVE|MCN/.test(call))).toEqual([])
    expect(system.drives[0]!.volume!.mounted).toBe(true)
  })
})

describe('exclusive use', () => {
  test('locks and dismounts the volume, takes the drive, quietens polling, and gives all of it back', async () => {
    const { system, transport } = await open(
      { volume: { mounted: true, lockFailures: 2 }, scsi: () => GOOD },
      { access: 'write' },
    )
    expect(system.drives[0]).toMatchObject({ lockedBy: 'scsi-mmc', volume: { mounted: false } })
    await transport.execute(request())
    const other = await ScsiPassThroughTransport.open(system, '\\\\.\\CdRom0')
    const error = await thrown(other.execute(request()))
    expect(error).toMatchObject({ code: 'TRANSPORT_BUSY', systemError: { number: 5 } })
    expect(error.message).toContain('"scsi-mmc"')
    await transport.close()
    expect(await other.execute(request())).toMatchObject({ status: 0 })
    await other.close()
    expect(system.drives[0]!.lockedBy).toBeUndefined()
    expect(system.misuse).toEqual([])
    expect(system.leaked).toBe(0)
  })
  test('of a blank disc, where there is no volume to lock', async () => {
    const { system, transport } = await open({ scsi: () => GOOD }, { access: 'write' })
    expect(system.drives[0]!.lockedBy).toBe('scsi-mmc')
    await transport.close()
    expect(system.misuse).toEqual([])
  })
  test('goes on where the driver knows none', async () => {
    const { system, transport } = await open(
      { noExclusiveUse: true, volume: { mounted: true, lockFailures: 0 }, scsi: () => GOOD },
      { access: 'write' },
    )
    expect(await transport.execute(request())).toMatchObject({ status: 0 })
    await transport.close()
    expect(system.misuse).toEqual([])
  })
  test('is refused while files are open', async () => {
    const system = new WindowsStandIn([{ number: 0, letters: ['D:'], volume: { mounted: true, lockFailures: 99 } }])
    const opening = ScsiPassThroughTransport.open(system, 'D:', {
      access: 'write',
      patience: { attempts: 2, pauseMs: 0 },
    })
    const error = await thrown(opening)
    expect(error).toMatchObject({ code: 'TRANSPORT_BUSY', systemError: { number: 5 } })
    expect(error.message).toContain('files on it are open')
    expect(system.misuse).toEqual([])
    expect(system.leaked).toBe(0)
  })
  test('is refused while another program has it, by that name, and the volume is given back', async () => {
    const system = new WindowsStandIn([{ number: 0, letters: ['D:'], lockedBy: 'Nero 7' }])
    const error = await thrown(
      ScsiPassThroughTransport.open(system, 'D:', { access: 'write', patience: { attempts: 2, pauseMs: 0 } }),
    )
    expect(error).toMatchObject({ code: 'TRANSPORT_BUSY' })
    expect(error.message).toContain('"Nero 7"')
    expect(system.misuse).toEqual([])
    expect(system.leaked).toBe(0)
  })
})

describe('order', () => {
  test('commands run one at a time in the order of the calls, and closing waits for the one under way', async () => {
    const events: string[] = []
    let finish: () => void = () => undefined
    const { system, transport } = await open({
      scsi: async cdb => {
        events.push(`begin ${cdb[5]}`)
        await new Promise<void>(resolve => {
          finish = resolve
        })
        events.push(`end ${cdb[5]}`)
        return GOOD
      },
    })
    const first = transport.execute(request({ cdb: Uint8Array.of(0, 0, 0, 0, 0, 1) }))
    const second = transport.execute(request({ cdb: Uint8Array.of(0, 0, 0, 0, 0, 2) }))
    await new Promise(setImmediate)
    expect(events).toEqual(['begin 1'])
    const closing = transport.close()
    const again = transport.close()
    await new Promise(setImmediate)
    expect(system.leaked).toBe(1)
    finish()
    await first
    expect(await thrown(second)).toMatchObject({ code: 'TRANSPORT_CLOSED' })
    await Promise.all([closing, again])
    expect(await thrown(transport.execute(request()))).toMatchObject({ code: 'TRANSPORT_CLOSED' })
    expect(events).toEqual(['begin 1', 'end 1'])
    expect(system.leaked).toBe(0)
    expect(system.misuse).toEqual([])
  })
  test('a command that fails leaves the next ones be', async () => {
    const answers: Answer[] = [{ error: 1117 }, GOOD]
    const { transport } = await open({ scsi: () => answers.shift()! })
    const [failed, done] = await Promise.allSettled([transport.execute(request()), transport.execute(request())])
    expect(failed.status).toBe('rejected')
    expect(done).toMatchObject({ status: 'fulfilled', value: { status: 0 } })
  })
})
