import { hex } from '../../layout'
import { SAM_STATUS, type ScsiRequest, TransportError, type TransportErrorCode } from '../transport'
import type { SgIoOutcome } from './sg-io-hdr'

/** Host status: what the kernel and the host adapter say (`scsi/scsi_status.h`, DID_…). */
const HOST_STATUS: readonly string[] = [
  'DID_OK',
  'DID_NO_CONNECT',
  'DID_BUS_BUSY',
  'DID_TIME_OUT',
  'DID_BAD_TARGET',
  'DID_ABORT',
  'DID_PARITY',
  'DID_ERROR',
  'DID_RESET',
  'DID_BAD_INTR',
  'DID_PASSTHROUGH',
  'DID_SOFT_ERROR',
  'DID_IMM_RETRY',
  'DID_REQUEUE',
  'DID_TRANSPORT_DISRUPTED',
  'DID_TRANSPORT_FAILFAST',
  'DID_TARGET_FAILURE',
  'DID_NEXUS_FAILURE',
  'DID_ALLOC_FAILURE',
  'DID_MEDIUM_ERROR',
  'DID_TRANSPORT_MARGINAL',
]

/** Driver status, its lower four bits; the upper ones were a suggestion to retry or to give up. */
const DRIVER_STATUS: readonly string[] = [
  'DRIVER_OK',
  'DRIVER_BUSY',
  'DRIVER_SOFT',
  'DRIVER_MEDIA',
  'DRIVER_ERROR',
  'DRIVER_INVALID',
  'DRIVER_TIMEOUT',
  'DRIVER_HARD',
  'DRIVER_SENSE',
]
const DRIVER_SENSE = 8
const DRIVER_TIMEOUT = 6
const SUGGEST_RETRY = 0x10

/** Statuses after which the command has not run: it may be sent again. */
const NOT_RUN = new Set(['DID_BUS_BUSY', 'DID_IMM_RETRY', 'DID_REQUEUE'])
/** The kernel's way to say what kind of answer the device gave: with sense, it is an answer. */
const DEVICE_ANSWERED = new Set(['DID_TARGET_FAILURE', 'DID_NEXUS_FAILURE', 'DID_ALLOC_FAILURE', 'DID_MEDIUM_ERROR'])

const HOST_STATUS_CODES: Readonly<Record<string, TransportErrorCode>> = {
  DID_NO_CONNECT: 'TRANSPORT_DEVICE_GONE',
  DID_BAD_TARGET: 'TRANSPORT_DEVICE_GONE',
  DID_TIME_OUT: 'TRANSPORT_TIMEOUT',
  DID_BUS_BUSY: 'TRANSPORT_BUSY',
}

const HINTS: Readonly<Partial<Record<TransportErrorCode, string>>> = {
  TRANSPORT_DEVICE_GONE: 'Check the cable and the power supply, then plug the drive in again.',
  TRANSPORT_TIMEOUT:
    'The kernel has reset the drive: it may have forgotten its settings, and a recording has been broken off. Read the state of the medium anew.',
  TRANSPORT_BUSY: 'Another drive on the same bus is busy: try again when it has ended.',
  TRANSPORT_FAILED: 'Check the cable and, for a USB drive, try another port or one without a hub.',
}

/** What a command came to: an answer of the drive, an error on the way, or nothing yet. */
export type Judgement =
  | { readonly kind: 'answer'; readonly status: number; readonly transferredBytes: number }
  | { readonly kind: 'retry' }
  | { readonly kind: 'error'; readonly error: TransportError }

function nameOf(names: readonly string[], number: number): string {
  return names[number] ?? `${number.toString(16).toUpperCase()}h`
}

/**
 * Tells host, driver and device status apart, in this order: only where both of the others are clean does the device's
 * own status count.
 *
 * @param mayRetry  false once it has been sent again often enough
 */
export function judge(outcome: SgIoOutcome, request: ScsiRequest, address: string, mayRetry: boolean): Judgement {
  const { status, hostStatus, driverStatus, senseBytes } = outcome
  const host = nameOf(HOST_STATUS, hostStatus)
  const driver = driverStatus & 0x0f
  const answered = status !== SAM_STATUS.good && senseBytes > 0

  if (hostStatus !== 0 && !(answered && DEVICE_ANSWERED.has(host))) {
    // A soft error may have come after the drive did its work: only what can be asked twice is asked again.
    const again = NOT_RUN.has(host) || (host === 'DID_SOFT_ERROR' && request.direction === 'in')
    if (mayRetry && again) return { kind: 'retry' }
    return failed(HOST_STATUS_CODES[host], 'host status', hostStatus, host, request, address, !NOT_RUN.has(host))
  }
  if (driver !== 0 && driver !== DRIVER_SENSE) {
    if (mayRetry && driverStatus & SUGGEST_RETRY && request.direction === 'in') return { kind: 'retry' }
    const code = driver === DRIVER_TIMEOUT ? 'TRANSPORT_TIMEOUT' : undefined
    return failed(code, 'driver status', driverStatus, nameOf(DRIVER_STATUS, driver), request, address, true)
  }
  // Older kernels give the sense with "driver sense" alone.
  const said =
    status === SAM_STATUS.good && driver === DRIVER_SENSE && senseBytes > 0 ? SAM_STATUS.checkCondition : status
  return { kind: 'answer', status: said, transferredBytes: transferred(outcome, request) }
}

/** Bytes moved. Some USB bridges give a residual count that is larger than the transfer, or negative. */
function transferred({ resid, status }: SgIoOutcome, { data }: ScsiRequest): number {
  if (resid >= 0 && resid <= data.length) return data.length - resid
  return status === SAM_STATUS.good ? data.length : 0
}

function failed(
  code: TransportErrorCode = 'TRANSPORT_FAILED',
  system: string,
  number: number,
  name: string,
  { cdb }: ScsiRequest,
  address: string,
  mayHaveRun: boolean,
): Judgement {
  const hint = HINTS[code]
  const error = new TransportError(
    code,
    code === 'TRANSPORT_TIMEOUT'
      ? `${address} did not answer in time (${system} ${name}): ${hex(cdb)}.`
      : `The command did not get through to ${address} (${system} ${name}): ${hex(cdb)}.`,
    { address, cdb, systemError: { system, number, name }, mayHaveRun, ...(hint === undefined ? {} : { hint }) },
  )
  return { kind: 'error', error }
}
