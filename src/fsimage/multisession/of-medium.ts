import { MediumError } from '../../errors'
import type { Drive, Medium, ScsiError, Track } from '../../mmc'
import { concludeMedium, observeMedium, type ReadMediumOptions } from '../../mmc/medium'
import type {
  MultisessionInterface,
  MultisessionKind,
  MultisessionRandomWrite,
  MultisessionSequential,
} from './interfaces'

/** IMAPI's value for "none". */
export const NONE = -1

/** What a drive said of its medium: a state, or that there is none, or none that is ready. */
export type MediumInDrive =
  | { readonly medium: Medium; readonly absence?: undefined }
  | { readonly medium: null; readonly absence: ScsiError | MediumError }

/** The values that an element was made with, by which it is told whether the caller has changed them. */
const made = new WeakMap<object, Readonly<Record<string, unknown>>>()

/** True where every value read from an element is the one that it was made with here. */
export function isAsMade(element: object, values: Readonly<Record<string, unknown>>): boolean {
  const original = made.get(element)
  if (!original) return false
  return Object.entries(values).every(([name, value]) => name === 'inUse' || value === original[name])
}

/**
 * The multisession interfaces of the medium in a drive, as IDiscFormat2Data::get_MultisessionInterfaces gives them: always
 * two, sequential and random-write; what differs is `isSupportedOnCurrentMediaState`.
 *
 * @throws {TransportError} where the drive cannot be asked
 */
export async function multisessionInterfaces(
  drive: Drive,
  options: ReadMediumOptions = {},
): Promise<MultisessionInterface[]> {
  return interfacesOf(await mediumIn(drive, options), drive)
}

/** The medium in a drive, or why there is none to speak of. */
export async function mediumIn(drive: Drive, options: ReadMediumOptions = {}): Promise<MediumInDrive> {
  try {
    const { observations, absence } = await observeMedium(drive, options)
    return observations ? { medium: concludeMedium(observations) } : { medium: null, absence }
  } catch (error) {
    if (error instanceof MediumError && error.code === 'MEDIUM_NOT_READY') return { medium: null, absence: error }
    throw error
  }
}

/** The two interfaces for a medium. */
export function interfacesOf({ medium }: MediumInDrive, importRecorder: Drive): MultisessionInterface[] {
  const elements = [sequentialOf(medium, importRecorder), randomWriteOf(medium, importRecorder)]
  for (const element of elements) {
    made.set(element, { ...element })
    // Printed as data, an element shows itself and not the drive behind it.
    Object.defineProperty(element, 'toJSON', { value: () => describedInterface(element) })
  }
  return elements
}

/** A multisession interface as plain data. */
export type DescribedInterface = { readonly type: MultisessionKind } & Readonly<Record<string, unknown>>

/** An interface as plain data, its kind called its type, without the drive behind it. */
export function describedInterface(
  element: Readonly<Record<string, unknown>> | MultisessionInterface,
): DescribedInterface {
  const { kind, importRecorder: _drive, ...rest } = element
  return { type: kind as MultisessionKind, ...rest }
}

function sequentialOf(medium: Medium | null, importRecorder: Drive): MultisessionSequential {
  const { isFirstDataSession, start, last } = previousSession(medium)
  return {
    kind: 'sequential',
    inUse: false,
    isSupportedOnCurrentMediaState: medium !== null && isSequentialSupported(medium),
    isFirstDataSession,
    startAddressOfPreviousSession: start,
    lastWrittenAddressOfPreviousSession: last,
    nextWritableAddress: medium?.nextWritableAddress ?? NONE,
    freeSectorsOnMedia: medium ? (medium.freeBlocks ?? NONE) : 0,
    writeUnitSize: medium?.writeUnitSize ?? NONE,
    importRecorder,
  }
}

function randomWriteOf(medium: Medium | null, importRecorder: Drive): MultisessionRandomWrite {
  return {
    kind: 'random-write',
    inUse: false,
    isSupportedOnCurrentMediaState: medium !== null && isRandomWriteSupported(medium),
    writeUnitSize: medium?.writeUnitSize ?? NONE,
    lastWrittenAddress: medium?.lastRecordedAddress ?? NONE,
    totalSectorsOnMedia: medium?.capacityBlocks ?? NONE,
    importRecorder,
  }
}

const isRewrittenInPlace = (medium: Medium) => medium.state === 'overwritable' || medium.state === 'unformatted'

function isSequentialSupported(medium: Medium): boolean {
  if (medium.nextWritableAddress === null) return false
  return medium.state === 'blank' || medium.state === 'appendable' || isRewrittenInPlace(medium)
}

function isRandomWriteSupported(medium: Medium): boolean {
  return isRewrittenInPlace(medium) || (medium.family === 'bd-r-pow' && medium.state === 'appendable')
}

/**
 * The session that an import reads: the last complete one that holds data. Sessions of audio alone leave the next one
 * the first data session; the addresses are those of the last of them.
 */
function previousSession(medium: Medium | null): { isFirstDataSession: boolean; start: number; last: number } {
  if (!medium || medium.lastSessionStart === null) return { isFirstDataSession: true, start: NONE, last: NONE }
  const complete = medium.tracks.filter(track => track.state === 'complete')
  const holdsAudio = complete.some(track => !track.isData)
  const last = beforeNext(medium.lastRecordedAddress, medium)
  if (!holdsAudio) return { isFirstDataSession: false, start: medium.lastSessionStart, last }
  const session = complete.filter(track => track.isData).at(-1)?.session
  if (session === undefined) return { isFirstDataSession: true, start: medium.lastSessionStart, last }
  const data = complete.filter(track => track.session === session && track.isData)
  return { isFirstDataSession: false, start: data[0]!.start, last: beforeNext(lastAddressOf(data.at(-1)!), medium) }
}

/** Some drives give a Last Recorded Address that lies behind where writing goes on: it is not to be had then. */
function beforeNext(address: number | null, { nextWritableAddress }: Medium): number {
  return address === null || (nextWritableAddress !== null && address >= nextWritableAddress) ? NONE : address
}

const lastAddressOf = (track: Track) => track.lastRecordedAddress ?? track.start + Math.max(1, track.size) - 1
