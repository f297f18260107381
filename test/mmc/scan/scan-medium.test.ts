import { Drive, type ScannedZone, type ScanOptions, scanMedium, summarizeScan } from '../../../src/mmc'
import { faultInjection, parseFaults, type Transport } from '../../../src/platform'
import { close, drive, synchronize, track, write, writeParameters } from '../../virtual/drive-with-disc'

const DATA = { 2: 0x41, 3: 0xc4, 4: 8 }
const AUDIO = { 2: 0x41, 3: 0xc0, 4: 0 }

async function scanned(transport: Transport, faults = '', options: ScanOptions = {}) {
  const scan = await scanMedium(new Drive(faultInjection(parseFaults(faults))(transport)), options)
  const zones: ScannedZone[] = []
  for await (const zone of scan.zones()) zones.push(zone)
  return { scan, zones, summary: summarizeScan(zones) }
}

/** A CD with a data track and an audio track, their session open. */
async function mixedCd() {
  const recorder = await drive({ media: 'cd-r' })
  await writeParameters(recorder, DATA)
  await write(recorder, 0, 310)
  await synchronize(recorder)
  await writeParameters(recorder, AUDIO)
  const start = (await track(recorder, 2)).nextWritableAddress!
  await write(recorder, start, 300, 7, 2352)
  await synchronize(recorder)
  await close(recorder, 2)
  return { recorder, start }
}

/** A DVD+RW whose blocks can all be read. */
const formatted = () => drive({ media: 'dvd+rw', state: 'appendable', capacity: 5000 })

test('all that has been recorded is read once, in order, in no more zones than wanted', async () => {
  const recorder = await formatted()
  const { scan, zones, summary } = await scanned(recorder.transport, '', { zones: 10 })
  expect(scan).toMatchObject({ blocks: 5000, medium: { family: 'dvd+rw' } })
  expect(zones.map(({ start }) => start)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500])
  expect(zones.every(({ speedKBps, seconds, slowestMs }) => speedKBps > 0 && seconds > 0 && slowestMs > 0)).toBe(true)
  expect(summary).toMatchObject({ scannedBlocks: 5000, unreadableBlocks: 0, unreadable: [], c2Errors: null })
  const { averageSpeedKBps, slowestSpeedKBps, fastestSpeedKBps, seconds } = summary
  expect(averageSpeedKBps).toBeCloseTo((5000 * 2.048) / seconds, 6)
  expect(slowestSpeedKBps).toBeLessThanOrEqual(averageSpeedKBps)
  expect(fastestSpeedKBps).toBeGreaterThanOrEqual(averageSpeedKBps)
  await recorder.close()
})

test('blocks that cannot be read are told with the reason, those of a kind together, across zones', async () => {
  const recorder = await formatted()
  const faults = '28 lba 499-501 always: sense 3/11/05; 28 lba 502-502 always: sense 3/02/00'
  const { zones, summary } = await scanned(recorder.transport, faults, { zones: 10 })
  expect(zones.map(zone => zone.unreadable.length)).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0, 0])
  expect(summary.unreadableBlocks).toBe(4)
  expect(summary.unreadable).toMatchObject([
    { start: 499, blocks: 3, sense: { key: 3, asc: 0x11, ascq: 5 }, isRunOut: false },
    { start: 502, blocks: 1, sense: { key: 3, asc: 2, ascq: 0 }, isRunOut: false },
  ])
  await recorder.close()
})

test('blocks that linking left unreadable do not make a drive slow', () => {
  const zone = { blocks: 2, isData: true, seconds: 1, slowestMs: 1, c2Errors: null }
  const lost = (start: number, isRunOut: boolean) => ({ start, blocks: 2, sense: null, isRunOut })
  const good = { ...zone, start: 0, speedKBps: 100, unreadable: [] }
  const runOut = { ...zone, start: 2, speedKBps: 0, unreadable: [lost(2, true)] }
  expect(summarizeScan([good, runOut])).toMatchObject({ slowestSpeedKBps: 100, unreadableBlocks: 0 })
  const bad = { ...zone, start: 2, speedKBps: 0, unreadable: [lost(2, false)] }
  expect(summarizeScan([good, bad])).toMatchObject({ slowestSpeedKBps: 0, unreadableBlocks: 2 })
})

test('a part alone, and nothing where nothing has been recorded', async () => {
  const recorder = await formatted()
  const { summary, zones } = await scanned(recorder.transport, '', { range: { start: 100, blocks: 70 } })
  expect(summary.scannedBlocks).toBe(70)
  expect(zones[0]!.start).toBe(100)
  await expect(scanned(recorder.transport, '', { range: { start: 5000 } })).rejects.toMatchObject({
    code: 'MEDIUM_NOTHING_TO_SCAN',
  })
  await recorder.close()
  const blank = await drive({ media: 'dvd+r' })
  await expect(scanned(blank.transport)).rejects.toMatchObject({ code: 'MEDIUM_NOTHING_TO_SCAN' })
  await blank.close()
})

describe('a CD', () => {
  test('is read with its audio and C2 error information; run-out blocks are no defects', async () => {
    const { recorder, start } = await mixedCd()
    const { zones, summary } = await scanned(recorder.transport)
    expect(zones.filter(zone => !zone.isData).reduce((sum, { blocks }) => sum + blocks, 0)).toBe(302)
    expect(zones.find(zone => !zone.isData)!.start).toBe(start)
    expect(summary).toMatchObject({ c2Errors: 0, unreadableBlocks: 0 })
    expect(summary.unreadable).toMatchObject([
      { start: 310, blocks: 2, isRunOut: true },
      { start: start + 300, blocks: 2, isRunOut: true },
    ])
    await recorder.close()
  })

  test('counts the bits that C2 set', async () => {
    const { recorder } = await mixedCd()
    // Bytes 0 and 8 of the first block were not corrected: the first bits of the first two bytes behind its 2352.
    const { summary } = await scanned(recorder.transport, 'BE #1: bytes 2352 80 80')
    expect(summary.c2Errors).toBe(2)
    await recorder.close()
  })

  test('is read without C2 error information where the drive does not send it after all', async () => {
    const { recorder } = await mixedCd()
    const { summary } = await scanned(recorder.transport, 'BE #1: sense 5/24/00')
    expect(summary).toMatchObject({ c2Errors: null, unreadableBlocks: 0, scannedBlocks: 614 })
    await recorder.close()
  })
})

test('another failure ends it, and what has come stays', async () => {
  const recorder = await formatted()
  const drive = new Drive(faultInjection(parseFaults('28 lba 1200-1200 always: sense 4/08/03'))(recorder.transport))
  const zones: number[] = []
  const scanning = (async () => {
    for await (const { start } of (await scanMedium(drive, { zones: 10 })).zones()) zones.push(start)
  })()
  await expect(scanning).rejects.toMatchObject({ code: 'SENSE_HARDWARE_ERROR' })
  expect(zones).toEqual([0, 500])
  await recorder.close()
})
