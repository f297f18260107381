import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Medium, MediumStateName } from '../../../src/mmc'
import { openDrive } from '../../../src/open-drive'
import { type MediaType, type VirtualDiscState, virtualDisc } from '../../../src/virtual'

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-medium-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function mediumOf(media: MediaType, state: VirtualDiscState, sessions?: number) {
  const path = join(folder, `${media}-${state}-${sessions ?? 0}`)
  await virtualDisc.create(path, { media, state, ...(sessions === undefined ? {} : { sessions }) })
  const drive = await openDrive(`virtual:${path}`)
  try {
    const medium = (await drive.readMedium())!
    return { medium, offered: await drive.multisessionInterfaces() }
  } finally {
    await drive.close()
  }
}

const SEQUENTIAL = ['cd-r', 'cd-rw', 'dvd-r', 'dvd-r-dl', 'dvd-rw', 'dvd+r', 'dvd+r-dl', 'bd-r', 'bd-r-pow'] as const
const OVERWRITABLE = ['dvd-rw-ro', 'dvd+rw', 'dvd-ram', 'bd-re'] as const
const READ_ONLY = ['cd-rom', 'dvd-rom', 'bd-rom'] as const

function consistent(medium: Medium) {
  expect(medium.warnings).toEqual([])
  const { nextWritableAddress, freeBlocks, capacityBlocks } = medium
  if (nextWritableAddress === null) expect(freeBlocks).toBe(0)
  else expect(nextWritableAddress + freeBlocks!).toBeLessThanOrEqual(capacityBlocks!)
}

test.each(SEQUENTIAL)('%s, blank', async media => {
  const { medium, offered } = await mediumOf(media, 'blank')
  expect(medium).toMatchObject({
    family: media,
    state: 'blank',
    isBlank: true,
    sessionCount: 1,
    lastSessionStart: null,
    nextWritableAddress: 0,
  })
  consistent(medium)
  expect(offered).toMatchObject([
    { isSupportedOnCurrentMediaState: true, isFirstDataSession: true, nextWritableAddress: 0 },
    { isSupportedOnCurrentMediaState: false },
  ])
})

test.each(SEQUENTIAL)('%s, appendable after two sessions', async media => {
  const { medium, offered } = await mediumOf(media, 'appendable', 2)
  expect(medium).toMatchObject({ family: media, state: 'appendable', isAppendable: true, isBlank: false })
  consistent(medium)
  expect(medium.nextWritableAddress).toBeGreaterThan(medium.lastSessionStart!)
  expect(medium.nextWritableAddress! % medium.writeUnitSize).toBe(0)
  expect(offered[0]).toMatchObject({
    isSupportedOnCurrentMediaState: true,
    isFirstDataSession: false,
    startAddressOfPreviousSession: medium.lastSessionStart,
    nextWritableAddress: medium.nextWritableAddress,
  })
})

test.each(SEQUENTIAL)('%s, complete', async media => {
  const { medium, offered } = await mediumOf(media, 'complete', 1)
  expect(medium).toMatchObject({ family: media, state: 'complete', lastSessionStart: 0, nextWritableAddress: null })
  consistent(medium)
  expect(offered.map(each => each.isSupportedOnCurrentMediaState)).toEqual([false, false])
})

test.each(OVERWRITABLE)('%s, blank and with sessions', async media => {
  const { medium: blank } = await mediumOf(media, 'blank')
  expect(blank).toMatchObject({ family: media, isBlank: true, isOverwritable: true, nextWritableAddress: 0 })
  const { medium, offered } = await mediumOf(media, 'appendable', 2)
  expect(medium).toMatchObject({ state: 'overwritable', isBlank: false, isAppendable: false, lastSessionStart: 0 })
  consistent(medium)
  expect(medium.nextWritableAddress).toBeGreaterThan(0)
  expect(medium.nextWritableAddress! % medium.writeUnitSize).toBe(0)
  expect(offered.map(each => each.isSupportedOnCurrentMediaState)).toEqual([true, true])
})

test.each(['dvd+rw', 'dvd-ram', 'bd-re'] as const)('%s, unformatted', async media => {
  const { medium, offered } = await mediumOf(media, 'unformatted')
  const state: MediumStateName = 'unformatted'
  expect(medium).toMatchObject({ family: media, state, isBlank: true, isOverwritable: true, nextWritableAddress: 0 })
  consistent(medium)
  expect(offered.map(each => each.isSupportedOnCurrentMediaState)).toEqual([true, true])
})

test.each(READ_ONLY)('%s', async media => {
  const { medium, offered } = await mediumOf(media, 'complete')
  expect(medium).toMatchObject({ family: media, state: 'complete', lastSessionStart: 0, isOverwritable: false })
  consistent(medium)
  expect(offered.map(each => each.isSupportedOnCurrentMediaState)).toEqual([false, false])
})

test('an empty tray', async () => {
  const drive = await openDrive('virtual:')
  expect(await drive.readMedium()).toBeNull()
  await drive.close()
})
