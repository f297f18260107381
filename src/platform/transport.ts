import { type ErrorDetails, ScsiMmcError } from '../errors'
import { hex } from '../layout'

/** Which way data move: `in` is from the drive to the host. */
export type Direction = 'none' | 'in' | 'out'

/** One SCSI command as it goes to a device. */
export interface ScsiRequest {
  /** Command descriptor block, 6 to 16 bytes. */
  readonly cdb: Uint8Array
  readonly direction: Direction
  /** What is sent (`out`), or where the answer goes (`in`); its length is the transfer's length. Empty for `none`. */
  readonly data: Uint8Array
  readonly timeoutMs: number
}

/** What a device answered. A CHECK CONDITION is an answer, too. */
export interface ScsiResponse {
  /** SAM status: 00h GOOD, 02h CHECK CONDITION, 08h BUSY, … */
  readonly status: number
  /** Sense data as sent, empty where there is none. */
  readonly sense: Uint8Array
  /**
   * Bytes moved, as far as the system knows: never more than `data.length`. Systems and bridges report too much now and
   * then, so a reply's own length field bounds it once more.
   */
  readonly transferredBytes: number
  readonly durationUs: number
}

/** What a way to the drive can carry. */
export interface TransportLimits {
  /** Most bytes that one command may move. */
  readonly maximumTransferBytes: number
  /**
   * Bytes of one command that go through fastest, where the way is known to carry them at least as well as less (SBC-3's
   * OPTIMAL TRANSFER LENGTH). What a system says of its own limits is no such knowledge: bridges behind it carry less.
   */
  readonly optimalTransferBytes?: number
  /** Address bits that must be 0 in a data buffer handed over as is (0: any address); transports copy where needed. */
  readonly alignmentMask: number
}

/**
 * The one way in which commands reach a device. Implementations promise:
 *
 * - commands run one at a time, in the order of the calls, without blocking the event loop;
 * - `data` and `cdb` are not touched after the promise settles;
 * - a CHECK CONDITION or BUSY resolves; what never reached the device, or whose outcome is unknown, rejects with a
 *   {@link TransportError};
 * - `close()` waits for the command under way, makes later ones fail with `TRANSPORT_CLOSED`, and may be called twice.
 */
export interface Transport {
  /** The address it was opened by. */
  readonly address: string
  readonly limits: TransportLimits
  execute(request: ScsiRequest): Promise<ScsiResponse>
  close(): Promise<void>
  /**
   * Resets the logical unit (SAM-5 6.3.3), where this way to it can: what hosts have set is what it was at power-on, and
   * the next command meets a unit attention. A command under way is not waited for.
   */
  reset?(): Promise<void> | void
}

/** SAM status codes by name. */
export const SAM_STATUS = {
  good: 0x00,
  checkCondition: 0x02,
  conditionMet: 0x04,
  busy: 0x08,
  reservationConflict: 0x18,
  taskSetFull: 0x28,
  acaActive: 0x30,
  taskAborted: 0x40,
} as const

/** A system's own number for what went wrong. */
export interface SystemError {
  /** `errno`, `Win32`, `NTSTATUS`, `IOReturn`, `host status`, `iSCSI`, … */
  readonly system: string
  readonly number: number
  /** Its name: `EACCES`, `ERROR_SHARING_VIOLATION`, `kIOReturnExclusiveAccess`. */
  readonly name: string
}

/** The codes of {@link TransportError}, the same on every system. */
export type TransportErrorCode =
  | 'TRANSPORT_NO_SUCH_DEVICE'
  | 'TRANSPORT_NOT_A_SCSI_DEVICE'
  | 'TRANSPORT_NO_PERMISSION'
  | 'TRANSPORT_BUSY'
  | 'TRANSPORT_DEVICE_GONE'
  | 'TRANSPORT_TIMEOUT'
  | 'TRANSPORT_OPCODE_REFUSED'
  | 'TRANSPORT_TOO_LARGE'
  | 'TRANSPORT_CLOSED'
  | 'TRANSPORT_UNAVAILABLE'
  | 'TRANSPORT_FAILED'

/** The command did not reach the device, or what became of it is unknown. */
export class TransportError extends ScsiMmcError {
  declare readonly code: TransportErrorCode
  readonly address: string | undefined
  readonly cdb: Uint8Array | undefined
  readonly systemError: SystemError | undefined
  /** The device may have run the command all the same (a timeout, a reset, a broken connection). */
  readonly mayHaveRun: boolean

  constructor(
    code: TransportErrorCode,
    message: string,
    details: ErrorDetails & {
      address?: string | undefined
      cdb?: Uint8Array | undefined
      systemError?: SystemError | undefined
      mayHaveRun?: boolean
    } = {},
  ) {
    super(code, message, details)
    this.address = details.address
    this.cdb = details.cdb && Uint8Array.from(details.cdb)
    this.systemError = details.systemError
    this.mayHaveRun = details.mayHaveRun ?? false
  }

  override toJSON(): Record<string, unknown> {
    const { systemError } = this
    return {
      ...super.toJSON(),
      ...(this.address === undefined ? {} : { address: this.address }),
      ...(this.cdb === undefined ? {} : { cdb: hex(this.cdb) }),
      ...(systemError?.system === 'errno' ? { errno: systemError.number } : {}),
      ...(systemError === undefined ? {} : { systemError }),
      ...(this.mayHaveRun ? { mayHaveRun: true } : {}),
    }
  }
}
