/** What every error of this library carries besides its message. */
export interface ErrorDetails {
  /** What the user can do about it, as one sentence. */
  hint?: string
  cause?: unknown
}

/**
 * The root of all errors this library throws on purpose. Match `code`, which is stable; `message` is for people.
 *
 * Codes begin with the kind of the error: `USAGE_`, `MEDIUM_`, `IMAPI_`/`E_`, `SENSE_`, `TRANSPORT_`, `FORMAT_`.
 */
export class ScsiMmcError extends Error {
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.hint = details.hint
  }

  /** The error as plain data, as `--json` prints it. */
  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) }
  }
}

/** The caller asked for something that cannot be: an unknown option, a malformed address, a missing file. */
export class UsageError extends ScsiMmcError {}

/** Bytes that are not what their format says: a transcript, a virtual disc's state file, an image. */
export class FormatError extends ScsiMmcError {}

/** The medium, as it is, does not allow what was asked; `evidence` names the bytes that say so. */
export class MediumError extends ScsiMmcError {
  readonly evidence: readonly unknown[]

  constructor(code: string, message: string, details: ErrorDetails & { evidence?: readonly unknown[] } = {}) {
    super(code, message, details)
    this.evidence = details.evidence ?? []
  }
}

/** Any thrown value as an Error, for `cause` and for messages. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
