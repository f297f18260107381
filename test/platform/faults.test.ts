import { mkdtempSync, rmSync } from 'node:fs'
import { constants as system, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Transport, TransportError } from '../../src/platform'
import { loadFfi } from '../../src/platform/ffi'
import { openError } from '../../src/platform/linux/errors'
import { SgIoTransport } from '../../src/platform/linux/sg-io-transport'
import { ScsiTaskTransport } from '../../src/platform/macos/scsi-task-transport'
import { ScsiPassThroughTransport } from '../../src/platform/windows/scsi-pass-through-transport'
import { fakeRoot } from './linux/fake-root'
import { type KernelAnswer, kernelStandIn } from './linux/kernel-stand-in'
import { compiler, type HandedBack, StandIn } from './macos/stand-in'
import { block, scriptedDisc } from './scripted-disc'
import { request } from './scripted-transport'
import { read10 } from './transport-contract'
import { type Answer, type StandInDrive, WindowsStandIn } from './windows/windows-stand-in'

/** What goes wrong with a command. */
type CommandFault = 'the drive is pulled out' | 'the drive does not answer in time' | 'the connection fails'
/** Why a drive does not open for writing. */
type OpeningFault = 'there is no such drive' | 'another program has the drive' | 'the user may not use it'

const TEST_UNIT_READY = request('00 00 00 00 00 00')
const NO_MEDIUM = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3a, 1, 0, 0, 0, 0]
const LARGEST = 65_536

/** A system stood in for, with one drive. */
interface System {
  /** Opens the drive; from then on each command goes wrong, where a fault is given, or the tray is empty. */
  open(trouble?: CommandFault | 'no medium'): Promise<Transport>
  openingError(fault: OpeningFault): Promise<TransportError>
  end(): Promise<void>
}

const thrown = (promise: Promise<unknown>): Promise<TransportError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    error => error,
  )

async function linux(): Promise<System> {
  const root = mkdtempSync(join(tmpdir(), 'faults-'))
  const ffi = loadFfi({ ffi: 'koffi' })
  const { errno } = system
  const answers: Record<CommandFault | 'no medium', KernelAnswer> = {
    'the drive is pulled out': { errno: errno.ENODEV },
    'the drive does not answer in time': { hostStatus: 3 },
    'the connection fails': { hostStatus: 7 },
    'no medium': { status: 2, sense: Uint8Array.from(NO_MEDIUM) },
  }
  return {
    open: async trouble =>
      new SgIoTransport(
        '/dev/sr0',
        {
          descriptor: 9,
          isBlock: true,
          writable: true,
          sg: undefined,
          isGone: async () => false,
          close: async () => {},
        },
        ffi,
        kernelStandIn(ffi, ({ cdb, dataBytes }) => {
          if (trouble) return answers[trouble]
          const { sense, ...rest } = scriptedDisc(cdb, dataBytes)
          return { ...rest, ...(sense ? { sense: Uint8Array.from(sense) } : {}) }
        }),
        { maximumTransferBytes: LARGEST, alignmentMask: 0 },
      ),
    openingError: async fault => {
      const number = {
        'there is no such drive': errno.ENOENT,
        'another program has the drive': errno.EBUSY,
        'the user may not use it': errno.EACCES,
      }[fault]
      const paths = fakeRoot(root, { 'etc/group': '' })
      return openError(join(paths.dev, 'sr0'), number, undefined, paths)
    },
    end: async () => {
      rmSync(root, { recursive: true })
      await ffi.close()
    },
  }
}

async function windows(): Promise<System> {
  const answers: Record<CommandFault | 'no medium', Answer> = {
    'the drive is pulled out': { error: 1167 },
    'the drive does not answer in time': { error: 121 },
    'the connection fails': { error: 1117 },
    'no medium': { status: 2, sense: NO_MEDIUM },
  }
  const open = (over: Partial<StandInDrive>, address = 'D:') => {
    const adapter = { maximumTransferLength: LARGEST, maximumPhysicalPages: 33, alignmentMask: 3 }
    const machine = new WindowsStandIn([{ number: 0, letters: ['D:'], adapter, ...over }], { skew: 1 })
    return ScsiPassThroughTransport.open(machine, address, { access: 'write', patience: { attempts: 1, pauseMs: 0 } })
  }
  return {
    open: trouble => open({ scsi: (cdb, _, length) => (trouble ? answers[trouble] : scriptedDisc(cdb, length)) }),
    openingError: fault =>
      thrown(
        {
          'there is no such drive': () => open({}, 'E:'),
          'another program has the drive': () => open({ lockedBy: 'Nero' }),
          'the user may not use it': () => open({ denied: true }),
        }[fault](),
      ),
    end: async () => {},
  }
}

async function macos(): Promise<System> {
  const standIn = await StandIn.start('koffi')
  const settings = ['class=IODVDServices', 'disk=disk4', 'vendor=QEMU', `transfer=${LARGEST}`]
  const answers: Record<Exclude<CommandFault | 'no medium', 'the drive is pulled out'>, HandedBack> = {
    'the drive does not answer in time': { failure: 1 },
    'the connection fails': { failure: 5 },
    'no medium': { status: 2, sense: NO_MEDIUM },
  }
  const open = (name = 'disk4') =>
    ScsiTaskTransport.open(standIn.frameworks, name, { access: 'write', patience: { attempts: 1, pauseMs: 0 } })
  return {
    open: async trouble => {
      standIn.configure(settings)
      const transport = await open()
      if (trouble === 'the drive is pulled out') standIn.set(0, 'gone', true)
      else standIn.answer = ({ cdb, length }) => (trouble ? answers[trouble] : scriptedDisc(cdb, length))
      return transport
    },
    openingError: async fault => {
      standIn.configure(fault === 'another program has the drive' ? [...settings, 'held'] : settings)
      if (fault !== 'the user may not use it') {
        return thrown(open(fault === 'there is no such drive' ? 'disk9' : 'disk4'))
      }
      // macOS lets everybody open a drive, and refuses the first command.
      standIn.answer = () => ({ ioReturn: 0xe000_02c1 })
      const transport = await open()
      const error = await thrown(transport.execute(TEST_UNIT_READY))
      await transport.close()
      return error
    },
    end: () => standIn.stop(),
  }
}

const SYSTEMS = { Linux: linux, Windows: windows, ...(compiler === undefined ? {} : { macOS: macos }) }

describe.each(Object.entries(SYSTEMS))('on %s', (name, start) => {
  let machine: System
  beforeAll(async () => {
    machine = await start()
  })
  afterAll(() => machine.end())

  const COMMANDS: readonly (readonly [
    CommandFault,
    string,
    Readonly<Record<string, readonly [system: string, number: number, mayHaveRun?: false]>>,
  ])[] = [
    [
      'the drive is pulled out',
      'TRANSPORT_DEVICE_GONE',
      // ENODEV is Linux' refusal to send anything.
      { Linux: ['errno', 19, false], Windows: ['Win32', 1167], macOS: ['SCSITaskStatus', 4] },
    ],
    [
      'the drive does not answer in time',
      'TRANSPORT_TIMEOUT',
      { Linux: ['host status', 3], Windows: ['Win32', 121], macOS: ['SCSITaskStatus', 1] },
    ],
    [
      'the connection fails',
      'TRANSPORT_FAILED',
      { Linux: ['host status', 7], Windows: ['Win32', 1117], macOS: ['SCSITaskStatus', 5] },
    ],
  ]
  test.each(COMMANDS)('%s: %s, with the number of the system', async (fault, code, numbers) => {
    const drive = await machine.open(fault)
    const error = await thrown(drive.execute(TEST_UNIT_READY))
    const [system, number, mayHaveRun = true] = numbers[name]!
    expect(error).toMatchObject({ code, mayHaveRun, systemError: { system, number } })
    expect(error.hint).toMatch(/./)
    await drive.close()
  })

  const OPENINGS: readonly (readonly [
    OpeningFault,
    string,
    Readonly<Record<string, readonly [string, number] | null>>,
  ])[] = [
    // IOKit finds nothing, without a number.
    ['there is no such drive', 'TRANSPORT_NO_SUCH_DEVICE', { Linux: ['errno', 2], Windows: ['Win32', 2], macOS: null }],
    [
      'another program has the drive',
      'TRANSPORT_BUSY',
      { Linux: ['errno', 16], Windows: ['Win32', 5], macOS: ['IOReturn', 0xe000_02c5] },
    ],
    [
      'the user may not use it',
      'TRANSPORT_NO_PERMISSION',
      { Linux: ['errno', 13], Windows: ['Win32', 5], macOS: ['IOReturn', 0xe000_02c1] },
    ],
  ]
  test.each(OPENINGS)('%s: %s, with the number of the system', async (fault, code, numbers) => {
    const error = await machine.openingError(fault)
    expect(error).toMatchObject({ code, mayHaveRun: false })
    const known = numbers[name]!
    if (known) expect(error.systemError).toMatchObject({ system: known[0], number: known[1] })
    else expect(error.systemError).toBeUndefined()
    expect(error.hint).toMatch(/./)
  })

  test('no medium: an answer, with the sense data that the drive sent', async () => {
    const drive = await machine.open('no medium')
    const { status, sense, transferredBytes } = await drive.execute(TEST_UNIT_READY)
    expect({ status, sense: [...sense], transferredBytes }).toEqual({
      status: 2,
      sense: NO_MEDIUM,
      transferredBytes: 0,
    })
    await drive.close()
  })

  test('more than the way to the drive carries: refused before anything is sent', async () => {
    const drive = await machine.open()
    const blocks = LARGEST / 2048
    expect(await drive.execute(read10(0, blocks))).toMatchObject({ status: 0, transferredBytes: LARGEST })
    const error = await thrown(drive.execute(read10(0, blocks + 1)))
    expect(error).toMatchObject({ code: 'TRANSPORT_TOO_LARGE', mayHaveRun: false })
    expect(error.message).toContain(String(LARGEST))
    await drive.close()
  })

  test('data at an odd address, in and out', async () => {
    const drive = await machine.open()
    const room = new Uint8Array(2048 + 2)
    const { cdb, direction, timeoutMs } = read10(5)
    const data = room.subarray(1, 2049)
    expect(await drive.execute({ cdb, direction, timeoutMs, data })).toMatchObject({
      status: 0,
      transferredBytes: 2048,
    })
    expect(Buffer.compare(data, block(5))).toBe(0)
    expect([room[0], room.at(-1)]).toEqual([0, 0])
    const sending = request('55 10 00 00 00 00 00 00 08 00', Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8).subarray(1))
    expect((await drive.execute(sending)).status).toBe(2)
    await drive.close()
  })
})
