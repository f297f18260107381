import {
  blank,
  type Drive,
  readAtip,
  readCd,
  readCdText,
  readFullToc,
  readMultiSessionInformation,
  readPma,
  readToc,
  reserveTrack,
  sendCueSheet,
  write10,
} from '../../src/mmc'
import {
  blocks,
  close,
  drive,
  information,
  outcome,
  read,
  synchronize,
  track,
  write,
  writeParameters,
} from './drive-with-disc'

/** Write parameters: track at once, data, the next session allowed. */
const DATA = { 2: 0x41, 3: 0xc4, 4: 8 }
const LAST_DATA = { ...DATA, 3: 0x04 }
const AUDIO = { 2: 0x41, 3: 0xc0, 4: 0 }

const readRaw = (from: Drive, lba: number, count: number, more = {}) =>
  from.send(readCd, {
    startingLogicalBlockAddress: lba,
    transferLength: count,
    sync: true,
    headerCodes: 'all-headers',
    userData: true,
    edcAndEcc: true,
    ...more,
  })

describe('track at once', () => {
  test('two sessions, the gaps between them, and the table of contents', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, DATA)
    await write(recorder, 0, 310, 1)
    await synchronize(recorder)
    expect(await information(recorder)).toMatchObject({ discStatus: 'appendable', stateOfLastSession: 'incomplete' })
    expect(await outcome(recorder.send(readToc))).toBe('5/24/00')
    expect((await recorder.send(readPma)).pmaDescriptors).toHaveLength(1)
    await close(recorder, 2)
    // The track ends with two run-out blocks, which cannot be read.
    expect((await track(recorder, 1)).trackSize).toBe(312)
    expect((await read(recorder, 309, 1)).readInt32BE()).toBe(309)
    expect(await outcome(read(recorder, 310, 1))).toBe('5/64/00')
    const next = (await track(recorder, 0xff)).nextWritableAddress!
    expect(next).toBe(312 + 11_400)
    await writeParameters(recorder, LAST_DATA)
    await write(recorder, next, 300, 2)
    await synchronize(recorder)
    await close(recorder, 2)
    expect(await information(recorder)).toMatchObject({ discStatus: 'complete', numberOfSessions: 2 })
    const session = await recorder.send(readMultiSessionInformation)
    expect(session.startAddressOfFirstTrackInLastCompleteSession).toBe(next)
    const toc = await recorder.send(readFullToc, { trackOrSessionNumber: 1 })
    expect(toc.trackDescriptors!.map(({ point }) => point)).toEqual([
      0xa0, 0xa1, 0xa2, 1, 0xb0, 0xc0, 0xa0, 0xa1, 0xa2, 2, 0xb0,
    ])
    await recorder.close()
  })

  test('several tracks in a session: pre-gaps of two seconds between them', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, DATA)
    await write(recorder, 0, 300)
    await synchronize(recorder)
    await writeParameters(recorder, AUDIO)
    const start = (await track(recorder, 2)).nextWritableAddress!
    expect(start).toBe(302 + 150)
    await write(recorder, start, 300, 7, 2352)
    await synchronize(recorder)
    await close(recorder, 2)
    expect(await outcome(read(recorder, start, 1))).toBe('5/64/00')
    const sector = await readRaw(recorder, start, 1, { expectedSectorType: 'cd-da' })
    expect(sector).toHaveLength(2352)
    expect(sector[2351]).toBe(7)
    expect(await outcome(readRaw(recorder, 0, 1, { expectedSectorType: 'cd-da' }))).toBe('5/64/00')
    const toc = await recorder.send(readToc)
    expect(toc.trackDescriptors!.map(({ control, trackStartAddress }) => [control, trackStartAddress])).toEqual([
      [4, 0],
      [0, 452],
      [0, 754],
    ])
    await recorder.close()
  })

  test('99 tracks and no more', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, AUDIO)
    for (let number = 1; number <= 99; number++) {
      const { nextWritableAddress } = await track(recorder, 0xff)
      await write(recorder, nextWritableAddress!, 27, number, 2352)
      await synchronize(recorder)
    }
    expect(await outcome(track(recorder, 0xff))).toBe('5/24/00')
    const last = await track(recorder, 99)
    const behind = last.trackStartAddress! + last.trackSize! + 150
    expect(await outcome(write(recorder, behind, 27, 0, 2352))).toBe('5/21/02')
    await close(recorder, 2)
    expect((await recorder.send(readToc)).lastTrackNumber).toBe(99)
    await recorder.close()
  })

  test('sub-headers from the host are kept, whatever the number of blocks', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, { ...DATA, 4: 11, 8: 0x20 })
    // As many bytes as 257 blocks without sub-headers.
    await write(recorder, 0, 256, 5, 2056)
    await synchronize(recorder)
    for (const lba of [1, 255]) {
      const sector = Buffer.from((await readRaw(recorder, lba, 1)) as Uint8Array)
      expect([sector[15], sector.readInt32BE(16), sector[2071]]).toEqual([2, lba, 5])
    }
    await recorder.close()
  })

  test('a short track is filled up to four seconds', async () => {
    const recorder = await drive({ media: 'cd-rw' })
    await writeParameters(recorder, DATA)
    await write(recorder, 0, 10)
    await synchronize(recorder)
    expect((await track(recorder, 1)).trackSize).toBe(302)
    await recorder.close()
  })

  test('what is wrong is refused', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, { ...DATA, 4: 0 })
    expect(await outcome(write(recorder, 0, 16, 0, 2352))).toBe('5/64/00')
    await writeParameters(recorder, DATA)
    expect(await outcome(write(recorder, 150, 16))).toBe('5/21/02')
    expect(await outcome(close(recorder, 2))).toBe('5/2C/00')
    expect(await outcome(recorder.send(blank, { blankingType: 'minimal' }))).toBe('5/30/05')
    expect(
      await outcome(
        recorder.send(write10, { logicalBlockAddress: 0, transferLength: 4 }, { data: new Uint8Array(2048) }),
      ),
    ).toBe('5/0E/03')
    await recorder.send(reserveTrack, { reservationSize: 500 })
    expect(await outcome(close(recorder, 2))).toBe('5/72/04')
    await recorder.close()
  })
})

describe('packets', () => {
  test('variable packets cost seven link blocks each, the track stays open until it is closed', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, { 2: 0x40, 3: 0xc5, 4: 8 })
    await write(recorder, 0, 20, 1)
    await synchronize(recorder)
    expect((await track(recorder, 1)).nextWritableAddress).toBe(27)
    await write(recorder, 27, 20, 2)
    await synchronize(recorder)
    expect(await outcome(read(recorder, 20, 1))).toBe('3/11/00')
    expect((await read(recorder, 27, 1))[2047]).toBe(2)
    expect(await outcome(close(recorder, 2))).toBe('5/72/03')
    await close(recorder, 1, 1)
    await close(recorder, 2)
    expect(await information(recorder)).toMatchObject({ numberOfSessions: 2 })
    await recorder.close()
  })
})

const entry = (
  control: number,
  number: number,
  index: number,
  form: number,
  minute: number,
  second: number,
  frame: number,
) => [control, number, index, form, 0, minute, second, frame]

const AUDIO_CUE_SHEET = Uint8Array.from([
  ...[2, ...Buffer.from('1234567'), 2, ...Buffer.from('890123'), 0],
  ...entry(0x01, 0, 0, 0x01, 0, 0, 0),
  ...[3, 1, ...Buffer.from('DEABC2'), 3, 1, ...Buffer.from('600001')],
  ...entry(0x01, 1, 0, 0x00, 0, 0, 0),
  ...entry(0x01, 1, 1, 0x00, 0, 2, 0),
  ...entry(0x01, 2, 0, 0x00, 0, 6, 0),
  ...entry(0x01, 2, 1, 0x00, 0, 8, 0),
  ...entry(0x01, 0xaa, 1, 0x01, 0, 12, 0),
])

describe('session at once', () => {
  test('audio with a catalogue number and an ISRC', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, { 2: 0x42, 3: 0x00, 4: 0 })
    expect(await outcome(write(recorder, -150, 10, 0, 2352))).toBe('5/2C/00')
    await recorder.send(sendCueSheet, {}, { data: AUDIO_CUE_SHEET })
    expect(await outcome(write(recorder, 0, 10, 0, 2352))).toBe('5/21/02')
    for (let lba = -150; lba < 750; lba += 25) await write(recorder, lba, 25, lba < 0 ? 0 : 3, 2352)
    expect(await outcome(write(recorder, 750, 1, 0, 2352))).toBe('5/63/00')
    await synchronize(recorder)
    expect(await information(recorder)).toMatchObject({ discStatus: 'complete', numberOfSessions: 1, discType: 0 })
    const toc = await recorder.send(readToc)
    expect(toc.trackDescriptors!.map(({ trackStartAddress }) => trackStartAddress)).toEqual([0, 450, 750])
    const gap = await readRaw(recorder, 300, 1, { subChannelSelection: 'q' })
    // Track 2, index 0, two seconds before its begin.
    expect([...gap.subarray(2352, 2352 + 6)]).toEqual([0x01, 0x02, 0x00, 0x00, 0x02, 0x00])
    expect(recorder.disc.state).toMatchObject({ mediaCatalogNumber: '1234567890123' })
    expect(recorder.disc.state.tracks[0]).toMatchObject({ isrc: 'DEABC2600001' })
    await recorder.close()
  })

  test('data, the next session allowed', async () => {
    const recorder = await drive({ media: 'cd-rw' })
    await writeParameters(recorder, { 2: 0x42, 3: 0xc0, 4: 8 })
    const sheet = Uint8Array.from([
      ...entry(0x41, 0, 0, 0x14, 0, 0, 0),
      ...entry(0x41, 1, 0, 0x10, 0, 0, 0),
      ...entry(0x41, 1, 1, 0x10, 0, 2, 0),
      ...entry(0x41, 0xaa, 1, 0x14, 0, 6, 0),
    ])
    await recorder.send(sendCueSheet, {}, { data: sheet })
    for (let lba = -150; lba < 300; lba += 30) await write(recorder, lba, 30, 4)
    await synchronize(recorder)
    expect(await information(recorder)).toMatchObject({ discStatus: 'appendable', numberOfSessions: 2 })
    const sector = await readRaw(recorder, 299, 1)
    expect([...sector.subarray(12, 16)]).toEqual([0x00, 0x05, 0x74, 1])
    expect(sector[2063]).toBe(4)
    expect((await track(recorder, 2)).nextWritableAddress).toBe(300 + 11_400)
    await recorder.send(blank, { blankingType: 'unclose-last-session' })
    expect(await information(recorder)).toMatchObject({ discStatus: 'appendable', numberOfSessions: 1 })
    await recorder.send(blank, { blankingType: 'minimal' })
    expect(await information(recorder)).toMatchObject({ discStatus: 'blank', erasable: true })
    await recorder.close()
  })

  test.each([
    ['no lead-out', AUDIO_CUE_SHEET.subarray(0, -8)],
    [
      'a track of less than four seconds',
      Uint8Array.from([...AUDIO_CUE_SHEET.subarray(0, -8), ...entry(0x01, 0xaa, 1, 1, 0, 9, 0)]),
    ],
    ['time runs backwards', Uint8Array.from([...AUDIO_CUE_SHEET.subarray(0, -8), ...entry(0x01, 0xaa, 1, 1, 0, 7, 0)])],
    ['half an entry', AUDIO_CUE_SHEET.subarray(0, -3)],
    ['beyond the disc', Uint8Array.from([...AUDIO_CUE_SHEET.subarray(0, -8), ...entry(0x01, 0xaa, 1, 1, 89, 0, 0)])],
  ])('%s is refused', async (_what, data) => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, { 2: 0x42, 3: 0x00, 4: 0 })
    expect(await outcome(recorder.send(sendCueSheet, {}, { data }))).toBe('5/26/00')
    expect(await information(recorder)).toMatchObject({ discStatus: 'blank' })
    await recorder.close()
  })

  test('CD-Text goes into the lead-in', async () => {
    const recorder = await drive({ media: 'cd-r' })
    await writeParameters(recorder, { 2: 0x42, 3: 0x00, 4: 3 })
    const sheet = Uint8Array.from(AUDIO_CUE_SHEET)
    sheet[16 + 3] = 0x41
    await recorder.send(sendCueSheet, {}, { data: sheet })
    const atip = await recorder.send(readAtip)
    expect([atip.startTimeOfLeadInMinute, atip.startTimeOfLeadInSecond, atip.startTimeOfLeadInFrame]).toEqual([
      97, 26, 66,
    ])
    // A pack whose 18 bytes are 8F 00 2A … is spread over 24 symbols of six bits (a published example of CD-Text).
    const pack = [0x8f, 0, 0x2a, 0, 1, 1, 3, 0, 6, 5, 4, 5, 7, 6, 1, 2, 0x48, 0x65]
    const bits = pack.map(byte => byte.toString(2).padStart(8, '0')).join('')
    const symbols = Array.from({ length: 24 }, (_, index) => Number.parseInt(bits.slice(index * 6, index * 6 + 6), 2))
    const sectors = Uint8Array.from({ length: 96 * 100 }, (_, index) => symbols[index % 24]!)
    for (let lba = -11_634; lba < -150; lba += 100) {
      const count = Math.min(100, -150 - lba)
      const parameters = { logicalBlockAddress: lba, transferLength: count }
      await recorder.send(write10, parameters, { data: sectors.subarray(0, count * 96) })
    }
    const { cdTextDescriptors } = await recorder.send(readCdText)
    expect(cdTextDescriptors).toHaveLength(1)
    expect(cdTextDescriptors![0]).toMatchObject({ packType: 0x8f, sequenceNumber: 0x2a, crc: 0x4865 })
    await recorder.send(write10, { logicalBlockAddress: -150, transferLength: 25 }, { data: blocks(-150, 25, 0, 2352) })
    await recorder.close()
  })
})
