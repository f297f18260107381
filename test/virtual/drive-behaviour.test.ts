import {
  closeTrackSession,
  Drive,
  formatUnit,
  getConfiguration,
  getMediaEvent,
  getPerformance,
  getWriteSpeeds,
  inquiry,
  inquiryDeviceIdentification,
  inquiryUnitSerialNumber,
  mechanismStatus,
  modeSelect10,
  modeSense10,
  preventAllowMediumRemoval,
  readBufferCapacity,
  readDiscInformation,
  readTrackInformation,
  reportLuns,
  requestSense,
  type ScsiError,
  seek10,
  sendOpcInformation,
  setCdSpeed,
  setStreaming,
  startStopUnit,
  synchronizeCache,
  testUnitReady,
  verify10,
} from '../../src/mmc'
import { capabilitiesPage } from '../../src/mmc/mode-pages'
import { parseVirtualAddress, VirtualDrive } from '../../src/virtual'
import { drive, newDisc, outcome, read, synchronize, track, write, writeParameters } from './drive-with-disc'

const eject = { loadEject: true }
const loadTray = { loadEject: true, start: true }
/** Sends a command once: unit attentions are not met half-way. */
const once = (of: Drive, opcode: number) =>
  of.sendRaw(Uint8Array.of(opcode, 0, 0, 0, 0, 0)).then(({ status, sense }) => [status, sense[2], sense[12], sense[13]])

describe('the tray', () => {
  test('opens and closes; then there is a unit attention, and events tell', async () => {
    const tray = await drive({ media: 'dvd+r', state: 'appendable' })
    await tray.send(startStopUnit, eject)
    expect(await once(tray, 0)).toEqual([2, 2, 0x3a, 2])
    expect(await tray.send(getMediaEvent)).toMatchObject({ mediaEvent: 'media-removal', doorOrTrayOpen: true })
    expect(await tray.send(mechanismStatus)).toMatchObject({ doorOpen: true })
    expect((await tray.send(getConfiguration)).currentProfile).toBe(0)
    await tray.send(startStopUnit, loadTray)
    expect(await once(tray, 0)).toEqual([2, 6, 0x28, 0])
    expect(await once(tray, 0)).toEqual([0, undefined, undefined, undefined])
    expect(await tray.send(getMediaEvent)).toMatchObject({ mediaEvent: 'new-media', mediaPresent: true })
    expect(await tray.send(getMediaEvent)).toMatchObject({ mediaEvent: 'no-change', mediaPresent: true })
    await tray.close()
  })

  test('takes a while to take a disc in, where operations take time', async () => {
    const tray = await drive({ media: 'dvd+r', state: 'appendable' })
    await tray.send(startStopUnit, eject)
    const { unit } = tray.transport as VirtualDrive
    unit.options = { ...unit.options, operationMs: 60_000 }
    await tray.send(startStopUnit, { ...loadTray, immediate: true })
    expect(await once(tray, 0)).toEqual([2, 2, 0x04, 1])
    expect(await outcome(tray.send(readDiscInformation))).toBe('2/04/01')
    await tray.close()
  })

  test('stays shut while removal is prevented', async () => {
    const tray = await drive({ media: 'dvd+r' })
    await tray.send(preventAllowMediumRemoval, { prevent: true })
    expect(await outcome(tray.send(startStopUnit, eject))).toBe('5/53/02')
    await tray.send(preventAllowMediumRemoval, {})
    expect(await outcome(tray.send(startStopUnit, eject))).toBe('GOOD')
    await tray.close()
  })

  test('INQUIRY and GET EVENT STATUS NOTIFICATION leave a unit attention to others', async () => {
    const tray = await drive({ media: 'dvd+r' }, { powerOnAttention: true })
    expect(await tray.send(inquiry)).toMatchObject({ peripheralDeviceType: 5, removableMedium: true })
    await tray.send(getMediaEvent)
    expect(await once(tray, 0)).toEqual([2, 6, 0x29, 0])
    await tray.close()
  })
})

test('bus resets before the commands that were asked for', async () => {
  const { options } = parseVirtualAddress('virtual:disc?resets=3,5-6')
  const recorder = await drive({ media: 'cd-r' }, options)
  const statuses: number[] = []
  for (let command = 1; command <= 7; command++) statuses.push((await once(recorder, 0))[0]!)
  expect(statuses).toEqual([0, 0, 2, 0, 2, 2, 0])
  expect(() => parseVirtualAddress('virtual:disc?resets=soon')).toThrow('resets')
  await recorder.close()
})

test('a reset forgets what the host had set', async () => {
  const reset = await drive({ media: 'cd-r' })
  await writeParameters(reset, { 2: 0x42 })
  await reset.send(preventAllowMediumRemoval, { prevent: true })
  ;(reset.transport as VirtualDrive).reset()
  expect(await once(reset, 0)).toEqual([2, 6, 0x29, 2])
  expect(await outcome(reset.send(startStopUnit, eject))).toBe('GOOD')
  await reset.send(startStopUnit, loadTray)
  const page = await reset.send(modeSense10, { pageCode: 0x05 })
  expect(page.blockDescriptorsAndPages![2]).toBe(0x41)
  await reset.close()
})

test('another disc in the tray is another medium', async () => {
  const tray = await drive({ media: 'dvd+r' })
  const { virtualDisc } = await import('../../src/virtual')
  const other = await virtualDisc.open(await newDisc({ media: 'cd-rw' }), { access: 'write' })
  await (tray.transport as VirtualDrive).exchange(other)!.close()
  expect(await once(tray, 0)).toEqual([2, 6, 0x28, 0])
  expect((await tray.send(getConfiguration)).currentProfile).toBe(0x0a)
  await (tray.transport as VirtualDrive).exchange(undefined)!.close()
  expect(await once(tray, 0)).toEqual([2, 2, 0x3a, 1])
  expect(await tray.send(getMediaEvent)).toMatchObject({ mediaEvent: 'new-media' })
  expect(await tray.send(getMediaEvent)).toMatchObject({ mediaEvent: 'media-removal', mediaPresent: false })
  await tray.close()
})

describe('long operations', () => {
  test('answer 2/04/07 with progress until they are over', async () => {
    const recorder = await drive({ media: 'dvd+r' }, { operationMs: 60_000 })
    await write(recorder, 0, 16)
    await recorder.send(closeTrackSession, { immediate: true, closeFunction: 1, logicalTrackNumber: 1 })
    const error = await recorder.send(testUnitReady).catch((thrown: ScsiError) => thrown)
    expect(error).toMatchObject({ sense: { key: 2, asc: 4, ascq: 7 } })
    expect((error as ScsiError).sense?.progress).toBeLessThan(0.5)
    expect(await outcome(recorder.send(readDiscInformation))).toBe('2/04/07')
    expect(await recorder.send(requestSense)).toMatchObject({ senseKey: 2, senseKeySpecificValid: true })
    expect(await outcome(recorder.send(inquiry))).toBe('GOOD')
    expect(await outcome(recorder.send(readBufferCapacity))).toBe('GOOD')
    await recorder.close()
  })

  test('are waited for where the command is not immediate', async () => {
    const recorder = await drive({ media: 'dvd+r' }, { operationMs: 20 })
    await write(recorder, 0, 16)
    await recorder.send(closeTrackSession, { closeFunction: 1, logicalTrackNumber: 1 })
    expect(await outcome(recorder.send(testUnitReady))).toBe('GOOD')
    expect(await track(recorder, 1)).toMatchObject({ nextWritableAddressValid: false })
    await recorder.close()
  })

  test('formatting is 2/04/04; DVD+RW goes on in the background, is stopped, and taken up again', async () => {
    const recorder = await drive({ media: 'dvd+rw', state: 'unformatted' }, { operationMs: 30 })
    const format = { numberOfBlocks: 0xffffffff, formatType: 0x26, immediate: true }
    await recorder.send(formatUnit, {}, { data: format })
    expect(await outcome(recorder.send(testUnitReady))).toBe('2/04/04')
    const slow = (recorder.transport as VirtualDrive).unit
    slow.options = { ...slow.options, operationMs: 3_600_000 }
    await recorder.waitUntilReady()
    expect(await recorder.send(readDiscInformation)).toMatchObject({ backgroundFormatStatus: 'running' })
    expect(await recorder.send(requestSense)).toMatchObject({
      senseKey: 0,
      additionalSenseCode: 4,
      additionalSenseCodeQualifier: 4,
    })
    await write(recorder, 0, 16, 1)
    slow.options = { ...slow.options, operationMs: 0 }
    await recorder.send(closeTrackSession, { closeFunction: 0 })
    expect(await recorder.send(readDiscInformation)).toMatchObject({ backgroundFormatStatus: 'suspended' })
    expect(await outcome(write(recorder, 2_000_000, 16))).toBe('5/21/02')
    expect(await outcome(write(recorder, 16, 16))).toBe('GOOD')
    await recorder.send(formatUnit, {}, { data: { ...format, typeDependentParameter: 1 } })
    expect(await recorder.send(readDiscInformation)).toMatchObject({ backgroundFormatStatus: 'complete' })
    const events = []
    for (let event = 'none'; event !== 'no-change'; events.push(event)) {
      event = String((await recorder.send(getMediaEvent)).mediaEvent)
    }
    expect(events).toEqual([
      'new-media',
      'new-media',
      'background-format-restarted',
      'background-format-completed',
      'no-change',
    ])
    expect((await read(recorder, 0, 1))[2047]).toBe(1)
    await recorder.close()
  })
})

describe('speed and buffer', () => {
  test('SET CD SPEED and SET STREAMING choose the next speed below', async () => {
    const recorder = await drive({ media: 'dvd-r' })
    const speeds = await recorder.send(getWriteSpeeds, { maximumNumberOfDescriptors: 16 })
    expect(speeds.descriptors!.map(({ writeSpeedKBps }) => writeSpeedKBps)).toEqual([22160, 16620, 11080, 5540, 2770])
    const current = async () =>
      (await recorder.send(getPerformance, { write: true, maximumNumberOfDescriptors: 1 })).descriptors![0]!
        .endPerformanceKBps
    expect(await current()).toBe(22160)
    await recorder.send(setCdSpeed, { readSpeedKBps: 0xffff, writeSpeedKBps: 12_000 })
    expect(await current()).toBe(11080)
    const streaming = { endLba: 1000, readSize: 5540, readTimeMs: 1000, writeSize: 5600, writeTimeMs: 1000 }
    await recorder.send(setStreaming, {}, { data: streaming })
    expect(await current()).toBe(5540)
    const { blockDescriptorsAndPages } = await recorder.send(modeSense10, { pageCode: 0x2a })
    const page = capabilitiesPage.layout.decode(blockDescriptorsAndPages!)
    expect(page).toMatchObject({ currentWriteSpeedKBps: 5540, currentReadSpeedKBps: 5540, bufferSizeKB: 4096 })
    await recorder.send(setStreaming, {}, { data: { restoreDefaults: true } })
    expect(await current()).toBe(22160)
    await recorder.close()
  })

  test('a full buffer sends the host away where it is told to', async () => {
    const recorder = await drive({ media: 'dvd+r' }, { speed: 100, bufferBytes: 65_536, longWriteBackOff: true })
    await write(recorder, 0, 16)
    await write(recorder, 16, 16)
    expect((await recorder.send(readBufferCapacity)).availableLengthOfBuffer).toBeLessThan(32_768)
    expect(await outcome(write(recorder, 32, 16))).toBe('2/04/08')
    expect((await track(recorder, 1)).nextWritableAddress).toBe(32)
    await recorder.close()
  })

  test('a slow buffer holds the host up, and synchronising waits for it', async () => {
    const recorder = await drive({ media: 'dvd+r' }, { speed: 4000, bufferBytes: 65_536 })
    for (let lba = 0; lba < 96; lba += 16) await write(recorder, lba, 16)
    await synchronize(recorder)
    await recorder.waitUntilReady()
    expect((await recorder.send(readBufferCapacity)).availableLengthOfBuffer).toBe(65_536)
    expect((await read(recorder, 95, 1)).readInt32BE()).toBe(95)
    await recorder.close()
  })
})

describe('mode pages', () => {
  test('all pages, their changeable bits, and what cannot be set', async () => {
    const modes = await drive({ media: 'cd-r' })
    for (const pageControl of ['current', 'changeable', 'default'] as const) {
      const all = await modes.send(modeSense10, { pageCode: 0x3f, pageControl })
      const codes: number[] = []
      const bytes = all.blockDescriptorsAndPages!
      for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!) codes.push(bytes[at]! & 0x3f)
      expect(codes).toEqual([0x01, 0x05, 0x08, 0x0e, 0x1a, 0x1c, 0x1d, 0x2a])
    }
    const changeable = await modes.send(modeSense10, { pageCode: 0x05, pageControl: 'changeable' })
    expect([...changeable.blockDescriptorsAndPages!.subarray(0, 5)]).toEqual([0x05, 0x32, 0x7f, 0xff, 0xff])
    expect(await outcome(modes.send(modeSense10, { pageCode: 0x05, pageControl: 'saved' }))).toBe('5/39/00')
    expect(await outcome(modes.send(modeSense10, { pageCode: 0x11 }))).toBe('5/24/00')
    const select = (page: number[]) =>
      modes.send(modeSelect10, {}, { data: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, ...page]) })
    expect(await outcome(select([0x01, 5, 0, 0, 0, 0, 0]))).toBe('5/1A/00')
    expect(await outcome(select([0x11, 2, 0, 0]))).toBe('5/26/00')
    const withBlockLength = (length: number) =>
      modes.send(
        modeSelect10,
        {},
        { data: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, length >> 8, length & 255]) },
      )
    expect(await outcome(withBlockLength(2048))).toBe('GOOD')
    expect(await outcome(withBlockLength(2352))).toBe('5/26/00')
    await modes.close()
  })

  test('software write protection', async () => {
    const modes = await drive({ media: 'dvd+r' })
    const page = [0x1d, 8, 0, 0, 1, 0, 0, 0, 0, 0]
    await modes.send(modeSelect10, {}, { data: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, ...page]) })
    expect(await outcome(write(modes, 0, 16))).toBe('7/27/00')
    await modes.close()
  })
})

describe('small commands', () => {
  test('who it is', async () => {
    const who = await drive({ media: 'dvd+r' }, { vendor: 'ACME', product: 'BURNER', serialNumber: 'X1' })
    expect(await who.send(inquiry)).toMatchObject({ vendorIdentification: 'ACME', productIdentification: 'BURNER' })
    expect((await who.send(inquiryUnitSerialNumber)).productSerialNumber).toBe('X1')
    expect((await who.send(inquiryDeviceIdentification)).designationDescriptors).toHaveLength(1)
    expect((await who.send(reportLuns)).luns).toHaveLength(1)
    await who.close()
  })

  test('unknown opcodes and the LUN bits of old programs', async () => {
    const old = await drive({ media: 'dvd+r' })
    const unknown = await old.sendRaw(Uint8Array.of(0x02, 0, 0, 0, 0, 0))
    expect([...unknown.sense.subarray(0, 18)]).toEqual([0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0xc0, 0, 0])
    const withLun = await old.sendRaw(Uint8Array.of(0x46, 0x80, 0, 0, 0, 0, 0, 0, 8, 0), { direction: 'in', length: 8 })
    expect([withLun.status, withLun.data[7]]).toEqual([0, 0x1b])
    await old.close()
  })

  test('SEEK, VERIFY and power calibration', async () => {
    const small = await drive({ media: 'dvd+r', state: 'appendable' })
    expect(await outcome(small.send(seek10, { logicalBlockAddress: 100 }))).toBe('GOOD')
    expect(await outcome(small.send(seek10, { logicalBlockAddress: 1_000_000 }))).toBe('5/21/00')
    expect(await outcome(small.send(verify10, { logicalBlockAddress: 0, numberOfBlocks: 100 }))).toBe('GOOD')
    expect(await outcome(small.send(verify10, { byteCheck: true, numberOfBlocks: 1 }))).toBe('5/24/00')
    for (let count = 0; count < 100; count++) await small.send(sendOpcInformation, { doOpc: true })
    expect(await outcome(small.send(sendOpcInformation, { doOpc: true }))).toBe('3/73/03')
    await small.close()
  })

  test('bad blocks', async () => {
    const scratched = await drive({ media: 'dvd+r', state: 'appendable' }, { badBlocks: [[20, 22]] })
    expect(await outcome(read(scratched, 0, 20))).toBe('GOOD')
    const error = await read(scratched, 10, 32).catch((thrown: ScsiError) => thrown)
    expect(error).toMatchObject({ sense: { key: 3, asc: 0x11, ascq: 5, information: 20 } })
    await scratched.close()
  })

  test('an allocation length cuts what is sent, whatever the length', async () => {
    const short = await drive({ media: 'cd-r', state: 'appendable' })
    const whole = await short.send(readTrackInformation, { numberType: 'track', number: 1 })
    for (let length = 0; length <= 36; length += 3) {
      const cdb = Uint8Array.of(0x52, 1, 0, 0, 0, 1, 0, 0, length, 0)
      const answer = await short.sendRaw(cdb, { direction: 'in', length: 64 })
      expect([answer.status, answer.transferredBytes]).toEqual([0, length])
    }
    expect(whole.trackNumber).toBe(1)
    await short.close()
  })

  test('a drive that was opened for reading writes nothing', async () => {
    const recorder = await drive({ media: 'dvd+r' })
    const file = recorder.disc.path
    await recorder.close()
    const { virtualDisc } = await import('../../src/virtual')
    const reader = new Drive(new VirtualDrive(await virtualDisc.open(file)), { access: 'write' })
    expect(await outcome(write(reader, 0, 16))).toBe('7/27/00')
    expect(await outcome(reader.send(synchronizeCache))).toBe('GOOD')
    await reader.close()
  })
})

describe('one writer at a time', () => {
  test('a second one is told who has the disc', async () => {
    const first = await drive({ media: 'dvd+r' })
    const { virtualDisc } = await import('../../src/virtual')
    const second = virtualDisc.open(first.disc.path, { access: 'write' })
    await expect(second).rejects.toMatchObject({
      code: 'TRANSPORT_BUSY',
      message: expect.stringContaining('this process'),
    })
    const reader = await virtualDisc.open(first.disc.path)
    await reader.close()
    await first.close()
    const third = await virtualDisc.open(first.disc.path, { access: 'write' })
    await third.close()
  })
})

describe('addresses', () => {
  test('options', () => {
    expect(
      parseVirtualAddress('virtual:a/b.disc?speed=rated&bad=5,7-9&quirks=closed-bd-r-as-bd-rom&backoff=1'),
    ).toEqual({
      path: 'a/b.disc',
      options: {
        speed: 'rated',
        badBlocks: [
          [5, 5],
          [7, 9],
        ],
        quirks: ['closed-bd-r-as-bd-rom'],
        longWriteBackOff: true,
      },
    })
    expect(parseVirtualAddress('virtual:what?.disc')).toEqual({ path: 'what?.disc', options: {} })
    expect(parseVirtualAddress('virtual:')).toEqual({ path: '', options: {} })
  })

  test.each(['virtual:x?colour=red', 'virtual:x?speed=fast', 'virtual:x?bad=a-b', 'virtual:x?quirks=none'])(
    '%s',
    address => {
      expect(() => parseVirtualAddress(address)).toThrow(expect.objectContaining({ code: 'USAGE_ADDRESS' }))
    },
  )
})
