import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  driveSpeeds,
  ejectMedium,
  isRemovalPrevented,
  loadMedium,
  lockMedium,
  setSpeed,
  unlockMedium,
} from '../../src/mmc'
import { openDrive } from '../../src/open-drive'
import type { OpticalDrive } from '../../src/optical-drive'
import { virtualDisc } from '../../src/virtual'

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-control-'))
let drive: OpticalDrive

beforeAll(async () => {
  const path = join(folder, 'disc')
  await virtualDisc.create(path, { media: 'dvd+r', state: 'appendable' })
  drive = await openDrive(`virtual:${path}`, { access: 'write' })
})

afterAll(async () => {
  await drive.close()
  rmSync(folder, { recursive: true })
})

test('out and in again: another generation of the medium', async () => {
  const { mediumGeneration } = drive
  await ejectMedium(drive)
  expect(await drive.readMedium()).toBeNull()
  expect(await loadMedium(drive)).toBe(true)
  expect(await drive.readMedium()).toMatchObject({ state: 'appendable' })
  expect(drive.mediumGeneration).toBeGreaterThan(mediumGeneration)
})

test('a locked door stays shut until it is unlocked', async () => {
  await lockMedium(drive)
  const locked = await ejectMedium(drive).catch(error => error)
  expect(isRemovalPrevented(locked)).toBe(true)
  await ejectMedium(drive, { unlock: true })
  await loadMedium(drive)
  await unlockMedium(drive)
})

test('the speeds, the fastest first, and the one that the drive took', async () => {
  const { steps } = await driveSpeeds(drive)
  expect(steps.length).toBeGreaterThan(1)
  expect(steps.map(each => each.writeSpeedKBps)).toEqual(steps.map(each => each.writeSpeedKBps).sort((a, b) => b - a))
  const slowest = steps.at(-1)!.writeSpeedKBps
  expect((await setSpeed(drive, { writeSpeedKBps: slowest })).currentWriteSpeedKBps).toBe(slowest)
  expect((await setSpeed(drive, {})).currentWriteSpeedKBps).toBe(steps[0]!.writeSpeedKBps)
})

test('a drive that is open for reading moves nothing', async () => {
  const reading = await openDrive('virtual:')
  for (const moving of [ejectMedium(reading), loadMedium(reading), lockMedium(reading), setSpeed(reading, {})]) {
    await expect(moving).rejects.toMatchObject({ code: 'USAGE_READ_ONLY' })
  }
  await reading.close()
})
