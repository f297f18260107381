import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  getConfiguration,
  getWriteSpeeds,
  modeSense10,
  readDiscInformation,
  readMultiSessionInformation,
  testUnitReady,
} from '../../src/mmc'
import { cdMasteringFeature } from '../../src/mmc/features'
import { findFeature } from '../../src/mmc/features/decode-feature'
import { capabilitiesPage } from '../../src/mmc/mode-pages'
import { QUIRKS, type Quirk, type VirtualDiscOptions, type VirtualDrive } from '../../src/virtual'
import { close, drive, outcome, track, write } from './drive-with-disc'

type Loaded = Awaited<ReturnType<typeof drive>>

const profile = async (of: Loaded) => (await of.send(getConfiguration)).currentProfile
const capabilities = async (of: Loaded) => {
  const { blockDescriptorsAndPages } = await of.send(modeSense10, { pageCode: 0x2a })
  return capabilitiesPage.layout.decode(blockDescriptorsAndPages!)
}

/** TEST UNIT READY while CLOSE TRACK goes on. */
async function outcomeWhileClosing(of: Loaded): Promise<string> {
  const { unit } = of.transport as VirtualDrive
  unit.options = { ...unit.options, operationMs: 60_000 }
  await write(of, 0, 16)
  await close(of, 1, 1)
  return outcome(of.send(testUnitReady))
}

/** What each quirk changes: the disc, what shows it, and what it is without and with the quirk. */
const CASES: Readonly<
  Record<Quirk, readonly [VirtualDiscOptions, (of: Loaded) => Promise<unknown>, unknown, unknown]>
> = {
  'closed-bd-r-as-bd-rom': [{ media: 'bd-r', state: 'complete' }, profile, 0x41, 0x40],
  'closed-dvd-as-dvd-rom': [{ media: 'dvd-r', state: 'complete' }, profile, 0x11, 0x10],
  'no-invisible-track-number': [{ media: 'dvd+r' }, of => outcome(track(of, 0xff)), 'GOOD', '5/24/00'],
  'blank-next-writable-address-150': [{ media: 'cd-r' }, async of => (await track(of, 1)).nextWritableAddress, 0, -150],
  'no-track-information-when-complete': [
    { media: 'dvd+r', state: 'complete' },
    of => outcome(track(of, 1)),
    'GOOD',
    '5/24/00',
  ],
  'no-read-disc-information': [{ media: 'dvd-rom' }, of => outcome(of.send(readDiscInformation)), 'GOOD', '5/20/00'],
  'capabilities-page-zero-speeds': [
    { media: 'dvd+r' },
    async of => (await capabilities(of)).currentWriteSpeedKBps,
    22_160,
    0,
  ],
  'no-write-speed-descriptors': [
    { media: 'dvd+r' },
    async of => (await of.send(getWriteSpeeds, { maximumNumberOfDescriptors: 8 })).descriptors!.length,
    4,
    0,
  ],
  'no-session-at-once': [
    { media: 'cd-r' },
    async of => findFeature(await of.send(getConfiguration), cdMasteringFeature)?.sessionAtOnce,
    true,
    false,
  ],
  'close-answers-early': [{ media: 'dvd+r' }, outcomeWhileClosing, '2/04/07', 'GOOD'],
  'written-dvd-plus-rw-status': [
    { media: 'dvd+rw', state: 'appendable' },
    async of => (await of.send(readDiscInformation)).backgroundFormatStatus,
    'complete',
    'none',
  ],
  'every-feature-answered': [
    { media: 'dvd+r' },
    async of =>
      (await of.send(getConfiguration, { requestedType: 'one', startingFeatureNumber: 0x2b })).featureDescriptors!
        .length > 1,
    false,
    true,
  ],
  'profile-none-with-disc': [{ media: 'dvd+r' }, profile, 0x1b, 0],
  'session-format-as-standard': [
    { media: 'dvd+r', state: 'appendable', sessions: 3 },
    async of => (await of.send(readMultiSessionInformation)).lastCompleteSessionNumber,
    3,
    1,
  ],
}

test.each(Object.keys(QUIRKS) as Quirk[])('%s', async quirk => {
  const [disc, show, without, withQuirk] = CASES[quirk]
  const plain = await drive(disc)
  expect(await show(plain)).toEqual(without)
  await plain.close()
  const odd = await drive(disc, { quirks: [quirk] })
  expect(await show(odd)).toEqual(withQuirk)
  await odd.close()
})

test('the manual lists all quirks in the same words', () => {
  const manual = readFileSync(join(__dirname, '../../docs/virtual-drive.md'), 'utf8').replace(/ +\|/g, ' |')
  for (const [name, says] of Object.entries(QUIRKS)) expect(manual).toContain(`| \`${name}\` | ${says} |`)
})
