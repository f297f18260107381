import { QueuedTransport } from '../queued-transport'
import type { Transport, TransportLimits } from '../transport'

/** Wraps a transport into one that does more: traces, fails on purpose, … */
export type TransportLayer = (transport: Transport) => Transport

/** A transport around another: same address, same limits, closed together. */
export abstract class LayerTransport extends QueuedTransport {
  protected readonly inner: Transport

  constructor(inner: Transport) {
    super(inner.address)
    this.inner = inner
  }

  get limits(): TransportLimits {
    return this.inner.limits
  }

  async reset(): Promise<void> {
    await this.inner.reset?.()
  }

  protected async release(): Promise<void> {
    await this.inner.close()
  }
}
