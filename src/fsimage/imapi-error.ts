import { type ErrorDetails, ScsiMmcError } from '../errors'
import type { Evidence } from '../mmc'
import { formatHresult, HRESULTS, type HresultName } from './hresult'

/** Where a result of the multisession rules came from. */
export interface DecidedBy {
  /** Row of the decision table, 1 to 15. */
  readonly rule: number
  /** Index of the element of the list that the row was about. */
  readonly element?: number
  /** The property of that element. */
  readonly property?: string
}

/** A failing HRESULT of IMAPI; `code` is its name. */
export class ImapiError extends ScsiMmcError {
  declare readonly code: HresultName
  /** The HRESULT, unsigned. */
  readonly hresult: number
  /** What the drive said that the result rests on. */
  readonly evidence: readonly Evidence[]
  readonly rule: number | undefined
  readonly element: number | undefined
  readonly property: string | undefined

  constructor(
    code: HresultName,
    message: string,
    details: ErrorDetails & Partial<DecidedBy> & { readonly evidence?: readonly Evidence[] } = {},
  ) {
    super(code, message, details)
    this.hresult = HRESULTS[code]
    this.evidence = details.evidence ?? []
    this.rule = details.rule
    this.element = details.element
    this.property = details.property
  }

  override toJSON(): Record<string, unknown> {
    return {
      ...super.toJSON(),
      hresult: formatHresult(this.hresult),
      ...(this.rule === undefined ? {} : { rule: this.rule }),
      ...(this.element === undefined ? {} : { element: this.element }),
      ...(this.property === undefined ? {} : { property: this.property }),
      ...(this.evidence.length === 0 ? {} : { evidence: this.evidence }),
    }
  }
}
