import { spawnSync } from 'node:child_process'
import { listMacosDrives } from '../../../src/platform/macos/list'
import { ScsiTaskTransport } from '../../../src/platform/macos/scsi-task-transport'
import { type ScsiRequest, TransportError } from '../../../src/platform/transport'
import { installedBackends } from '../ffi/backends'
import { block, scriptedDisc } from '../scripted-disc'
import { request } from '../scripted-transport'
import { read10 } from '../transport-contract'
import { compiler, type HandedBack, type HandedOut, StandIn, standInLibrary } from './stand-in'

const DRIVE = [
  'class=IODVDServices',
  'disk=disk4',
  'vendor=QEMU',
  'product=QEMU CD-ROM',
  'revision=2.5+',
  'transfer=131072',
]
const MOUNTED = [...DRIVE, 'mount=/Volumes/FIRST']
const PATH = 'IOService:/StandIn/AHCI@0/IODVDServices'
const PATIENCE = { attempts: 3, pauseMs: 1 }
const TEST_UNIT_READY = request('00 00 00 00 00 00')
const disc = ({ cdb, length }: HandedOut): HandedBack => scriptedDisc(cdb, length)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

const thrown = (promise: Promise<unknown>): Promise<TransportError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    error => error,
  )

function tests(backend: (typeof installedBackends)[number]): void {
  let macos: StandIn

  beforeAll(async () => {
    macos = await StandIn.start(backend)
  })
  afterEach(() => {
    expect(macos.live()).toBe('')
    expect(macos.log().filter(line => line.startsWith('MISUSE'))).toEqual([])
  })
  afterAll(async () => {
    await macos.stop()
  })

  const machine = (...drives: readonly (readonly string[])[]) => {
    macos.configure(...drives)
    macos.answer = disc
  }
  const open = (access: 'read' | 'write' = 'read', name = 'disk4') =>
    ScsiTaskTransport.open(macos.frameworks, name, { access, patience: PATIENCE })
  const noted = (beginning: string) => macos.log().filter(line => line.startsWith(beginning))

  describe('opened for reading', () => {
    test('asks what it can without exclusive access, byte for byte as through a task', async () => {
      const cdbs = [
        ['12 00 00 00 24 00', 36],
        ['23 00 00 00 00 00 00 00 FC 00', 252],
        ['43 02 00 00 00 00 01 03 24 00', 804],
        ['43 00 04 00 00 00 00 00 1C 00', 28],
        ['43 00 05 00 00 00 00 08 00 00', 2048],
        ['46 02 01 05 00 00 00 04 00 00', 1024],
        ['51 00 00 00 00 00 00 00 22 00', 34],
        ['51 01 00 00 00 00 00 00 0C 00', 12],
        ['52 01 00 00 00 FF 00 00 24 00', 36],
        ['52 05 00 00 00 01 00 00 24 00', 36],
        ['5A 08 6A 00 00 00 00 01 00 00', 256],
        ['AC 14 00 01 02 03 00 00 00 10 03 00', 264],
        ['AD 00 00 00 00 07 01 0E 08 04 00 00', 2052],
        ['AD 01 00 00 00 00 00 00 10 04 00 00', 4100],
      ] as const
      machine(MOUNTED)
      const seen: string[] = []
      macos.answer = ({ cdb, length }) => {
        seen.push(hex(cdb))
        return { data: new Uint8Array(length) }
      }
      const drive = await open()
      for (const [cdb, length] of cdbs) expect(await drive.execute(request(cdb, length))).toMatchObject({ status: 0 })
      await drive.close()
      expect(seen).toEqual(cdbs.map(([cdb]) => cdb.replaceAll(' ', '').toLowerCase()))
      expect(noted('ObtainExclusiveAccess')).toEqual([])
    })

    test.each([
      ['another allocation length than there is room for', '12 00 00 00 60 00', 36],
      ['vital product data', '12 01 80 00 FF 00', 255],
      ['formats of READ TOC that would go out in the form of SFF-8020i', '43 02 02 00 00 00 01 00 FF 00', 255],
      ['a control byte', '51 00 00 00 00 00 00 00 22 04', 34],
      ['what no function sends', '25 00 00 00 00 00 00 00 00 00', 8],
    ])('takes exclusive access for %s, while nothing is mounted', async (_, cdb, length) => {
      machine(DRIVE)
      const seen: string[] = []
      macos.answer = command => {
        seen.push(hex(command.cdb))
        return { data: new Uint8Array(command.length) }
      }
      const drive = await open()
      expect(noted('ObtainExclusiveAccess')).toEqual([])
      expect(await drive.execute(request(cdb, length))).toMatchObject({ status: 0, transferredBytes: length })
      await drive.execute(TEST_UNIT_READY)
      await drive.close()
      expect(seen).toEqual([cdb.replaceAll(' ', '').toLowerCase(), '000000000000'])
      expect(noted('ObtainExclusiveAccess')).toEqual(['ObtainExclusiveAccess disk4: 0'])
      expect(noted('ReleaseExclusiveAccess')).toHaveLength(1)
      expect(noted('TestUnitReady')).toEqual([])
    })

    test('says what is not sent while the disc is mounted, and where it is', async () => {
      machine(MOUNTED)
      const drive = await open()
      const error = await thrown(drive.execute(read10(0)))
      expect(error).toBeInstanceOf(TransportError)
      expect(error).toMatchObject({
        code: 'TRANSPORT_OPCODE_REFUSED',
        mayHaveRun: false,
        systemError: { system: 'IOReturn', number: 0xe00002d5, name: 'kIOReturnBusy' },
      })
      expect(error.message).toContain('/Volumes/FIRST')
      expect(await drive.execute(TEST_UNIT_READY)).toMatchObject({ status: 0 })
      await drive.close()
      expect(noted('DADiskUnmount')).toEqual([])
    })

    test('counts the bytes of a reply by its own header', async () => {
      machine(MOUNTED)
      const drive = await open()
      const moved = async (cdb: string, length: number, data: readonly number[]) => {
        macos.answer = () => ({ data: Uint8Array.from(data) })
        return (await drive.execute(request(cdb, length))).transferredBytes
      }
      expect(await moved('12 00 00 00 24 00', 36, [5, 0x80, 5, 2, 3])).toBe(8)
      expect(await moved('51 00 00 00 00 00 00 00 22 00', 34, [0, 0x20])).toBe(34)
      expect(await moved('51 00 00 00 00 00 00 00 08 00', 8, [0, 0x20])).toBe(8)
      expect(await moved('46 00 00 00 00 00 00 00 08 00', 8, [0xff, 0xff, 0xff, 0xff])).toBe(8)
      expect(await moved('46 00 00 00 00 00 00 00 08 00', 8, [0, 0, 0, 0])).toBe(4)
      expect(await moved('46 00 00 00 00 00 00 00 02 00', 2, [0, 0])).toBe(2)
      expect(await moved('23 00 00 00 00 00 00 00 14 00', 20, [0, 0, 0, 8])).toBe(12)
      await drive.close()
    })

    test('brings status and sense data of both ways', async () => {
      machine(DRIVE)
      const sense = [0xf0, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3a, 1, 0, 0, 0, 0]
      macos.answer = () => ({ status: 2, sense })
      const drive = await open()
      for (const command of [TEST_UNIT_READY, read10(0), TEST_UNIT_READY]) {
        const answer = await drive.execute(command)
        expect(answer).toMatchObject({ status: 2, transferredBytes: 0 })
        expect([...answer.sense]).toEqual(sense)
      }
      macos.answer = () => ({ status: 8 })
      expect(await drive.execute(TEST_UNIT_READY)).toMatchObject({ status: 8, sense: new Uint8Array() })
      await drive.close()
    })
  })

  describe('opened for writing', () => {
    test('unmounts the disc, takes the drive, and leaves it as it was', async () => {
      machine(MOUNTED)
      const drive = await open('write')
      const data = Uint8Array.from({ length: 4096 }, (_, index) => index * 7)
      let written = ''
      macos.answer = command => {
        written = hex(command.data)
        return {}
      }
      const write: ScsiRequest = {
        cdb: Buffer.from('2a000000001000000200', 'hex'),
        direction: 'out',
        data,
        timeoutMs: 9000,
      }
      expect(await drive.execute(write)).toMatchObject({ status: 0, transferredBytes: 4096 })
      expect(written).toBe(hex(data))
      await drive.close()
      expect(macos.log().filter(line => /DADisk|Exclusive/.test(line))).toEqual([
        'DADiskUnmount disk4: 0',
        'ObtainExclusiveAccess disk4: 0',
        'ReleaseExclusiveAccess disk4',
        'DADiskMount disk4: 0',
      ])
    })

    test('leaves mounting to macOS where that does it by itself', async () => {
      machine([...MOUNTED, 'remounts-itself'])
      await (await open('write')).close()
      expect(noted('DADiskMount')).toEqual([])
    })

    test('mounts nothing that was not mounted', async () => {
      machine(DRIVE)
      await (await open('write')).close()
      expect(noted('DADisk')).toEqual([])
    })

    test('takes a drive without a disc by its path in the registry', async () => {
      machine(DRIVE.filter(setting => !setting.startsWith('disk')))
      const drive = await open('write', PATH)
      expect(drive.address).toBe(PATH)
      expect(await drive.execute(TEST_UNIT_READY)).toMatchObject({ status: 0 })
      await drive.close()
    })

    test('is refused while files on the disc are open, in the words of who refused', async () => {
      machine([...MOUNTED, 'refuses-unmount'])
      const error = await thrown(open('write'))
      expect(error).toMatchObject({
        code: 'TRANSPORT_BUSY',
        systemError: { system: 'DAReturn', number: 0xf8da0002, name: 'kDAReturnBusy' },
      })
      expect(error.message).toContain('Resource busy')
      expect(noted('ObtainExclusiveAccess')).toEqual([])
    })

    test('is refused while another program has the drive, and the disc is mounted again', async () => {
      machine([...MOUNTED, 'held'])
      const error = await thrown(open('write'))
      expect(error).toMatchObject({
        code: 'TRANSPORT_BUSY',
        systemError: { system: 'IOReturn', number: 0xe00002c5, name: 'kIOReturnExclusiveAccess' },
      })
      expect(noted('DADiskMount')).toEqual(['DADiskMount disk4: 0'])
    })

    test('two at once: the second is refused, the first goes on', async () => {
      machine(DRIVE)
      const first = await open('write')
      expect(await thrown(open('write', PATH))).toMatchObject({ code: 'TRANSPORT_BUSY' })
      const reader = await open('read', PATH)
      expect(await thrown(reader.execute(TEST_UNIT_READY))).toMatchObject({ code: 'TRANSPORT_BUSY' })
      await reader.close()
      expect(await first.execute(TEST_UNIT_READY)).toMatchObject({ status: 0 })
      await first.close()
    })
  })

  describe('what cannot be opened', () => {
    test('a disk that is none, or no optical one', async () => {
      machine(DRIVE)
      expect(await thrown(open('read', 'disk9'))).toMatchObject({ code: 'TRANSPORT_NO_SUCH_DEVICE', address: 'disk9' })
      expect(await thrown(open('read', 'IOService:/nothing'))).toMatchObject({ code: 'TRANSPORT_NO_SUCH_DEVICE' })
    })
    test('a drive that only reads: macOS gives no commands to it', async () => {
      machine([...DRIVE, 'reader'])
      expect(await thrown(open())).toMatchObject({ code: 'TRANSPORT_NOT_A_SCSI_DEVICE' })
    })
  })

  test.each([
    [{ failure: 1 }, 'TRANSPORT_TIMEOUT', 'SCSITaskStatus', 1, true],
    [{ failure: 2 }, 'TRANSPORT_TIMEOUT', 'SCSITaskStatus', 2, true],
    [{ failure: 3 }, 'TRANSPORT_DEVICE_GONE', 'SCSITaskStatus', 3, true],
    [{ failure: 4 }, 'TRANSPORT_DEVICE_GONE', 'SCSITaskStatus', 4, true],
    [{ failure: 5 }, 'TRANSPORT_FAILED', 'SCSITaskStatus', 5, true],
    [{ failure: 77 }, 'TRANSPORT_FAILED', 'SCSITaskStatus', 77, true],
    [{ ioReturn: 0xe00002c0 }, 'TRANSPORT_DEVICE_GONE', 'IOReturn', 0xe00002c0, true],
    [{ ioReturn: 0xe00002d6 }, 'TRANSPORT_TIMEOUT', 'IOReturn', 0xe00002d6, true],
    [{ ioReturn: 0xe00002e2 }, 'TRANSPORT_NO_PERMISSION', 'IOReturn', 0xe00002e2, false],
    [{ ioReturn: 0xe00002eb }, 'TRANSPORT_FAILED', 'IOReturn', 0xe00002eb, true],
    [{ ioReturn: 0xe0001234 }, 'TRANSPORT_FAILED', 'IOReturn', 0xe0001234, true],
  ])('%j of a command is %s, with or without exclusive access', async (back, code, system, number, mayHaveRun) => {
    machine(DRIVE)
    macos.answer = () => back
    for (const access of ['read', 'write'] as const) {
      const drive = await open(access)
      const error = await thrown(drive.execute(TEST_UNIT_READY))
      expect(error).toMatchObject({ code, mayHaveRun, address: 'disk4', systemError: { system, number } })
      await drive.close()
    }
  })

  test('the time limit arrives in milliseconds, and is never none', async () => {
    machine(DRIVE)
    const limits: number[] = []
    macos.answer = ({ timeoutMs }) => {
      limits.push(timeoutMs)
      return {}
    }
    const drive = await open('write')
    for (const timeoutMs of [0, 1, 1500, 2 ** 40]) await drive.execute({ ...TEST_UNIT_READY, timeoutMs })
    await drive.close()
    expect(limits).toEqual([1, 1, 1500, 0xffff_ffff])
  })

  test('a CDB between the lengths that a task takes is padded', async () => {
    machine(DRIVE)
    let seen = ''
    macos.answer = ({ cdb }) => {
      seen = hex(cdb)
      return {}
    }
    const drive = await open('write')
    await drive.execute(request('E9 01 02 03 04 05 06'))
    await drive.close()
    expect(seen).toBe('e9010203040506000000')
  })

  test('what a bus can carry is asked, and bounded where it is nonsense', async () => {
    const limit = async (...settings: string[]) => {
      machine([...DRIVE.filter(setting => !setting.startsWith('transfer')), ...settings])
      const drive = await open()
      await drive.close()
      return drive.limits.maximumTransferBytes
    }
    expect(await limit()).toBe(65_536)
    expect(await limit('transfer=524288')).toBe(524_288)
    expect(await limit('transfer=999999999')).toBe(1_048_576)
    expect(await limit('transfer=512')).toBe(65_536)
  })

  test('the list: names, paths, mounts, and what macOS gives no commands to', () => {
    macos.configure(
      MOUNTED,
      ['class=IOBDServices', 'vendor=HL-DT-ST', 'product=BD-RE BU40N', 'revision=1.03', 'transfer=1'],
      ['class=IOCompactDiscServices', 'disk=disk5', 'vendor=OLD', 'product=CD-ROM', 'reader'],
    )
    expect(listMacosDrives(macos.frameworks)).toEqual([
      {
        address: 'disk4',
        vendor: 'QEMU',
        product: 'QEMU CD-ROM',
        revision: '2.5+',
        otherAddresses: [PATH],
        mountPoints: ['/Volumes/FIRST'],
        heldBy: [],
      },
      {
        address: 'IOService:/StandIn/AHCI@1/IOBDServices',
        vendor: 'HL-DT-ST',
        product: 'BD-RE BU40N',
        revision: '1.03',
        otherAddresses: [],
        mountPoints: [],
        heldBy: [],
      },
      expect.objectContaining({ address: 'disk5', problem: expect.stringContaining('can write only') }),
    ])
    macos.configure()
    expect(listMacosDrives(macos.frameworks)).toEqual([])
  })

  test('many commands: nothing moves, nothing is left over', async () => {
    // koffi's functions once outlived their library after some hundred; ffi-napi is slower by far.
    const rounds = backend === 'koffi' ? 1500 : 100
    machine(DRIVE)
    const drive = await open('write')
    for (let round = 0; round < rounds; round++) {
      const reading = read10(round % 64)
      await drive.execute(reading)
      if (Buffer.compare(reading.data, block(round % 64)) !== 0) throw new Error(`round ${round}: other data`)
    }
    await drive.close()
    expect(noted('ExecuteTaskSync 28')).toHaveLength(rounds)
  })
}

if (compiler === undefined) {
  test('the stand-in for macOS needs a C compiler: where there is none, only what does not need it is tested', () => {
    expect(compiler).toBeUndefined()
  })
} else {
  describe.each(installedBackends)('SCSITaskLib through %s', tests)

  // What the stand-in lets pass unnoticed proves nothing: each misuse must end the process.
  test.each([
    ['CFRelease of what was released', 'const s = string("x"); cf("CFRelease", s); cf("CFRelease", s)', 'is no object'],
    ['IOObjectRelease of nothing', 'call("IOObjectRelease", ["u32"], 42)', 'is no entry'],
    [
      'a run loop missing',
      'const s = call("DASessionCreate", ["pointer"], null); call("DADiskUnmount", ["pointer", "u32", "pointer", "pointer"], call("DADiskCreateFromBSDName", ["pointer", "pointer", "pointer"], null, s, Buffer.from("disk4\\0")), 1, 1n, null)',
      'neither queue nor run loop',
    ],
    [
      'a wrong UUID',
      'const u = call("CFUUIDCreateFromUUIDBytes", ["pointer", uuid], null, Buffer.alloc(16)); call("IOCreatePlugInInterfaceForService", ["u32", "pointer", "pointer", "pointer", "pointer"], service(), u, u, Buffer.alloc(8), Buffer.alloc(4))',
      'wrong UUID',
    ],
    ['no exclusive access', 'const d = taskDevice(); method(d, 80)', 'CreateSCSITask: without exclusive access'],
    ['exclusive access twice', 'const d = taskDevice(); method(d, 64); method(d, 64)', 'obtained twice'],
    [
      'a device released with exclusive access',
      'const d = taskDevice(); method(d, 64); method(d, 24)',
      'still has exclusive access',
    ],
    [
      'a task run without its CDB',
      'const d = taskDevice(); method(d, 64); method(method(d, 80), 128, ["pointer", "pointer", "pointer"], null, null, null)',
      'no CDB',
    ],
    ['an interface released twice', 'const d = taskDevice(); method(d, 24); method(d, 24)', 'is no interface'],
  ])('the stand-in does not put up with %s', (_, code, complaint) => {
    const program = `
      const koffi = require('koffi'), { readFileSync } = require('node:fs')
      const library = koffi.load(${JSON.stringify(standInLibrary())})
      const types = { pointer: 'void *', u32: 'uint32', u64: 'uint64', u8: 'uint8' }
      const uuid = koffi.struct('CFUUIDBytes', { byte: koffi.array('uint8', 16) })
      const type = name => types[name] ?? name
      const call = (name, parameters, ...args) =>
        library.func(name, /IO|Conforms/.test(name) ? 'uint32' : 'void *', parameters.map(type))(...args.map(arg =>
          Buffer.isBuffer(arg) && parameters.includes(uuid) && arg.length === 16 ? { byte: [...arg] } : arg))
      const string = text => call('CFStringCreateWithCString', ['pointer', 'pointer', 'u32'], null, Buffer.from(text + '\\0'), 0x08000100)
      const cf = (name, value) => call(name, ['pointer'], value)
      const service = () => call('IORegistryEntryFromPath', ['u32', 'pointer'], 0, Buffer.from(${JSON.stringify(`${PATH}\0`)}))
      const bytes = text => Buffer.from(text.replaceAll('-', ''), 'hex')
      const method = (self, offset, parameters = [], ...args) =>
        koffi.decode(koffi.decode(koffi.decode(self, 'void *'), offset, 'void *'), koffi.proto('void *', ['void *', ...parameters.map(type)]))(self, ...args)
      const taskDevice = () => {
        const id = text => call('CFUUIDCreateFromUUIDBytes', ['pointer', uuid], null, bytes(text))
        const out = Buffer.alloc(8)
        call('IOCreatePlugInInterfaceForService', ['u32', 'pointer', 'pointer', 'pointer', 'pointer'], service(), id('97ABCF2C-23CC-11D5-A0E8-003065704866'), id('C244E858-109C-11D4-91D4-0050E4C6426F'), out, Buffer.alloc(4))
        const plugIn = out.readBigUInt64LE()
        const query = koffi.decode(koffi.decode(koffi.decode(plugIn, 'void *'), 8, 'void *'), koffi.proto('int32', ['void *', uuid, 'void *']))
        query(plugIn, { byte: [...bytes('1F651106-23CC-11D5-BBDB-003065704866')] }, out)
        return method(out.readBigUInt64LE(), 136)
      }
      ${code}`
    const { signal, stderr } = spawnSync(process.execPath, ['-e', program], {
      env: { ...process.env, MACOS_STAND_IN: DRIVE.join('|') },
      encoding: 'utf8',
      cwd: `${__dirname}/../../..`,
    })
    expect(stderr).toContain('MISUSE')
    expect(stderr).toContain(complaint)
    expect(signal).toBe('SIGABRT')
  })
}
