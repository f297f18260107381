import { OpticalDrive } from '../../src'
import {
  blank,
  type Drive,
  formatUnit,
  getConfiguration,
  readCapacity,
  readCd,
  readFormatCapacities,
} from '../../src/mmc'
import {
  blocks,
  close,
  drive,
  information,
  load,
  outcome,
  powerFailureNow,
  read,
  synchronize,
  track,
  write,
  writeParameters,
} from './drive-with-disc'

/** Write parameters as cdrwtool and mmc_format set them: fixed packets of 32 blocks, mode 2 form 1. */
const PACKETS = { 2: 0x00, 3: 0xe5, 4: 10, 8: 0x20, 13: 32 }
const MODE_ONE_PACKETS = { ...PACKETS, 4: 8, 8: 0 }
/** 9227 packets of 32 and 7 blocks fit into 359 849. */
const WHOLE = 9227 * 32

const format = (of: Drive, list: object = {}) =>
  of.send(
    formatUnit,
    {},
    { data: { immediate: true, numberOfBlocks: WHOLE, formatType: 0x10, typeDependentParameter: 32, ...list } },
  )
const currentFeatures = async (of: Drive) => {
  const { featureDescriptors = [] } = await of.send(getConfiguration)
  return featureDescriptors.filter(({ current }) => current).map(({ featureCode }) => featureCode)
}
const capacities = async (of: Drive) => {
  const { numberOfBlocks, descriptorType, formattableCapacityDescriptors } = await of.send(readFormatCapacities)
  const offers = formattableCapacityDescriptors?.map(
    offer => [offer.formatType, offer.numberOfBlocks, offer.typeDependentParameter] as const,
  )
  return { numberOfBlocks, descriptorType, offers }
}

test.each([
  ['mode 2 form 1', PACKETS, 2],
  ['mode 1', MODE_ONE_PACKETS, 1],
])('a CD-RW formatted in packets of %s is overwritten packet by packet', async (_, parameters, dataMode) => {
  const recorder = await drive({ media: 'cd-rw' })
  expect(await capacities(recorder)).toEqual({
    numberOfBlocks: WHOLE,
    descriptorType: 'unformatted',
    offers: [[0x10, WHOLE, 32]],
  })
  expect(await currentFeatures(recorder)).not.toContain(0x26)
  await writeParameters(recorder, parameters)
  await format(recorder)
  expect(await currentFeatures(recorder)).toEqual(expect.arrayContaining([0x23, 0x26, 0x37]))
  expect(await information(recorder)).toMatchObject({ discStatus: 'complete', erasable: true, numberOfSessions: 1 })
  expect(await track(recorder, 1)).toMatchObject({
    blank: false,
    packetOrIncremental: true,
    fixedPacket: true,
    fixedPacketSize: 32,
    dataMode,
    trackStartAddress: 0,
    trackSize: WHOLE,
    freeBlocks: 0,
    nextWritableAddressValid: false,
  })
  expect((await recorder.send(readCapacity)).logicalBlockAddress).toBe(WHOLE - 1)
  // No link blocks between the packets, and nothing recorded reads as zeros.
  expect((await read(recorder, 0, 64)).every(byte => byte === 0)).toBe(true)
  const whole = { transferLength: 1, sync: true, headerCodes: 'all-headers' as const, userData: true, edcAndEcc: true }
  const rawSector = (startingLogicalBlockAddress: number) =>
    recorder.send(readCd, { startingLogicalBlockAddress, ...whole })
  // A formatted packet is made of sectors like any others.
  const [mode, subMode] = dataMode === 2 ? [2, 8] : [1, 0]
  expect(Array.from((await rawSector(64)).subarray(12, 19))).toEqual([0, 2, 0x64, mode, 0, 0, subMode])
  await write(recorder, 32, 64, 1)
  await write(recorder, 64, 32, 2)
  await synchronize(recorder)
  expect(Buffer.from(blocks(32, 32, 1)).equals(await read(recorder, 32, 32))).toBe(true)
  expect(Buffer.from(blocks(64, 32, 2)).equals(await read(recorder, 64, 32))).toBe(true)
  expect((await rawSector(64))[15]).toBe(dataMode)
  await recorder.close()
})

test('what does not suit the packets is refused', async () => {
  const recorder = await drive({ media: 'cd-rw', state: 'complete' })
  await writeParameters(recorder, { ...PACKETS, 13: 16 })
  expect(await outcome(format(recorder))).toBe('5/26/00')
  await writeParameters(recorder, { ...PACKETS, 4: 0, 3: 0xe0 })
  expect(await outcome(format(recorder))).toBe('5/64/00')
  await writeParameters(recorder, PACKETS)
  expect(await outcome(format(recorder, { typeDependentParameter: 16 }))).toBe('5/26/00')
  expect(await outcome(format(recorder, { numberOfBlocks: WHOLE + 32 }))).toBe('5/26/00')
  expect(await outcome(format(recorder, { numberOfBlocks: 33 }))).toBe('5/26/00')
  expect(await outcome(format(recorder, { formatType: 0x11 }))).toBe('5/26/00')
  await format(recorder)
  expect(await outcome(write(recorder, 16, 32))).toBe('5/21/02')
  expect(await outcome(write(recorder, 0, 16))).toBe('5/64/01')
  expect(await outcome(write(recorder, WHOLE, 32))).toBe('5/21/00')
  expect(await outcome(close(recorder, 2))).toBe('5/2C/00')
  expect(await outcome(recorder.send(blank, { blankingType: 'last-session' }))).toBe('5/24/00')
  await writeParameters(recorder, { 2: 0x01, 3: 0xc4 })
  expect(await outcome(write(recorder, 0, 32))).toBe('5/64/00')
  await recorder.close()
  const writeOnce = await drive({ media: 'cd-r' })
  expect(await outcome(format(writeOnce))).toBe('5/20/00')
  await writeOnce.close()
})

test('a small format grows, keeps its data, and survives; blanking makes a disc of sessions again', async () => {
  const recorder = await drive({ media: 'cd-rw' })
  await writeParameters(recorder, PACKETS)
  await format(recorder, { numberOfBlocks: 3200 })
  await write(recorder, 3168, 32, 7)
  expect(await capacities(recorder)).toEqual({
    numberOfBlocks: 3200,
    descriptorType: 'formatted',
    offers: [
      [0x10, WHOLE, 32],
      [0x11, WHOLE - 3200, 32],
    ],
  })
  await format(recorder, { formatType: 0x11, numberOfBlocks: 320 })
  await write(recorder, 3488, 32, 8)
  await synchronize(recorder)
  const again = await load(powerFailureNow(recorder))
  await recorder.close()
  expect((await again.send(readCapacity)).logicalBlockAddress).toBe(3519)
  expect((await read(again, 3168, 1))[2047]).toBe(7)
  expect((await read(again, 3519, 1))[2047]).toBe(8)
  await again.send(blank, { blankingType: 'minimal' })
  expect(await information(again)).toMatchObject({ discStatus: 'blank' })
  expect(await currentFeatures(again)).toContain(0x2d)
  await again.close()
})

test('the library calls it complete and erasable, and says why', async () => {
  const recorder = await drive({ media: 'cd-rw' })
  await writeParameters(recorder, PACKETS)
  await format(recorder)
  const medium = await new OpticalDrive(recorder.transport, { access: 'read' }).readMedium()
  expect(medium).toMatchObject({
    family: 'cd-rw',
    state: 'complete',
    isErasable: true,
    isOverwritable: false,
    capacityBlocks: WHOLE,
    nextWritableAddress: null,
    warnings: [],
  })
  expect(medium!.evidence.filter(({ claim }) => claim === 'isOverwritable')).toEqual([
    expect.objectContaining({
      command: 'READ TRACK INFORMATION',
      says: expect.stringContaining('packets of 32 blocks'),
    }),
  ])
  await recorder.close()
})
