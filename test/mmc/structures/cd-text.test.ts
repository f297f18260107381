import { layout, list } from '../../../src/layout'
import { cdText, cdTextInformation, cdTextPack, fullToc, tableOfContents } from '../../../src/mmc'
import { hexBytes } from '../hex'

// Two languages, made and given their CRCs by another program (Python's binascii.crc_hqx).
const PACKS = `
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
8f000f000001020005030000000001029075
8f01100000000000000004031100000063ff
8f021100000000000969000000000000bf04
800000908aec82d182cc96e9000089cc2a11
800101910000944c82cc89cc82c697785bd6
8002029582e800000000000000000000c68f
8f0003108001020003000000000000007194
8f01041000000000000000030500000099ee
8f02051000000000096900000000000092e2
`

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
