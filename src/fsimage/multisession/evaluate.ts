import type { Drive, Evidence, Medium, ReadMediumOptions } from '../../mmc'
import { formatHresult, HRESULTS, type HresultName } from '../hresult'
import { ImapiError } from '../imapi-error'
import { MULTISESSION_KINDS, type MultisessionKind } from './interfaces'
import { type DescribedInterface, describedInterface, interfacesOf, mediumIn } from './of-medium'
import { acceptMultisession } from './rules'

/** What `put_MultisessionInterfaces` answers for the medium in a drive, and why. */
export interface MultisessionEvaluation {
  readonly result: { readonly name: HresultName; readonly hresult: string }
  /** The interface that was accepted. */
  readonly accepted: DescribedInterface | null
  readonly offered: readonly DescribedInterface[]
  readonly medium: Medium | null
  /** What the medium's state, or the failure, rests on. */
  readonly evidence: readonly Evidence[]
  /** The failure in words, with the row of the decision table. */
  readonly error?: Readonly<Record<string, unknown>>
}

/** How {@link evaluateMultisession} chooses. */
export interface EvaluateOptions extends ReadMediumOptions {
  /** The interface that is marked as in use; `none` leaves the choice to the rules. */
  readonly use?: MultisessionKind | 'none'
  /** Kinds that the image supports; both unless given. */
  readonly supportedMultisession?: readonly MultisessionKind[]
}

/**
 * Evaluates the rules of `put_MultisessionInterfaces` on the medium in a drive, without an image.
 *
 * @throws {TransportError} where the drive cannot be asked
 */
export async function evaluateMultisession(
  drive: Drive,
  options: EvaluateOptions = {},
): Promise<MultisessionEvaluation> {
  const state = await mediumIn(drive, options)
  const offered = interfacesOf(state, drive)
  for (const element of offered) element.inUse = element.kind === options.use
  const { medium } = state
  const common = { offered: offered.map(element => describedInterface(element)), medium }
  try {
    const accepted = await acceptMultisession(offered, options.supportedMultisession ?? MULTISESSION_KINDS)
    return {
      result: resultOf('S_OK'),
      accepted: describedInterface(accepted.properties),
      ...common,
      evidence: medium?.evidence ?? [],
    }
  } catch (error) {
    if (!(error instanceof ImapiError)) throw error
    return {
      result: resultOf(error.code),
      accepted: null,
      ...common,
      evidence: error.evidence.length > 0 ? error.evidence : (medium?.evidence ?? []),
      error: error.toJSON(),
    }
  }
}

function resultOf(name: HresultName): MultisessionEvaluation['result'] {
  return { name, hresult: formatHresult(HRESULTS[name]) }
}
