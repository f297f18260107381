import { CheckCondition, commandSequenceError, invalidFieldInCdb } from '../check-condition'
import type { TrackState } from '../disc/disc-state'
import { DVD_BLOCKING_FACTOR, dvdStructure, dvdStructureFormats, layerZeroOf } from './dvd-structures'
import type { Operation, TrackView, WriteParameters } from './medium'
import { SequentialMedium } from './sequential'

/** Closure of a session and intro of the next one. */
const BLOCKS_BETWEEN_SESSIONS = 2048

/** DVD+R and DVD+R DL (MMC-6 4.4.11, ECMA-349, ECMA-364): fragments in sessions, up to 153. */
export class DvdPlusR extends SequentialMedium {
  readonly kind = 'dvd'
  readonly blockingFactor = DVD_BLOCKING_FACTOR

  get doubleLayer(): boolean {
    return this.state.media === 'dvd+r-dl'
  }

  get profile(): number {
    return this.doubleLayer ? 0x002b : 0x001b
  }

  get writeSpeeds(): readonly number[] {
    return this.doubleLayer ? [11080, 8310, 5540, 3324] : [22160, 16620, 11080, 5540]
  }

  currentFeatures(): readonly number[] {
    return [0x10, 0x1f, ...(this.complete ? [] : [0x21]), this.doubleLayer ? 0x3b : 0x2b]
  }

  /** Of a fragment that exists, the reserved track bit is set whether it is recorded or not (MMC-6 table 489). */
  protected override view(track: TrackState): TrackView {
    return { ...super.view(track), reserved: true }
  }

  nextSessionStart(leadOut: number): number {
    return this.nextTrackStart(leadOut) + BLOCKS_BETWEEN_SESSIONS
  }

  override close(closeFunction: number, number: number, parameters: WriteParameters): Operation {
    switch (closeFunction) {
      case 1: {
        const track = this.trackToClose(number)
        return this.operation(10, () => {
          if (track) this.completeTrack(track, parameters)
        })
      }
      case 2:
        this.assertSessionCanClose()
        return this.operation(60, () => this.completeSession(parameters, false))
      case 5:
      case 6:
        this.assertSessionCanClose()
        return this.operation(120, () => this.completeSession(parameters, true))
      default:
        throw invalidFieldInCdb(2, 2)
    }
  }

  private trackToClose(number: number): TrackState | undefined {
    if (this.complete) throw commandSequenceError()
    const track = this.state.tracks.find(candidate => candidate.number === number)
    const invisible = this.tracks().find(candidate => candidate.number === number)
    if (!track && !invisible) throw invalidFieldInCdb(4)
    return track
  }

  private assertSessionCanClose(): void {
    if (this.complete) throw commandSequenceError()
    if (this.state.tracks.length === 0) throw commandSequenceError()
    const reserved = this.state.tracks.filter(({ state }) => state === 'reserved')
    if (reserved.some(track => track.next < track.end!)) throw new CheckCondition(5, 0x72, 4)
  }

  override structure(format: number, layer: number, address: number): Uint8Array | undefined {
    return dvdStructure(this, format, layer, address)
  }

  override structureFormats() {
    return dvdStructureFormats(this)
  }

  override async sendStructure(format: number, data: Uint8Array): Promise<void> {
    if (format !== 0x20 || !this.doubleLayer) throw invalidFieldInCdb(7)
    if (this.state.tracks.length > 0) throw commandSequenceError()
    this.state.layerZeroBlocks = layerZeroOf(data, this.state.capacityBlocks)
    await this.disc.commit()
  }
}
