import {
  blank,
  formatUnit,
  getConfiguration,
  readDiscInformation,
  readDiscStructureOf,
  readFormatCapacities,
  writeAndVerify10,
} from '../../src/mmc'
import { bdSpareAreaInformation } from '../../src/mmc/structures'
import type { VirtualDrive } from '../../src/virtual'
import {
  blocks,
  close,
  drive,
  information,
  load,
  outcome,
  read,
  synchronize,
  write,
  writeParameters,
} from './drive-with-disc'

const profile = async (of: Awaited<ReturnType<typeof drive>>) => (await of.send(getConfiguration)).currentProfile

describe('DVD+RW', () => {
  test('is formatted in the background, written anywhere, stopped and closed', async () => {
    const recorder = await drive({ media: 'dvd+rw', state: 'unformatted' }, { operationMs: 30_000 })
    expect(await outcome(write(recorder, 0, 16))).toBe('5/30/10')
    const format = { numberOfBlocks: 0xffffffff, formatType: 0x26, immediate: true, formatOptionsValid: true }
    await recorder.send(formatUnit, {}, { data: format })
    expect(await outcome(write(recorder, 0, 16))).toBe('2/04/04')
    await recorder.close()
  })

  test('a background format that is stopped can be taken up again', async () => {
    const recorder = await drive({ media: 'dvd+rw', state: 'unformatted' })
    await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 2_295_104, formatType: 0x26, immediate: true } })
    expect(await information(recorder)).toMatchObject({ backgroundFormatStatus: 'complete', discStatus: 'complete' })
    await write(recorder, 100, 1, 3)
    await write(recorder, 2_295_103, 1, 4)
    await synchronize(recorder)
    await close(recorder, 0)
    await close(recorder, 2)
    expect((await read(recorder, 100, 1))[2047]).toBe(3)
    expect(await outcome(write(recorder, 2_295_104, 1))).toBe('5/21/00')
    expect(await outcome(write(recorder, 0, 0))).toBe('GOOD')
    expect(await outcome(write(recorder, 2_295_105, 0))).toBe('5/21/00')
    expect(await outcome(write(recorder, -1, 0))).toBe('5/21/00')
    await recorder.close()
  })
})

test('DVD-RAM is formatted to one of the offered sizes', async () => {
  const recorder = await drive({ media: 'dvd-ram', state: 'unformatted' })
  expect(await outcome(recorder.send(formatUnit, {}, { data: { numberOfBlocks: 12_345 } }))).toBe('5/26/00')
  const [offered] = (await recorder.send(readFormatCapacities)).formattableCapacityDescriptors!
  await recorder.send(formatUnit, {}, { data: { numberOfBlocks: offered!.numberOfBlocks } })
  expect(await information(recorder)).toMatchObject({ discStatus: 'other' })
  await recorder.send(writeAndVerify10, { logicalBlockAddress: 3, transferLength: 2 }, { data: blocks(3, 2, 6) })
  expect((await read(recorder, 4, 1)).readInt32BE()).toBe(4)
  await recorder.close()
})

test('BD-RE is formatted with a spare area or without', async () => {
  const recorder = await drive({ media: 'bd-re', state: 'unformatted' })
  const capacities = await recorder.send(readFormatCapacities)
  expect(capacities.formattableCapacityDescriptors!.map(({ numberOfBlocks }) => numberOfBlocks)).toEqual([
    11_826_176, 11_826_176, 12_088_320, 11_564_032, 12_219_392,
  ])
  await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 12_088_320, formatType: 0x30, immediate: true } })
  expect((await recorder.send(readFormatCapacities)).numberOfBlocks).toBe(12_088_320)
  await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 0, formatType: 0x31, immediate: true } })
  expect((await recorder.send(readFormatCapacities)).numberOfBlocks).toBe(12_219_392)
  expect(await outcome(close(recorder, 2))).toBe('5/24/00')
  await recorder.close()
})

describe('certification', () => {
  const badBlocks = [
    [40, 70],
    [640, 640],
  ] as const

  test('finds the defects of a BD-RE and replaces their clusters; a quick format does not', async () => {
    const recorder = await drive({ media: 'bd-re', state: 'unformatted' }, { badBlocks })
    const format = { numberOfBlocks: 12_088_320, formatType: 0x30, immediate: true }
    await recorder.send(formatUnit, {}, { data: format })
    expect(await outcome(read(recorder, 64, 32))).toBe('3/11/05')
    await recorder.send(formatUnit, {}, { data: { ...format, formatSubType: 2 } })
    expect(await recorder.send(readDiscStructureOf(bdSpareAreaInformation))).toMatchObject({
      numberOfAllocatedSpareBlocks: 131_072,
      numberOfFreeSpareBlocks: 131_072 - 3 * 32,
    })
    await write(recorder, 0, 704, 7)
    await synchronize(recorder)
    expect((await read(recorder, 640, 1)).readInt32BE()).toBe(640)
    // Without spare there is nothing to replace them with, and nothing to certify for.
    await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 0, formatType: 0x31, formatSubType: 2 } })
    expect(await outcome(read(recorder, 640, 1))).toBe('3/11/05')
    await recorder.close()
  })

  test('fails where there are more defects than spare', async () => {
    const recorder = await drive({ media: 'bd-re', state: 'unformatted' }, { badBlocks: [[0, 131_072]] })
    const data = { numberOfBlocks: 12_088_320, formatType: 0x30, formatSubType: 3 }
    expect(await outcome(recorder.send(formatUnit, {}, { data }))).toBe('3/31/01')
    expect((await recorder.send(readFormatCapacities)).descriptorType).toBe('unformatted')
    // One that nobody waits for any more leaves the disc free all the same.
    ;(recorder.transport as VirtualDrive).unit.options = { badBlocks: [[0, 131_072]], operationMs: 30_000 }
    await recorder.send(formatUnit, {}, { data: { ...data, immediate: true } })
    expect(await outcome(write(recorder, 0, 32))).toBe('2/04/04')
    await recorder.close()
    await (await load(recorder.disc.path)).close()
  })

  test('of a DVD-RAM is done unless the host says otherwise', async () => {
    const recorder = await drive({ media: 'dvd-ram', state: 'unformatted' }, { badBlocks })
    const data = { numberOfBlocks: 2_236_704, formatOptionsValid: true }
    await recorder.send(formatUnit, {}, { data: { ...data, disableCertification: true } })
    expect(await outcome(read(recorder, 40, 1))).toBe('3/11/05')
    await recorder.send(formatUnit, {}, { data })
    expect(await outcome(read(recorder, 40, 1))).toBe('GOOD')
    await recorder.close()
  })
})

describe('DVD-RW in restricted overwrite mode', () => {
  test('takes whole ECC blocks anywhere', async () => {
    const recorder = await drive({ media: 'dvd-rw-ro' })
    await writeParameters(recorder, { 2: 0x40, 3: 0x25, 4: 8 })
    await write(recorder, 1600, 16, 5)
    expect((await read(recorder, 1615, 1))[2047]).toBe(5)
    expect(await outcome(write(recorder, 1601, 16))).toBe('5/21/02')
    expect(await outcome(write(recorder, 1600, 15))).toBe('5/64/01')
    await recorder.close()
  })

  test('a quick format leaves an open border that grows as it is written', async () => {
    const recorder = await drive({ media: 'dvd-rw' })
    await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 0, formatType: 0x15, immediate: true } })
    expect(await profile(recorder)).toBe(0x13)
    expect((await recorder.send(readFormatCapacities)).descriptorType).toBe('no-media')
    await writeParameters(recorder, { 2: 0x40, 3: 0x25, 4: 8 })
    expect(await outcome(write(recorder, 32, 16))).toBe('5/21/02')
    await write(recorder, 0, 32, 1)
    await write(recorder, 0, 16, 2)
    await synchronize(recorder)
    await close(recorder, 2)
    const capacities = await recorder.send(readFormatCapacities)
    expect(capacities).toMatchObject({ descriptorType: 'formatted', numberOfBlocks: 32 })
    expect((await read(recorder, 0, 32))[31 * 2048 + 2047]).toBe(1)
    await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 64, formatType: 0x13, typeDependentParameter: 16 } })
    await write(recorder, 32, 16, 3)
    await recorder.send(blank, { blankingType: 'disc' })
    expect(await profile(recorder)).toBe(0x14)
    expect(await recorder.send(readDiscInformation)).toMatchObject({ discStatus: 'blank' })
    await recorder.close()
  })
})

describe('BD-R formats', () => {
  test.each([
    [0, 'pseudo-overwrite', 0x41],
    [1, 'sequential', 0x41],
    [2, 'random', 0x42],
  ])('sub-type %d makes it %s', async (formatSubType, _name, expected) => {
    const recorder = await drive({ media: 'bd-r' })
    const data = { numberOfBlocks: 11_826_176, formatType: 0x32, formatSubType, formatOptionsValid: true }
    await recorder.send(formatUnit, {}, { data })
    expect(await profile(recorder)).toBe(expected)
    await write(recorder, 0, 32, 1)
    expect(await outcome(write(recorder, 0, 32, 2))).toBe(formatSubType === 0 ? 'GOOD' : '5/21/02')
    expect(await outcome(recorder.send(formatUnit, {}, { data }))).not.toBe('GOOD')
    await recorder.close()
  })

  test('random recording: each cluster once, in any order', async () => {
    const recorder = await drive({ media: 'bd-r' })
    await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 11_826_176, formatType: 0, formatSubType: 2 } })
    await write(recorder, 3200, 32, 1)
    await write(recorder, 64, 32, 2)
    expect((await read(recorder, 64, 1))[2047]).toBe(2)
    expect(await outcome(read(recorder, 0, 1))).toBe('8/00/00')
    await recorder.close()
  })
})
