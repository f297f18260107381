import { closeSync, constants, openSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { TransportError } from '../../../src/platform'
import { cString, type Ffi, loadFfi, structure } from '../../../src/platform/ffi'
import { installedBackends } from './backends'

const C_LIBRARY = process.platform === 'win32' ? ['msvcrt.dll'] : [null]
const EBADF = 9
const ENOTTY = 25

const uuid = structure('uuid', { low: ['u8', 8], high: ['u8', 8] })

describe.each(installedBackends)('%s', name => {
  let ffi: Ffi

  beforeAll(() => {
    ffi = loadFfi({ ffi: name })
  })

  afterAll(async () => {
    await ffi.close()
  })

  const library = () => ffi.library(C_LIBRARY)
  const strlen = () => library().function('strlen', { parameters: ['pointer'], result: 'size' })

  it('takes the first library of the candidates that is there', () => {
    const found = ffi.library(['libthere-is-no-such-library.so.9', ...C_LIBRARY])
    expect(found.path).toBe(C_LIBRARY[0])
    expect(found.symbol('strlen')).toBeGreaterThan(0n)
  })

  it('says which libraries and which symbol are missing', () => {
    expect(() => ffi.library(['libnone.so', 'libneither.so'])).toThrow(
      expect.objectContaining({ code: 'TRANSPORT_UNAVAILABLE', message: expect.stringContaining('libnone.so') }),
    )
    expect(() => library().symbol('there_is_no_such_symbol')).toThrow(
      expect.objectContaining({
        code: 'TRANSPORT_UNAVAILABLE',
        message: expect.stringContaining('there_is_no_such_symbol'),
      }),
    )
  })

  it('passes bytes as pointers and gives 64-bit results as bigint', async () => {
    expect(strlen().call(cString('four')).value).toBe(4n)
    expect((await strlen().callAsync(cString('eleven left'))).value).toBe(11n)
    const text = cString('address')
    expect(strlen().call(ffi.addressOf(text) + 3n).value).toBe(4n)
    expect(strlen().call(text.subarray(5)).value).toBe(2n)
  })

  it('gives small results as numbers, with their sign, and nothing for void', () => {
    const abs = library().function('abs', { parameters: ['i32'], result: 'i32' })
    expect(abs.call(-12).value).toBe(12)
    const memcmp = library().function('memcmp', { parameters: ['pointer', 'pointer', 'size'], result: 'i32' })
    expect(memcmp.call(Buffer.from([1]), Buffer.from([9]), 1).value).toBeLessThan(0)
    const free = library().function('free', { parameters: ['pointer'], result: 'void' })
    expect(free.call(null).value).toBeUndefined()
  })

  it('takes and gives 64-bit integers beyond 2^53 unharmed', () => {
    const llabs = library().function('llabs', { parameters: ['i64'], result: 'i64' })
    expect(llabs.call(-9_007_199_254_740_993n).value).toBe(9_007_199_254_740_993n)
    const toUnsigned = library().function('strtoull', { parameters: ['pointer', 'pointer', 'i32'], result: 'u64' })
    expect(toUnsigned.call(cString('FEDCBA9876543210'), null, 16).value).toBe(0xfedcba9876543210n)
  })

  it('reads and writes native memory by copying it', () => {
    const malloc = library().function('malloc', { parameters: ['size'], result: 'pointer' })
    const free = library().function('free', { parameters: ['pointer'], result: 'void' })
    const address = malloc.call(16).value
    ffi.write(address, Buffer.from('0123456789ABCDEF'))
    const copy = ffi.read(address + 4n, 6)
    ffi.write(address, Buffer.alloc(16))
    free.call(address)
    expect(Buffer.from(copy).toString()).toBe('456789')
    expect(ffi.read(0n, 0)).toHaveLength(0)
  })

  it('calls a function found at an address, and makes it once only', () => {
    const address = library().symbol('strlen')
    const signature = { parameters: ['pointer'], result: 'size' } as const
    const first = ffi.functionAt(address, signature)
    expect(first.call(cString('vtable')).value).toBe(6n)
    expect(ffi.functionAt(address, { ...signature })).toBe(first)
  })

  it('lets native code call back, from a call of either kind', async () => {
    const numbers = Buffer.from(Int32Array.from([5, -3, 9, 1]).buffer)
    const seen: bigint[] = []
    const callback = ffi.callback({ parameters: ['pointer', 'pointer'], result: 'i32' }, (left, right) => {
      seen.push(left)
      return Buffer.from(ffi.read(left, 4)).readInt32LE() - Buffer.from(ffi.read(right, 4)).readInt32LE()
    })
    const qsort = library().function('qsort', { parameters: ['pointer', 'size', 'size', 'pointer'], result: 'void' })
    qsort.call(numbers, 4, 4, callback.address)
    expect([0, 4, 8, 12].map(offset => numbers.readInt32LE(offset))).toEqual([-3, 1, 5, 9])
    numbers.writeInt32LE(100, 0)
    await qsort.callAsync(numbers, 4, 4, callback.address)
    expect([0, 4, 8, 12].map(offset => numbers.readInt32LE(offset))).toEqual([1, 5, 9, 100])
    expect(seen.every(address => typeof address === 'bigint')).toBe(true)
    callback.release()
    callback.release()
  })

  it('measures structures as our own table does', () => {
    const mixed = structure('mixed', { a: 'u8', b: 'i64', c: 'u16', d: 'pointer', e: ['u8', 5], f: 'u32', g: 'ulong' })
    expect(ffi.measure(mixed)).toEqual({ size: mixed.size(), offsets: mixed.offsets() })
    expect(ffi.measure(uuid)).toEqual({ size: 16, offsets: { low: 0, high: 8 } })
  })

  it('closes when the calls under way have ended, and twice without harm', async () => {
    const own = loadFfi({ ffi: name })
    const length = own.library(C_LIBRARY).function('strlen', { parameters: ['pointer'], result: 'size' })
    const underWay = length.callAsync(cString('under way'))
    const closing = own.close()
    expect((await underWay).value).toBe(9n)
    await closing
    await own.close()
  })

  if (name === 'ffi-napi' && process.platform === 'linux') {
    it('hands its thread on when it is closed, and two at once have one each', async () => {
      const threadOf = async (user: Ffi) =>
        (await user.library(C_LIBRARY).function('gettid', { parameters: [], result: 'i32' }).callAsync()).value
      const [one, other] = [loadFfi({ ffi: name }), loadFfi({ ffi: name })]
      const threads = [await threadOf(one), await threadOf(other)]
      expect(new Set([...threads, process.pid]).size).toBe(3)
      await one.close()
      const next = loadFfi({ ffi: name })
      expect(await threadOf(next)).toBe(threads[0])
      expect(await threadOf(next)).toBe(threads[0])
      await Promise.all([other.close(), next.close()])
    })
  }

  if (process.platform !== 'win32') {
    const ioctl = () =>
      library().function('ioctl', { parameters: ['i32', 'ulong', 'pointer'], result: 'i32', named: 2 })

    it('passes a structure by value', () => {
      const inAddr = structure('in_addr', { s_addr: ['u8', 4] })
      const ntoa = library().function('inet_ntoa', { parameters: [inAddr], result: 'pointer' })
      const text = ntoa.call(Uint8Array.of(192, 0, 2, 7)).value
      expect(Buffer.from(ffi.read(text, 10)).toString()).toBe('192.0.2.7\0')
    })

    it('gives the errno of a variadic call of either kind', async () => {
      const descriptor = openSync('/dev/null', constants.O_RDONLY)
      expect(ioctl().call(descriptor, 0x2285, new Uint8Array(88))).toEqual({ value: -1, error: ENOTTY })
      expect(await ioctl().callAsync(descriptor, 0x2285, new Uint8Array(88))).toEqual({ value: -1, error: ENOTTY })
      closeSync(descriptor)
    })

    it('gives each of many calls under way its own errno', async () => {
      const descriptor = openSync('/dev/null', constants.O_RDONLY)
      const expected = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? EBADF : ENOTTY))
      const answers = await Promise.all(
        expected.map(async (errno, index) => {
          if (index % 7 === 0) await turn()
          return ioctl().callAsync(errno === EBADF ? 9999 : descriptor, 0x2285, new Uint8Array(88))
        }),
      )
      expect(answers.map(({ error }) => error)).toEqual(expected)
      closeSync(descriptor)
    })

    it('keeps the event loop free during an asynchronous call', async () => {
      const poll = library().function('poll', { parameters: ['pointer', 'ulong', 'i32'], result: 'i32' })
      let settled = false
      const call = poll.callAsync(null, 0, 100).then(() => {
        settled = true
      })
      let turns = 0
      while (!settled) {
        turns++
        await turn()
      }
      await call
      expect(turns).toBeGreaterThan(5)
    })

    it('keeps bytes in place through garbage collections while a call fills them', async () => {
      const ends = new Uint8Array(8)
      const pipe = library().function('pipe', { parameters: ['pointer'], result: 'i32' })
      expect(pipe.call(ends).value).toBe(0)
      const [readEnd, writeEnd] = new Int32Array(ends.buffer) as unknown as [number, number]
      const read = library().function('read', { parameters: ['i32', 'pointer', 'size'], result: 'long' })
      const write = library().function('write', { parameters: ['i32', 'pointer', 'size'], result: 'long' })
      const target = new Uint8Array(32)
      const reading = read.callAsync(readEnd, target, 32)
      for (let round = 0; round < 200; round++) {
        Array.from({ length: 100 }, () => new Uint8Array(4096))
        if (round % 20 === 0) await turn()
      }
      write.call(writeEnd, Buffer.from('arrived where it was meant to be'), 32)
      expect((await reading).value).toBe(32n)
      expect(Buffer.from(target).toString()).toBe('arrived where it was meant to be')
      closeSync(readEnd)
      closeSync(writeEnd)
    })
  }
})

describe('choosing a backend', () => {
  const saved = process.env['SCSI_MMC_FFI']
  afterEach(() => {
    if (saved === undefined) delete process.env['SCSI_MMC_FFI']
    else process.env['SCSI_MMC_FFI'] = saved
  })

  it('is koffi unless the option or the environment says otherwise', () => {
    delete process.env['SCSI_MMC_FFI']
    expect(loadFfi().name).toBe('koffi')
    process.env['SCSI_MMC_FFI'] = 'koffi'
    expect(loadFfi().name).toBe('koffi')
    process.env['SCSI_MMC_FFI'] = 'fiddle'
    expect(() => loadFfi()).toThrow(
      expect.objectContaining({ code: 'USAGE_FFI', hint: expect.stringContaining('koffi, ffi-napi') }),
    )
    expect(loadFfi({ ffi: 'koffi' }).name).toBe('koffi')
  })

  it.each(['koffi', 'ffi-napi'] as const)('says how to install %s where it is missing or broken', name => {
    const missing = Object.assign(
      () => {
        throw new Error(`Cannot find module '${name}'\nRequire stack:\n- /somewhere`)
      },
      { resolve: () => '/nowhere' },
    )
    expect(() => loadFfi({ ffi: name }, missing)).toThrow(TransportError)
    expect(() => loadFfi({ ffi: name }, missing)).toThrow(
      expect.objectContaining({
        code: 'TRANSPORT_UNAVAILABLE',
        message: `The FFI backend ${name} cannot be loaded: Cannot find module '${name}'.`,
        hint: expect.stringMatching(new RegExp(`npm install ${name}.*SCSI_MMC_FFI=`)),
      }),
    )
  })
})
