import { setTimeout as sleep } from 'node:timers/promises'
import { QueuedTransport } from '../platform/queued-transport'
import {
  SAM_STATUS,
  type ScsiRequest,
  type ScsiResponse,
  TransportError,
  type TransportLimits,
} from '../platform/transport'
import { COMMAND_TABLE } from './command-table'
import type { Disc } from './disc/disc'
import { LogicalUnit } from './logical-unit'
import type { VirtualDriveOptions } from './options'

const MAXIMUM_TRANSFER_BYTES = 16 * 1024 * 1024
const OPTIMAL_TRANSFER_BYTES = 1024 * 1024

/**
 * An optical drive in software: a whole MMC target behind the {@link Transport} interface. It keeps the disc in its
 * tray; closing the drive closes the disc.
 */
export class VirtualDrive extends QueuedTransport {
  readonly limits: TransportLimits
  /** What answers; tests and benches reach past the commands through it. */
  readonly unit: LogicalUnit
  private readonly latencyMs: number
  private readonly resets: NonNullable<VirtualDriveOptions['resets']>
  private commands = 0

  /** @param disc  the disc in the tray; none for an empty one */
  constructor(disc: Disc | undefined, options: VirtualDriveOptions = {}, address = `virtual:${disc?.path ?? ''}`) {
    super(address)
    this.unit = new LogicalUnit(disc, options, COMMAND_TABLE)
    this.latencyMs = options.latencyMs ?? 0
    // One that keeps real time, or fails at the n-th WRITE, is fed as a drive is.
    const isFast = (options.speed ?? 'none') === 'none' && options.faults === undefined
    this.limits = {
      maximumTransferBytes: MAXIMUM_TRANSFER_BYTES,
      alignmentMask: 0,
      ...(isFast ? { optimalTransferBytes: OPTIMAL_TRANSFER_BYTES } : {}),
    }
    this.resets = options.resets ?? []
  }

  /** A reset as a bus gives it: mode pages and locks are forgotten, the next command meets a unit attention. */
  reset(): void {
    this.unit.reset()
  }

  /**
   * Puts another disc into the tray, or none.
   *
   * @returns the disc that was there, the caller's to close now
   */
  exchange(disc: Disc | undefined): Disc | undefined {
    return this.unit.exchange(disc)
  }

  /**
   * The eject button: opens or closes the tray. While removal is prevented, or something is being recorded, it is a
   * request to the host instead (a media event of GET EVENT STATUS NOTIFICATION).
   */
  pressEject(): void {
    this.unit.pressEject()
  }

  protected async perform({ cdb, direction, data, timeoutMs }: ScsiRequest): Promise<ScsiResponse> {
    const startedAt = process.hrtime.bigint()
    if (this.latencyMs > 0) await sleep(this.latencyMs)
    const number = ++this.commands
    if (this.resets.some(([first, last]) => number >= first && number <= last)) this.reset()
    const { status, sense, bytes } = await this.inTime(this.unit.perform(cdb, data), cdb, timeoutMs)
    const durationUs = Number((process.hrtime.bigint() - startedAt) / 1000n)
    const transferredBytes = direction === 'out' && status === SAM_STATUS.good ? data.length : bytes
    return { status, sense, transferredBytes, durationUs }
  }

  /** The host gives up after its time limit; the drive does not know. */
  private async inTime<T>(outcome: Promise<T>, cdb: Uint8Array, timeoutMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new TransportError('TRANSPORT_TIMEOUT', `${this.address} did not answer within ${timeoutMs} ms.`, {
            address: this.address,
            cdb,
            mayHaveRun: true,
            hint: 'Give the command more time, or the virtual drive less to do.',
          }),
        )
      }, timeoutMs)
    })
    try {
      return await Promise.race([outcome, limit])
    } finally {
      clearTimeout(timer)
    }
  }

  protected release(): Promise<void> {
    return this.unit.close()
  }
}
