import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankMedium, closeMedium, formatWholeMedium, OperationError, readMedium } from '../../../src/mmc'
import { Drive } from '../../../src/mmc/drive'
import { ProgressMeter } from '../../../src/mmc/recording/progress-meter'
import type { RecordingProgress } from '../../../src/mmc/recording/recipe'
import { faultInjection } from '../../../src/platform'
import { VirtualDrive, type VirtualDriveOptions, virtualDisc } from '../../../src/virtual'

const folder = mkdtempSync(join(tmpdir(), 'scsi-mmc-operations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let discs = 0

async function driveWith(disc: Parameters<typeof virtualDisc.create>[1], options: VirtualDriveOptions = {}) {
  const path = join(folder, String(discs++))
  await virtualDisc.create(path, disc)
  return new VirtualDrive(await virtualDisc.open(path, { access: 'write' }), options)
}

const writing = (transport: ConstructorParameters<typeof Drive>[0]) => new Drive(transport, { access: 'write' })

test.each([
  ['cd-rw', 'blank', { media: 'cd-rw', state: 'complete' }, blankMedium, 'complete'],
  ['dvd+rw', 'format', { media: 'dvd+rw', state: 'unformatted' }, formatWholeMedium, 'unformatted'],
  [
    'bd-r',
    'close',
    { media: 'bd-r', state: 'appendable' },
    (drive: Drive) => closeMedium(drive, { close: true }),
    'appendable',
  ],
] as const)(
  '%s, %s: an answer that is lost, and the medium read anew',
  async (_media, _what, disc, operation, before) => {
    const virtual = await driveWith(disc)
    const opcode = { 'cd-rw': 0xa1, 'dvd+rw': 0x04, 'bd-r': 0x5b }[disc.media]
    const lost = faultInjection([{ cdb: [opcode], effect: { kind: 'error', code: 'TRANSPORT_TIMEOUT' }, after: true }])
    const error: OperationError = await operation(writing(lost(virtual))).then(
      () => undefined,
      thrown => thrown,
    )
    expect(error).toBeInstanceOf(OperationError)
    const now = await readMedium(new Drive(virtual))
    // The command was carried out: the report must not repeat what was there before.
    expect(now?.state).not.toBe(before)
    expect(error.report).toMatchObject({ mediumBefore: { state: before }, mediumAfter: { state: now?.state } })
    expect(error.message).toContain(`is ${now?.state} now.`)
    expect(error.toJSON()).toMatchObject({
      code: 'MEDIUM_OPERATION_FAILED',
      report: { mediumAfter: { state: now?.state } },
    })
    await virtual.close()
  },
)

test('who is not waited for any more goes on by itself, and the door is unlocked', async () => {
  const virtual = await driveWith({ media: 'cd-rw', state: 'complete' }, { operationMs: 3_600_000 })
  const interruption = new AbortController()
  const blanking = blankMedium(writing(virtual), {
    signal: interruption.signal,
    onProgress: ({ phase, operationProgress }) => {
      if (phase === 'blanking' && operationProgress !== null) interruption.abort()
    },
  })
  await expect(blanking).rejects.toMatchObject({ code: 'MEDIUM_OPERATION_ABORTED', report: { mediumAfter: null } })
  expect(virtual.unit.prevented).toBe(false)
  await virtual.close()
})

test('time left of a long operation: by what it did since it first told, and none before', () => {
  let now = 0
  const told: RecordingProgress[] = []
  const meter = new ProgressMeter(
    0,
    progress => told.push(progress),
    () => now,
  )
  const at = (seconds: number, progress: number | undefined) => {
    now = seconds * 1000
    meter.step('formatting', progress)
    return told.at(-1)!.secondsLeft
  }
  expect(at(0, undefined)).toBeNull()
  expect(at(10, 0.2)).toBeNull()
  expect(at(11, 0.205)).toBeNull()
  expect(at(30, 0.4)).toBeCloseTo(60)
  expect(at(60, 0.7)).toBeCloseTo(30)
  // A second pass counts anew.
  expect(at(90, 0.1)).toBeNull()
})

test('what a long operation tells right after another telling is not lost: the next telling has it', () => {
  let now = 0
  const told: RecordingProgress[] = []
  const meter = new ProgressMeter(
    0,
    progress => told.push(progress),
    () => now,
  )
  jest.useFakeTimers()
  try {
    meter.begin()
    meter.step('blanking')
    for (let poll = 1; poll <= 5; poll++) {
      // The meter's own timer tells first each time, and the drive's answer comes right behind it.
      now += 1000
      jest.advanceTimersByTime(200)
      meter.step('blanking', poll / 10)
    }
    expect(told.slice(-4).map(progress => progress.operationProgress)).toEqual([0.1, 0.2, 0.3, 0.4])
  } finally {
    meter.end()
    jest.useRealTimers()
  }
})
