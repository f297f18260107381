import { layout, list } from '../../../src/layout'
import { cdText, cdTextInformation, cdTextPack, fullToc, tableOfContents } from '../../../src/mmc'
import { hexBytes } from '../hex'
import { ENGLISH_SIZES, ENGLISH_TEXTS, JAPANESE_SIZES, JAPANESE_TEXTS } from './cd-text-packs'

const PACKS = ENGLISH_TEXTS + ENGLISH_SIZES + JAPANESE_TEXTS + JAPANESE_SIZES

const packsOf = (hex: string) => layout('Packs', { packs: list(0, cdTextPack) }).decode(hexBytes(hex)).packs!

test('CD-Text in two languages', () => {
  const { blocks, damagedPacks } = cdText(packsOf(PACKS))
  expect(damagedPacks).toBe(0)
  expect(blocks).toEqual([
    {
      number: 0,
      language: 'English',
      languageCode: 9,
      characterCode: 0,
      discIdentification: 'XY12345',
      genre: { code: 27, text: 'Feline classic music' },
      tracks: [
        { number: 0, title: 'Joyful Nights and Days', performer: 'United Cat Orchestra', code: '1234567890123' },
        { number: 1, title: 'Song of Joy', performer: 'United Cat Orchestra', code: 'XYBLG1101234' },
        { number: 2, title: 'Humpty Dümpty', performer: 'Mia Kitten', code: 'XYBLG1100005' },
      ],
    },
    {
      number: 1,
      language: 'Japanese',
      languageCode: 0x69,
      characterCode: 0x80,
      discIdentification: undefined,
      genre: undefined,
      tracks: [
        { number: 0, title: '喜びの夜' },
        { number: 1, title: '歌' },
        { number: 2, title: '猫の歌と踊り' },
      ],
    },
  ])
})

test('the reply carries the packs behind four bytes', () => {
  const packs = hexBytes(PACKS)
  const reply = cdTextInformation.decode(
    Uint8Array.from([(packs.length + 2) >> 8, (packs.length + 2) & 0xff, 0, 0, ...packs, 0xff, 0xff]),
  )
  expect(reply.cdTextDescriptors).toHaveLength(packs.length / 18)
})

test('a damaged pack costs the texts in it, and no others', () => {
  const damaged = hexBytes(PACKS)
  damaged[18 + 6]! ^= 0x20
  const { blocks, damagedPacks } = cdText(packsOf(Buffer.from(damaged).toString('hex')))
  expect(damagedPacks).toBe(1)
  expect(blocks[0]!.tracks[0]).toMatchObject({ performer: 'United Cat Orchestra' })
  expect(blocks[0]!.tracks.map(({ title }) => title)).toEqual([undefined, undefined, 'Humpty Dümpty'])
})

test('drives that give no CRC at all are believed', () => {
  const bare = hexBytes(PACKS)
  for (let at = 16; at < bare.length; at += 18) bare.fill(0, at, at + 2)
  expect(cdText(packsOf(Buffer.from(bare).toString('hex')))).toMatchObject({ damagedPacks: 0, blocks: [{}, {}] })
})

test('no packs, no blocks', () => {
  expect(cdText([])).toEqual({ blocks: [], damagedPacks: 0 })
})

test('a full TOC with repeated and cut entries gives each track once', () => {
  const entry = '01 14 00 01 00 00 00 00 00 02 00'
  const reply = fullToc.decode(hexBytes(`0050 01 01 ${entry} ${entry} 01 14 00 02 00 00`))
  expect(tableOfContents(reply)).toMatchObject([{ number: 1, leadOut: undefined, tracks: [{ number: 1 }] }])
})
