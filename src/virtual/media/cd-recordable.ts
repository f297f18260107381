import { DATA_BLOCK_BYTES } from '../../mmc/mode-pages'
import { DATA_BLOCK_FORMS } from '../cd/sector'
import {
  CheckCondition,
  cannotWriteMedium,
  commandSequenceError,
  illegalModeForThisTrack,
  invalidFieldInCdb,
} from '../check-condition'
import type { TrackState } from '../disc/disc-state'
import { addExtent } from '../disc/extents'
import { cdRwFormatCapacities, formatCdRw, LINK_BLOCKS } from './cd-rw-organisation'
import { NO_NEXT_SESSION, SESSION_AT_ONCE, SessionAtOnceDisc } from './cd-session-at-once'
import type { FormatCapacities, FormatRequest, Operation, WriteParameters } from './medium'

const PACKET = 0
const TRACK_AT_ONCE = 1
/** A track lasts four seconds at least; the drive fills shorter ones up. */
const SHORTEST_TRACK_BLOCKS = 300
const RUN_OUT_BLOCKS = 2
const DATA_TRACK = 4

/** CD-R and CD-RW (MMC-6 4.3): track at once, session at once, packets; blanking. */
export class RecordableCompactDisc extends SessionAtOnceDisc {
  readonly recordable = true
  protected override readonly takesTestWrites = true

  get rewritable(): boolean {
    return this.state.media === 'cd-rw'
  }

  get profile(): number {
    return this.rewritable ? 0x000a : 0x0009
  }

  get writeSpeeds(): readonly number[] {
    return this.rewritable ? [4234, 2822, 1764, 706] : [8467, 7056, 5645, 4234, 2822, 1411]
  }

  currentFeatures(): readonly number[] {
    const writable = this.complete ? [] : [0x21, 0x2d, 0x2e]
    return [0x10, 0x1d, 0x1e, ...writable, ...(this.rewritable ? [0x23, 0x37] : [])]
  }

  override discInformation() {
    return { ...super.discInformation(), erasable: this.rewritable }
  }

  override transferBytes(lba: number, blocks: number, parameters: WriteParameters): number {
    const sheet = parameters.writeType === SESSION_AT_ONCE ? this.cueSheet : undefined
    if (!sheet) return blocks * (DATA_BLOCK_BYTES[parameters.dataBlockType] ?? 2048)
    return this.sheetTransferBytes(sheet, lba, blocks)
  }

  override async write(lba: number, blocks: number, data: Uint8Array, parameters: WriteParameters): Promise<void> {
    if (parameters.writeType !== SESSION_AT_ONCE) {
      // A session that is written at once has to be ended before anything else begins.
      if (this.state.cueSheet) throw commandSequenceError()
      return super.write(lba, blocks, data, parameters)
    }
    this.assertWritable(parameters)
    const sheet = this.cueSheet
    if (!sheet) throw commandSequenceError()
    await this.writeByCueSheet(sheet, lba, blocks, data, parameters.testWrite)
  }

  protected override assertParameters(track: TrackState | undefined, parameters: WriteParameters): void {
    const { writeType, dataBlockType, trackMode } = parameters
    if (writeType !== TRACK_AT_ONCE && writeType !== PACKET) throw illegalModeForThisTrack()
    const form = DATA_BLOCK_FORMS[dataBlockType]
    const isData = (trackMode & DATA_TRACK) !== 0
    if (form === undefined || isData === (form === 'audio')) throw illegalModeForThisTrack()
    if (track && (track.form !== form || (track.packetBlocks !== undefined) !== (writeType === PACKET))) {
      throw illegalModeForThisTrack(track.start)
    }
  }

  protected override newTrackModes(parameters: WriteParameters) {
    return {
      control: parameters.trackMode,
      form: DATA_BLOCK_FORMS[parameters.dataBlockType]!,
      ...(parameters.writeType === PACKET
        ? { packetBlocks: parameters.fixedPacket ? parameters.packetBlocks : 0 }
        : {}),
      ...(parameters.isrc === undefined ? {} : { isrc: parameters.isrc }),
    }
  }

  protected override async store(track: TrackState, lba: number, data: Uint8Array, blocks: number): Promise<void> {
    await super.store(track, lba, data, blocks)
    if (track.packetBlocks !== undefined) addExtent(this.state.recorded, lba, lba + blocks)
  }

  override async synchronize(parameters: WriteParameters): Promise<void> {
    const sheet = this.cueSheet
    if (sheet) this.endSession(sheet, parameters)
    await super.synchronize(parameters)
  }

  /** Track at once: run-out blocks end the track. Packets: links between them are lost to the user. */
  protected override endRecording(track: TrackState, _parameters: WriteParameters): void {
    delete track.recording
    if (track.packetBlocks !== undefined) {
      if (track.packetBlocks === 0) track.next += LINK_BLOCKS
      return
    }
    track.next = Math.max(track.next, track.start + SHORTEST_TRACK_BLOCKS)
    track.end = track.next + RUN_OUT_BLOCKS
    track.next = track.end
    track.runOut = RUN_OUT_BLOCKS
    track.state = 'complete'
  }

  protected override completeTrack(track: TrackState, parameters: WriteParameters): void {
    const brokenOff = track.damage === 'lost'
    // What a power failure cut off ends where it was noted last, and is as long as a track has to be.
    if (brokenOff && track.end !== null) track.end = Math.max(track.next, track.start + SHORTEST_TRACK_BLOCKS)
    else if (brokenOff && track.packetBlocks === undefined) this.endRecording(track, parameters)
    super.completeTrack(track, parameters)
    delete track.damage
    delete track.recording
  }

  protected override newSessionType({ sessionFormat }: WriteParameters) {
    return { discType: sessionFormat }
  }

  override async reserve(blocks: number, splitAt: number | undefined, parameters: WriteParameters): Promise<void> {
    if (parameters.writeType === SESSION_AT_ONCE) throw commandSequenceError()
    this.assertParameters(undefined, parameters)
    await super.reserve(blocks, splitAt, parameters)
  }

  override close(closeFunction: number, number: number, parameters: WriteParameters): Operation {
    // After a test write there is nothing to close.
    if (parameters.testWrite && (closeFunction === 1 || closeFunction === 2)) return this.operation(0, () => undefined)
    if (this.complete) throw commandSequenceError()
    switch (closeFunction) {
      case 1: {
        const track = this.openTrack(number)
        if (!track && number !== 0xff && !this.tracks().some(candidate => candidate.number === number)) {
          throw invalidFieldInCdb(4)
        }
        if (track?.state === 'reserved' && track.next < track.end!) throw new CheckCondition(5, 0x72, 4)
        return this.operation(10, () => {
          if (track) this.completeTrack(track, parameters)
        })
      }
      case 2: {
        this.assertSessionCanClose()
        const finalize = parameters.multiSession === NO_NEXT_SESSION
        return this.operation(60, () => this.completeSession(parameters, finalize))
      }
      default:
        throw invalidFieldInCdb(2, 2)
    }
  }

  private assertSessionCanClose(): void {
    const open = this.state.tracks.filter(({ session }) => session === this.openSession)
    if (open.length === 0) throw commandSequenceError()
    if (open.some(({ state, packetBlocks }) => state === 'incomplete' && packetBlocks !== undefined)) {
      throw new CheckCondition(5, 0x72, 3)
    }
    if (open.some(({ state, next, end }) => state === 'reserved' && next < end!)) throw new CheckCondition(5, 0x72, 4)
  }

  override blank(type: number, address: number): Operation {
    if (!this.rewritable) throw cannotWriteMedium()
    const { state } = this
    const open = state.tracks.filter(({ session }) => session === this.openSession)
    switch (type) {
      case 0:
      case 1:
        return this.operation(type === 0 ? 1200 : 60, () => this.blankDisc())
      case 2:
        if (!open.some(({ number }) => number === address)) throw invalidFieldInCdb(2)
        return this.operation(30, () => this.blankFrom(open.find(({ number }) => number === address)!.start))
      case 3: {
        const last = state.tracks.at(-1)
        if (last?.state !== 'reserved' || last.number !== address || last.next > last.start) throw invalidFieldInCdb(2)
        return this.operation(5, () => {
          state.tracks.pop()
        })
      }
      case 4: {
        const last = open.at(-1)
        if (!last || address <= last.start || address >= last.next) throw invalidFieldInCdb(2)
        return this.operation(30, () => {
          Object.assign(last, { next: address, end: null, state: 'incomplete' })
        })
      }
      case 5:
        if (state.sessions.length === 0 || open.length > 0) throw commandSequenceError()
        return this.operation(30, () => this.uncloseSession())
      case 6:
        if (state.tracks.length === 0) throw commandSequenceError()
        return this.operation(60, () => this.eraseLastSession())
      default:
        throw invalidFieldInCdb(1, 2)
    }
  }

  override formatCapacities(): FormatCapacities {
    return this.rewritable ? cdRwFormatCapacities(this.disc, this.lastAddress() + 1) : super.formatCapacities()
  }

  override format(request: FormatRequest, parameters: WriteParameters): Operation {
    return this.rewritable ? formatCdRw(this.disc, request, parameters) : super.format(request, parameters)
  }

  private async blankDisc(): Promise<void> {
    const { state } = this
    await this.disc.erase()
    Object.assign(state, { sessions: [], tracks: [], recorded: [], finalized: false })
    Object.assign(state, { organisation: 'sequential', formatted: null })
    delete state.cueSheet
    delete state.cdText
    delete state.mediaCatalogNumber
  }

  private blankFrom(start: number): void {
    this.state.tracks = this.state.tracks.filter(track => track.start < start)
  }

  private uncloseSession(): void {
    this.state.sessions.pop()
    this.state.finalized = false
  }

  private eraseLastSession(): void {
    const { state } = this
    const last = state.tracks.at(-1)!.session
    state.tracks = state.tracks.filter(({ session }) => session !== last)
    state.sessions = state.sessions.filter(({ number }) => number !== last)
    state.finalized = false
  }

  /** Without its end in the PMA, a track at once or a session at once is lost; packets before the last one are not. */
  protected override recoverTrack(track: TrackState): void {
    if (track.packetBlocks !== undefined) track.damage = 'appendable'
    else track.damage = 'lost'
  }
}
