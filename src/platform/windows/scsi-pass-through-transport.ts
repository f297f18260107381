import { performance } from 'node:perf_hooks'
import { QueuedTransport } from '../queued-transport'
import type { ScsiRequest, ScsiResponse, TransportError, TransportLimits } from '../transport'
import { adapterLimits } from './adapter-limits'
import { parseWindowsAddress } from './address'
import { exclusiveOwner, type Patience, takeExclusiveAccess } from './exclusive-access'
import { IO_CONTROL_CODES } from './io-control-codes'
import { decodeAnswer, encodeBuffered, encodeDirect, REQUEST_BYTES } from './pass-through'
import { decodeAnswerEx, encodeDirectEx } from './pass-through-ex'
import { TransferBuffer } from './transfer-buffer'
import { FILE_SHARE_READ_WRITE, GENERIC_READ_WRITE, type Handle, type Win32 } from './win32'
import { win32Error } from './win32-errors'

const ERROR_INVALID_FUNCTION = 1
const ERROR_ACCESS_DENIED = 5
const ERROR_NOT_SUPPORTED = 50
/** Requests with the data inside are copied by the driver twice: they are for small transfers. */
const LARGEST_BUFFERED = 31 * 2048
/** The forms of a request, in the order in which they are tried: the later ones only where a driver knows no earlier. */
const FORMS = ['direct', 'direct-ex', 'buffered'] as const

/** How a drive is opened for pass-through. */
export interface PassThroughOptions {
  /** `write` takes the drive for oneself. */
  readonly access?: 'read' | 'write'
  readonly patience?: Patience
  /** Called once the drive is closed. */
  readonly whenClosed?: () => Promise<void>
}

/** Commands to a drive through SCSI pass-through (SPTI). */
export class ScsiPassThroughTransport extends QueuedTransport {
  private readonly adapter: TransportLimits
  private readonly win32: Win32
  private readonly handle: Handle
  private readonly giveBack: () => Promise<void>
  private readonly memory: TransferBuffer
  private form: (typeof FORMS)[number] = 'direct'

  private constructor(
    win32: Win32,
    handle: Handle,
    address: string,
    limits: TransportLimits,
    giveBack: () => Promise<void>,
  ) {
    super(address)
    this.win32 = win32
    this.handle = handle
    this.adapter = limits
    this.giveBack = giveBack
    this.memory = new TransferBuffer(win32, limits.alignmentMask)
  }

  /**
   * Opens a drive. Pass-through needs read and write access in every case; `access: 'write'` also takes the drive for
   * oneself.
   *
   * @throws {TransportError} where Windows does not let it be opened, or somebody else has it
   */
  static async open(
    win32: Win32,
    address: string,
    options: PassThroughOptions = {},
  ): Promise<ScsiPassThroughTransport> {
    const devicePath = parseWindowsAddress(address)?.devicePath ?? address
    const { value: handle, error } = await win32.CreateFileW(devicePath, GENERIC_READ_WRITE, FILE_SHARE_READ_WRITE)
    if (handle === undefined) throw win32Error(error, { address, what: `${address} cannot be opened` })
    try {
      const release =
        options.access === 'write'
          ? await takeExclusiveAccess(win32, handle, address, options.patience)
          : async () => undefined
      const limits = await adapterLimits(win32, handle)
      return new ScsiPassThroughTransport(win32, handle, address, limits, async () => {
        try {
          await release()
        } finally {
          win32.CloseHandle(handle)
          await options.whenClosed?.()
        }
      })
    } catch (error) {
      win32.CloseHandle(handle)
      throw error
    }
  }

  get limits(): TransportLimits {
    if (this.form !== 'buffered') return this.adapter
    return { ...this.adapter, maximumTransferBytes: Math.min(this.adapter.maximumTransferBytes, LARGEST_BUFFERED) }
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    let refusal: number | undefined
    for (const form of FORMS.slice(FORMS.indexOf(this.form))) {
      if (form === 'buffered' && request.data.length > LARGEST_BUFFERED) break
      const begin = performance.now()
      const { succeeded, error, buffer } = await (form === 'buffered'
        ? this.sendBuffered(request)
        : this.sendDirect(request, form))
      const durationUs = Math.round((performance.now() - begin) * 1000)
      if (succeeded) {
        this.form = form
        const decode = form === 'direct-ex' ? decodeAnswerEx : decodeAnswer
        return decode(buffer, request, durationUs, this.win32.pointerBytes)
      }
      refusal ??= error
      if (error !== ERROR_INVALID_FUNCTION && error !== ERROR_NOT_SUPPORTED) throw await this.failure(error, request)
    }
    throw await this.failure(refusal ?? ERROR_NOT_SUPPORTED, request)
  }

  protected release(): Promise<void> {
    return this.giveBack()
  }

  private async sendDirect(request: ScsiRequest, form: 'direct' | 'direct-ex') {
    const data = this.memory.place(request.direction === 'none' ? new Uint8Array() : request.data)
    const copied = data.bytes !== request.data && data.bytes.length > 0
    if (copied && request.direction === 'out') data.bytes.set(request.data)
    // What an earlier command left there must not look like an answer.
    else if (copied) data.bytes.fill(0)
    const encode = form === 'direct' ? encodeDirect : encodeDirectEx
    const buffer = encode(request, data.address, this.win32.pointerBytes)
    const { value, error } = await this.win32.DeviceIoControl(
      this.handle,
      form === 'direct'
        ? IO_CONTROL_CODES.IOCTL_SCSI_PASS_THROUGH_DIRECT
        : IO_CONTROL_CODES.IOCTL_SCSI_PASS_THROUGH_DIRECT_EX,
      buffer,
      buffer.length,
      buffer.length,
    )
    if (copied && request.direction === 'in') request.data.set(data.bytes)
    return { succeeded: value !== undefined, error, buffer }
  }

  private async sendBuffered(request: ScsiRequest) {
    const buffer = encodeBuffered(request, this.win32.pointerBytes)
    const { value, error } = await this.win32.DeviceIoControl(
      this.handle,
      IO_CONTROL_CODES.IOCTL_SCSI_PASS_THROUGH,
      buffer,
      request.direction === 'in' ? REQUEST_BYTES : buffer.length,
      buffer.length,
    )
    if (request.direction === 'in') request.data.set(buffer.subarray(REQUEST_BYTES))
    return { succeeded: value !== undefined, error, buffer }
  }

  private async failure(error: number, request: ScsiRequest): Promise<TransportError> {
    const attempt = {
      address: this.address,
      what: `A command to ${this.address} failed`,
      cdb: request.cdb,
    }
    // The handle may read and write, else it would not be open: the drive has become somebody else's.
    if (error !== ERROR_ACCESS_DENIED) return win32Error(error, attempt)
    const owner = await exclusiveOwner(this.win32, this.handle)
    return win32Error(error, {
      ...attempt,
      code: 'TRANSPORT_BUSY',
      sentence: owner ? `"${owner}" has the drive for itself` : 'another program has the drive for itself',
      hint: 'End that program, or wait until it is done.',
    })
  }
}
