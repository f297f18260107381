import {
  type Drive,
  formatUnit,
  getUnusableArea,
  modeSelect10,
  readDiscStructureOf,
  type ScsiError,
  verify10,
  write12,
} from '../../src/mmc'
import { bdSpareAreaInformation, dvdRamSpareAreaInformation } from '../../src/mmc/structures'
import type { VirtualDrive } from '../../src/virtual'
import { blocks, drive, load, outcome, powerFailureNow, read, synchronize, write } from './drive-with-disc'

/** Two ECC blocks of a DVD, two clusters of a BD. */
const BAD = [
  [40, 70],
  [640, 640],
] as const
const options = { badBlocks: BAD }
const stream = (to: Drive, lba: number, count: number) =>
  to.send(
    write12,
    { logicalBlockAddress: lba, transferLength: count, streaming: true },
    { data: blocks(lba, count, 3) },
  )
const errorRecovery = (of: Drive, flags: number) => {
  const page = [0x01, 10, flags, 32, 0, 0, 0, 0, 5, 0, 0, 0]
  return of.send(modeSelect10, {}, { data: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, ...page]) })
}
const unusable = async (of: Drive, startingLba = 0) => {
  const { descriptors } = await of.send(getUnusableArea, { startingLba, maximumNumberOfDescriptors: 8 })
  return descriptors!.map(({ lba, numberOfUnusablePhysicalBlocks }) => [lba, numberOfUnusablePhysicalBlocks])
}

test('what is written to a bad cluster of a BD-RE goes to the spare area, and stays there', async () => {
  const recorder = await drive({ media: 'bd-re' }, options)
  const spare = () => recorder.send(readDiscStructureOf(bdSpareAreaInformation))
  const free = (await spare()).numberOfFreeSpareBlocks!
  expect(await outcome(read(recorder, 64, 1))).toBe('3/11/05')
  expect(await outcome(write(recorder, 0, 96, 7))).toBe('GOOD')
  expect((await read(recorder, 70, 1)).readInt32BE()).toBe(70)
  expect(await outcome(recorder.send(verify10, { logicalBlockAddress: 0, numberOfBlocks: 96 }))).toBe('GOOD')
  expect((await spare()).numberOfFreeSpareBlocks).toBe(free - 2 * 32)
  expect(await unusable(recorder)).toEqual([
    [32, 32],
    [64, 32],
  ])
  expect(await unusable(recorder, 33)).toEqual([[64, 32]])
  // Written again it takes no spare again.
  await write(recorder, 64, 32, 8)
  expect((await spare()).numberOfFreeSpareBlocks).toBe(free - 2 * 32)
  await synchronize(recorder)
  const again = await load(powerFailureNow(recorder), options)
  await recorder.close()
  expect((await read(again, 64, 1))[2047]).toBe(8)
  expect(await unusable(again)).toHaveLength(2)
  expect(await outcome(read(again, 640, 1))).toBe('3/11/05')
  await again.close()
})

test('a DVD-RAM takes its primary spare area first', async () => {
  const recorder = await drive({ media: 'dvd-ram' }, { badBlocks: [[0, 12_800 + 15]] })
  await write(recorder, 0, 1600)
  expect(await recorder.send(readDiscStructureOf(dvdRamSpareAreaInformation))).toMatchObject({
    numberOfUnusedPrimarySpareBlocks: 12_800 - 1600,
    numberOfUnusedSupplementarySpareBlocks: 58_368,
    numberOfAllocatedSupplementarySpareBlocks: 58_368,
  })
  for (let lba = 1600; lba < 12_816; lba += 16) await write(recorder, lba, 16)
  expect(await recorder.send(readDiscStructureOf(dvdRamSpareAreaInformation))).toMatchObject({
    numberOfUnusedPrimarySpareBlocks: 0,
    numberOfUnusedSupplementarySpareBlocks: 58_368 - 16,
  })
  await recorder.close()
})

test.each(['bd-r', 'bd-r-pow'] as const)('a %s with spare areas replaces as it records', async media => {
  const recorder = await drive({ media }, options)
  if (media === 'bd-r') {
    const data = { numberOfBlocks: 0, formatType: 0x32, formatSubType: 1, immediate: true }
    await recorder.send(formatUnit, {}, { data })
  }
  expect(await outcome(write(recorder, 0, 96))).toBe('GOOD')
  expect((await read(recorder, 64, 1)).readInt32BE()).toBe(64)
  expect(await unusable(recorder)).toHaveLength(2)
  await recorder.close()
})

test.each(['dvd+rw', 'bd-r', 'dvd+r'] as const)('a %s without spare areas fails', async media => {
  const recorder = await drive({ media }, options)
  expect(await outcome(write(recorder, 0, 64))).toBe('3/0C/00')
  expect(await outcome(stream(recorder, 0, 64))).toBe('3/0C/00')
  await recorder.close()
})

test('a stream is not verified: who reads it finds the defect', async () => {
  const recorder = await drive({ media: 'bd-re' }, options)
  expect(await outcome(stream(recorder, 0, 96))).toBe('GOOD')
  expect(await outcome(read(recorder, 0, 96))).toBe('3/11/05')
  expect(await unusable(recorder)).toEqual([])
  await recorder.close()
})

test('without AWRE nothing is replaced; with PER the host is told where', async () => {
  const recorder = await drive({ media: 'bd-re' }, options)
  await errorRecovery(recorder, 0x40)
  expect(await outcome(write(recorder, 32, 32))).toBe('3/0C/00')
  await errorRecovery(recorder, 0x84)
  const recovered: (ScsiError | undefined)[] = []
  const end = recorder.onRecoveredError(error => recovered.push(error))
  expect(await outcome(write(recorder, 32, 32, 4))).toBe('GOOD')
  end()
  expect(recovered).toEqual([
    expect.objectContaining({ sense: expect.objectContaining({ key: 1, asc: 0x0c, ascq: 1, information: 40 }) }),
  ])
  expect((await read(recorder, 40, 1))[2047]).toBe(4)
  await recorder.close()
})

test('where the spare areas are used up, writing fails with 3/32/00', async () => {
  const recorder = await drive({ media: 'bd-re' }, options)
  const { formatted } = (recorder.transport as VirtualDrive).unit.requiredMedium.state
  formatted!.spareUsed = formatted!.spareBlocks! - 32
  expect(await outcome(write(recorder, 32, 64))).toBe('3/32/00')
  expect(await outcome(write(recorder, 32, 32))).toBe('GOOD')
  expect(await outcome(write(recorder, 64, 32))).toBe('3/32/00')
  expect(await recorder.send(readDiscStructureOf(bdSpareAreaInformation))).toMatchObject({ numberOfFreeSpareBlocks: 0 })
  await recorder.close()
})
