import {
  ascii,
  asciiRest,
  bits,
  bytes,
  bytesOf,
  choice,
  flag,
  i32,
  layout,
  layoutOf,
  lbaToMsf,
  list,
  msf,
  msfToLba,
  nested,
  rest,
  split16,
  u8,
  u16,
  u16le,
  u24,
  u32,
  u32le,
  u48,
  u64,
  u64le,
} from '../../src/layout'

const all = Uint8Array.of(0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08)

test.each([
  ['u8', u8(0), 0x81],
  ['u16', u16(0), 0x8102],
  ['u24', u24(0), 0x810203],
  ['u32', u32(0), 0x81020304],
  ['u48', u48(0), 0x810203040506],
  ['u64', u64(0), 0x8102030405060708n],
  ['u16le', u16le(0), 0x0281],
  ['u32le', u32le(0), 0x04030281],
  ['u64le', u64le(0), 0x0807060504030281n],
  ['i32', i32(0), 0x81020304 - 2 ** 32],
  ['split16', split16(7, 0), 0x0881],
  ['bits', bits(0, 7, 4), 8],
  ['flag', flag(0, 0), true],
])('%s has its bytes in the order of the standard', (_, field, value) => {
  const one = layout('One', { value: field as never })
  expect((one.decode(all) as { value?: unknown }).value).toBe(value)
  const encoded = one.encode({ value: value as never }, 8)
  expect((one.decode(encoded) as { value?: unknown }).value).toBe(value)
})

test('values that do not fit are refused with the field named', () => {
  const one = layout('Block', { trackNumber: u8(0), mode: choice(1, 1, 0, ['a', 'b', 'c', 'd']), name: ascii(2, 2) })
  expect(() => one.encode({ trackNumber: 256 })).toThrow('Block, Track Number: 256 is not a whole number from 0 to 255')
  expect(() => one.encode({ trackNumber: 1.5 })).toThrow(RangeError)
  expect(() => one.encode({ mode: 'e' as never })).toThrow('Block, Mode: "e" is none of ["a","b","c","d"]')
  expect(() => one.encode({ name: 'abc' })).toThrow(RangeError)
  expect(() => layout('Text', { text: asciiRest(0) }).encode({ text: '€' })).toThrow(RangeError)
})

test('a choice takes names and numbers, and names what it can', () => {
  const open = layout('Open', { kind: choice(0, 3, 0, { 0: 'none', 4: 'media' }) })
  expect(open.decode(Uint8Array.of(0x04)).kind).toBe('media')
  expect(open.decode(Uint8Array.of(0x05)).kind).toBe(5)
  expect([...open.encode({ kind: 'media' }), ...open.encode({ kind: 5 })]).toEqual([4, 5])
  expect(() => choice(0, 1, 0, ['too', 'few'])).toThrow(RangeError)
})

test.each([
  [0, [0, 2, 0]],
  [-150, [0, 0, 0]],
  [-1, [0, 1, 74]],
  [4350, [1, 0, 0]],
  [359_849, [79, 59, 74]],
  [-151, [99, 59, 74]],
  [-11_635, [97, 26, 65]],
])('LBA %i is minute, second and frame %j', (lba, time) => {
  expect(lbaToMsf(lba)).toEqual(time)
  expect(msfToLba(...(time as [number, number, number]))).toBe(lba)
  const one = layout('Time', { address: msf(0) })
  expect(one.decode(Uint8Array.from(time)).address).toBe(lba)
})

const inner = layout('Inner', { kind: u8(0), value: u16(1) })
const element = layout(
  'Element',
  { code: u8(0), additionalLength: u8(1), data: rest(2) },
  { announced: { field: 'additionalLength', excludes: 2 } },
)
const outer = layout(
  'Outer',
  {
    dataLength: u16(0),
    valid: flag(2, 0),
    address: u32(3).when('valid').named('Start Address'),
    inner: nested(7, inner),
    elements: list(10, element, { stride: from => (from[1] ?? 0) + 2 }),
  },
  { announced: { field: 'dataLength', excludes: 2 } },
)

test('announced lengths are filled in, and bound what is decoded', () => {
  const encoded = outer.encode({
    valid: true,
    address: 7,
    elements: [{ code: 1, data: Uint8Array.of(9) }, { code: 2 }],
  })
  expect([...encoded]).toEqual([0, 13, 1, 0, 0, 0, 7, 0, 0, 0, 1, 1, 9, 2, 0])
  const padded = Uint8Array.from([...encoded, 0xde, 0xad, 0xbe, 0xef])
  expect(outer.decode(padded).elements).toHaveLength(2)
  expect(bytesOf(outer.decode(padded))).toHaveLength(15)
})

test('a field that hangs on a flag is there only with the flag', () => {
  expect(outer.decode(outer.encode({ valid: true, address: 7 })).address).toBe(7)
  expect(outer.decode(outer.encode({ valid: false, address: 7 })).address).toBeUndefined()
})

test('a list whose elements run over the end gives the last one as far as it goes', () => {
  const elements = outer.decode(Uint8Array.of(0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 5, 200, 1, 2)).elements!
  expect(elements).toHaveLength(1)
  expect([...elements[0]!.data!]).toEqual([1, 2])
})

test('elements of no length end a list instead of running for ever', () => {
  const endless = layout('Endless', { elements: list(0, inner, { stride: from => from[0] ?? 0 }) })
  expect(endless.decode(Uint8Array.of(0, 1, 2)).elements).toEqual([])
})

test('evidence names the field, its place, and its bytes', () => {
  const decoded = outer.decode(outer.encode({ valid: true, address: 0x01020304 }))
  expect(outer.cite(decoded, 'address')).toEqual({
    field: 'Start Address',
    place: '3-6',
    bytes: 'offset 3: 01 02 03 04',
    value: 0x01020304,
  })
  expect(outer.cite(outer.decode(new Uint8Array()), 'address').bytes).toBe('offset 3: (not sent)')
  expect(layoutOf(decoded)).toBe(outer)
})

test('a decoded value prints as the fields that were there', () => {
  expect(JSON.parse(JSON.stringify(inner.decode(Uint8Array.of(1))))).toEqual({ kind: 1 })
  expect(inner.decodeComplete(Uint8Array.of(1))).toBeUndefined()
  expect(inner.decodeComplete(Uint8Array.of(1, 2, 3))!.value).toBe(0x0203)
  expect(() => bytesOf({})).toThrow(TypeError)
})

test('shorter forms of older devices are encoded by their length', () => {
  const grown = layout(
    'Grown',
    { length: u8(0), old: u8(1), recent: bytes(2, 2) },
    { announced: { field: 'length', excludes: 1 } },
  )
  expect([...grown.encode({ old: 5 }, 2)]).toEqual([1, 5])
  expect(grown.decode(Uint8Array.of(1, 5, 7, 7)).recent).toBeUndefined()
})
