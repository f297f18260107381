import { FileSystemImage, HRESULTS, ImapiError, type MultisessionInterface } from '../../../src/fsimage'
import { type ScsiRequest, TransportError } from '../../../src/platform'
import { driveWith, type MediumName } from './media'

/** An element of a caller's own, as of a disc with one session, open for the next. */
const own = (changes: object = {}) => ({
  kind: 'sequential' as const,
  inUse: false,
  isSupportedOnCurrentMediaState: true,
  isFirstDataSession: false,
  startAddressOfPreviousSession: 0,
  lastWrittenAddressOfPreviousSession: 991,
  nextWritableAddress: 5120,
  freeSectorsOnMedia: 100_000,
  ...changes,
})
const ownRandomWrite = (changes: object = {}) => ({
  kind: 'random-write' as const,
  inUse: false,
  isSupportedOnCurrentMediaState: true,
  ...changes,
})

async function put(list: unknown, image = new FileSystemImage()): Promise<ImapiError | undefined> {
  try {
    await image.putMultisessionInterfaces(list as MultisessionInterface[])
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(ImapiError)
    return error as ImapiError
  }
}

async function offeredWith(medium: MediumName, inUse?: 'sequential' | 'random-write', others = {}) {
  const { drive, transport } = driveWith(medium, others)
  const offered = await drive.multisessionInterfaces()
  for (const element of offered) element.inUse = element.kind === inUse
  return { drive, transport, offered }
}

describe('rows 1 to 3: the list and its elements', () => {
  test.each([null, undefined])('%s is no pointer', async list => {
    expect(await put(list)).toMatchObject({ rule: 1, code: 'E_POINTER', hresult: 0x80004003 })
  })

  test.each([
    ['a number', 42],
    ['a text', 'sequential'],
    ['an object', {}],
    ['a promise', Promise.resolve([])],
    ['a function', () => []],
    [
      'a list that cannot be read',
      new Proxy([], {
        get: () => {
          throw new Error('no')
        },
      }),
    ],
    [
      'a list without end',
      (function* () {
        for (;;) yield own()
      })(),
    ],
  ])('%s is no list', async (_name, list) => {
    expect(await put(list)).toMatchObject({ rule: 2, code: 'E_INVALIDARG', hresult: 0x80070057 })
  })

  test.each([
    ['null', null],
    ['a number', 1],
    ['an empty object', {}],
    ['an object without kind', { inUse: false, isSupportedOnCurrentMediaState: true }],
    ['an object without inUse', { kind: 'sequential', isSupportedOnCurrentMediaState: true }],
    [
      'an object that does not show its properties',
      new Proxy(
        {},
        {
          has: () => {
            throw new Error('no')
          },
        },
      ),
    ],
  ])('%s is no interface', async (_name, element) => {
    expect(await put([own(), element])).toMatchObject({
      rule: 3,
      code: 'E_NOINTERFACE',
      hresult: 0x80004002,
      element: 1,
    })
  })

  test('any list will do', async () => {
    expect(await put(new Set([own()]))).toBeUndefined()
  })

  test('elements of a class, with getters that are inherited, will do', async () => {
    class Mine {
      readonly kind = 'sequential'
      inUse = true
      get isSupportedOnCurrentMediaState() {
        return true
      }
      get isFirstDataSession() {
        return false
      }
      get startAddressOfPreviousSession() {
        return 0
      }
      get lastWrittenAddressOfPreviousSession() {
        return 991
      }
      get nextWritableAddress() {
        return 5120
      }
      get freeSectorsOnMedia() {
        return 1000
      }
    }
    expect(await put([new Mine()])).toBeUndefined()
  })
})

describe('row 4: a property that cannot be had, or cannot be true', () => {
  const PROPERTIES = Object.keys(own()) as (keyof ReturnType<typeof own>)[]

  test.each(PROPERTIES)('%s throws', async property => {
    const cause = new Error('the drive is gone')
    const element = Object.defineProperty(own(), property, {
      get: () => {
        throw cause
      },
    })
    expect(await put([element])).toMatchObject({
      rule: 4,
      code: 'IMAPI_E_BAD_MULTISESSION_PARAMETER',
      hresult: 0xc0aab162,
      element: 0,
      property,
      cause,
    })
  })

  test.each([
    ['kind', 7],
    ['inUse', 'yes'],
    ['inUse', Promise.resolve(true)],
    ['isSupportedOnCurrentMediaState', 1],
    ['isFirstDataSession', undefined],
    ['startAddressOfPreviousSession', '0'],
    ['startAddressOfPreviousSession', -2],
    ['lastWrittenAddressOfPreviousSession', Number.NaN],
    ['nextWritableAddress', 1.5],
    ['nextWritableAddress', 2 ** 31],
    ['nextWritableAddress', 5n],
    ['freeSectorsOnMedia', null],
    ['freeSectorsOnMedia', Number.POSITIVE_INFINITY],
    ['writeUnitSize', 0],
    ['writeUnitSize', -1],
    ['importRecorder', { address: '/dev/sr0' }],
  ])('%s is %p', async (property, value) => {
    expect(await put([own({ [property]: value })])).toMatchObject({ rule: 4, property, element: 0 })
  })

  test.each([
    ['the next session inside the previous one', { nextWritableAddress: 991 }, 'nextWritableAddress'],
    [
      'the next session at the start of one whose end is not known',
      { nextWritableAddress: 0, lastWrittenAddressOfPreviousSession: -1 },
      'nextWritableAddress',
    ],
    [
      'a session that ends before it begins',
      { startAddressOfPreviousSession: 992 },
      'lastWrittenAddressOfPreviousSession',
    ],
    ['an end without a session', { isFirstDataSession: true, startAddressOfPreviousSession: -1 }, 'lastWritten'],
    ['earlier data, but no earlier session', { startAddressOfPreviousSession: -1 }, 'startAddressOfPreviousSession'],
    ['supported, but nowhere', { nextWritableAddress: -1 }, 'nextWritableAddress'],
    ['more room than any medium has', { freeSectorsOnMedia: 0x7fffffff }, 'freeSectorsOnMedia'],
  ])('%s', async (_name, changes, property) => {
    expect(await put([own(changes)])).toMatchObject({ rule: 4, property: expect.stringContaining(property) })
  })

  test('a random-write element with a write unit of 0', async () => {
    expect(await put([ownRandomWrite({ writeUnitSize: 0 })])).toMatchObject({ rule: 4, property: 'writeUnitSize' })
  })

  test.each([
    ['the address of another block', 'appendable', 0, { nextWritableAddress: 5136 }, 'nextWritableAddress'],
    ['an address past the capacity', 'appendable', 0, { nextWritableAddress: 9_000_000 }, 'nextWritableAddress'],
    ['more room than there is', 'appendable', 0, { freeSectorsOnMedia: 2_289_985 }, 'freeSectorsOnMedia'],
    ['another session start', 'appendable', 0, { startAddressOfPreviousSession: 16 }, 'startAddressOfPreviousSession'],
    ['another session end', 'appendable', 0, { lastWrittenAddressOfPreviousSession: 990 }, 'lastWritten'],
    ['a write unit that does not fit', 'appendable', 0, { writeUnitSize: 8 }, 'writeUnitSize'],
    ['the first data session', 'appendable', 0, { isFirstDataSession: true }, 'isFirstDataSession'],
    ['a larger medium', 'overwritable', 1, { totalSectorsOnMedia: 2_295_105 }, 'totalSectorsOnMedia'],
    ['support on a medium that has none', 'appendable', 1, { isSupportedOnCurrentMediaState: true }, 'isSupported'],
  ] as const)('against the medium in the drive: %s', async (_name, medium, index, lie, property) => {
    const { offered } = await offeredWith(medium)
    const error = await put([{ ...offered[index], ...lie }])
    expect(error).toMatchObject({ rule: 4, element: 0, property: expect.stringContaining(property) })
    expect(error?.evidence.length).toBeGreaterThan(0)
  })

  test('the drive fails while its medium is asked about', async () => {
    const { offered, transport } = await offeredWith('appendable')
    const cause = new TransportError('TRANSPORT_DEVICE_GONE', 'The drive was unplugged.')
    transport.execute = () => Promise.reject(cause)
    expect(await put(offered)).toMatchObject({ rule: 4, element: 0, cause })
  })

  test('elements of two drives, both usable', async () => {
    const one = await offeredWith('appendable')
    const other = await offeredWith('appendable')
    const error = await put([...one.offered, ...other.offered])
    expect(error).toMatchObject({ rule: 4, element: 2, property: 'importRecorder' })
  })

  test('comes before rows 5 to 7', async () => {
    expect(await put([own({ inUse: true }), own({ inUse: true, freeSectorsOnMedia: -7 })])).toMatchObject({ rule: 4 })
  })
})

describe('rows 5 to 7: which one is meant', () => {
  test('more than one in use', async () => {
    const error = await put([own(), own({ inUse: true }), ownRandomWrite({ inUse: true })])
    expect(error).toMatchObject({ rule: 5, hresult: 0xc0aab162, element: 2, property: 'inUse' })
  })

  test('the one in use is of a kind that the image does not support', async () => {
    const image = new FileSystemImage({ supportedMultisession: ['sequential'] })
    const { offered } = await offeredWith('overwritable', 'random-write')
    expect(await put(offered, image)).toMatchObject({
      rule: 6,
      code: 'IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE',
      hresult: 0xc0aab15b,
      element: 1,
      property: 'kind',
    })
  })

  test('a kind that somebody else has derived from IMultisession', async () => {
    const theirs = { kind: 'pseudo-overwrite', inUse: true, isSupportedOnCurrentMediaState: true }
    expect(await put([theirs])).toMatchObject({ rule: 6 })
    expect(await put([{ ...theirs, inUse: false }])).toMatchObject({ rule: 7 })
  })

  test('an empty list', async () => {
    expect(await put([])).toMatchObject({
      rule: 7,
      code: 'IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE',
      hresult: 0xc0aab15c,
    })
  })

  test('none of a kind that the image supports', async () => {
    const image = new FileSystemImage({ supportedMultisession: ['random-write'] })
    expect(await put([own()], image)).toMatchObject({ rule: 7 })
    expect(await put([own()], new FileSystemImage({ supportedMultisession: [] }))).toMatchObject({ rule: 7 })
  })
})

describe('rows 8 to 12: what the medium says', () => {
  test('no medium: the sense is the cause', async () => {
    const { offered } = await offeredWith('none')
    const error = await put(offered)
    expect(error).toMatchObject({ rule: 8, hresult: 0xc0aab15c, cause: { code: 'SENSE_NOT_READY' } })
    expect(error?.evidence[0]?.bytes).toContain('3A')
  })

  test('the medium was taken out between get and put', async () => {
    const { offered, transport } = await offeredWith('appendable', 'sequential')
    transport.answers = { '00': [2, 0x3a, 1] }
    expect(await put(offered)).toMatchObject({ rule: 8, element: 0 })
  })

  test('another medium was put in between get and put: it is the one that is judged', async () => {
    const { offered, transport } = await offeredWith('appendable', 'sequential')
    transport.answers = driveWith('blank').transport.answers
    expect(await put(offered)).toMatchObject({ rule: 10 })
    transport.answers = driveWith('complete').transport.answers
    expect(await put(offered)).toMatchObject({ rule: 11 })
  })

  test.each<[MediumName]>([['read-only'], ['unknown']])('%s: no multisession with this type', async medium => {
    for (const inUse of [undefined, 'sequential', 'random-write'] as const) {
      const { offered } = await offeredWith(medium, inUse)
      const error = await put(offered)
      expect(error).toMatchObject({ rule: 9, code: 'IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED', hresult: 0xc0aab159 })
      expect(error?.evidence.length).toBeGreaterThan(0)
    }
  })

  test.each([undefined, 'sequential', 'random-write'] as const)('blank, %s in use', async inUse => {
    const { offered } = await offeredWith('blank', inUse)
    const error = await put(offered)
    expect(error).toMatchObject({ rule: 10, code: 'IMAPI_E_IMPORT_SEEK_FAILURE', hresult: 0xc0aab156 })
    expect(error?.message).toContain('blank')
    expect(error?.evidence.map(({ claim }) => claim)).toContain('isBlank')
  })

  test('blank by its properties alone', async () => {
    const blank = {
      isFirstDataSession: true,
      startAddressOfPreviousSession: -1,
      lastWrittenAddressOfPreviousSession: -1,
      nextWritableAddress: 0,
    }
    expect(await put([own(blank)])).toMatchObject({ rule: 10 })
    expect(await put([own(blank), ownRandomWrite()])).toBeUndefined()
  })

  test.each<[MediumName, 'sequential' | 'random-write']>([
    ['complete', 'sequential'],
    ['damaged', 'sequential'],
    ['appendable', 'random-write'],
  ])('%s, %s in use', async (medium, inUse) => {
    const { offered } = await offeredWith(medium, inUse)
    const error = await put(offered)
    expect(error).toMatchObject({
      rule: 11,
      hresult: 0xc0aab15b,
      element: inUse === 'sequential' ? 0 : 1,
      property: 'isSupportedOnCurrentMediaState',
    })
    expect(error?.evidence.length).toBeGreaterThan(0)
  })

  test.each<[MediumName]>([['complete'], ['damaged']])('%s, none in use', async medium => {
    const { offered } = await offeredWith(medium)
    expect(await put(offered)).toMatchObject({ rule: 12, hresult: 0xc0aab15c })
  })

  test('an element of the caller’s own that calls itself not supported', async () => {
    expect(await put([own({ isSupportedOnCurrentMediaState: false, inUse: true })])).toMatchObject({ rule: 11 })
    expect(await put([own({ isSupportedOnCurrentMediaState: false })])).toMatchObject({ rule: 12 })
  })

  test('none is supported that the image supports, though another would be', async () => {
    const { offered } = await offeredWith('appendable')
    const image = new FileSystemImage({ supportedMultisession: ['random-write'] })
    expect(await put(offered, image)).toMatchObject({ rule: 12 })
  })
})

describe('row 13: the previous session is really read', () => {
  test('its first block, once', async () => {
    const { offered, transport } = await offeredWith('audio, then data')
    expect(await put(offered)).toBeUndefined()
    expect(transport.sent.filter(cdb => cdb.startsWith('28'))).toEqual(['28 00 00 00 40 10 00 00 01 00'])
  })

  test('cannot be read: block and sense are named', async () => {
    const { offered } = await offeredWith('appendable', undefined, { '28': [3, 0x11, 5] })
    const error = await put(offered)
    expect(error).toMatchObject({ rule: 13, hresult: 0xc0aab156, property: 'startAddressOfPreviousSession' })
    expect(error?.message).toContain('Block 0')
    expect(error?.evidence[0]?.bytes).toMatch(/^sense: 70 00 03/)
  })

  test('half a block is no block', async () => {
    const { offered } = await offeredWith('appendable', undefined, { '28': '00'.repeat(1024) })
    expect(await put(offered)).toMatchObject({ rule: 13 })
  })

  test('audio alone leaves nothing to read', async () => {
    const { offered } = await offeredWith('audio alone')
    expect(await put(offered)).toBeUndefined()
  })
})

describe('rows 14 and 15', () => {
  test.each([
    ['while the medium is asked about', 0x51],
    ['while the previous session is read', 0x28],
  ])('anything unforeseen %s is an internal error, with its cause', async (_name, opcode) => {
    const { offered, transport } = await offeredWith('appendable')
    const execute = transport.execute.bind(transport)
    const cause = new RangeError('unforeseen')
    transport.execute = (request: ScsiRequest) => (request.cdb[0] === opcode ? Promise.reject(cause) : execute(request))
    const error = await put(offered)
    expect(error).toMatchObject({ rule: 14, code: 'IMAPI_E_FSI_INTERNAL_ERROR', hresult: 0xc0aab100, cause })
    expect(error?.message).toContain('unforeseen')
  })

  test.each<[MediumName, 'sequential' | 'random-write' | undefined, 'sequential' | 'random-write']>([
    ['appendable', undefined, 'sequential'],
    ['appendable', 'sequential', 'sequential'],
    ['overwritable', undefined, 'random-write'],
    ['overwritable', 'sequential', 'sequential'],
    ['overwritable', 'random-write', 'random-write'],
    ['overwritable, blank', undefined, 'random-write'],
    ['overwritable, blank', 'sequential', 'sequential'],
    ['unformatted', undefined, 'random-write'],
    ['pseudo-overwrite', undefined, 'sequential'],
    ['pseudo-overwrite', 'random-write', 'random-write'],
    ['audio alone', undefined, 'sequential'],
  ])('%s, %s in use: %s is accepted', async (medium, inUse, kind) => {
    const { offered, drive } = await offeredWith(medium, inUse)
    const image = new FileSystemImage()
    expect(await put(offered, image)).toBeUndefined()
    expect(image.multisessionInterfaces).toEqual(offered)
    expect(image.acceptedMultisession).toMatchObject({ kind, importRecorder: drive })
    expect(image.acceptedMultisession?.element).toBe(offered.find(each => each.kind === kind))
  })

  test('elements of two drives of which one is usable: that one’s drive counts', async () => {
    const complete = await offeredWith('complete')
    const appendable = await offeredWith('appendable')
    const image = new FileSystemImage()
    expect(await put([...complete.offered, ...appendable.offered], image)).toBeUndefined()
    expect(image.acceptedMultisession).toMatchObject({ index: 2, importRecorder: appendable.drive })
  })

  test('the default of an overwritable medium, for an image that supports sequential alone', async () => {
    const { offered } = await offeredWith('overwritable')
    const image = new FileSystemImage({ supportedMultisession: ['sequential'] })
    expect(await put(offered, image)).toBeUndefined()
    expect(image.acceptedMultisession?.kind).toBe('sequential')
  })
})

test('each property is read once, whatever it would say the second time', async () => {
  const reads = new Map<PropertyKey, number>()
  const element = new Proxy(own(), {
    get(target, property) {
      const count = (reads.get(property) ?? 0) + 1
      reads.set(property, count)
      return count === 1 ? Reflect.get(target, property) : 'changed'
    },
  })
  const image = new FileSystemImage()
  expect(await put([element], image)).toBeUndefined()
  expect([...reads.values()].every(count => count === 1)).toBe(true)
  expect(image.acceptedMultisession?.properties).toMatchObject({ nextWritableAddress: 5120 })
})

test('a call that fails changes nothing', async () => {
  const { offered } = await offeredWith('appendable')
  const image = new FileSystemImage()
  await image.putMultisessionInterfaces(offered)
  const before = { list: image.multisessionInterfaces, accepted: image.acceptedMultisession }
  for (const list of [null, 5, [null], [own({ inUse: 3 })], [], (await offeredWith('complete')).offered]) {
    expect(await put(list, image)).toBeInstanceOf(ImapiError)
    expect({ list: image.multisessionInterfaces, accepted: image.acceptedMultisession }).toEqual(before)
  }
})

test('a kind that does not exist cannot be supported', () => {
  expect(() => new FileSystemImage({ supportedMultisession: ['parallel' as never] })).toThrow(
    expect.objectContaining({ code: 'USAGE_MULTISESSION_KIND' }),
  )
})

test('an error is printed with its HRESULT and the row', async () => {
  const error = await put([])
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({
    code: 'IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE',
    hresult: '0xC0AAB15C',
    rule: 7,
  })
  expect(error?.hresult).toBe(HRESULTS.IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE)
})
