import { blank, readMultiSessionInformation, readPowResources, repairTrack, reserveTrack } from '../../src/mmc'
import { close, drive, information, outcome, read, synchronize, track, write, writeParameters } from './drive-with-disc'

describe('DVD+R, as growisofs and xorriso record it', () => {
  test('sessions one after the other, then the disc is finalized', async () => {
    const recorder = await drive({ media: 'dvd+r' })
    for (let session = 1; session <= 3; session++) {
      const { nextWritableAddress: start } = await track(recorder, 0xff)
      await write(recorder, start!, 16, session)
      await write(recorder, start! + 16, 16, session)
      await synchronize(recorder)
      await close(recorder, 1, session)
      await close(recorder, session === 3 ? 6 : 2)
      expect((await read(recorder, start! + 31, 1)).readInt32BE()).toBe(start! + 31)
    }
    expect(await information(recorder)).toMatchObject({ discStatus: 'complete', numberOfSessions: 3 })
    const last = await recorder.send(readMultiSessionInformation)
    const tracks = await Promise.all([1, 2, 3].map(number => track(recorder, number)))
    expect(tracks.map(({ trackStartAddress }) => trackStartAddress)).toEqual([0, 2080, 4160])
    expect(last.startAddressOfFirstTrackInLastCompleteSession).toBe(4160)
    expect(await outcome(write(recorder, 4192, 16))).toBe('5/30/05')
    await recorder.close()
  })

  test('a reserved track', async () => {
    const recorder = await drive({ media: 'dvd+r' })
    await recorder.send(reserveTrack, { reservationSize: 40 })
    expect(await track(recorder, 1)).toMatchObject({ reservedTrack: true, trackSize: 48, nextWritableAddress: 0 })
    expect(await outcome(close(recorder, 2))).toBe('5/72/04')
    await write(recorder, 0, 32)
    expect(await outcome(write(recorder, 32, 32))).toBe('5/63/00')
    await write(recorder, 32, 16)
    await close(recorder, 1, 1)
    await close(recorder, 2)
    expect(await track(recorder, 2)).toMatchObject({ trackStartAddress: 48 + 2048, nextWritableAddressValid: true })
    await recorder.close()
  })

  test.each([
    ['dvd+r', 15],
    ['bd-r', 15],
    ['dvd-r', 2],
  ] as const)('a %s has room for %i reserved tracks at a time', async (media, most) => {
    const recorder = await drive({ media })
    const reserve = () => outcome(recorder.send(reserveTrack, { reservationSize: 32 }))
    for (let reserved = 0; reserved < most; reserved++) expect(await reserve()).toBe('GOOD')
    expect(await reserve()).toBe('5/72/05')
    await write(recorder, 0, 32)
    await synchronize(recorder)
    await close(recorder, 1, 1)
    expect(await reserve()).toBe('GOOD')
    await recorder.close()
  })

  test('what is not in order is refused', async () => {
    const recorder = await drive({ media: 'dvd+r' })
    expect(await outcome(close(recorder, 2))).toBe('5/2C/00')
    expect(await outcome(write(recorder, 16, 16))).toBe('5/21/02')
    await write(recorder, 0, 16)
    expect(await outcome(write(recorder, 0, 16))).toBe('5/21/02')
    expect(await outcome(close(recorder, 1, 7))).toBe('5/24/00')
    expect(await outcome(close(recorder, 3))).toBe('5/24/00')
    expect(await outcome(recorder.send(blank, { blankingType: 'disc' }))).toBe('5/20/00')
    await recorder.close()
  })

  test('a block count that fills no ECC block is filled up', async () => {
    const recorder = await drive({ media: 'dvd+r' })
    await write(recorder, 0, 5)
    expect((await track(recorder, 1)).nextWritableAddress).toBe(5)
    await synchronize(recorder)
    expect((await track(recorder, 1)).nextWritableAddress).toBe(16)
    expect(await read(recorder, 5, 11)).toEqual(Buffer.alloc(11 * 2048))
    await recorder.close()
  })
})

describe('DVD-R and DVD-RW', () => {
  const incremental = { 2: 0x60, 3: 0xc5, 4: 8, 5: 16 }
  const lastSession = { ...incremental, 3: 0x05 }

  test.each(['dvd-r', 'dvd-rw'] as const)('%s, incrementally in borders', async media => {
    const recorder = await drive({ media })
    await writeParameters(recorder, incremental)
    await write(recorder, 0, 32, 1)
    await synchronize(recorder)
    await close(recorder, 1, 1)
    expect(await information(recorder)).toMatchObject({ discStatus: 'appendable', stateOfLastSession: 'incomplete' })
    await close(recorder, 2)
    const next = (await track(recorder, 2)).nextWritableAddress!
    expect(next).toBeGreaterThan(30_000)
    expect(await outcome(read(recorder, next - 16, 1))).toBe('5/21/00')
    await writeParameters(recorder, lastSession)
    await write(recorder, next, 16, 2)
    await synchronize(recorder)
    await close(recorder, 1, 2)
    await close(recorder, 2)
    expect(await information(recorder)).toMatchObject({ discStatus: 'complete', numberOfSessions: 2 })
    expect((await read(recorder, next, 1))[2047]).toBe(2)
    expect(await outcome(read(recorder, next - 16, 1))).toBe('3/11/00')
    await recorder.close()
  })

  test('disc at once needs a reservation, and fills it up', async () => {
    const recorder = await drive({ media: 'dvd-r' })
    await writeParameters(recorder, { 2: 0x42, 3: 0x05, 4: 8 })
    expect(await outcome(write(recorder, 0, 16))).toBe('5/2C/00')
    await recorder.send(reserveTrack, { reservationSize: 64 })
    await write(recorder, 0, 32)
    await synchronize(recorder)
    expect(await information(recorder)).toMatchObject({ discStatus: 'complete', numberOfSessions: 1 })
    expect((await track(recorder, 1)).trackSize).toBe(64)
    await recorder.close()
  })

  test('a test write leaves the disc blank', async () => {
    const recorder = await drive({ media: 'dvd-r' })
    await writeParameters(recorder, { ...incremental, 2: 0x70 })
    await write(recorder, 0, 16)
    await write(recorder, 16, 16)
    expect(await outcome(write(recorder, 16, 16))).toBe('5/21/02')
    await synchronize(recorder)
    expect(await information(recorder)).toMatchObject({ discStatus: 'blank' })
    await recorder.close()
  })

  test('a DVD-RW that was blanked minimally takes disc at once only, until it is blanked fully', async () => {
    const recorder = await drive({ media: 'dvd-rw', state: 'complete', sessions: 2 })
    await recorder.send(blank, { blankingType: 'minimal', immediate: true })
    expect(await information(recorder)).toMatchObject({ discStatus: 'blank', erasable: true })
    await writeParameters(recorder, incremental)
    expect(await outcome(write(recorder, 0, 16))).toBe('5/64/00')
    await recorder.send(blank, { blankingType: 'disc' })
    await writeParameters(recorder, incremental)
    expect(await outcome(write(recorder, 0, 16))).toBe('GOOD')
    await recorder.close()
  })

  test('wrong write parameters', async () => {
    const recorder = await drive({ media: 'dvd-r' })
    await writeParameters(recorder, { 2: 0x41 })
    expect(await outcome(write(recorder, 0, 16))).toBe('5/64/00')
    expect(await outcome(writeParameters(recorder, { 2: 0x43 }))).toBe('5/26/00')
    await recorder.close()
  })
})

describe('BD-R', () => {
  test('sessions follow each other cluster by cluster', async () => {
    const recorder = await drive({ media: 'bd-r' })
    await write(recorder, 0, 32, 1)
    await synchronize(recorder)
    await close(recorder, 1, 1)
    await close(recorder, 2)
    expect((await track(recorder, 2)).nextWritableAddress).toBe(32)
    await write(recorder, 32, 40, 2)
    await close(recorder, 1, 2)
    await close(recorder, 6)
    expect(await information(recorder)).toMatchObject({ discStatus: 'complete', numberOfSessions: 2 })
    expect((await track(recorder, 2)).trackSize).toBe(64)
    await recorder.close()
  })

  test('pseudo-overwrite takes recorded clusters again, out of the spare area', async () => {
    const recorder = await drive({ media: 'bd-r-pow' })
    await write(recorder, 0, 64, 1)
    expect(await outcome(write(recorder, 32, 32, 9))).toBe('GOOD')
    expect((await read(recorder, 63, 1))[2047]).toBe(9)
    expect(await outcome(write(recorder, 5, 1, 9))).toBe('GOOD')
    expect((await read(recorder, 4, 2)).subarray(2047, 2052)).toEqual(Buffer.from([1, 0, 0, 0, 5]))
    const { remainingPowReplacements } = await recorder.send(readPowResources)
    expect(remainingPowReplacements).toBe(393_216 / 32 - 2)
    expect(await outcome(close(recorder, 2))).toBe('5/2C/00')
    await close(recorder, 1, 1)
    await close(recorder, 6)
    expect(await information(recorder)).toMatchObject({ discStatus: 'complete' })
    await recorder.close()
  })
})

test('REPAIR TRACK of a track that does not exist', async () => {
  const recorder = await drive({ media: 'dvd-r' })
  expect(await outcome(recorder.send(repairTrack, { trackNumber: 3 }))).toBe('5/24/00')
  await recorder.close()
})
