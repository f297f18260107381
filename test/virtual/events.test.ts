import {
  type Drive,
  formatUnit,
  getDeviceBusyEvent,
  getEventStatusNotification,
  getExternalRequestEvent,
  getMediaEvent,
  getMultiHostEvent,
  getOperationalChangeEvent,
  getPowerManagementEvent,
  modeSelect10,
  preventAllowMediumRemoval,
  startStopUnit,
  testUnitReady,
} from '../../src/mmc'
import type { VirtualDrive } from '../../src/virtual'
import { drive, outcome, read } from './drive-with-disc'

const ALL_CLASSES = 0x7e
const unitOf = (of: Drive) => (of.transport as VirtualDrive).unit
/** The classes of the events that a host learns of by asking for all of them until there is no more news. */
async function news(of: Drive, classes = ALL_CLASSES): Promise<string[]> {
  const heard: string[] = []
  for (;;) {
    const { notificationClass, eventDescriptor } = await of.send(getEventStatusNotification, {
      notificationClassRequest: classes,
    })
    if ((eventDescriptor![0]! & 0x0f) === 0) return heard
    heard.push(String(notificationClass))
  }
}

test('features that become current, or cease to be, are an operational change', async () => {
  const recorder = await drive({ media: 'bd-re', state: 'unformatted' })
  expect(await news(recorder)).toEqual([])
  await recorder.send(startStopUnit, { loadEject: true })
  expect(await recorder.send(getOperationalChangeEvent)).toMatchObject({
    operationalEvent: 'changed',
    operationalStatus: 0,
    operationalChange: 1,
  })
  expect(await recorder.send(getOperationalChangeEvent)).toMatchObject({
    operationalEvent: 'no-change',
    operationalChange: 0,
  })
  await recorder.send(startStopUnit, { loadEject: true, start: true })
  await recorder.waitUntilReady()
  // The most urgent class comes first, and each event once.
  expect(await news(recorder)).toEqual(['operational-change', 'media', 'media'])
  await recorder.close()
})

test('formatting that makes another kind of medium changes features, one that does not is a medium anew', async () => {
  const recorder = await drive({ media: 'dvd-rw' })
  const format = (formatType: number) =>
    recorder.send(formatUnit, {}, { data: { numberOfBlocks: 0, formatType, immediate: true } })
  await format(0x15)
  expect(await news(recorder)).toEqual(['operational-change', 'media'])
  await format(0x15)
  expect(await news(recorder)).toEqual(['media'])
  await recorder.close()
})

test('a reset is an operational change of its own', async () => {
  const recorder = await drive({ media: 'cd-r' })
  ;(recorder.transport as VirtualDrive).reset()
  expect(await recorder.send(getOperationalChangeEvent)).toMatchObject({
    operationalEvent: 'changed',
    operationalChange: 3,
  })
  expect(await news(recorder)).toEqual([])
  await recorder.close()
})

test('power conditions: what the host sets, what wakes the drive, and what each tells', async () => {
  const recorder = await drive({ media: 'dvd+r', state: 'appendable' })
  const power = async () => {
    const { powerEvent, powerStatus } = await recorder.send(getPowerManagementEvent)
    return [powerEvent, powerStatus]
  }
  expect(await power()).toEqual(['no-change', 1])
  for (const [powerConditions, status] of [
    ['idle', 2],
    ['standby', 3],
    ['sleep', 4],
    ['active', 1],
  ] as const) {
    await recorder.send(startStopUnit, { powerConditions })
    expect(await power()).toEqual(['successful', status])
    expect(await power()).toEqual(['no-change', status])
  }
  await recorder.send(startStopUnit, { powerConditions: 'standby' })
  await recorder.send(testUnitReady)
  expect(await power()).toEqual(['successful', 3])
  await read(recorder, 0, 1)
  expect(await power()).toEqual(['successful', 1])
  // A power condition leaves the tray as it is.
  await recorder.send(startStopUnit, { powerConditions: 'idle', loadEject: true })
  expect(await outcome(recorder.send(testUnitReady))).toBe('GOOD')
  await recorder.close()
})

test('the timers of page 1Ah take the drive to idle and to standby', async () => {
  const recorder = await drive({ media: 'dvd+r', state: 'appendable' })
  const timers = (idle: number, standby: number) =>
    recorder.send(
      modeSelect10,
      {},
      {
        data: Uint8Array.from([
          ...Array(8).fill(0),
          0x1a,
          10,
          0,
          3,
          0,
          0,
          idle >> 8,
          idle & 255,
          0,
          0,
          standby >> 8,
          0,
        ]),
      },
    )
  await timers(0, 0xff00)
  expect((await recorder.send(getPowerManagementEvent)).powerStatus).toBe(2)
  await timers(0, 0)
  expect((await recorder.send(getPowerManagementEvent)).powerStatus).toBe(3)
  await timers(0xff00, 0xff00)
  expect((await recorder.send(getPowerManagementEvent)).powerStatus).toBe(1)
  await recorder.close()
})

test('while an operation goes on the drive says so each time, and how long it will last', async () => {
  const recorder = await drive({ media: 'dvd-ram', state: 'unformatted' }, { operationMs: 3_600_000 })
  const data = { numberOfBlocks: 2_236_704, immediate: true }
  await recorder.send(formatUnit, {}, { data })
  for (let asked = 0; asked < 2; asked++) {
    const busy = await recorder.send(getDeviceBusyEvent)
    expect(busy).toMatchObject({ deviceBusyEvent: 'change-occurred', deviceBusyStatus: 2 })
    expect(busy.time).toBeGreaterThan(0)
    expect(busy.time).toBeLessThanOrEqual(36_000)
  }
  expect((await recorder.send(getPowerManagementEvent)).powerStatus).toBe(1)
  await unitOf(recorder).operation!.finish()
  const notBusy = { deviceBusyStatus: 0, time: 0 }
  expect(await recorder.send(getDeviceBusyEvent)).toMatchObject({ deviceBusyEvent: 'change-occurred', ...notBusy })
  expect(await recorder.send(getDeviceBusyEvent)).toMatchObject({ deviceBusyEvent: 'no-change', ...notBusy })
  await recorder.close()
})

test('the eject button opens the tray, or asks the host where removal is prevented', async () => {
  const recorder = await drive({ media: 'dvd+rw' })
  const button = recorder.transport as VirtualDrive
  await recorder.send(preventAllowMediumRemoval, { prevent: true })
  button.pressEject()
  expect(await recorder.send(getMediaEvent)).toMatchObject({ mediaEvent: 'eject-request', doorOrTrayOpen: false })
  await recorder.send(preventAllowMediumRemoval, {})
  button.pressEject()
  expect(await recorder.send(getMediaEvent)).toMatchObject({ mediaEvent: 'media-removal', doorOrTrayOpen: true })
  button.pressEject()
  expect(await recorder.send(getMediaEvent)).toMatchObject({ mediaEvent: 'new-media', mediaPresent: true })
  await recorder.close()
})

test('prevention that persists is told in three classes; nobody asking keeps no endless list', async () => {
  const recorder = await drive({ media: 'dvd+rw' })
  await recorder.send(preventAllowMediumRemoval, { persistent: true, prevent: true })
  const persists = { persistentPrevented: true }
  expect(await recorder.send(getOperationalChangeEvent)).toMatchObject(persists)
  expect(await recorder.send(getExternalRequestEvent)).toMatchObject(persists)
  expect(await recorder.send(getMultiHostEvent)).toMatchObject(persists)
  const button = recorder.transport as VirtualDrive
  for (let press = 0; press < 100; press++) button.pressEject()
  expect(await news(recorder)).toHaveLength(8)
  await recorder.close()
})

test('classes that there are none of, and hosts that want to wait for events', async () => {
  const recorder = await drive({ media: 'cd-r' })
  expect(await recorder.send(getEventStatusNotification, { notificationClassRequest: 0x80 })).toMatchObject({
    noEventAvailable: true,
    supportedEventClasses: ALL_CLASSES,
    eventDescriptorLength: 2,
  })
  const waiting = Uint8Array.of(0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8, 0)
  expect((await recorder.sendRaw(waiting, { direction: 'in', length: 8 })).sense[12]).toBe(0x24)
  await recorder.close()
})
