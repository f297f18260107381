import type { ErrorDetails } from '../../errors'
import type { Evidence } from '../../mmc'
import type { HresultName } from '../hresult'
import { type DecidedBy, ImapiError } from '../imapi-error'

/** A failing result of the rules. */
export function fail(
  code: HresultName,
  message: string,
  details: ErrorDetails & DecidedBy & { readonly evidence?: readonly Evidence[] },
): ImapiError {
  return new ImapiError(code, message, details)
}

/** Row 4: a property that cannot be had, or cannot be true. */
export function badParameter(
  element: number,
  property: string,
  problem: string,
  cause?: unknown,
  evidence: readonly Evidence[] = [],
): ImapiError {
  return fail('IMAPI_E_BAD_MULTISESSION_PARAMETER', `Element ${element}: ${property} ${problem}.`, {
    rule: 4,
    element,
    property,
    evidence,
    ...(cause === undefined ? {} : { cause }),
  })
}
