import {
  dvdJumpIntervalSize,
  dvdManualLayerJumpAddress,
  dvdRemappingAddress,
  dvdShiftedMiddleArea,
} from '../../mmc/structures'
import {
  addressOutOfRange,
  CheckCondition,
  commandSequenceError,
  endOfUserArea,
  illegalModeForThisTrack,
  invalidAddressForWrite,
  invalidFieldInCdb,
  invalidFieldInParameterList,
} from '../check-condition'
import type { LayerJumpState, TrackState } from '../disc/disc-state'
import { DvdMinus, LAYER_JUMP, VARIABLE } from './dvd-minus'
import { DVD_BLOCKING_FACTOR, layerZeroBlocks } from './dvd-structures'
import { type DiscInformation, roundUp, type TrackView, type WriteParameters } from './medium'

/** Layer Jump Recording Status (READ TRACK INFORMATION, byte 5). */
const STATUS = { unspecified: 1, manual: 2, regularInterval: 3 } as const
/** Anchor points of the remapping address (READ DISC STRUCTURE 24h). */
const ANCHOR_POINTS = 4

/** Where recording goes on: in a layer jump block, whose part on layer 0 begins at `start`. */
interface Position {
  readonly layer: 0 | 1
  readonly start: number
  /** One past the last block that the layer takes before the next jump. */
  readonly runEnd: number
}

/**
 * DVD-R DL in layer jump recording (MMC-6 4.3.6, profile 0016h). What is recorded alternates between the layers: from
 * layer 0 it jumps to the block of layer 1 that lies at the same radius, and comes back where layer 1 has reached the
 * radius that the layer jump block began at. As layer 1 is recorded from the outer rim inwards (opposite track path), the
 * block above LBA n of layer 0 is LBA 2 x (blocks of layer 0) - 1 - n.
 */
export class DvdRLayerJump extends DvdMinus {
  protected override readonly takesTestWrites = false

  override get profile(): number {
    return 0x0016
  }

  override currentFeatures(): readonly number[] {
    return [0x10, 0x1f, ...(this.complete ? [] : [0x33])]
  }

  /** Layer 1 ends there: where layer 0 begins above it. */
  private get end(): number {
    return 2 * layerZeroBlocks(this.state)
  }

  private get jumps(): LayerJumpState {
    return this.state.layerJump ?? { interval: 0, manual: null }
  }

  /** One past the last block of layer 0 that can be recorded. */
  override get endOfArea(): number {
    return this.jumps.shiftedMiddleArea ?? layerZeroBlocks(this.state)
  }

  private limitOf(track: TrackState | undefined): number {
    return track?.end ?? this.endOfArea
  }

  /** The LBA of layer 1 that follows a jump from the end of blocks on layer 0. */
  private above(end: number): number {
    return this.end - end
  }

  /** Where a track stands. */
  private position(track: TrackState | undefined, next: number): Position {
    const ends = track?.jumps ?? []
    const start = ends.at(-2) ?? track?.start ?? next
    const jumped = ends.at(-1)
    if (track && jumped !== undefined && next >= this.above(jumped) && next < this.above(start)) {
      return { layer: 1, start, runEnd: this.above(start) }
    }
    const begun = jumped ?? track?.start ?? next
    return { layer: 0, start: begun, runEnd: this.jumpBehind(begun, this.limitOf(track)) }
  }

  /** One past the block of layer 0 that the next jump leaves from. */
  private jumpBehind(start: number, limit: number): number {
    const { interval, manual } = this.jumps
    if (manual !== null && manual >= start) return Math.min(limit, manual + 1)
    return interval > 0 ? Math.min(limit, start + interval) : limit
  }

  /** Where recording goes on behind a block: on the other layer where it has come to a jump. */
  protected override following(track: TrackState, next: number): number {
    const { layer, start, runEnd } = this.position(track, next - 1)
    if (next < runEnd) return next
    if (layer === 0) {
      track.jumps = [...(track.jumps ?? []), next]
      if (this.jumps.manual === next - 1) this.state.layerJump = { ...this.jumps, manual: null }
      return this.above(next)
    }
    const back = track.jumps!.at(-1)!
    // Where nothing is left on layer 0, the end of layer 1 stands for "full".
    return back < this.limitOf(track) ? back : this.above(start)
  }

  private isFull(track: TrackState): boolean {
    return track.next >= layerZeroBlocks(this.state) && this.position(track, track.next).layer === 0
  }

  /** Blocks that still fit: what is left of this layer jump block, and both layers behind it. */
  private free(track: TrackState | undefined, next: number): number {
    if (track && this.isFull(track)) return 0
    const { layer, start, runEnd } = this.position(track, next)
    const limit = this.limitOf(track)
    if (layer === 0) return limit - next + limit - start
    return runEnd - next + 2 * (limit - track!.jumps!.at(-1)!)
  }

  override tracks(): readonly TrackView[] {
    return super.tracks().map(view => {
      const track = this.state.tracks.find(({ number }) => number === view.number)
      const writable = view.nextWritableAddress !== null && !(track && this.isFull(track))
      const next = view.nextWritableAddress ?? view.start
      const { manual, interval } = this.jumps
      const status = manual !== null ? STATUS.manual : interval > 0 ? STATUS.regularInterval : STATUS.unspecified
      const last = track?.jumps?.at(-1)
      return {
        ...view,
        size: this.above(view.start) - view.start,
        free: writable ? this.free(track, next) : 0,
        nextWritableAddress: writable ? next : null,
        lastRecordedAddress: track && view.lastRecordedAddress !== null ? this.lastRecorded(track) : null,
        layerJump: {
          status,
          next: writable ? this.position(track, next).runEnd - 1 : 0,
          last: last === undefined ? 0 : last - 1,
        },
      }
    })
  }

  /** The block that was recorded last: a track that is complete ends on layer 1. */
  private lastRecorded(track: TrackState): number {
    const jumped = track.jumps?.at(-1)
    if (track.state !== 'complete' && jumped !== undefined && track.next === this.above(jumped)) return jumped - 1
    if (track.state === 'complete' || track.next === jumped) return this.above(track.jumps?.at(-2) ?? track.start) - 1
    return track.next - 1
  }

  override discInformation(): DiscInformation {
    const information = super.discInformation()
    return this.complete ? information : { ...information, lastPossibleLeadOutStartAddress: this.end }
  }

  override lastAddress(): number {
    return Math.max(0, this.endOfRecording - 1)
  }

  protected override get endOfRecording(): number {
    return this.state.tracks.reduce(
      (end, track) => this.extents(track).reduce((last, [, to]) => Math.max(last, to), end),
      0,
    )
  }

  /** What is recorded of a track, as it lies on the layers. */
  private extents(track: TrackState): (readonly [from: number, to: number])[] {
    const ends = track.jumps ?? []
    const complete = track.state === 'complete'
    const { layer, start, runEnd } = this.position(track, track.next)
    const onLayer1 = !complete && layer === 1
    const jumped = ends.at(-1) ?? track.start
    const layer0: [number, number] = [track.start, complete || onLayer1 || this.isFull(track) ? jumped : track.next]
    const layer1: [number, number][] = onLayer1
      ? [
          [this.above(jumped), track.next],
          [runEnd, this.above(track.start)],
        ]
      : [[this.above(complete || this.isFull(track) ? jumped : start), this.above(track.start)]]
    return [layer0, ...layer1].filter(([from, to]) => to > from)
  }

  override assertReadable(lba: number, blocks: number): void {
    const end = lba + blocks
    const extents = this.state.tracks.flatMap(track => this.extents(track))
    for (let at = lba; at < end; ) {
      const extent = extents.find(([from, to]) => at >= from && at < to)
      if (!extent) throw this.unreadable(at)
      at = extent[1]
    }
  }

  /** Between what the layers hold there is nothing that has an address yet. */
  protected override unreadable(lba: number): CheckCondition {
    return addressOutOfRange(lba)
  }

  override tableOfContents() {
    const contents = super.tableOfContents()
    const leadOut = this.lastAddress() + 1
    return contents && { ...contents, sessions: contents.sessions.map(session => ({ ...session, leadOut })) }
  }

  protected override assertParameters(track: TrackState | undefined, parameters: WriteParameters): void {
    if (parameters.writeType !== LAYER_JUMP || parameters.testWrite) throw illegalModeForThisTrack()
    this.assertBlockType(parameters)
    if (track && track.packetBlocks === undefined && track.state !== 'reserved') throw illegalModeForThisTrack()
  }

  protected override trackToWrite(lba: number, blocks: number, parameters: WriteParameters): TrackState {
    const view = this.writableTrackAt(lba)
    if (!view) throw invalidAddressForWrite(lba)
    const track = this.state.tracks.find(({ number }) => number === view.number)
    this.assertParameters(track, parameters)
    const { layer, runEnd } = this.position(track, lba)
    if (lba + blocks > runEnd) {
      const last = layer === 1 && track!.jumps!.at(-1)! >= this.limitOf(track)
      // A transfer must not cross a jump: the host splits it.
      if (last) throw endOfUserArea(runEnd)
      throw new CheckCondition(5, 0x21, 3, { information: runEnd - 1 })
    }
    if (track) {
      track.packetBlocks ??= VARIABLE
      return track
    }
    return this.newTrack(view, parameters)
  }

  /** Fills up the ECC block. */
  protected override endRecording(track: TrackState): void {
    const next = roundUp(track.next, DVD_BLOCKING_FACTOR)
    if (next > track.next) track.next = this.following(track, next)
    track.recording = false
  }

  /** Closing jumps where recording stopped, and fills up what layer 1 is short of. */
  protected override completeTrack(track: TrackState, _parameters: WriteParameters): void {
    if (track.recording) this.endRecording(track)
    if (track.state === 'complete') return
    const { layer, start } = this.position(track, track.next)
    if (layer === 0 && !this.isFull(track) && track.next > start) track.jumps = [...(track.jumps ?? []), track.next]
    track.end = track.jumps?.at(-1) ?? track.start
    track.next = track.end
    track.state = 'complete'
    delete track.damage
  }

  protected override recoverTrack(track: TrackState): void {
    this.endRecording(track)
    track.damage = 'appendable'
  }

  override async reserve(blocks: number, splitAt: number | undefined, parameters: WriteParameters): Promise<void> {
    const invisible = super.tracks().at(-1)
    if (invisible?.invisible && blocks > 2 * invisible.free) throw invalidFieldInCdb(5)
    // The layers share what is reserved.
    await super.reserve(Math.ceil(blocks / 2), splitAt, parameters)
  }

  override structure(format: number, layer: number, address: number): Uint8Array | undefined {
    const { jumps } = this
    switch (format) {
      case 0x21:
        return dvdShiftedMiddleArea.encode({
          initStatus: jumps.shiftedMiddleArea !== undefined,
          shiftedMiddleAreaStartAddress: this.endOfArea,
        })
      case 0x22:
        return dvdJumpIntervalSize.encode({ jumpIntervalSize: jumps.interval })
      case 0x23:
        return dvdManualLayerJumpAddress.encode({ manualLayerJumpAddress: jumps.manual ?? 0 })
      case 0x24:
        if (address < 1 || address > ANCHOR_POINTS) return undefined
        return dvdRemappingAddress.encode({
          anchorPointNumber: address,
          remappingAddress: jumps.remapped?.[address - 1] ?? 0,
        })
      default:
        return super.structure(format, layer, address)
    }
  }

  override structureFormats() {
    const own = [0x21, 0x22, 0x23, 0x24].map(format => ({ format, sendable: true, length: 12 }))
    return [...super.structureFormats(), ...own].sort((a, b) => a.format - b.format)
  }

  override async sendStructure(format: number, data: Uint8Array): Promise<void> {
    if (this.complete) throw commandSequenceError()
    this.state.layerJump = this.told(format, data)
    await this.disc.commit()
  }

  /** What a structure that the host sends makes of the settings. */
  private told(format: number, data: Uint8Array): LayerJumpState {
    const { jumps } = this
    switch (format) {
      case 0x21: {
        const shifted = dvdShiftedMiddleArea.layout.decodeComplete(data)?.shiftedMiddleAreaStartAddress
        if (jumps.shiftedMiddleArea !== undefined) throw commandSequenceError()
        return { ...jumps, shiftedMiddleArea: this.jumpAddress(shifted) }
      }
      case 0x22: {
        const interval = dvdJumpIntervalSize.layout.decodeComplete(data)?.jumpIntervalSize
        if (!interval || interval % DVD_BLOCKING_FACTOR !== 0 || interval > this.endOfArea) {
          throw invalidFieldInParameterList(8)
        }
        return { ...jumps, interval, manual: null }
      }
      case 0x23: {
        const manual = dvdManualLayerJumpAddress.layout.decodeComplete(data)?.manualLayerJumpAddress
        return { ...jumps, interval: 0, manual: this.jumpAddress(manual === undefined ? undefined : manual + 1) - 1 }
      }
      case 0x24: {
        const remapping = dvdRemappingAddress.layout.decodeComplete(data)
        if (!remapping) throw invalidFieldInParameterList(8)
        const { anchorPointNumber, remappingAddress } = remapping
        if (anchorPointNumber < 1 || anchorPointNumber > ANCHOR_POINTS) throw invalidFieldInParameterList(4)
        if (remappingAddress % DVD_BLOCKING_FACTOR !== 0) throw invalidFieldInParameterList(8)
        this.assertReadable(remappingAddress, DVD_BLOCKING_FACTOR)
        const remapped = Array.from({ length: ANCHOR_POINTS }, (_, index) => jumps.remapped?.[index] ?? 0)
        remapped[anchorPointNumber - 1] = remappingAddress
        return { ...jumps, remapped }
      }
      default:
        throw invalidFieldInCdb(7)
    }
  }

  /** The end of whole ECC blocks of layer 0 that nothing is recorded behind. */
  private jumpAddress(end: number | undefined): number {
    if (end === undefined || end % DVD_BLOCKING_FACTOR !== 0) throw invalidFieldInParameterList(8)
    if (end <= this.recordedOnLayerZero() || end > this.endOfArea) throw invalidFieldInParameterList(8)
    return end
  }

  /** Where layer 0 goes on at the earliest. */
  private recordedOnLayerZero(): number {
    const track = this.lastTrack
    if (!track || track.state === 'complete') return this.invisibleTrackStart
    return this.position(track, track.next).layer === 0 ? track.next : track.jumps!.at(-1)!
  }
}
