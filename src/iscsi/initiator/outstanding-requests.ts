import { TransportError } from '../../platform'
import type { ScsiExchange } from './scsi-exchange'

/** Who waits for a PDU of the target. */
export interface Waiting {
  resolve(header: Uint8Array, data: Uint8Array): void
  reject(error: Error): void
}

/** What a connection waits for, by initiator task tag: SCSI commands, and the answers to all other requests. */
export class OutstandingRequests {
  private readonly address: string
  private readonly exchanges = new Map<number, ScsiExchange>()
  private readonly failing = new Map<number, (error: Error) => void>()
  private readonly answers = new Map<number, Waiting>()

  /** @param address  as errors show it */
  constructor(address: string) {
    this.address = address
  }

  /** How many SCSI commands have not ended. */
  get commands(): number {
    return this.exchanges.size
  }

  exchange(initiatorTaskTag: number): ScsiExchange | undefined {
    return this.exchanges.get(initiatorTaskTag)
  }

  begin(exchange: ScsiExchange, reject: (error: Error) => void): void {
    this.exchanges.set(exchange.initiatorTaskTag, exchange)
    this.failing.set(exchange.initiatorTaskTag, reject)
  }

  end(initiatorTaskTag: number): void {
    this.exchanges.delete(initiatorTaskTag)
    this.failing.delete(initiatorTaskTag)
  }

  /** A command has failed, the connection has not. */
  fail(initiatorTaskTag: number, message: string, mayHaveRun: boolean): void {
    const exchange = this.exchanges.get(initiatorTaskTag)
    if (!exchange) return
    const { cdb } = exchange.request
    const error = new TransportError('TRANSPORT_FAILED', message, { address: this.address, cdb, mayHaveRun })
    this.failing.get(initiatorTaskTag)?.(error)
  }

  /** All commands have failed, and any of them may have run. */
  failAll(message: string): void {
    for (const initiatorTaskTag of this.exchanges.keys()) this.fail(initiatorTaskTag, message, true)
  }

  /** Waits for the answer to a request that is no SCSI command. */
  ask(initiatorTaskTag: number): Promise<[header: Uint8Array, data: Uint8Array]> {
    return new Promise((resolve, reject) => {
      this.answers.set(initiatorTaskTag, {
        resolve: (header, data) => resolve([Uint8Array.from(header), Uint8Array.from(data)]),
        reject,
      })
    })
  }

  answer(initiatorTaskTag: number, header: Uint8Array, data: Uint8Array): void {
    this.answers.get(initiatorTaskTag)?.resolve(header, data)
    this.answers.delete(initiatorTaskTag)
  }

  refuse(initiatorTaskTag: number, error: Error): void {
    const waiting = this.answers.get(initiatorTaskTag)
    this.answers.delete(initiatorTaskTag)
    waiting?.reject(error)
  }

  /** The connection is lost: whoever waits is told. */
  lose(error: TransportError): void {
    const { address } = this
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    for (const [initiatorTaskTag, reject] of this.failing) {
      const { cdb } = this.exchanges.get(initiatorTaskTag)!.request
      const details = { address, cdb, mayHaveRun: true, cause: error, systemError: error.systemError, ...hint }
      reject(new TransportError(error.code, error.message, details))
    }
    for (const waiting of this.answers.values()) waiting.reject(error)
    this.answers.clear()
  }
}
