import * as fs from 'node:fs'
import {
  blank,
  closeTrackSession,
  Drive,
  formatUnit,
  modeSelect10,
  modeSense10,
  readTrackInformation,
  sendCueSheet,
  sendDiscStructure,
  synchronizeCache,
  write10,
} from '../../src/mmc'
import { dvdJumpIntervalSize } from '../../src/mmc/structures'
import { VirtualDrive, virtualDisc } from '../../src/virtual'

/**
 * Records on a virtual disc until it is killed. What is on the disc for sure goes to standard output, a line each, the
 * moment that the drive says so: `synchronized LBA BLOCKS MARK`, `closed SESSION`, `erased`.
 */
const [statePath = '', kind = ''] = process.argv.slice(2)
const say = (line: string) => fs.writeSync(1, `${line}\n`)

const UNIT = 32
/** Write parameters by the kind of recording: bytes of page 05h. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  'cd-r': { 2: 0x41, 3: 0xc4, 4: 8 },
  'cd-rw': { 2: 0x42, 3: 0xc0, 4: 8 },
  'dvd-r': { 2: 0x60, 3: 0xc5, 4: 8, 5: 16 },
  'dvd-r-dl': { 2: 0x44, 3: 0xc4, 4: 8 },
  'dvd-rw-ro': { 2: 0x40, 3: 0x25, 4: 8 },
}

function blocks(lba: number, count: number, mark: number): Uint8Array {
  const data = Buffer.alloc(count * 2048, mark)
  for (let index = 0; index < count; index++) data.writeInt32BE(lba + index, index * 2048)
  return data
}

async function setWriteParameters(drive: Drive): Promise<void> {
  const bytes = PARAMETERS[kind]
  if (!bytes) return
  const sense = { pageCode: 0x05, disableBlockDescriptors: true, allocationLength: 60 }
  const { blockDescriptorsAndPages } = await drive.send(modeSense10, sense)
  const page = Uint8Array.from(blockDescriptorsAndPages!)
  for (const [offset, value] of Object.entries(bytes)) page[Number(offset)] = value
  await drive.send(modeSelect10, {}, { data: Buffer.concat([Buffer.alloc(8), page]) })
}

async function write(drive: Drive, lba: number, count: number, mark: number): Promise<void> {
  await drive.send(write10, { logicalBlockAddress: lba, transferLength: count }, { data: blocks(lba, count, mark) })
}

const close = (drive: Drive, closeFunction: number, logicalTrackNumber = 0) =>
  drive.send(closeTrackSession, { closeFunction, logicalTrackNumber })

/** Session after session, some units each. */
async function recordSessions(drive: Drive): Promise<void> {
  for (let session = 1; ; session++) {
    await setWriteParameters(drive)
    const track = await drive.send(readTrackInformation, { numberType: 'track', number: 0xff })
    const start = track.nextWritableAddress!
    let at = start
    for (let unit = 0; unit < 12; unit++, at += UNIT) {
      await write(drive, at, UNIT, session)
      // Track at once ends with the first synchronization.
      if (kind !== 'cd-r' && unit % 4 === 3) {
        await drive.send(synchronizeCache)
        say(`synchronized ${start} ${at + UNIT - start} ${session}`)
      }
    }
    await drive.send(synchronizeCache)
    say(`synchronized ${start} ${at - start} ${session}`)
    await close(drive, 1, track.trackNumber!)
    await close(drive, 2)
    say(`closed ${session}`)
  }
}

/** Session after session with a layer jump at every second unit. */
async function recordWithLayerJumps(drive: Drive): Promise<void> {
  await setWriteParameters(drive)
  const data = dvdJumpIntervalSize.encode({ jumpIntervalSize: 2 * UNIT })
  await drive.send(sendDiscStructure, { format: 0x22 }, { data })
  for (let session = 1; ; session++) {
    for (let unit = 0; unit < 10; unit++) {
      const track = await drive.send(readTrackInformation, { numberType: 'track', number: 0xff })
      await write(drive, track.nextWritableAddress!, UNIT, session)
      await drive.send(synchronizeCache)
      say(`synchronized ${track.nextWritableAddress} ${UNIT} ${session}`)
    }
    await close(drive, 2)
    say(`closed ${session}`)
  }
}

/** Overwrites here and there, and formats now and then. */
async function overwrite(drive: Drive): Promise<void> {
  for (let mark = 1; ; mark = (mark % 250) + 1) {
    const lba = (mark * 7919 * UNIT) % 60_000
    const aligned = lba - (lba % UNIT)
    await write(drive, aligned, UNIT, mark)
    await drive.send(synchronizeCache)
    say(`synchronized ${aligned} ${UNIT} ${mark}`)
    if (mark % 40 !== 0) continue
    say('erasing')
    if (kind === 'dvd+rw') await drive.send(formatUnit, {}, { data: { numberOfBlocks: 0xffffffff, formatType: 0x26 } })
    if (kind === 'bd-re') await drive.send(formatUnit, {}, { data: { numberOfBlocks: 0, formatType: 0x31 } })
  }
}

/** A session at once, then the disc is blanked, over and over. */
async function sessionAtOnce(drive: Drive): Promise<void> {
  const entry = (control: number, track: number, index: number, form: number, second: number) => [
    control,
    track,
    index,
    form,
    0,
    0,
    second,
    0,
  ]
  const sheet = [
    entry(0x41, 0, 0, 0x14, 0),
    entry(0x41, 1, 0, 0x10, 0),
    entry(0x41, 1, 1, 0x10, 2),
    entry(0x41, 0xaa, 1, 0x14, 8),
  ]
  for (let mark = 1; ; mark++) {
    await setWriteParameters(drive)
    await drive.send(sendCueSheet, {}, { data: Uint8Array.from(sheet.flat()) })
    for (let lba = -150; lba < 450; lba += 30) await write(drive, lba, 30, mark)
    await drive.send(synchronizeCache)
    say(`synchronized 0 450 ${mark}`)
    say('erasing')
    await drive.send(blank, { blankingType: 'minimal' })
  }
}

async function record(): Promise<void> {
  const disc = await virtualDisc.open(statePath, { access: 'write' })
  const drive = new Drive(new VirtualDrive(disc), { access: 'write' })
  say('ready')
  if (kind === 'cd-rw') await sessionAtOnce(drive)
  else if (kind === 'dvd-r-dl') await recordWithLayerJumps(drive)
  else if (/rw|re|ram/.test(kind)) await overwrite(drive)
  else await recordSessions(drive)
}

record().catch(error => {
  console.error(error)
  process.exitCode = 1
})
