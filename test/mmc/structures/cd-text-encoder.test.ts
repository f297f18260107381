import { layout, list } from '../../../src/layout'
import { cdText, cdTextPack, cdTextSectors, encodeCdText } from '../../../src/mmc'
import { hexBytes } from '../hex'

const decoded = (packs: Uint8Array) => cdText(layout('Packs', { packs: list(0, cdTextPack) }).decode(packs).packs!)

/** Packs of another program (Python's binascii.crc_hqx made the CRCs), without their size information. */
const TEXTS = `
800000004a6f7966756c204e69676874f0f7
8000010c7320616e64204461797300536f9e
800102016f6e67206f66204a6f79004821f6
80020301756d7074792044fc6d707479195c
8002040d0000000000000000000000000c66
81000500556e6974656420436174204f302c
8100060c72636865737472610009004d87f7
810207016961204b697474656e000000cb8a
86000800585931323334350000000000cc1d
87000900001b46656c696e6520636c612842
87000a0c73736963206d757369630000ca5f
8e000b0031323334353637383930313214fa
8e000c0c33005859424c4731313031324d88
8e010d0a3334005859424c473131303010eb
8e020e093030350000000000000000000c00
`
const WIDE_TEXTS = `
800000908aec82d182cc96e9000089cc2a11
800101910000944c82cc89cc82c697785bd6
8002029582e800000000000000000000c68f
`
const ENGLISH = {
  languageCode: 9,
  discIdentification: 'XY12345',
  genre: { code: 27, text: 'Feline classic music' },
  tracks: [
    { number: 0, title: 'Joyful Nights and Days', performer: 'United Cat Orchestra', code: '1234567890123' },
    { number: 1, title: 'Song of Joy', performer: 'United Cat Orchestra', code: 'XYBLG1101234' },
    { number: 2, title: 'Humpty Dümpty', performer: 'Mia Kitten', code: 'XYBLG1100005' },
  ],
}
const JAPANESE = {
  languageCode: 0x69,
  characterCode: 0x80,
  tracks: [
    { number: 0, title: '喜びの夜' },
    { number: 1, title: '歌' },
    { number: 2, title: '猫の歌と踊り' },
  ],
}

test('texts become the packs that another program makes of them', () => {
  const packs = encodeCdText([ENGLISH], { abbreviate: true })
  expect(Buffer.from(packs.subarray(0, 15 * 18))).toEqual(Buffer.from(hexBytes(TEXTS)))
})

test('characters of two bytes, second language', () => {
  const packs = encodeCdText([{ tracks: [{ number: 0, title: 'x' }] }, JAPANESE], { lastTrack: 2 })
  const own = Buffer.from(packs.subarray(4 * 18, 7 * 18))
  const expected = Buffer.from(hexBytes(WIDE_TEXTS))
  // The same but for the number of the block, and so the CRC.
  for (let at = 0; at < own.length; at += 18) {
    expect(own[at + 3]).toBe(expected[at + 3])
    expect(own.subarray(at + 4, at + 16)).toEqual(expected.subarray(at + 4, at + 16))
  }
})

test('size information: packs a type, last sequence numbers, languages', () => {
  const packs = encodeCdText([ENGLISH, JAPANESE])
  const size = [0, 1, 2].flatMap(part => [...packs.subarray((packs.length / 18 - 3 + part) * 18).subarray(4, 16)])
  expect(size.slice(0, 4)).toEqual([0x80, 1, 2, 0])
  expect(size.slice(4, 20)).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3])
  expect(size.slice(20, 22)).toEqual([packs.length / 18 - 6 - 1, 5])
  expect(size.slice(28, 30)).toEqual([9, 0x69])
  expect(decoded(packs)).toMatchObject({ damagedPacks: 0, blocks: [ENGLISH, JAPANESE] })
})

test('what a character set lacks is replaced and told', () => {
  const told: string[] = []
  const packs = encodeCdText([{ tracks: [{ number: 0, title: 'Dvořák – Ünder' }] }], {
    onReplaced: (_, written) => told.push(written),
  })
  expect(told).toEqual(['Dvorák ? Ünder'])
  expect(decoded(packs).blocks[0]!.tracks[0]!.title).toBe('Dvorák ? Ünder')
})

test('more text than fits is refused', () => {
  const tracks = [{ number: 1, title: 'x'.repeat(4000) }]
  expect(() => encodeCdText([{ tracks }])).toThrow(/253 are all/)
})

test('a pack in the sub-channel: 24 symbols of six bits, repeated to whole sectors', () => {
  const pack = hexBytes('8f002a0001010300060504050706010248 65'.replace(' ', ''))
  const sectors = cdTextSectors(pack)
  expect(sectors).toHaveLength(96)
  const bits = [...pack].map(byte => byte.toString(2).padStart(8, '0')).join('')
  expect([...sectors.subarray(24, 48)].map(symbol => symbol.toString(2).padStart(6, '0')).join('')).toBe(bits)
})
