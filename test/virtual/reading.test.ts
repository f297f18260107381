import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import {
  Drive,
  getConfiguration,
  inquiry,
  read10,
  readCapacity,
  readDiscInformation,
  readFormatCapacities,
  readMultiSessionInformation,
  readTrackInformation,
  type ScsiError,
  testUnitReady,
} from '../../src/mmc'
import { openTransport } from '../../src/platform'
import {
  MEDIA_TYPES,
  type MediaType,
  type VirtualDiscState,
  VirtualDrive,
  virtualDisc,
  virtualPlatform,
} from '../../src/virtual'

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'virtual-disc-'))
afterAll(() => fs.rmSync(directory, { recursive: true }))

let count = 0
async function drive(media: MediaType, state: VirtualDiscState, more: { sessions?: number; from?: string } = {}) {
  const file = path.join(directory, `disc-${count++}`)
  await virtualDisc.create(file, { media, state, ...more })
  return new Drive(new VirtualDrive(await virtualDisc.open(file)))
}

const PROFILES: Readonly<Record<MediaType, number>> = {
  'cd-rom': 0x08,
  'cd-r': 0x09,
  'cd-rw': 0x0a,
  'dvd-rom': 0x10,
  'dvd-r': 0x11,
  'dvd-ram': 0x12,
  'dvd-rw-ro': 0x13,
  'dvd-rw': 0x14,
  'dvd-r-dl': 0x15,
  'dvd+rw': 0x1a,
  'dvd+r': 0x1b,
  'dvd+r-dl': 0x2b,
  'bd-rom': 0x40,
  'bd-r': 0x41,
  'bd-r-pow': 0x41,
  'bd-re': 0x43,
}
const SEQUENTIAL: readonly MediaType[] = ['cd-r', 'cd-rw', 'dvd-r', 'dvd-r-dl', 'dvd-rw', 'dvd+r', 'dvd+r-dl', 'bd-r']
const OVERWRITABLE: readonly MediaType[] = ['dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re']

const senseOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'GOOD',
    ({ sense }: ScsiError) => `${sense?.key}/${sense?.asc.toString(16)}/${sense?.ascq.toString(16)}`,
  )

/** Volume identifier of the ISO 9660 file system that begins at an LBA. */
async function volumeAt(from: Drive, start: number): Promise<string> {
  const block = await from.send(read10, { logicalBlockAddress: start + 16, transferLength: 1 })
  return Buffer.from(block.subarray(40, 72)).toString('latin1').trim()
}

describe.each(SEQUENTIAL)('%s', media => {
  test('blank', async () => {
    const blank = await drive(media, 'blank')
    const information = await blank.send(readDiscInformation)
    expect(information).toMatchObject({ discStatus: 'blank', stateOfLastSession: 'empty', numberOfSessions: 1 })
    const track = await blank.send(readTrackInformation, { numberType: 'track', number: 1 })
    expect(track).toMatchObject({ nextWritableAddress: 0, blank: true, trackStartAddress: 0 })
    expect(track.freeBlocks).toBeGreaterThan(300_000)
    expect((await blank.send(getConfiguration)).currentProfile).toBe(PROFILES[media])
    expect(await senseOf(blank.send(read10, { logicalBlockAddress: 0, transferLength: 1 }))).toBe('5/21/0')
    await blank.close()
  })

  test.each([1, 3])('appendable with %d sessions', async sessions => {
    const appendable = await drive(media, 'appendable', { sessions })
    const information = await appendable.send(readDiscInformation)
    expect(information).toMatchObject({
      discStatus: 'appendable',
      stateOfLastSession: 'empty',
      numberOfSessions: sessions + 1,
      firstTrackNumberInLastSession: sessions + 1,
    })
    const track = await appendable.send(readTrackInformation, { numberType: 'track', number: 0xff })
    expect(track).toMatchObject({ trackNumber: sessions + 1, nextWritableAddressValid: true })
    const last = await appendable.send(readMultiSessionInformation)
    expect(last.lastCompleteSessionNumber).toBe(sessions)
    const start = last.startAddressOfFirstTrackInLastCompleteSession!
    expect(await volumeAt(appendable, start)).toBe(`SESSION_${sessions}`)
    expect(track.nextWritableAddress).toBeGreaterThan(start)
    await appendable.close()
  })

  test('complete with 2 sessions', async () => {
    const complete = await drive(media, 'complete', { sessions: 2 })
    const information = await complete.send(readDiscInformation)
    expect(information).toMatchObject({ discStatus: 'complete', stateOfLastSession: 'complete', numberOfSessions: 2 })
    const track = await complete.send(readTrackInformation, { numberType: 'track', number: 2 })
    expect(track).toMatchObject({ nextWritableAddressValid: false, freeBlocks: 0, sessionNumber: 2 })
    expect(await volumeAt(complete, track.trackStartAddress!)).toBe('SESSION_2')
    expect((await complete.send(readCapacity)).logicalBlockAddress).toBe(
      track.trackStartAddress! + track.trackSize! - 1,
    )
    await complete.close()
  })
})

test('bd-r-pow is one session of overwritable tracks', async () => {
  const appendable = await drive('bd-r-pow', 'appendable', { sessions: 2 })
  expect(await appendable.send(readDiscInformation)).toMatchObject({ discStatus: 'appendable', numberOfSessions: 1 })
  const configuration = await appendable.send(getConfiguration, { requestedType: 'one', startingFeatureNumber: 0x38 })
  expect(configuration.featureDescriptors![0]).toMatchObject({ featureCode: 0x38, current: true })
  await appendable.close()
})

describe.each(OVERWRITABLE)('%s', media => {
  test.each(['blank', 'appendable', 'complete'] as const)('%s', async state => {
    const sessions = state === 'blank' ? 0 : 2
    const formatted = await drive(media, state, sessions ? { sessions } : {})
    expect((await formatted.send(getConfiguration)).currentProfile).toBe(PROFILES[media])
    const capacities = await formatted.send(readFormatCapacities)
    expect(capacities.descriptorType).toBe('formatted')
    expect((await formatted.send(readCapacity)).logicalBlockAddress).toBe(capacities.numberOfBlocks! - 1)
    expect(await volumeAt(formatted, 0)).toBe(state === 'blank' ? '\0'.repeat(32) : 'SESSION_2')
    await formatted.close()
  })
})

test.each(['dvd+rw', 'dvd-ram', 'bd-re'] as const)('%s, unformatted', async media => {
  const unformatted = await drive(media, 'unformatted')
  expect((await unformatted.send(readFormatCapacities)).descriptorType).toBe('unformatted')
  expect(await unformatted.send(readDiscInformation)).toMatchObject({ discStatus: 'blank' })
  expect(await senseOf(unformatted.send(read10, { logicalBlockAddress: 16, transferLength: 1 }))).toBe('5/30/10')
  await unformatted.close()
})

test.each(['cd-rom', 'dvd-rom', 'bd-rom'] as const)('%s serves an image as it is', async media => {
  const image = path.join(directory, `${media}.iso`)
  fs.writeFileSync(image, Buffer.concat([Buffer.alloc(2048, 1), Buffer.alloc(2047, 2)]))
  const pressed = await drive(media, 'complete', { from: image })
  const blocks = await pressed.send(read10, { logicalBlockAddress: 0, transferLength: 2 })
  expect(Buffer.from(blocks)).toEqual(Buffer.concat([Buffer.alloc(2048, 1), Buffer.alloc(2047, 2), Buffer.alloc(1)]))
  expect((await pressed.send(getConfiguration)).currentProfile).toBe(PROFILES[media])
  await pressed.close()
  expect(fs.statSync(image).size).toBe(4095)
})

test('an image on a recordable disc is a copy', async () => {
  const image = path.join(directory, 'copied.iso')
  fs.writeFileSync(image, Buffer.concat([Buffer.alloc(2048 * 600), Buffer.alloc(2048, 7)]))
  const copy = await drive('dvd+r', 'appendable', { from: image })
  fs.rmSync(image)
  const blocks = await copy.send(read10, { logicalBlockAddress: 599, transferLength: 2 })
  expect([blocks[0], blocks[2048]]).toEqual([0, 7])
  await copy.close()
})

test.each([
  [{ media: 'cd-rom', state: 'blank' }, 'USAGE_STATE'],
  [{ media: 'dvd-r', state: 'unformatted' }, 'USAGE_STATE'],
  [{ media: 'dvd+r', state: 'blank', sessions: 1 }, 'USAGE_SESSIONS'],
  [{ media: 'dvd-rom', sessions: 2 }, 'USAGE_SESSIONS'],
  [{ media: 'dvd+r', state: 'appendable', sessions: 154 }, 'USAGE_SESSIONS'],
  [{ media: 'dvd+r', from: '/nonexistent' }, 'USAGE_NO_SUCH_FILE'],
  [{ media: 'floppy' as MediaType }, 'USAGE_MEDIA'],
  [{ media: 'bd-re', capacity: 7 }, 'USAGE_CAPACITY'],
] as const)('%o cannot be made', async (options, code) => {
  const made = virtualDisc.create(path.join(directory, 'impossible'), options)
  await expect(made).rejects.toMatchObject({ code })
})

test('an empty tray', async () => {
  const empty = new Drive(new VirtualDrive(undefined))
  expect(await senseOf(empty.send(testUnitReady))).toBe('2/3a/1')
  expect((await empty.send(getConfiguration)).currentProfile).toBe(0)
  expect((await empty.send(readFormatCapacities)).descriptorType).toBe('no-media')
  await empty.close()
})

test('each kind of medium makes its own profile current, and one only', async () => {
  for (const media of MEDIA_TYPES.filter(type => type !== 'dvd-r-dl')) {
    const loaded = await drive(media, 'complete', { sessions: 1 })
    const { currentProfile, featureDescriptors } = await loaded.send(getConfiguration)
    expect([media, currentProfile]).toEqual([media, PROFILES[media]])
    const profiles = featureDescriptors![0]!.featureDependentData!
    const current = Array.from({ length: profiles.length / 4 }, (_, index) =>
      profiles.subarray(index * 4, index * 4 + 4),
    )
    expect(current.filter(entry => entry[2] === 1).map(entry => entry[0]! * 256 + entry[1]!)).toEqual([PROFILES[media]])
    await loaded.close()
  }
})

test('what is no virtual disc is neither overwritten nor opened', async () => {
  const file = path.join(directory, 'diary.txt')
  fs.writeFileSync(file, 'dear diary')
  await expect(virtualDisc.create(file, { media: 'dvd+r' })).rejects.toMatchObject({ code: 'USAGE_FILE_EXISTS' })
  expect(fs.readFileSync(file, 'utf8')).toBe('dear diary')
  await expect(virtualDisc.open(file)).rejects.toMatchObject({ code: 'FORMAT_VIRTUAL_DISC' })
  await expect(virtualDisc.open(path.join(directory, 'nothing'))).rejects.toMatchObject({ code: 'USAGE_NO_SUCH_FILE' })
  const nowhere = path.join(directory, 'no', 'folder')
  await expect(virtualDisc.create(nowhere, { media: 'dvd+r' })).rejects.toMatchObject({ code: 'USAGE_NO_SUCH_FILE' })
})

test('a disc is replaced, unless it is open for writing', async () => {
  const file = path.join(directory, 'replaced')
  await virtualDisc.create(file, { media: 'dvd+r' })
  const open = await virtualDisc.open(file, { access: 'write' })
  await expect(virtualDisc.create(file, { media: 'cd-r' })).rejects.toMatchObject({ code: 'TRANSPORT_BUSY' })
  await open.close()
  await virtualDisc.create(file, { media: 'cd-r' })
  const replaced = await virtualDisc.open(file)
  expect(replaced.state.media).toBe('cd-r')
  await replaced.close()
})

test.each([
  ['truncated', (text: string) => text.slice(0, 100)],
  ['of another format', (text: string) => text.replace('scsi-mmc-virtual-disc', 'x')],
  ['of a later version', (text: string) => text.replace('"version": 1', '"version": 2')],
  ['without tracks', (text: string) => text.replace('"tracks"', '"traks"')],
  ['with an impossible medium', (text: string) => text.replace('"dvd+r"', '"floppy"')],
])('a state file that is %s is refused', async (_what, change) => {
  const file = path.join(directory, `broken-${count++}`)
  await virtualDisc.create(file, { media: 'dvd+r', state: 'appendable' })
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')))
  await expect(virtualDisc.open(file, { access: 'write' })).rejects.toMatchObject({ code: 'FORMAT_VIRTUAL_DISC' })
  expect(fs.existsSync(`${file}.lock`)).toBe(false)
})

test('the address opens the drive, with faults on request', async () => {
  const file = path.join(directory, 'addressed')
  await virtualDisc.create(file, { media: 'dvd+r', state: 'appendable' })
  const script = encodeURIComponent('READ(10) #2: sense 3/11/05')
  const transport = await openTransport([virtualPlatform], `virtual:${file}?faults=${script}&product=ODD`)
  const addressed = new Drive(transport)
  expect((await addressed.send(inquiry)).productIdentification).toBe('ODD')
  const read = () => senseOf(addressed.send(read10, { logicalBlockAddress: 0, transferLength: 1 }))
  expect([await read(), await read(), await read()]).toEqual(['GOOD', '3/11/5', 'GOOD'])
  await addressed.close()
})

test('a disc whose lead-out has no MSF address gives the last one there is', async () => {
  const dvd = await drive('dvd-rw-ro', 'blank')
  const { data } = await dvd.sendRaw(Uint8Array.of(0x43, 2, 0, 0, 0, 0, 0xaa, 0, 12, 0), {
    direction: 'in',
    length: 12,
  })
  expect([...data.subarray(9, 12)]).toEqual([255, 59, 74])
})

test.each(['dvd-rw', 'dvd-rw-ro'] as const)('a quick format of a %s gives the whole disc', async media => {
  const { formattableCapacityDescriptors } = await (await drive(media, 'blank')).send(readFormatCapacities)
  expect(formattableCapacityDescriptors?.find(({ formatType }) => formatType === 0x15)?.numberOfBlocks).toBe(2_297_888)
})

test('additional lengths of features are multiples of four', async () => {
  const { data } = await (await drive('dvd-rw', 'blank')).sendRaw(Uint8Array.of(0x46, 0, 0, 0, 0, 0, 0, 4, 0, 0), {
    direction: 'in',
    length: 1024,
  })
  let count = 0
  for (let at = 8; at < 4 + data[2]! * 256 + data[3]!; at += 4 + data[at + 3]!, count++)
    expect(data[at + 3]! % 4).toBe(0)
  expect(count).toBeGreaterThan(20)
})
