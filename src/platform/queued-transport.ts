import { UsageError } from '../errors'
import { hex } from '../layout'
import { CommandQueue } from './command-queue'
import { type ScsiRequest, type ScsiResponse, type Transport, TransportError, type TransportLimits } from './transport'

const SHORTEST_CDB = 6
const LONGEST_CDB = 16

/**
 * The promises of {@link Transport} that are the same for every way to a drive: one command at a time, in the order of
 * the calls; what cannot be sent is refused before it is; closing waits for the command under way and happens once.
 */
export abstract class QueuedTransport implements Transport {
  readonly address: string
  abstract readonly limits: TransportLimits
  private readonly queue: CommandQueue

  constructor(address: string) {
    this.address = address
    this.queue = new CommandQueue(address)
  }

  /** Carries one command out. Called for one at a time, with a request that the limits allow. */
  protected abstract perform(request: ScsiRequest): Promise<ScsiResponse>

  /** Gives everything free; called once, when no command is under way. */
  protected abstract release(): Promise<void>

  /**
   * @throws {UsageError} `USAGE_CDB` where the request is none: a CDB of another length than 6 to 16 bytes, data without
   * a direction
   */
  async execute(request: ScsiRequest): Promise<ScsiResponse> {
    this.check(request)
    return this.queue.run(() => this.perform(request))
  }

  close(): Promise<void> {
    return this.queue.close(() => this.release())
  }

  private check({ cdb, direction, data }: ScsiRequest): void {
    if (cdb.length < SHORTEST_CDB || cdb.length > LONGEST_CDB) {
      throw new UsageError('USAGE_CDB', `A CDB has 6 to 16 bytes, not ${cdb.length}: ${hex(cdb) || '(none)'}.`)
    }
    if (direction === 'none' && data.length > 0) {
      throw new UsageError('USAGE_CDB', `${data.length} bytes of data for a command that moves none: ${hex(cdb)}.`)
    }
    const { maximumTransferBytes } = this.limits
    if (data.length <= maximumTransferBytes) return
    throw new TransportError(
      'TRANSPORT_TOO_LARGE',
      `${data.length} bytes in one command are more than ${this.address} carries (${maximumTransferBytes}).`,
      { address: this.address, cdb, hint: `Move at most ${maximumTransferBytes} bytes a command.` },
    )
  }
}
