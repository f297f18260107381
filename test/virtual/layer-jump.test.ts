import {
  type Drive,
  getConfiguration,
  readCapacity,
  readDiscStructureOf,
  readTrackInformation,
  reserveTrack,
  sendDiscStructure,
} from '../../src/mmc'
import {
  dvdJumpIntervalSize,
  dvdManualLayerJumpAddress,
  dvdRemappingAddress,
  dvdShiftedMiddleArea,
} from '../../src/mmc/structures'
import {
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

/** Layer 0 has 2048 blocks: block n of it lies below LBA 4095 - n. */
const SMALL = 4096
const NEXT_SESSION = 0xc4

async function layerJumpDrive(capacity?: number) {
  const recorder = await drive({ media: 'dvd-r-dl', ...(capacity ? { capacity } : {}) })
  await writeParameters(recorder, { 2: 0x44, 3: NEXT_SESSION, 4: 8 })
  return recorder
}

const profile = async (of: Drive) => (await of.send(getConfiguration)).currentProfile
const tell = (to: Drive, format: number, data: Uint8Array) => to.send(sendDiscStructure, { format }, { data })
const manual = (to: Drive, address: number) =>
  tell(to, 0x23, dvdManualLayerJumpAddress.encode({ manualLayerJumpAddress: address }))
const interval = (to: Drive, blocks: number) => tell(to, 0x22, dvdJumpIntervalSize.encode({ jumpIntervalSize: blocks }))
const shiftMiddleArea = (to: Drive, address: number) =>
  tell(to, 0x21, dvdShiftedMiddleArea.encode({ shiftedMiddleAreaStartAddress: address }))

/** Writes in transfers of 16 blocks to wherever the drive says that the track goes on. */
async function record(to: Drive, number: number, blocks: number): Promise<number[]> {
  const addresses: number[] = []
  for (let written = 0; written < blocks; written += 16) {
    const { nextWritableAddress } = await track(to, number)
    await write(to, nextWritableAddress!, 16)
    addresses.push(nextWritableAddress!)
  }
  return addresses
}

test('the write type makes a blank DVD-R DL one that is recorded with layer jumps, until it is recorded', async () => {
  const recorder = await drive({ media: 'dvd-r-dl' })
  expect(await profile(recorder)).toBe(0x15)
  await writeParameters(recorder, { 2: 0x44, 3: NEXT_SESSION, 4: 8 })
  expect(await profile(recorder)).toBe(0x16)
  await writeParameters(recorder, { 2: 0x40, 3: NEXT_SESSION, 4: 8 })
  expect(await profile(recorder)).toBe(0x15)
  expect(await outcome(recorder.send(readDiscStructureOf(dvdJumpIntervalSize)))).toBe('5/24/00')
  await writeParameters(recorder, { 2: 0x44, 3: NEXT_SESSION, 4: 8 })
  await write(recorder, 0, 16)
  await writeParameters(recorder, { 2: 0x40, 3: NEXT_SESSION, 4: 8 })
  expect(await profile(recorder)).toBe(0x16)
  expect(await outcome(write(recorder, 16, 16))).toBe('5/64/00')
  const disc = powerFailureNow(recorder)
  await recorder.close()
  const later = await load(disc)
  expect(await profile(later)).toBe(0x16)
  await later.close()
})

test('a new disc says where it jumps: nowhere before layer 0 ends', async () => {
  const recorder = await layerJumpDrive(SMALL)
  expect(await track(recorder, 1)).toMatchObject({
    layerJumpRecordingStatus: 'unspecified-multiple-layers',
    nextWritableAddress: 0,
    freeBlocks: 4096,
    trackSize: 4095,
    nextLayerJumpAddress: 2047,
    lastLayerJumpAddress: 0,
  })
  expect(await recorder.send(readDiscStructureOf(dvdShiftedMiddleArea))).toMatchObject({
    initStatus: false,
    shiftedMiddleAreaStartAddress: 2048,
  })
  await recorder.close()
})

test('regular intervals: layer 1 goes on above the block that layer 0 was left at, and back', async () => {
  const recorder = await layerJumpDrive(SMALL)
  await interval(recorder, 32)
  const addresses = await record(recorder, 1, 5 * 32)
  expect(addresses).toEqual([0, 16, 4064, 4080, 32, 48, 4032, 4048, 64, 80])
  expect(await track(recorder, 1)).toMatchObject({
    layerJumpRecordingStatus: 'regular-interval-layer-jump',
    nextWritableAddress: 4000,
    freeBlocks: 4096 - 160,
    nextLayerJumpAddress: 4031,
    lastLayerJumpAddress: 95,
  })
  for (const address of addresses) expect((await read(recorder, address, 1)).readInt32BE()).toBe(address)
  expect(await outcome(read(recorder, 4016, 1))).toBe('5/21/00')
  expect(await outcome(read(recorder, 96, 1))).toBe('5/21/00')
  await recorder.close()
})

test('a transfer must not cross a jump, on neither layer', async () => {
  const recorder = await layerJumpDrive(SMALL)
  await manual(recorder, 31)
  expect(await outcome(write(recorder, 0, 48))).toBe('5/21/03')
  await write(recorder, 0, 32)
  expect((await track(recorder, 1)).nextWritableAddress).toBe(4064)
  expect(await outcome(write(recorder, 32, 16))).toBe('5/21/02')
  expect(await outcome(write(recorder, 4064, 48))).toBe('5/21/03')
  await write(recorder, 4064, 32)
  expect(await track(recorder, 1)).toMatchObject({
    nextWritableAddress: 32,
    layerJumpRecordingStatus: 'unspecified-multiple-layers',
    nextLayerJumpAddress: 2047,
    lastLayerJumpAddress: 31,
  })
  await recorder.close()
})

test('jump addresses that cannot be are refused', async () => {
  const recorder = await layerJumpDrive(SMALL)
  await write(recorder, 0, 32)
  for (const address of [15, 31, 40, 2063]) expect(await outcome(manual(recorder, address))).toBe('5/26/00')
  for (const blocks of [0, 8, 4096]) expect(await outcome(interval(recorder, blocks))).toBe('5/26/00')
  await manual(recorder, 63)
  expect(await recorder.send(readDiscStructureOf(dvdManualLayerJumpAddress))).toMatchObject({
    manualLayerJumpAddress: 63,
  })
  expect((await track(recorder, 1)).layerJumpRecordingStatus).toBe('manual-layer-jump')
  await recorder.close()
})

test('both layers can be filled, and no more', async () => {
  const recorder = await layerJumpDrive(SMALL)
  await shiftMiddleArea(recorder, 64)
  await interval(recorder, 32)
  const addresses = await record(recorder, 1, 112)
  expect(addresses).toEqual([0, 16, 4064, 4080, 32, 48, 4032])
  expect(await outcome(write(recorder, 4048, 32))).toBe('5/63/00')
  await write(recorder, 4048, 16)
  expect(await track(recorder, 1)).toMatchObject({
    nextWritableAddressValid: false,
    freeBlocks: 0,
    lastRecordedAddress: 4063,
  })
  expect(await outcome(write(recorder, 64, 16))).toBe('5/21/02')
  await writeParameters(recorder, { 2: 0x44, 3: 0x04, 4: 8 })
  await close(recorder, 2)
  expect(await information(recorder)).toMatchObject({ discStatus: 'complete', numberOfSessions: 1 })
  for (const address of addresses) expect((await read(recorder, address, 1)).readInt32BE()).toBe(address)
  await recorder.close()
})

test('closing a session jumps, fills up layer 1, and the next one begins on layer 0', async () => {
  const recorder = await layerJumpDrive()
  const end = 4_171_712
  await write(recorder, 0, 64)
  await synchronize(recorder)
  await close(recorder, 1, 1)
  await close(recorder, 2)
  expect(await information(recorder)).toMatchObject({ discStatus: 'appendable', numberOfSessions: 2 })
  const next = 64 + 32_752
  expect(await track(recorder, 1)).toMatchObject({ trackSize: end - 1, lastLayerJumpAddress: 63, freeBlocks: 0 })
  expect(await track(recorder, 2)).toMatchObject({
    trackStartAddress: next,
    nextWritableAddress: next,
    freeBlocks: end - 2 * next,
  })
  expect((await recorder.send(readCapacity)).logicalBlockAddress).toBe(end - 1)
  expect(await read(recorder, end - 64, 64)).toEqual(Buffer.alloc(64 * 2048))
  expect(await outcome(read(recorder, end - 65, 1))).toBe('5/21/00')
  await interval(recorder, 16)
  expect(await record(recorder, 2, 48)).toEqual([next, end - next - 16, next + 16])
  const at = (number: number) => recorder.send(readTrackInformation, { numberType: 'lba', number })
  expect((await at(end - 1)).trackNumber).toBe(1)
  expect((await at(end - next - 1)).trackNumber).toBe(2)
  await recorder.close()
})

test('a shifted middle area ends layer 0 earlier; addresses on layer 1 stay', async () => {
  const recorder = await layerJumpDrive(SMALL)
  await write(recorder, 0, 16)
  expect(await outcome(shiftMiddleArea(recorder, 16))).toBe('5/26/00')
  await shiftMiddleArea(recorder, 64)
  expect(await outcome(shiftMiddleArea(recorder, 128))).toBe('5/2C/00')
  expect(await track(recorder, 1)).toMatchObject({ freeBlocks: 128 - 16, nextLayerJumpAddress: 63 })
  await write(recorder, 16, 48)
  expect((await track(recorder, 1)).nextWritableAddress).toBe(4032)
  await recorder.close()
})

test('a reserved track takes half of its blocks from each layer', async () => {
  const recorder = await layerJumpDrive(SMALL)
  expect(await outcome(recorder.send(reserveTrack, { reservationSize: 4112 }))).toBe('5/24/00')
  await recorder.send(reserveTrack, { reservationSize: 64 })
  expect(await track(recorder, 1)).toMatchObject({ reservedTrack: true, freeBlocks: 64, nextLayerJumpAddress: 31 })
  expect((await track(recorder, 2)).trackStartAddress).toBe(32)
  expect(await record(recorder, 1, 64)).toEqual([0, 16, 4064, 4080])
  expect((await track(recorder, 1)).freeBlocks).toBe(0)
  await recorder.close()
})

test('a power failure behind a jump: recording goes on there', async () => {
  const recorder = await layerJumpDrive(SMALL)
  await interval(recorder, 32)
  await record(recorder, 1, 48)
  await synchronize(recorder)
  await write(recorder, 4080, 5)
  const disc = powerFailureNow(recorder)
  await recorder.close()
  const later = await load(disc)
  expect(await track(later, 1)).toMatchObject({ damage: true, nextWritableAddress: 4080 })
  expect(await record(later, 1, 32)).toEqual([4080, 32])
  await later.close()
})

test('remapping addresses are kept for the four anchor points', async () => {
  const recorder = await layerJumpDrive(SMALL)
  await write(recorder, 0, 32)
  const remap = (anchorPointNumber: number, remappingAddress: number) =>
    tell(recorder, 0x24, dvdRemappingAddress.encode({ anchorPointNumber, remappingAddress }))
  await remap(2, 16)
  const kept = (address: number) => recorder.send(readDiscStructureOf(dvdRemappingAddress), { address })
  expect(await kept(2)).toMatchObject({ anchorPointNumber: 2, remappingAddress: 16 })
  expect(await outcome(remap(5, 16))).toBe('5/26/00')
  expect(await outcome(remap(1, 4000))).toBe('5/21/00')
  expect(await outcome(kept(5))).toBe('5/24/00')
  await recorder.close()
})
