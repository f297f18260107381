import { MediumError } from '../errors'
import type { Drive } from './drive'
import { type AskOptions, ask, askConfiguration, isMediumGone } from './media/ask'
import { Claims } from './media/claims'
import { imapiState } from './media/imapi-state'
import type { MediumObservations, Question } from './media/observations'
import { recognise, recognitionQuestions, restRecognition } from './media/recognise'
import type { Medium } from './medium-state'
import { ScsiError } from './scsi-error'

/** How {@link readMedium} asks. */
export interface ReadMediumOptions {
  /** Stops before the next command. */
  readonly signal?: AbortSignal
  /** Longest time to wait for the drive to become ready, 120 s unless given. */
  readonly readyLimitMs?: number
}

/** What was asked and answered; `observations` is missing where there is no medium, `absence` says so in the drive's words. */
export type ObservedMedium =
  | { readonly observations: MediumObservations; readonly absence?: undefined }
  | { readonly observations?: undefined; readonly absence: ScsiError }

const ILLEGAL_REQUEST = 5
const CHANGES_BEFORE_GIVING_UP = 5

/**
 * The state of the medium in a drive, with the evidence for each claim.
 *
 * Asks no more than the family of the medium needs; what the drive refuses is an observation, too. Where answers
 * contradict each other, the one that drives get right is believed, and `warnings` tells. A medium change in between
 * starts it over.
 *
 * @returns null where there is no medium
 * @throws {MediumError} `MEDIUM_NOT_READY` where the drive does not become ready, `MEDIUM_CHANGED` where media come and
 *   go faster than they can be asked about
 * @throws {TransportError} where a command did not reach the drive
 */
export async function readMedium(drive: Drive, options: ReadMediumOptions = {}): Promise<Medium | null> {
  const { observations } = await observeMedium(drive, options)
  return observations ? concludeMedium(observations) : null
}

/**
 * Asks a drive about its medium, and concludes nothing.
 *
 * @throws as {@link readMedium}
 */
export async function observeMedium(drive: Drive, options: ReadMediumOptions = {}): Promise<ObservedMedium> {
  for (let attempt = 0; attempt < CHANGES_BEFORE_GIVING_UP; attempt++) {
    const notReady = await drive
      .waitUntilReady({
        ...(options.signal ? { signal: options.signal } : {}),
        ...(options.readyLimitMs === undefined ? {} : { limitMs: options.readyLimitMs }),
      })
      .then(
        () => undefined,
        error => error,
      )
    if (notReady !== undefined && !(notReady instanceof ScsiError)) throw notReady
    if (notReady && isMediumGone(notReady)) return { absence: notReady }
    const generation = drive.mediumGeneration
    // A drive that does not know TEST UNIT READY has said nothing of its medium.
    const observations: MediumObservations = notReady && notReady.sense?.key !== ILLEGAL_REQUEST ? { notReady } : {}
    const isSame = await observe(drive, observations, generation, options.signal ? { signal: options.signal } : {})
    if (isSame) return { observations }
  }
  throw new MediumError(
    'MEDIUM_CHANGED',
    `The medium was changed ${CHANGES_BEFORE_GIVING_UP} times while it was asked about.`,
    {
      hint: 'Leave a medium in the drive, and try again.',
    },
  )
}

/** Fills the observations in; false where the medium was changed meanwhile, and what was observed is void. */
async function observe(
  drive: Drive,
  observations: MediumObservations,
  generation: number,
  options: AskOptions,
): Promise<boolean> {
  const asked = new Set<Question>()
  const askAll = async (questions: readonly Question[]) => {
    let askedAny = false
    for (const question of questions) {
      if (asked.has(question)) continue
      asked.add(question)
      askedAny = true
      if (!(await ask(drive, question, observations, options))) return undefined
      if (drive.mediumGeneration !== generation) return undefined
    }
    return askedAny
  }

  if (!(await askConfiguration(drive, observations, options)) || drive.mediumGeneration !== generation) return false
  if ((await askAll(recognitionQuestions(observations))) === undefined) return false
  const { family, name } = recognise(observations)
  for (;;) {
    const askedMore = await askAll(family.questions(observations, name))
    if (askedMore === undefined) return false
    if (!askedMore) return true
  }
}

/** Concludes the state of a medium from what was observed. Pure: bytes in, claims out. */
export function concludeMedium(observations: MediumObservations): Medium {
  const claims = new Claims(observations)
  const recognised = recognise(observations)
  const profile = restRecognition(claims, recognised)
  const conclusion = recognised.family.conclude(claims, recognised.name)
  if (observations.notReady) {
    claims.warn(`The drive says of the medium: ${observations.notReady.sense?.text ?? observations.notReady.message}.`)
  }
  const { evidence, warnings } = claims
  const { name } = recognised
  return {
    profile,
    family: name,
    ...conclusion,
    imapi: imapiState(name, profile, conclusion),
    evidence,
    warnings,
  }
}
