import fc from 'fast-check'
import { crc32c, encodeDigest } from '../../src/iscsi/digest'
import { decodeLun, encodeLun } from '../../src/iscsi/lun'
import { basicHeader, PDU_LAYOUTS } from '../../src/iscsi/pdu'
import { PduError, PduReader } from '../../src/iscsi/pdu-reader'
import { advance, precedes } from '../../src/iscsi/serial-number'
import { decodeTextKeys, encodeTextKeys, formatBinary, parseBinary, parseNumber } from '../../src/iscsi/text-keys'
import type { Fields, Layout } from '../../src/layout'
import { recorded } from './recorded'

const LIBISCSI = 'libiscsi-1.19-with-tgt-1.0.85'

describe.each([LIBISCSI])('PDUs of strangers: %s', name => {
  test.each(recorded(name).map((pdu, index) => [index, pdu] as const))(
    'PDU %i has no bytes unknown to us',
    (_, pdu) => {
      const { opcode } = basicHeader.decodeComplete(pdu.header)!
      const layout = (PDU_LAYOUTS as unknown as Record<number, Layout<Fields>>)[opcode]!
      const again = layout.encode(layout.decode(pdu.header).toJSON() as never)
      expect(Buffer.from(again).toString('hex')).toBe(Buffer.from(pdu.header).toString('hex'))
    },
  )
})

test('the keys of a recorded login', () => {
  const keys = decodeTextKeys(recorded(LIBISCSI)[0]!.data)
  expect(Object.fromEntries(keys)).toMatchObject({
    InitiatorName: 'iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-inq',
    SessionType: 'Normal',
    TargetName: 'iqn.2026-01.test:cd',
    MaxRecvDataSegmentLength: '262144',
  })
})

test.each([
  ['00'.repeat(32), 'aa36918a'],
  ['ff'.repeat(32), '43aba862'],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex'), '4e79dd46'],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)).toString('hex'), '5cdb3f11'],
])('the digest of %s (RFC 7143 appendix A.4)', (bytes, digest) => {
  expect(Buffer.from(encodeDigest(crc32c(Buffer.from(bytes, 'hex')))).toString('hex')).toBe(digest)
})

test('LUNs: both single-level forms are read, others are not', () => {
  expect(Buffer.from(encodeLun(3)).toString('hex')).toBe('0003000000000000')
  expect(Buffer.from(encodeLun(0x123)).toString('hex')).toBe('4123000000000000')
  expect(decodeLun(Uint8Array.of(0x40, 3, 0, 0, 0, 0, 0, 0))).toBe(3)
  expect(decodeLun(Uint8Array.of(0x80, 3, 0, 0, 0, 0, 0, 0))).toBeUndefined()
  expect(decodeLun(Uint8Array.of(0, 3, 0, 0, 0, 0, 0, 1))).toBeUndefined()
  fc.assert(fc.property(fc.integer({ min: 0, max: 0x3fff }), lun => decodeLun(encodeLun(lun)) === lun))
})

test('sequence numbers wrap around', () => {
  expect(advance(0xffffffff)).toBe(0)
  expect(advance(0, -1)).toBe(0xffffffff)
  expect(precedes(0xfffffff0, 3)).toBe(true)
  expect(precedes(3, 0xfffffff0)).toBe(false)
  expect(precedes(7, 7)).toBe(false)
})

describe('text', () => {
  test.each([
    ['no equals sign', 'HeaderDigest\0'],
    ['no key', '=None\0'],
    ['a key that is too long', `${'X'.repeat(64)}=1\0`],
    ['the same key twice', 'MaxConnections=1\0MaxConnections=1\0'],
    ['more keys than anybody needs', Array.from({ length: 65 }, (_, index) => `X-${index}=1\0`).join('')],
  ])('%s is malformed', (_, text) => {
    expect(() => decodeTextKeys(Buffer.from(text))).toThrow()
  })

  test('a repeated InitiatorName is borne, an empty value is legal', () => {
    const keys = decodeTextKeys(Buffer.from('InitiatorName=iqn.x\0SendTargets=\0InitiatorName=iqn.x\0'))
    expect([...keys]).toEqual([
      ['InitiatorName', 'iqn.x'],
      ['SendTargets', ''],
    ])
  })

  test('numbers and binary values', () => {
    expect([parseNumber('0x1F'), parseNumber('8192'), parseNumber('-1'), parseNumber('010'), parseNumber('')]).toEqual([
      31,
      8192,
      undefined,
      undefined,
      undefined,
    ])
    expect(parseBinary('0xabc')).toEqual(Buffer.from('0abc', 'hex'))
    expect(parseBinary('0bAQID')).toEqual(Buffer.from([1, 2, 3]))
    expect(parseBinary(`0x${'00'.repeat(1025)}`)).toBeUndefined()
    expect(parseBinary('0xzz')).toBeUndefined()
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), bytes =>
        Buffer.from(bytes).equals(parseBinary(formatBinary(bytes))!),
      ),
    )
  })

  test('any bytes are decoded or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          decodeTextKeys(bytes)
        } catch (error) {
          expect((error as Error).constructor.name).toBe('TextError')
        }
      }),
    )
  })
})

describe('a stream of PDUs', () => {
  const pdus = recorded(LIBISCSI)
  const stream = (headerDigest: boolean, dataDigest: boolean) =>
    Buffer.concat(
      pdus.flatMap(({ header, data }) => {
        const padded = Buffer.concat([data, new Uint8Array(-data.length & 3)])
        return [
          header,
          ...(headerDigest ? [encodeDigest(crc32c(header))] : []),
          padded,
          ...(dataDigest && data.length > 0 ? [encodeDigest(crc32c(padded))] : []),
        ]
      }),
    )
  const read = (bytes: Uint8Array, cuts: readonly number[], headerDigest = false, dataDigest = false, own = false) => {
    const found: { header: Uint8Array; data: Uint8Array }[] = []
    const reader = new PduReader(
      {
        destination: (_, length) => (own ? new Uint8Array(length + 5) : undefined),
        receive: (header, data) => found.push({ header: Uint8Array.from(header), data: Uint8Array.from(data) }),
      },
      8192,
    )
    reader.headerDigest = headerDigest
    reader.dataDigest = dataDigest
    let at = 0
    for (const cut of [...[...cuts].sort((a, b) => a - b), bytes.length]) {
      reader.push(bytes.subarray(at, cut))
      at = cut
    }
    return found
  }
  const expected = pdus.map(({ header, data }) => ({ header, data }))

  test('is the same however the network cuts it', () => {
    for (const [headerDigest, dataDigest] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const bytes = stream(headerDigest, dataDigest)
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), fc.boolean(), (cuts, own) => {
          expect(read(bytes, cuts, headerDigest, dataDigest, own)).toEqual(expected)
        }),
        { numRuns: 50 },
      )
      expect(read(bytes, Array.from(bytes.keys()), headerDigest, dataDigest)).toEqual(expected)
    }
  })

  test.each(Array.from({ length: 48 }, (_, index) => index))(
    'a bit turned in header byte %i does not get past the digest',
    index => {
      const bytes = stream(true, true)
      bytes[index]! ^= 0x10
      // A length of additional headers that is wrong ends the stream before the digest can be looked at.
      expect(() => read(bytes, [], true, true)).toThrow(PduError)
    },
  )

  test('a bit turned in the data is found', () => {
    const bytes = stream(false, true)
    bytes[60]! ^= 1
    expect(() => read(bytes, [], false, true)).toThrow('data-digest')
  })

  test('a data segment beyond the limit, or endless additional headers, are not waited for', () => {
    const long = Uint8Array.from(pdus[0]!.header)
    long[5] = 1
    expect(() => read(long, [])).toThrow('data-too-long')
    const additional = Uint8Array.from(pdus[0]!.header)
    additional[4] = 255
    expect(() => read(additional, [])).toThrow('header-too-long')
  })
})

test('encoding text keys gives what decoding takes', () => {
  expect([
    ...decodeTextKeys(
      encodeTextKeys([
        ['TargetName', 'iqn.x'],
        ['X-y', 'a=b'],
      ]),
    ),
  ]).toEqual([
    ['TargetName', 'iqn.x'],
    ['X-y', 'a=b'],
  ])
})
