import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluateMultisession } from '../../../src/fsimage'
import { Drive, type Medium } from '../../../src/mmc'
import { OpticalDrive } from '../../../src/optical-drive'
import { openReplay } from '../../../src/platform'

/**
 * A transcript becomes a test by lying in test/transcripts: whatever it recorded, a state is concluded from it, each
 * claim with its evidence. A file of the same name with `.medium.json` beside it holds what the state must be; what it
 * leaves out may be anything.
 */
const FOLDER = join(__dirname, '../../transcripts')
const CLAIMS = [
  'state',
  'isBlank',
  'isAppendable',
  'lastSessionStart',
  'nextWritableAddress',
  'capacityBlocks',
] as const

interface Expected {
  readonly medium: Partial<Medium> | null
  readonly multisession: string
}

const transcripts = readdirSync(FOLDER).filter(name => name.endsWith('.jsonl'))

test('there are transcripts', () => {
  expect(transcripts.length).toBeGreaterThan(0)
})

describe.each(transcripts)('%s', name => {
  const path = join(FOLDER, name)
  let drive: OpticalDrive

  beforeEach(async () => {
    drive = new OpticalDrive(await openReplay(path))
  })
  afterEach(() => drive.close())

  test('a state is concluded, every claim with its evidence', async () => {
    const medium = await drive.readMedium()
    expect(drive).toBeInstanceOf(Drive)
    if (!medium) return
    for (const claim of CLAIMS) {
      expect({ claim, cited: medium.evidence.some(each => each.claim === claim) }).toEqual({ claim, cited: true })
    }
    const { nextWritableAddress, freeBlocks, capacityBlocks } = medium
    if (nextWritableAddress !== null && freeBlocks !== null && capacityBlocks !== null) {
      expect(nextWritableAddress + freeBlocks).toBeLessThanOrEqual(capacityBlocks)
    }
  })

  test('put_MultisessionInterfaces comes to a result of the table', async () => {
    const { error } = await evaluateMultisession(drive)
    expect(error?.['rule']).not.toBe(14)
  })

  const expectedPath = path.replace(/\.jsonl$/, '.medium.json')
  if (existsSync(expectedPath)) {
    test('the state is the one that was expected', async () => {
      const expected = JSON.parse(readFileSync(expectedPath, 'utf8')) as Expected
      const medium = await drive.readMedium()
      if (expected.medium) expect(medium).toMatchObject(expected.medium)
      else expect(medium).toBeNull()
      expect((await evaluateMultisession(drive)).result.name).toBe(expected.multisession)
    })
  }
})
