import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  closeMedium,
  dvdWriteProtectionStatus,
  nameOf,
  readBlocks,
  readMedium,
  record,
  sendDiscStructure,
  verifyRecording,
} from '../../../src/mmc'
import { Drive } from '../../../src/mmc/drive'
import { type VirtualDiscOptions, VirtualDrive, virtualDisc } from '../../../src/virtual'
import { numberedImage } from './fault-matrix/numbered-image'

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-checks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let discs = 0

/** A drive with a new disc, and the names of the commands that reach it. */
async function driveWith(options: VirtualDiscOptions) {
  const path = join(folder, String(discs++))
  await virtualDisc.create(path, options)
  const virtual = new VirtualDrive(await virtualDisc.open(path, { access: 'write' }))
  const sent: string[] = []
  const transport = {
    address: virtual.address,
    limits: virtual.limits,
    close: () => virtual.close(),
    execute: (request: Parameters<typeof virtual.execute>[0]) => {
      sent.push(nameOf(request.cdb))
      return virtual.execute(request)
    },
  }
  return Object.assign(new Drive(transport, { access: 'write' }), { sent })
}

test('a CD-RW that is made for speeds which the drive does not have is refused before anything changes', async () => {
  const old = (supported: number, subType: number) => async () => {
    const drive = await driveWith({ media: 'cd-rw', state: 'blank' })
    const { execute } = drive.transport
    drive.transport.execute = async request => {
      const response = await execute(request)
      // Feature 0037h, and ATIP with its Disc Sub-type.
      if (request.cdb[0] === 0x46 && request.cdb[3] === 0x37 && response.transferredBytes > 13)
        request.data[13] = supported
      if (request.cdb[0] === 0x43 && request.cdb[2] === 4 && response.transferredBytes > 6)
        request.data[6] = 0x40 | (subType << 3)
      return response
    }
    const recording = record(drive, numberedImage(0, 320))
    return recording.then(
      () => 'recorded',
      error => `${error.code}: ${error.message}`,
    )
  }
  expect(await old(0x01, 1)()).toBe('MEDIUM_SPEED_CLASS: This drive does not write CD-RW of its speeds (High Speed).')
  expect(await old(0x03, 1)()).toBe('recorded')
  expect(await old(0x00, 2)()).toBe('recorded')
})

async function firstBytes(drive: Drive, start: number, blocks: number): Promise<number[]> {
  const found: number[] = []
  for await (const data of readBlocks(drive, { start, blocks })) {
    for (let at = 0; at < data.length; at += 2048) found.push(Buffer.from(data).readUInt32BE(at))
  }
  return found
}

test('a persistently protected disc is refused before anything is sent that writes', async () => {
  await using drive = await driveWith({ media: 'dvd+rw', state: 'blank' })
  const data = dvdWriteProtectionStatus.layout.encode({ persistentWriteProtection: true })
  await drive.send(sendDiscStructure, { mediaType: 'dvd', format: 0xc0 }, { data })
  const recording = record(drive, numberedImage(0, 32))
  await expect(recording).rejects.toMatchObject({
    code: 'MEDIUM_WRITE_PROTECTED',
    message: expect.stringContaining('persistently'),
  })
  expect(drive.sent).not.toContain('WRITE(10)')
})

test('stream recording is WRITE(12), on media that know it', async () => {
  await using drive = await driveWith({ media: 'dvd-ram', state: 'blank' })
  const report = await record(drive, numberedImage(0, 64), { streaming: true })
  expect(drive.sent).toContain('WRITE(12)')
  expect(drive.sent).not.toContain('WRITE(10)')
  expect(await verifyRecording(drive, report)).toMatchObject({ differences: [], unreadable: [] })
  await using other = await driveWith({ media: 'dvd-r', state: 'blank' })
  await expect(record(other, numberedImage(0, 64), { streaming: true })).rejects.toMatchObject({
    code: 'MEDIUM_CANNOT_STREAM',
  })
})

test('BD-R with pseudo-overwrite: written blocks are replaced, their neighbours are not', async () => {
  await using drive = await driveWith({ media: 'bd-r-pow', state: 'blank' })
  await record(drive, numberedImage(0, 96))
  const before = await readMedium(drive)
  const report = await record(drive, {
    startAddress: 0,
    totalBlocks: 96,
    modifiedBlocks: [{ start: 40, blocks: 2 }],
    async *stream(range) {
      yield Buffer.alloc((range?.blocks ?? 0) * 2048, 0xee)
    },
  })
  expect(report.mediumAfter?.nextWritableAddress).toBe(before?.nextWritableAddress)
  const expected = Array.from({ length: 96 }, (_, lba) => (lba === 40 || lba === 41 ? 0xeeeeeeee : lba))
  expect(await firstBytes(drive, 0, 96)).toEqual(expected)
})

test('single blocks of a write-once disc are not replaced', async () => {
  await using drive = await driveWith({ media: 'bd-r', state: 'appendable' })
  const image = { ...numberedImage(0, 96), modifiedBlocks: [{ start: 40, blocks: 2 }] }
  await expect(record(drive, image)).rejects.toMatchObject({ code: 'MEDIUM_NOT_OVERWRITABLE' })
})

test('an image that fills a CD but for less than the padding is recorded, with a warning', async () => {
  await using drive = await driveWith({ media: 'cd-r', state: 'blank', capacity: 4096 })
  const { freeBlocks } = (await readMedium(drive))!
  const report = await record(drive, numberedImage(0, freeBlocks! - 10))
  expect(report.warnings).toEqual([expect.stringContaining('padding')])
  await using other = await driveWith({ media: 'cd-r', state: 'blank', capacity: 4096 })
  await expect(record(other, numberedImage(0, freeBlocks! + 1))).rejects.toMatchObject({
    code: 'MEDIUM_TOO_SMALL',
    message: expect.stringContaining('1 blocks too many'),
  })
})

test.each(['cd-r', 'dvd-rw', 'dvd+r', 'bd-r', 'dvd+rw'] as const)(
  '%s: an interruption stops between two WRITEs, says in which state the disc is, and closed it goes on',
  async media => {
    await using drive = await driveWith({ media, state: 'blank' })
    const interruption = new AbortController()
    const error = await record(drive, numberedImage(0, 640), {
      transferBlocks: 32,
      signal: interruption.signal,
      onProgress: ({ blocksWritten }) => {
        if (blocksWritten > 0) interruption.abort()
      },
    }).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'MEDIUM_RECORDING_ABORTED', failedAt: null })
    const now = (await readMedium(drive))!
    expect(error.report.mediumAfter).toMatchObject({ state: now.state, nextWritableAddress: now.nextWritableAddress })
    const start = now.isOverwritable ? 0 : (await closeMedium(drive)).mediumAfter.nextWritableAddress!
    const report = await record(drive, numberedImage(start, 64), { overwrite: true })
    expect(await verifyRecording(drive, report)).toMatchObject({ differences: [], unreadable: [] })
  },
)

test('an interruption while the source gives nothing does not wait for it', async () => {
  await using drive = await driveWith({ media: 'dvd+r', state: 'blank' })
  const interruption = new AbortController()
  const never = {
    startAddress: 0,
    totalBlocks: 64,
    async *stream(): AsyncGenerator<Uint8Array> {
      interruption.abort()
      yield new Uint8Array(2048)
      await new Promise(resolve => setTimeout(resolve, 50))
    },
  }
  const error = await record(drive, never, { signal: interruption.signal }).catch(thrown => thrown)
  expect(error).toMatchObject({ code: 'MEDIUM_RECORDING_ABORTED', report: { written: [] } })
  expect((await readMedium(drive))?.isBlank).toBe(true)
})
