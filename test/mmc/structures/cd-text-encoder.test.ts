import { layout, list } from '../../../src/layout'
import { cdText, cdTextPack, cdTextSectors, encodeCdText } from '../../../src/mmc'
import { hexBytes } from '../hex'
import { ENGLISH_TEXTS, JAPANESE_TEXTS } from './cd-text-packs'

const decoded = (packs: Uint8Array) => cdText(layout('Packs', { packs: list(0, cdTextPack) }).decode(packs).packs!)

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
  expect(Buffer.from(packs.subarray(0, 15 * 18))).toEqual(Buffer.from(hexBytes(ENGLISH_TEXTS)))
})

test('characters of two bytes, second language', () => {
  const packs = encodeCdText([{ tracks: [{ number: 0, title: 'x' }] }, JAPANESE], { lastTrack: 2 })
  const own = Buffer.from(packs.subarray(4 * 18, 7 * 18))
  const expected = Buffer.from(hexBytes(JAPANESE_TEXTS))
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
  const packs = encodeCdText([{ tracks: [{ number: 0, title: 'Dvořák – “Ünder” 東' }] }], {
    onReplaced: (_, written) => told.push(written),
  })
  expect(told).toEqual(['Dvorák - "Ünder" ?'])
  expect(decoded(packs).blocks[0]!.tracks[0]!.title).toBe('Dvorák - "Ünder" ?')
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
