import { SAM_STATUS, type ScsiRequest, type ScsiResponse, type Transport } from '../transport'
import { LayerTransport, type TransportLayer } from './layer'

/** What a rehearsal lets through, and whom it tells of the rest. */
export interface RehearsalOptions {
  /** True for commands that change nothing: they reach the device. */
  readonly isHarmless: (cdb: Uint8Array) => boolean
  /** Told of each command that would have been sent. */
  readonly onHeldBack: (request: ScsiRequest) => void
}

/** See {@link rehearsal}. */
class RehearsalTransport extends LayerTransport {
  private readonly options: RehearsalOptions

  constructor(inner: Transport, options: RehearsalOptions) {
    super(inner)
    this.options = options
  }

  protected async perform(request: ScsiRequest): Promise<ScsiResponse> {
    if (this.options.isHarmless(request.cdb)) return this.inner.execute(request)
    this.options.onHeldBack(request)
    const transferredBytes = request.direction === 'out' ? request.data.length : 0
    return { status: SAM_STATUS.good, sense: new Uint8Array(), transferredBytes, durationUs: 0 }
  }
}

/** A dry run: what changes nothing is asked of the device, all else is told and answered GOOD without being sent. */
export function rehearsal(options: RehearsalOptions): TransportLayer {
  return transport => new RehearsalTransport(transport, options)
}
