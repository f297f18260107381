import { asError } from '../../errors'
import type { Drive, Medium } from '../../mmc'
import { ImapiError } from '../imapi-error'
import { type Candidate, judgedByTheirDrives, refuseSeveralDrives } from './candidates'
import { readElement } from './element'
import { badParameter, fail } from './failure'
import type { MultisessionInterface, MultisessionKind } from './interfaces'
import { readPreviousSession } from './previous-session'
import { verdict } from './verdict'

/** The interface that a next session will be made with, and what it was judged by. */
export interface AcceptedMultisession {
  readonly kind: MultisessionKind
  /** The elements of the caller's list. */
  readonly list: readonly MultisessionInterface[]
  /** Its place in the list. */
  readonly index: number
  /** The caller's element itself. */
  readonly element: MultisessionInterface
  /** What it said when it was accepted, or, where it is the library's own, what the medium says now. */
  readonly properties: Readonly<Record<string, unknown>>
  /** The drive that is imported from; none behind a caller's own element. */
  readonly importRecorder?: Drive
  readonly medium?: Medium
}

const MOST_ELEMENTS = 1000

/**
 * The rules of IFileSystemImage::put_MultisessionInterfaces, fifteen rows of which the first that holds decides. Nothing
 * is changed by them, whatever the result.
 *
 * @param list  what the caller gave; each property of each element is read once
 * @param supported  the kinds that the image object supports
 * @throws {ImapiError} with `rule`, and where they apply `element`, `property` and `evidence`
 */
export async function acceptMultisession(
  list: unknown,
  supported: readonly MultisessionKind[],
): Promise<AcceptedMultisession> {
  try {
    return await decide(list, supported)
  } catch (error) {
    if (error instanceof ImapiError) throw error
    throw new ImapiError(
      'IMAPI_E_FSI_INTERNAL_ERROR',
      `Setting the multisession interfaces failed within: ${asError(error).message}`,
      { rule: 14, cause: error, hint: 'The cause says where; an error of this kind is worth a report.' },
    )
  }
}

async function decide(list: unknown, supported: readonly MultisessionKind[]): Promise<AcceptedMultisession> {
  const elements = elementsOf(list)
  const readings = elements.map(readElement)
  for (const { isInterface, index } of readings) {
    if (isInterface) continue
    const message = `Element ${index} is not an object with the properties of IMultisession (kind, inUse, isSupportedOnCurrentMediaState).`
    throw fail('E_NOINTERFACE', message, { rule: 3, element: index })
  }
  for (const { fault, index } of readings) {
    if (fault) throw badParameter(index, fault.property, fault.problem, fault.cause)
  }
  const candidates = await judgedByTheirDrives(readings)
  refuseSeveralDrives(candidates, supported)

  const inUse = candidates.filter(({ values }) => values['inUse'] === true)
  if (inUse.length > 1) {
    throw fail(
      'IMAPI_E_BAD_MULTISESSION_PARAMETER',
      `Elements ${inUse.map(({ index }) => index).join(' and ')} are both in use: only one can be.`,
      { rule: 5, element: inUse[1]!.index, property: 'inUse' },
    )
  }
  const [chosen] = inUse
  if (chosen && !supported.includes(chosen.kind)) {
    throw fail(
      'IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE',
      `Element ${chosen.index}, the one in use, is ${chosen.kind}, which this image does not support (it does: ${supported.join(', ') || 'none'}).`,
      { rule: 6, element: chosen.index, property: 'kind' },
    )
  }
  const eligible = chosen ? [chosen] : candidates.filter(({ kind }) => supported.includes(kind))
  if (eligible.length === 0) {
    throw fail(
      'IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE',
      `None of the ${candidates.length} elements is of a kind that this image supports (${supported.join(', ') || 'none'}).`,
      { rule: 7, property: 'kind' },
    )
  }
  const usable = eligible.filter(candidate => verdict(candidate, candidates, chosen !== undefined) === undefined)
  if (usable.length === 0) throw verdict(eligible[0]!, candidates, chosen !== undefined)!
  const accepted = preferred(usable)
  await readPreviousSession(accepted)
  return {
    kind: accepted.kind,
    list: elements as MultisessionInterface[],
    index: accepted.index,
    element: elements[accepted.index] as MultisessionInterface,
    properties: accepted.values,
    ...(accepted.drive ? { importRecorder: accepted.drive } : {}),
    ...(accepted.state?.medium ? { medium: accepted.state.medium } : {}),
  }
}

/** Rows 1 and 2. */
function elementsOf(list: unknown): unknown[] {
  if (list === null || list === undefined) {
    throw fail('E_POINTER', 'There is no list of multisession interfaces.', { rule: 1 })
  }
  const noList = (message: string, cause?: unknown) =>
    fail('E_INVALIDARG', message, {
      rule: 2,
      ...(cause === undefined ? {} : { cause }),
      ...(list instanceof Promise ? { hint: 'It is a promise: await it first.' } : {}),
    })
  if (typeof list !== 'object') throw noList(`A ${typeof list} is no list of multisession interfaces.`)
  try {
    if (typeof (list as Iterable<unknown>)[Symbol.iterator] !== 'function') {
      throw noList('The object given is no list of multisession interfaces.')
    }
    const elements: unknown[] = []
    for (const element of list as Iterable<unknown>) {
      if (elements.length === MOST_ELEMENTS) throw noList(`The list has more than ${MOST_ELEMENTS} elements.`)
      elements.push(element)
    }
    return elements
  } catch (error) {
    if (error instanceof ImapiError) throw error
    throw noList(`The list cannot be read: ${asError(error).message}`, error)
  }
}

/** Row 15: the first that is supported; on overwritable media the random-write one before the sequential one. */
function preferred(usable: readonly Candidate[]): Candidate {
  const first = usable[0]!
  if (first.state?.medium && !first.state.medium.isOverwritable) return first
  return usable.find(({ kind, drive }) => kind === 'random-write' && drive === first.drive) ?? first
}
