import type { ScsiRequest, ScsiResponse, TransportLimits } from '../../src/platform'
import { QueuedTransport } from '../../src/platform/queued-transport'

/** What a scripted drive answers to one command; what is left out is GOOD, without data or sense. */
export interface ScriptedAnswer {
  readonly status?: number
  readonly data?: Uint8Array
  readonly sense?: Uint8Array
  readonly throws?: Error
}

/** A drive whose answers a test makes up, and that keeps what it was sent. */
export class ScriptedTransport extends QueuedTransport {
  limits: TransportLimits = { maximumTransferBytes: 65_536, alignmentMask: 0 }
  readonly requests: { readonly cdb: number[]; readonly sent: number[] }[] = []
  closed = 0
  private readonly script: (request: ScsiRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>

  constructor(script: (request: ScsiRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer> = () => ({})) {
    super('scripted:')
    this.script = script
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    const { cdb, direction, data } = request
    this.requests.push({ cdb: [...cdb], sent: direction === 'out' ? [...data] : [] })
    const answer = await this.script(request, this.requests.length - 1)
    if (answer.throws) throw answer.throws
    const reply = direction === 'in' ? (answer.data ?? new Uint8Array()).subarray(0, data.length) : new Uint8Array()
    data.set(reply)
    return {
      status: answer.status ?? 0,
      sense: answer.sense ?? new Uint8Array(),
      transferredBytes: direction === 'out' ? data.length : reply.length,
      durationUs: 1,
    }
  }

  protected async release(): Promise<void> {
    this.closed++
  }
}

/** A request from a CDB in hexadecimal. */
export function request(cdb: string, transfer: number | Uint8Array = 0, timeoutMs = 5000): ScsiRequest {
  const direction = transfer === 0 ? 'none' : typeof transfer === 'number' ? 'in' : 'out'
  const data = typeof transfer === 'number' ? new Uint8Array(transfer) : transfer
  return { cdb: Uint8Array.from(Buffer.from(cdb.replaceAll(' ', ''), 'hex')), direction, data, timeoutMs }
}
