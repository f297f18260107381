import type { Command } from 'commander'
import type { OpticalDrive } from '../optical-drive'

/** The options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean
  readonly trace?: string
  readonly ffi?: 'koffi' | 'ffi-napi'
}

/** What a command runs with: where it prints, and how it is interrupted. */
export interface Invocation {
  readonly signal: AbortSignal
  /** A line for people, or a document for programs, on standard output. */
  readonly print: (text: string) => void
  /** One JSON document on standard output. */
  readonly printJson: (value: unknown) => void
  /** One JSON document on a line of its own, for commands that go on. */
  readonly printJsonLine: (value: unknown) => void
  /** A line on standard error: progress, warnings, prompts. */
  readonly note: (text: string) => void
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Progress is printed as events, a line each: an error is one, too. */
  readonly printsEvents: boolean
  /** Sets the exit code of a command that ended as it should, and whose answer is no. */
  exitCode: number
}

/** A command of the command line: it adds itself to the program. */
export type CliCommand = (program: Command, invocation: Invocation) => void

/** Opens a drive as the common options say: through which backend, recorded to which transcript. */
export async function openCliDrive(
  address: string,
  options: CommonOptions,
  access: 'read' | 'write' = 'read',
): Promise<OpticalDrive> {
  const { openDrive } = await import('../open-drive')
  const { trace, ffi } = options
  const layers = trace ? [(await import('../platform/layers/tracing')).tracingToFile(trace)] : []
  return openDrive(address, { access, layers, ...(ffi ? { ffi } : {}) })
}
