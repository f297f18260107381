import type { Ffi } from '../ffi'
import { QueuedTransport } from '../queued-transport'
import { type ScsiRequest, type ScsiResponse, TransportError, type TransportLimits } from '../transport'
import type { CLibrary } from './c-library'
import { commandError, type OpenMode } from './errors'
import { readSgIoHdr, SG_IO, SG_IO_HDR_BYTES, setSgIoHdr } from './sg-io-hdr'
import { judge } from './sg-io-outcome'

const SENSE_BYTES = 252
const CDB_BYTES = 16
const PAGE_BYTES = 4096
const ATTEMPTS = 3

/** What the transport is given of the open device. */
export interface SgIoDevice extends OpenMode {
  readonly descriptor: number
  /** True once the kernel has taken the drive from its list. */
  isGone(): Promise<boolean>
  close(): Promise<void>
}

/**
 * Commands to a drive through the SG_IO ioctl. The kernel reads and writes only memory of this object's own, which lies
 * at a page's beginning and outlives each call; a caller's bytes are copied from and to it.
 */
export class SgIoTransport extends QueuedTransport {
  readonly limits: TransportLimits
  private readonly device: SgIoDevice
  private readonly ffi: Ffi
  private readonly library: CLibrary
  /** The header, then the CDB, then the sense. */
  private readonly control = Buffer.allocUnsafeSlow(SG_IO_HDR_BYTES + CDB_BYTES + SENSE_BYTES)
  private readonly header = this.control.subarray(0, SG_IO_HDR_BYTES)
  private readonly cdb = this.control.subarray(SG_IO_HDR_BYTES, SG_IO_HDR_BYTES + CDB_BYTES)
  private readonly sense = this.control.subarray(SG_IO_HDR_BYTES + CDB_BYTES)
  private readonly controlAddress: bigint
  private transfer = { memory: Buffer.alloc(0), address: 0n }

  constructor(address: string, device: SgIoDevice, ffi: Ffi, library: CLibrary, limits: TransportLimits) {
    super(address)
    this.limits = limits
    this.device = device
    this.ffi = ffi
    this.library = library
    this.controlAddress = ffi.addressOf(this.control)
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    const { direction, data } = request
    const { memory, address } = this.room(data.length)
    if (direction === 'out') memory.set(data)
    // What an earlier command left there must not look like an answer.
    else memory.fill(0, 0, data.length)
    const begin = process.hrtime.bigint()
    for (let attempt = 1; ; attempt++) {
      this.prepare(request, address)
      const { value, error } = await this.library.ioctl.callAsync(this.device.descriptor, SG_IO, this.header)
      if (value === -1) throw await this.orGone(commandError(this.address, error, request, this.device))
      const outcome = readSgIoHdr(this.header)
      const judgement = judge(outcome, request, this.address, attempt < ATTEMPTS)
      if (judgement.kind === 'retry') continue
      if (judgement.kind === 'error') throw await this.orGone(judgement.error)
      const { status, transferredBytes } = judgement
      if (direction === 'in') data.set(memory.subarray(0, transferredBytes))
      return {
        status,
        sense: Uint8Array.from(this.sense.subarray(0, Math.min(outcome.senseBytes, SENSE_BYTES))),
        transferredBytes,
        durationUs: Number((process.hrtime.bigint() - begin) / 1000n),
      }
    }
  }

  protected async release(): Promise<void> {
    try {
      await this.device.close()
    } finally {
      await this.ffi.close()
    }
  }

  /** While a drive is being pulled out the kernel gives all kinds of errors: what counts is that it is gone. */
  private async orGone(error: TransportError): Promise<TransportError> {
    if (error.code !== 'TRANSPORT_FAILED' || !(await this.device.isGone())) return error
    return new TransportError('TRANSPORT_DEVICE_GONE', `${this.address}: the drive is gone.`, {
      address: this.address,
      cdb: error.cdb,
      systemError: error.systemError,
      mayHaveRun: true,
      cause: error,
      hint: 'Check the cable and the power supply, then plug the drive in again.',
    })
  }

  private prepare({ cdb, direction, data, timeoutMs }: ScsiRequest, dataAddress: bigint): void {
    this.cdb.fill(0)
    this.cdb.set(cdb)
    this.sense.fill(0)
    setSgIoHdr(
      this.header,
      { direction, cdbBytes: cdb.length, senseBytes: SENSE_BYTES, dataBytes: data.length, timeoutMs },
      {
        data: dataAddress,
        cdb: this.controlAddress + BigInt(SG_IO_HDR_BYTES),
        sense: this.controlAddress + BigInt(SG_IO_HDR_BYTES + CDB_BYTES),
      },
    )
  }

  /** Memory for a transfer; it grows with the largest there was. */
  private room(length: number): { memory: Buffer; address: bigint } {
    if (this.transfer.memory.length >= length) return this.transfer
    const whole = Buffer.allocUnsafeSlow(Math.ceil(length / PAGE_BYTES) * PAGE_BYTES + PAGE_BYTES)
    const begin = this.ffi.addressOf(whole)
    const skipped = Number(-begin & BigInt(PAGE_BYTES - 1))
    this.transfer = {
      memory: whole.subarray(skipped, whole.length - PAGE_BYTES + skipped),
      address: begin + BigInt(skipped),
    }
    return this.transfer
  }
}
