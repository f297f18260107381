import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  blankMedium,
  closeMedium,
  type Medium,
  mediumAtRest,
  nameOf,
  OperationError,
  type OperationReport,
  RecordingError,
  type RecordingReport,
  readMedium,
  record,
  type SessionReport,
  verifyRecording,
  verifySession,
} from '../../../../src/mmc'
import { Drive } from '../../../../src/mmc/drive'
import type { Transport } from '../../../../src/platform'
import { virtualDisc } from '../../../../src/virtual'
import type { FaultKind } from './faults'
import { copyDisc, type DisturbedRecording, imageFor, makeDisc, openDisc, perform } from './recordings'

/**
 * How a disturbed recording ended:
 *
 * - `done`: it went on in spite of the fault, and all of it reads back;
 * - `refused`: it ended before anything was changed, and the medium is as it was;
 * - `failed`: it ended with a report, and the medium is as the report says.
 */
export type Ending = 'done' | 'refused' | 'failed'

/**
 * What the medium takes afterwards: another recording (`recorded`, or `mended` where it had to be closed first), or
 * nothing, because it is `complete`. `blanked` is what a rewritable one needs; `lost` a write-once one that neither goes
 * on nor is complete.
 */
export type Afterwards = 'recorded' | 'mended' | 'complete' | 'blanked' | 'lost'

export interface Cell {
  readonly ending: Ending
  readonly afterwards: Afterwards
  /** What is wrong: none of it may ever be there. */
  readonly complaints: readonly string[]
}

/** A recording takes so many times its commands at most, whatever goes wrong. */
const MOST_TIMES_THE_COMMANDS = 6
/** Several WRITEs to each recording. */
const SMALL_TRANSFERS = { transferBlocks: 16 }
/** Fewer than a hang, more than any nap. */
const HANG_MS = 60_000

/** The disc of a recording, made once, and the names of the commands that recording it takes. */
export interface Undisturbed {
  readonly recording: DisturbedRecording
  readonly disc: string
  readonly otherDisc: string
  readonly commands: readonly string[]
}

/** Records once without any fault, and notes the commands. */
export async function undisturbed(recording: DisturbedRecording, folder: string): Promise<Undisturbed> {
  const disc = join(folder, 'disc')
  const otherDisc = join(folder, 'other')
  await makeDisc(disc, recording)
  await virtualDisc.create(otherDisc, { media: recording.media, state: recording.state })
  const commands: string[] = []
  const copy = copyDisc(disc, join(folder, 'undisturbed'))
  const virtual = await openDisc(copy, recording.quirks)
  const drive = new Drive(
    counting(virtual, Number.POSITIVE_INFINITY, cdb => commands.push(nameOf(cdb))),
    {
      access: 'write',
    },
  )
  const image = imageFor((await readMedium(drive))!, 1)
  commands.length = 0
  const report = await perform(drive, image, recording, SMALL_TRANSFERS)
  const sent = commands.slice()
  const complaints = await complaintsOfDone(drive, report, recording)
  await drive.close()
  if (complaints.length > 0) throw new Error(`${recording.title}, undisturbed: ${complaints.join('; ')}`)
  return { recording, disc, otherDisc, commands: sent }
}

function counting(transport: Transport, most: number, tell: (cdb: Uint8Array) => void = () => {}): Transport {
  let sent = 0
  return {
    address: transport.address,
    limits: transport.limits,
    close: () => transport.close(),
    execute: request => {
      if (++sent > most) throw new Error(`More than ${most} commands: it does not come to an end.`)
      tell(request.cdb)
      return transport.execute(request)
    },
  }
}

/** Records once with one fault at one command (1 is the first), and looks at what it left. */
export async function disturbed(
  { recording, disc, otherDisc, commands }: Undisturbed,
  kind: FaultKind,
  number: number,
  folder: string,
): Promise<Cell> {
  const complaints: string[] = []
  let path = copyDisc(disc, folder)
  const virtual = await openDisc(path, recording.quirks)
  const before = await stateOf(virtual)
  const cut = () => {
    path = copyDisc(path, join(folder, 'cut'))
  }
  const other = copyDisc(otherDisc, folder)
  const transport = kind.disturb(number, { drive: virtual, otherDisc: other, cut })
  const drive = new Drive(counting(transport, commands.length * MOST_TIMES_THE_COMMANDS), { access: 'write' })
  const result = await withinLimit(
    perform(drive, imageFor(before, 1), recording, SMALL_TRANSFERS).then(
      report => ({ report }),
      (error: Error) => ({ error }),
    ),
  )
  let ending: Ending = 'done'
  let said: Medium | null | undefined
  if (result === undefined) complaints.push('it hangs')
  else if ('report' in result) {
    said = result.report.mediumAfter
  } else if (result.error instanceof RecordingError || result.error instanceof OperationError) {
    ending = 'failed'
    said = result.error.report.mediumAfter
    if (said === null && !kind.endsAll) complaints.push('the report does not know the state of the medium')
    if (!result.error.hint) complaints.push('no hint')
  } else {
    ending = 'refused'
    if (!('code' in result.error)) complaints.push(`not an error of the library: ${result.error.message}`)
  }
  if (!kind.endsAll && virtual.unit.prevented) complaints.push('the door is left locked')
  if (kind.endsDrive) await virtual.close()
  // When the door is unlocked all has been checked: it is the recorded disc that is taken out then.
  if (kind.title === 'swapped' && ending !== 'refused' && number < commands.length) path = other
  const left = kind.endsDrive ? await openDisc(path) : virtual
  if (result && 'report' in result) {
    complaints.push(...(await complaintsOfDone(new Drive(left, { access: 'read' }), result.report, recording)))
  }
  const after = await stateOf(left)
  if (ending === 'refused' && differ(before, after)) complaints.push(`refused, but ${difference(before, after)}`)
  if (said && differ(said, after)) complaints.push(`the report says another state: ${difference(said, after)}`)
  const afterwards = await recover(new Drive(left, { access: 'write' }), complaints)
  await left.close()
  rmSync(folder, { recursive: true, force: true })
  return { ending, afterwards, complaints }
}

async function complaintsOfDone(
  drive: Drive,
  report: RecordingReport | SessionReport | OperationReport,
  { options, session, operation }: Pick<DisturbedRecording, 'options' | 'session' | 'operation'>,
) {
  const complaints: string[] = []
  if (!('written' in report)) {
    const isDone = operation!.isDone(report.mediumAfter, report.mediumBefore)
    return isDone ? [] : [`done, but the medium is ${report.mediumAfter.family}, ${report.mediumAfter.state}`]
  }
  const { differences, unreadable } =
    session && 'trackStarts' in report
      ? await verifySession(drive, session, report)
      : await verifyRecording(drive, report)
  if (differences.length + unreadable.length > 0) complaints.push('done, but the data are not on the disc')
  const after = report.mediumAfter!
  if (after.isBlank) complaints.push('done, but the medium is blank')
  if (options?.close && after.isAppendable) complaints.push('closed for good, but appendable')
  return complaints
}

const stateOf = async (transport: Transport): Promise<Medium> =>
  (await readMedium(new Drive(transport, { access: 'read' })))!

const CLAIMS = ['family', 'state', 'isBlank', 'sessionCount', 'nextWritableAddress', 'lastSessionStart'] as const

const differ = (one: Medium, other: Medium) => CLAIMS.some(claim => one[claim] !== other[claim])

const difference = (one: Medium, other: Medium) =>
  CLAIMS.filter(claim => one[claim] !== other[claim])
    .map(claim => `${claim} ${one[claim]} is ${other[claim]}`)
    .join(', ')

/** What a user would do next: go on; else close, then go on; else blank. */
async function recover(drive: Drive, complaints: string[]): Promise<Afterwards> {
  const append = async (medium: Medium) => {
    const report = await record(drive, imageFor(medium, 2), { overwrite: true })
    complaints.push(...(await complaintsOfDone(drive, report, {})))
  }
  try {
    const medium = await mediumAtRest(drive, {})
    if (medium.state === 'complete') return 'complete'
    if (medium.state !== 'damaged') {
      const goesOn = await append(medium).then(
        () => true,
        () => false,
      )
      if (goesOn) return 'recorded'
    }
    const closed = await closeMedium(drive).catch(() => undefined)
    if (closed?.mediumAfter.state === 'complete') return 'complete'
    if (closed) {
      await append(closed.mediumAfter)
      return 'mended'
    }
    if (!medium.isErasable) return 'lost'
    await append((await blankMedium(drive, { type: 'disc' })).mediumAfter)
    return 'blanked'
  } catch (error) {
    complaints.push(`cannot be recovered: ${(error as Error).message}`)
    return 'lost'
  }
}

async function withinLimit<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), HANG_MS)
  })
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer))
}
