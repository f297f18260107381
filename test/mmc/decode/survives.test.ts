import {
  cdText,
  cdTextInformation,
  DECODABLE,
  decodeBytes,
  decodeSense,
  decodeTransfer,
  formattedToc,
  fullToc,
  tableOfContents,
} from '../../../src/mmc'
import { allLayouts } from '../../layout/all-layouts'
import { hexBytes } from '../hex'

/** A generator of the same numbers each time for one seed (xorshift32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed | 1
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const SOUND = [
  '0020 00 01 01 01 01 10 00 00 00 00 00 00 00 00 00 00 00 00 00 23 05 40 00000000 0000000000000000 00 01 0CFC 010203040506',
  '0026 01 01 00 07 41 01 00000000 00000000 00230540 00000010 00230540 00000000 0000 0000 00040D0E',
  '0000002A 0000 001B 0000 03 08 00100000 001B0100 0001 03 04 00000001 0021 0D 08 FFFF 07 02 10 20 0000 0108 03 04 4B393341',
  '002E 01 01 01 14 00 A0 00 00 00 00 01 00 00 01 14 00 A1 00 00 00 00 01 00 00 01 14 00 A2 00 00 00 00 00 38 2E',
  '0026 0000 80 00 00 00 4A6F7966756C204E696768 20 1234 8F 00 01 00 00 01 02 00 000000000000000000 5678',
  '0024 00 00 00 00 0000 01 06 00 05 00 00 00 00 88 04 04 00 00 00 2A 1E 3F 3F F1 77 29 23 0000 0000 0800 0000',
  '0802 0000 A1 0F 02 00 00 030000 00 26053F 00 000000 00 0000 595544454E30303054303200',
  '1002 0000 44490108000062004244520112010000 00000000 00000000 00020000 00194E7E',
  '72 05 24 00 000000 14 02 06 0000 C8 0004 00 00 0A 80 00 0000000000001234',
  '05 80 05 12 5B 00 00 12 51454D5520202020 51454D552043442D524F4D2020202020 322E352B',
].map(hexBytes)

const INPUTS = 100_000

test(`${INPUTS} random and mutated inputs: no throw, no read out of bounds`, () => {
  const random = numbersFrom(20_260_101)
  const layouts = allLayouts()
  let read = 0
  for (let input = 0; input < INPUTS; input++) {
    const sound = SOUND[random(SOUND.length)]!
    const mutated = random(3) > 0
    const length = mutated ? random(sound.length + 24) : random(96)
    // The bytes stand in a larger buffer whose rest must not show.
    const buffer = new Uint8Array(length + 16).fill(0xee)
    const bytes = buffer.subarray(8, 8 + length)
    for (let at = 0; at < length; at++) bytes[at] = mutated ? (sound[at] ?? random(256)) : random(256)
    for (let changes = mutated ? random(4) : 0; changes > 0 && length > 0; changes--) {
      bytes[random(length)] = [0x00, 0xff, 0x80, 0x7f, random(256)][random(5)]!
    }
    const choice = input % 16
    if (choice === 0) {
      const what = DECODABLE[random(DECODABLE.length)]!
      const { fields } = decodeBytes(what, bytes, random(2) ? { format: random(256), mediaType: 'bd' } : {})
      read += fields.length
      if (fields.length > 100 + length * 100) throw new Error(`${what} gave ${fields.length} fields of ${length} bytes`)
    } else if (choice === 1) {
      decodeTransfer(bytes.subarray(0, Math.min(12, length)), bytes)
    } else if (choice === 2) {
      decodeSense(bytes)
      tableOfContents(fullToc.decode(bytes))
      cdText(cdTextInformation.decode(bytes).cdTextDescriptors ?? [])
    } else {
      const layout = layouts[random(layouts.length)]!
      const decoded = layout.decode(bytes) as Record<string, unknown>
      for (const name of Object.keys(layout.fields)) if (decoded[name] !== undefined) read++
    }
  }
  expect(read).toBeGreaterThan(INPUTS)
})

test('a byte changed behind what was given changes nothing', () => {
  const buffer = new Uint8Array(64).fill(0xee)
  buffer.set(hexBytes('0012 01 01 00 14 01 00 00000000 00 14 AA 00 0023'), 0)
  const before = JSON.stringify(formattedToc.decode(buffer.subarray(0, 18)))
  buffer.fill(0x11, 18)
  expect(JSON.stringify(formattedToc.decode(buffer.subarray(0, 18)))).toBe(before)
})

test('the largest replies there can be are decoded in bounded time', () => {
  const large = new Uint8Array(65_536)
  large.set([0xff, 0xfe], 0)
  for (const what of ['read-toc', 'get-configuration', 'mode-sense', 'inquiry']) {
    expect(decodeBytes(what, large).fields.length).toBeLessThan(1_000_000)
  }
  cdText(cdTextInformation.decode(large.fill(0x80, 2)).cdTextDescriptors ?? [])
  tableOfContents(fullToc.decode(large))
})
