import { formatUnit, readDiscInformation, repairTrack, reserveTrack, sendCueSheet } from '../../src/mmc'
import { readMedium } from '../../src/mmc/medium'
import type { VirtualDrive } from '../../src/virtual'
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

const TRACK_AT_ONCE = { 2: 0x41, 3: 0xc4, 4: 8 }
const INCREMENTAL = { 2: 0x60, 3: 0xc5, 4: 8, 5: 16 }

/** A disc on which a recording was going on when the power failed. */
async function brokenOff(recorder: Awaited<ReturnType<typeof drive>>) {
  const copy = powerFailureNow(recorder)
  await recorder.close()
  return load(copy)
}

test('a CD track at once is lost; closing it makes the disc appendable again', async () => {
  const recorder = await drive({ media: 'cd-r' })
  await writeParameters(recorder, TRACK_AT_ONCE)
  await write(recorder, 0, 320)
  const broken = await brokenOff(recorder)
  expect(await information(broken)).toMatchObject({ discStatus: 'appendable', stateOfLastSession: 'damaged' })
  expect(await track(broken, 0xff)).toMatchObject({ damage: true, nextWritableAddressValid: false })
  expect(await readMedium(broken)).toMatchObject({ state: 'damaged', nextWritableAddress: null })
  await writeParameters(broken, TRACK_AT_ONCE)
  expect(await outcome(write(broken, 320, 16))).toBe('5/21/02')
  await close(broken, 1, 1)
  await close(broken, 2)
  expect(await information(broken)).toMatchObject({ discStatus: 'appendable', numberOfSessions: 2 })
  expect(await track(broken, 2)).toMatchObject({ damage: false, nextWritableAddressValid: true })
  await broken.close()
})

test('a CD session at once is lost, and its cue sheet is forgotten', async () => {
  const recorder = await drive({ media: 'cd-r' })
  await writeParameters(recorder, { 2: 0x42, 3: 0xc0, 4: 8 })
  const entry = (track: number, index: number, form: number, second: number) => [
    0x41,
    track,
    index,
    form,
    0,
    0,
    second,
    0,
  ]
  const sheet = [entry(0, 0, 0x14, 0), entry(1, 0, 0x10, 0), entry(1, 1, 0x10, 2), entry(0xaa, 1, 0x14, 10)]
  await recorder.send(sendCueSheet, {}, { data: Uint8Array.from(sheet.flat()) })
  await write(recorder, -150, 30)
  const broken = await brokenOff(recorder)
  expect(await information(broken)).toMatchObject({ discStatus: 'appendable', stateOfLastSession: 'damaged' })
  await writeParameters(broken, { 2: 0x42, 3: 0xc0, 4: 8 })
  expect(await outcome(write(broken, -120, 30))).toBe('5/2C/00')
  expect(await readMedium(broken)).toMatchObject({ state: 'damaged' })
  await broken.close()
})

test('packets on CD go on behind what was noted', async () => {
  const recorder = await drive({ media: 'cd-r' })
  await writeParameters(recorder, { 2: 0x40, 3: 0xc5, 4: 8 })
  await write(recorder, 0, 20, 1)
  await synchronize(recorder)
  await write(recorder, 27, 20, 2)
  const broken = await brokenOff(recorder)
  expect(await track(broken, 1)).toMatchObject({ damage: true, nextWritableAddress: 27 })
  expect((await read(broken, 19, 1))[2047]).toBe(1)
  await writeParameters(broken, { 2: 0x40, 3: 0xc5, 4: 8 })
  expect(await outcome(write(broken, 27, 16))).toBe('GOOD')
  expect(await track(broken, 1)).toMatchObject({ damage: false })
  await broken.close()
})

test('a DVD-R says that its track is damaged, and goes on; disc at once is lost', async () => {
  const recorder = await drive({ media: 'dvd-r' })
  await writeParameters(recorder, INCREMENTAL)
  await write(recorder, 0, 16, 1)
  await synchronize(recorder)
  await write(recorder, 16, 16, 2)
  const broken = await brokenOff(recorder)
  expect(await track(broken, 1)).toMatchObject({ damage: true, nextWritableAddress: 16 })
  expect(await readMedium(broken)).toMatchObject({ state: 'appendable', lastSessionState: 'damaged' })
  await broken.send(repairTrack, { trackNumber: 1 })
  expect(await track(broken, 1)).toMatchObject({ damage: false, nextWritableAddress: 16 })
  await broken.close()

  const atOnce = await drive({ media: 'dvd-r' })
  await writeParameters(atOnce, { 2: 0x42, 3: 0x05, 4: 8 })
  await atOnce.send(reserveTrack, { reservationSize: 1600 })
  await write(atOnce, 0, 16)
  const lost = await brokenOff(atOnce)
  expect(await track(lost, 1)).toMatchObject({ damage: true, nextWritableAddressValid: false })
  await lost.close()
})

test.each(['dvd+r', 'bd-r'] as const)('a %s goes on behind what was synchronised', async media => {
  const recorder = await drive({ media })
  await write(recorder, 0, 32, 1)
  await synchronize(recorder)
  await write(recorder, 32, 32, 2)
  const broken = await brokenOff(recorder)
  expect(await track(broken, 1)).toMatchObject({ damage: false, nextWritableAddress: 32 })
  expect((await read(broken, 31, 1))[2047]).toBe(1)
  expect(await outcome(write(broken, 32, 32, 3))).toBe('GOOD')
  await broken.close()
})

test('a background format is suspended', async () => {
  const recorder = await drive({ media: 'dvd+rw', state: 'unformatted' })
  const { unit } = recorder.transport as VirtualDrive
  await recorder.send(formatUnit, {}, { data: { numberOfBlocks: 0xffffffff, formatType: 0x26, immediate: true } })
  Object.assign(recorder.disc.state.formatted!.background!, { status: 'running', formatted: 4096 })
  await recorder.disc.commit()
  unit.refreshMedium()
  const broken = await brokenOff(recorder)
  expect(await broken.send(readDiscInformation)).toMatchObject({ backgroundFormatStatus: 'suspended' })
  expect(await readMedium(broken)).toMatchObject({ isOverwritable: true })
  await broken.close()
})

test('a reader beside a writer sees a recording that goes on, not one that was broken off', async () => {
  const recorder = await drive({ media: 'dvd-r' })
  await writeParameters(recorder, INCREMENTAL)
  await write(recorder, 0, 16)
  const { virtualDisc, VirtualDrive } = await import('../../src/virtual')
  const { Drive } = await import('../../src/mmc')
  const reader = new Drive(new VirtualDrive(await virtualDisc.open(recorder.disc.path)))
  expect(await track(reader, 1)).toMatchObject({ damage: false })
  await reader.close()
  await recorder.close()
})
