import { ScsiMmcError } from '../../errors'
import type { Drive, Evidence } from '../../mmc'
import { againstTheMedium } from './against-the-medium'
import type { ElementReading } from './element'
import { badParameter } from './failure'
import type { MultisessionKind } from './interfaces'
import { interfacesOf, isAsMade, type MediumInDrive, mediumIn } from './of-medium'

/** One element, with the medium that it is about. */
export interface Candidate {
  readonly index: number
  readonly kind: MultisessionKind
  readonly values: Readonly<Record<string, unknown>>
  readonly drive?: Drive
  /** The medium in its drive as it is now. */
  readonly state?: MediumInDrive
  /** It says so itself, and the medium in its drive agrees. */
  readonly isSupportedOnMedium: boolean
}

/**
 * Puts each element beside the medium in its drive, every drive asked once. The library's own elements, where the caller
 * left them as they were, say what the medium is now, not what it was when they were made.
 *
 * @throws {ImapiError} row 4, where a drive fails, or its medium contradicts an element
 */
export async function judgedByTheirDrives(readings: readonly ElementReading[]): Promise<Candidate[]> {
  const states = new Map<Drive, MediumInDrive>()
  const candidates: Candidate[] = []
  for (const reading of readings) {
    const drive = (reading.values['importRecorder'] ?? undefined) as Drive | undefined
    if (!drive) {
      candidates.push(withoutDrive(reading))
      continue
    }
    const state = states.get(drive) ?? (await stateOf(drive, reading.index))
    states.set(drive, state)
    candidates.push(withDrive(reading, drive, state))
  }
  return candidates
}

function withoutDrive({ index, values }: ElementReading): Candidate {
  const isSupportedOnMedium = values['isSupportedOnCurrentMediaState'] === true
  return { index, kind: values['kind'] as MultisessionKind, values, isSupportedOnMedium }
}

function withDrive({ index, values, element }: ElementReading, drive: Drive, state: MediumInDrive): Candidate {
  const kind = values['kind'] as MultisessionKind
  const now = interfacesOf(state, drive).find(each => each.kind === kind)
  if (!now) return { index, kind, values, drive, state, isSupportedOnMedium: false }
  const supportedNow = now.isSupportedOnCurrentMediaState
  if (isAsMade(element, values)) {
    const current = { ...now, inUse: values['inUse'] }
    return { index, kind, values: current, drive, state, isSupportedOnMedium: supportedNow }
  }
  const fault = state.medium ? againstTheMedium(values, { ...now }) : undefined
  if (fault) throw badParameter(index, fault.property, fault.problem, undefined, evidenceOf(state, fault.property))
  const saysSo = values['isSupportedOnCurrentMediaState'] === true
  return { index, kind, values, drive, state, isSupportedOnMedium: supportedNow && saysSo }
}

async function stateOf(drive: Drive, index: number): Promise<MediumInDrive> {
  try {
    return await mediumIn(drive)
  } catch (cause) {
    if (!(cause instanceof ScsiMmcError)) throw cause
    const problem = `cannot be retrieved: ${cause.message}`
    throw badParameter(index, 'isSupportedOnCurrentMediaState', problem.replace(/\.$/, ''), cause)
  }
}

const CLAIM_OF: Readonly<Record<string, string>> = {
  isSupportedOnCurrentMediaState: 'state',
  isFirstDataSession: 'lastSessionStart',
  startAddressOfPreviousSession: 'lastSessionStart',
  lastWrittenAddressOfPreviousSession: 'lastRecordedAddress',
  nextWritableAddress: 'nextWritableAddress',
  freeSectorsOnMedia: 'freeBlocks',
  totalSectorsOnMedia: 'capacityBlocks',
  writeUnitSize: 'family',
}

/** What a medium's state rests on, as far as it bears on a property of its interfaces. */
export function evidenceOf(state: MediumInDrive | undefined, property: string): Evidence[] {
  const claim = CLAIM_OF[property] ?? property
  return state?.medium?.evidence.filter(each => each.claim === claim) ?? []
}

/**
 * Elements of several drives: only one may be usable, else nobody knows which medium is meant.
 *
 * @throws {ImapiError} row 4
 */
export function refuseSeveralDrives(candidates: readonly Candidate[], supported: readonly MultisessionKind[]): void {
  const usable = candidates.filter(each => each.drive && each.isSupportedOnMedium && supported.includes(each.kind))
  const other = usable.find(({ drive }) => drive !== usable[0]!.drive)
  if (!other) return
  throw badParameter(
    other.index,
    'importRecorder',
    `is ${other.drive!.address}, but element ${usable[0]!.index}, which is supported, too, belongs to ${usable[0]!.drive!.address}`,
  )
}
