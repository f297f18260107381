import { CheckCondition, commandSequenceError, illegalModeForThisTrack, invalidFieldInCdb } from '../check-condition'
import type { TrackState } from '../disc/disc-state'
import { blankDvdRw, formatDvdRw } from './dvd-rw-organisation'
import { DVD_BLOCKING_FACTOR, dvdStructure, dvdStructureFormats } from './dvd-structures'
import { type DiscInformation, type Operation, roundUp, type WriteParameters } from './medium'
import { SequentialMedium } from './sequential'

const INCREMENTAL = 0
const DISC_AT_ONCE = 2
export const LAYER_JUMP = 4
/** Data block type "mode 1, 2048 bytes", the only one on DVD. */
const MODE_1_BLOCKS = 8
/** Packets of DVDs are as long as the host lets the stream be; the page's fixed packet size is taken and ignored. */
export const VARIABLE = 0
/** Multi-session field: the next session may follow. */
const NEXT_SESSION_ALLOWED = 3

/**
 * Blocks of the border zone (border-out and the next border-in) by the address where it begins: it grows with the
 * radius, and the first one is the long one (ECMA-359 annex, "Border zone").
 */
const BORDER_ZONES = [
  { until: 0x0825f0, first: 32_752, later: 7_040 },
  { until: 0x1356c0, first: 37_792, later: 8_112 },
  { until: Number.POSITIVE_INFINITY, first: 42_832, later: 9_184 },
] as const

/**
 * DVD-R and DVD-RW recorded sequentially (MMC-6 4.4.5 to 4.4.7, ECMA-359, ECMA-338): disc at once, or incrementally in
 * borders.
 */
export class DvdMinus extends SequentialMedium {
  readonly kind = 'dvd'
  readonly blockingFactor = DVD_BLOCKING_FACTOR
  /** The recording management data have room for three open RZones. */
  protected override readonly mostOpenTracks = 3
  protected override readonly takesTestWrites: boolean = true

  get rewritable(): boolean {
    return this.state.media === 'dvd-rw'
  }

  get doubleLayer(): boolean {
    return this.state.media === 'dvd-r-dl'
  }

  get profile(): number {
    if (this.doubleLayer) return 0x0015
    return this.rewritable ? 0x0014 : 0x0011
  }

  get writeSpeeds(): readonly number[] {
    if (this.doubleLayer) return [11080, 8310, 5540, 2770]
    return this.rewritable ? [8310, 5540, 2770, 1385] : [22160, 16620, 11080, 5540, 2770]
  }

  currentFeatures(): readonly number[] {
    const incremental = !this.complete && !this.state.minimallyBlanked
    return [0x10, 0x1f, ...(incremental ? [0x21] : []), ...(this.rewritable ? [0x23, 0x2c] : []), 0x2f]
  }

  nextSessionStart(leadOut: number, session: number): number {
    const start = this.nextTrackStart(leadOut)
    const zone = BORDER_ZONES.find(({ until }) => start < until)!
    return start + (session === 1 ? zone.first : zone.later)
  }

  protected override blankTrackModes() {
    // The blocking factor is what a fixed packet would have; the invisible track does not bind the host to it.
    return { trackMode: 4, dataMode: 1, incremental: !this.state.minimallyBlanked, fixedPacketBlocks: null }
  }

  override discInformation(): DiscInformation {
    return { ...super.discInformation(), erasable: this.rewritable }
  }

  /** A blank DVD-R DL is recorded with layer jumps where the write parameters say so: its profile is another one then. */
  override selectWriteType(writeType: number): void {
    if (!this.doubleLayer || this.state.tracks.length > 0) return
    this.state.organisation = writeType === LAYER_JUMP ? 'layer-jump' : 'sequential'
    delete this.state.layerJump
  }

  protected override assertParameters(track: TrackState | undefined, parameters: WriteParameters): void {
    this.assertBlockType(parameters)
    switch (parameters.writeType) {
      case INCREMENTAL:
        if (this.state.minimallyBlanked) throw illegalModeForThisTrack()
        if (track && track.packetBlocks === undefined && track.state !== 'reserved') throw illegalModeForThisTrack()
        return
      case DISC_AT_ONCE:
        // Disc at once needs to know the size beforehand (MMC-6 4.4.5.5).
        if (!track?.end) throw commandSequenceError()
        if (track.number !== 1) throw illegalModeForThisTrack()
        return
      default:
        throw illegalModeForThisTrack()
    }
  }

  protected assertBlockType({ dataBlockType }: WriteParameters): void {
    if (dataBlockType !== MODE_1_BLOCKS) throw illegalModeForThisTrack()
  }

  protected override trackToWrite(lba: number, blocks: number, parameters: WriteParameters): TrackState {
    const track = super.trackToWrite(lba, blocks, parameters)
    if (parameters.writeType !== DISC_AT_ONCE) track.packetBlocks ??= VARIABLE
    return track
  }

  protected override newTrackModes(parameters: WriteParameters): Pick<TrackState, 'control' | 'form' | 'packetBlocks'> {
    const incremental = parameters.writeType !== DISC_AT_ONCE
    return {
      control: incremental ? 5 : 4,
      form: 'mode-1',
      ...(incremental ? { packetBlocks: VARIABLE } : {}),
    }
  }

  protected override endRecording(track: TrackState, parameters: WriteParameters): void {
    const atOnce = track.packetBlocks === undefined
    // A disc at once that comes up short is filled up to what was reserved (MMC-6 6.38).
    if (atOnce && track.end !== null) track.next = track.end
    super.endRecording(track, parameters)
    if (atOnce) this.completeSession(parameters, true)
  }

  override close(closeFunction: number, number: number, parameters: WriteParameters): Operation {
    if (this.complete) throw commandSequenceError()
    switch (closeFunction) {
      case 1: {
        const track = this.openTrack(number)
        const known = track || this.tracks().some(candidate => candidate.number === number)
        if (!known && number !== 0xff) throw invalidFieldInCdb(4)
        return this.operation(20, () => {
          if (track) this.completeTrack(track, parameters)
        })
      }
      case 2: {
        const finalize = parameters.multiSession !== NEXT_SESSION_ALLOWED
        if (this.state.tracks.length === 0) throw commandSequenceError()
        const empty = this.state.tracks.every(({ session }) => session !== this.openSession)
        if (empty && !finalize) throw commandSequenceError()
        const reserved = this.state.tracks.filter(({ state }) => state === 'reserved')
        if (reserved.some(track => track.next < track.end!)) throw new CheckCondition(5, 0x72, 4)
        return this.operation(finalize ? 300 : 120, () => this.completeSession(parameters, finalize))
      }
      default:
        throw invalidFieldInCdb(2, 2)
    }
  }

  override async reserve(blocks: number, splitAt: number | undefined, parameters: WriteParameters): Promise<void> {
    if (parameters.writeType === DISC_AT_ONCE && this.state.tracks.length > 0) throw commandSequenceError()
    if (parameters.writeType !== DISC_AT_ONCE && this.state.minimallyBlanked) throw illegalModeForThisTrack()
    await super.reserve(blocks, splitAt, parameters)
  }

  override blank(type: number, address: number): Operation {
    if (!this.rewritable) throw commandSequenceError()
    switch (type) {
      case 0:
      case 1:
        return this.operation(type === 0 ? 3600 : 60, () => blankDvdRw(this, type === 1))
      case 2:
      case 4:
        throw invalidFieldInCdb(1, 2)
      case 3:
        return this.operation(5, () => this.unreserve(address))
      case 5:
        if (this.state.sessions.length === 0 || this.openSessionHasTracks()) throw commandSequenceError()
        return this.operation(60, () => this.uncloseSession())
      case 6:
        if (this.state.sessions.length === 0) throw commandSequenceError()
        return this.operation(120, () => this.eraseLastSession())
      default:
        throw invalidFieldInCdb(1, 2)
    }
  }

  private openSessionHasTracks(): boolean {
    return this.state.tracks.some(({ session }) => session === this.openSession)
  }

  private unreserve(number: number): void {
    const last = this.state.tracks.at(-1)
    if (last?.number === number && last.state === 'reserved' && last.next === last.start) this.state.tracks.pop()
  }

  private uncloseSession(): void {
    this.state.sessions.pop()
    this.state.finalized = false
  }

  private eraseLastSession(): void {
    const { state } = this
    const last = this.openSessionHasTracks() ? this.openSession : state.sessions.pop()!.number
    state.tracks = state.tracks.filter(({ session }) => session !== last)
    state.finalized = false
  }

  protected override recoverTrack(track: TrackState): void {
    track.next = roundUp(track.next, this.blockingFactor)
    // Linking goes on where incremental recording stopped; disc at once cannot be resumed (MMC-6 4.4.5).
    track.damage = track.packetBlocks === undefined ? 'lost' : 'appendable'
  }

  override formatCapacities() {
    const { capacityBlocks } = this.state
    const recorded = this.state.tracks.length > 0
    return {
      blocks: recorded ? Math.max(this.lastAddress() + 1, 0) : capacityBlocks,
      kind: recorded ? ('formatted' as const) : ('unformatted' as const),
      formattable: this.rewritable
        ? [
            { numberOfBlocks: capacityBlocks, formatType: 0x00, typeDependentParameter: 2048 },
            { numberOfBlocks: capacityBlocks, formatType: 0x10, typeDependentParameter: 0x10 },
            { numberOfBlocks: capacityBlocks, formatType: 0x15, typeDependentParameter: 0x10 },
          ]
        : [],
    }
  }

  override format(request: { blocks: number; type: number }): Operation {
    if (!this.rewritable) throw invalidFieldInCdb(0)
    return formatDvdRw(this, request)
  }

  override structure(format: number, layer: number, address: number): Uint8Array | undefined {
    return dvdStructure(this, format, layer, address)
  }

  override structureFormats() {
    return dvdStructureFormats(this)
  }
}
