import { hex } from '../../layout'
import { DATA_BLOCK_BYTES } from '../../mmc/mode-pages'
import { LEAD_IN_SECTOR_BYTES, packsOfLeadIn } from '../cd/cd-text-lead-in'
import { type CueArea, type CueSheet, parseCueSheet } from '../cd/cue-sheet'
import { SECTOR_BYTES } from '../cd/sector'
import {
  CheckCondition,
  cannotWriteMedium,
  commandSequenceError,
  illegalModeForThisTrack,
  invalidAddressForWrite,
  invalidFieldInCdb,
  invalidFieldInParameterList,
} from '../check-condition'
import type { SectorForm, TrackState } from '../disc/disc-state'
import { addExtent } from '../disc/extents'
import { CompactDisc, LEAD_IN_START, PREGAP_BLOCKS } from './cd'
import type { Operation, WriteParameters } from './medium'

const PACKET = 0
const TRACK_AT_ONCE = 1
const SESSION_AT_ONCE = 2
/** Multi-session field: the session is the disc's last one. */
const NO_NEXT_SESSION = 0
/** A track lasts four seconds at least; the drive fills shorter ones up. */
const SHORTEST_TRACK_BLOCKS = 300
const RUN_OUT_BLOCKS = 2
/** A variable packet costs a link block, four run-in and two run-out blocks. */
const LINK_BLOCKS = 7
const DATA_TRACK = 4

/** Sectors that data block types of the write parameters make (MMC-6 table 667). */
const FORMS: Readonly<Record<number, SectorForm>> = {
  0: 'audio',
  8: 'mode-1',
  9: 'mode-2',
  10: 'mode-2-form-1',
  11: 'mode-2-form-1',
  12: 'mode-2-form-2',
  13: 'mode-2-mixed',
}

/** CD-R and CD-RW (MMC-6 4.3): track at once, session at once, packets; blanking. */
export class RecordableCompactDisc extends CompactDisc {
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
    return [0x10, 0x1d, 0x1e, ...writable, ...(this.rewritable ? [0x37] : [])]
  }

  override discInformation() {
    return { ...super.discInformation(), erasable: this.rewritable }
  }

  private get cueSheet(): CueSheet | undefined {
    const { cueSheet } = this.state
    return cueSheet && parseCueSheet(Buffer.from(cueSheet.entries, 'hex'))
  }

  override transferBytes(lba: number, blocks: number, parameters: WriteParameters): number {
    const sheet = parameters.writeType === SESSION_AT_ONCE ? this.cueSheet : undefined
    if (!sheet) return blocks * (DATA_BLOCK_BYTES[parameters.dataBlockType] ?? 2048)
    const area = areaAt(sheet, lba)
    return blocks * (area ? area.bytes + area.subChannelBytes : LEAD_IN_SECTOR_BYTES)
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
    await this.writeByCueSheet(sheet, lba, blocks, data, parameters)
  }

  private async writeByCueSheet(
    sheet: CueSheet,
    lba: number,
    blocks: number,
    data: Uint8Array,
    parameters: WriteParameters,
  ): Promise<void> {
    const cue = this.state.cueSheet!
    if (lba !== cue.next) throw invalidAddressForWrite(lba)
    if (lba + blocks > sheet.leadOut) throw new CheckCondition(5, 0x63, 0, { information: sheet.leadOut })
    const end = lba + blocks
    if (!parameters.testWrite) {
      this.beginSession(sheet)
      if (lba < this.sessionStart(sheet)) this.keepCdText(data)
      else await this.recordArea(sheet, lba, blocks, data)
    }
    cue.next = end
    if (parameters.testWrite) return
    for (const track of this.state.tracks) {
      if (track.recording) track.next = Math.min(track.end!, Math.max(track.start, end))
    }
  }

  /** Where the pre-gap of the session's first track begins. */
  private sessionStart(sheet: CueSheet): number {
    return sheet.areas[0]!.start
  }

  private async recordArea(sheet: CueSheet, lba: number, blocks: number, data: Uint8Array): Promise<void> {
    const area = areaAt(sheet, lba)!
    const size = area.bytes + area.subChannelBytes
    if (lba + blocks > area.end && area.bytes !== areaAt(sheet, area.end)?.bytes) throw invalidFieldInCdb(7)
    const main = area.subChannelBytes === 0 ? data : withoutSubChannel(data, area.bytes, size)
    for (let at = lba; at < lba + blocks; ) {
      const part = areaAt(sheet, at)!
      const end = Math.min(part.end, lba + blocks)
      const bytes = main.subarray((at - lba) * area.bytes, (end - lba) * area.bytes)
      // Data pre-gaps hold nothing; the first one lies before the file's begin.
      if (part.bytes > 0 && (at >= 0 || part.form !== 'mode-1'))
        await this.storeSectors(part.form, at, bytes, part.bytes)
      at = end
    }
  }

  private keepCdText(data: Uint8Array): void {
    const known = this.state.cdText ?? ''
    const packs = packsOfLeadIn(data).map(pack => hex(pack).replaceAll(' ', ''))
    // The host repeats the packs until the lead-in is full.
    const fresh = packs.filter(pack => !known.includes(pack) && !/^0+$/.test(pack))
    this.state.cdText = known + [...new Set(fresh)].join('')
  }

  /** With the first block, the tracks of the cue sheet begin to exist. */
  private beginSession(sheet: CueSheet): void {
    const session = this.openSession
    if (this.state.tracks.some(track => track.session === session)) return
    for (const track of sheet.tracks) {
      this.state.tracks.push({
        number: track.number,
        session,
        start: track.start,
        next: track.start,
        end: track.end,
        state: 'incomplete',
        control: track.control,
        form: track.form,
        pregap: track.start - track.pregapStart,
        recording: true,
        ...(track.indices.length > 0 ? { indices: [...track.indices] } : {}),
        ...(track.isrc === undefined ? {} : { isrc: track.isrc }),
      })
    }
    if (sheet.mediaCatalogNumber !== undefined) this.state.mediaCatalogNumber = sheet.mediaCatalogNumber
  }

  override async sendCueSheet(entries: Uint8Array, parameters: WriteParameters): Promise<void> {
    if (this.complete) throw cannotWriteMedium()
    if (parameters.writeType !== SESSION_AT_ONCE) throw commandSequenceError()
    if (this.state.tracks.some(({ session }) => session === this.openSession)) throw commandSequenceError()
    const sheet = parseCueSheet(entries)
    const first = sheet.tracks[0]!
    const start = this.invisibleTrackStart
    if (start > 0 && first.number !== this.state.tracks.at(-1)!.number + 1) throw invalidFieldInParameterList(1)
    // The session begins with a pre-gap of two seconds; only its first track's may be longer.
    if (sheet.areas[0]!.start !== start - PREGAP_BLOCKS) throw invalidFieldInParameterList(13)
    if (sheet.leadOut > this.state.capacityBlocks) throw invalidFieldInParameterList(entries.length - 3)
    this.state.cueSheet = {
      entries: Buffer.from(entries).toString('hex'),
      next: sheet.leadInFromHost ? LEAD_IN_START : sheet.areas[0]!.start,
      multiSession: parameters.multiSession !== NO_NEXT_SESSION,
    }
    delete this.state.cdText
    await this.disc.commit()
  }

  protected override assertParameters(track: TrackState | undefined, parameters: WriteParameters): void {
    const { writeType, dataBlockType, trackMode } = parameters
    if (writeType !== TRACK_AT_ONCE && writeType !== PACKET) throw illegalModeForThisTrack()
    const form = FORMS[dataBlockType]
    const isData = (trackMode & DATA_TRACK) !== 0
    if (form === undefined || isData === (form === 'audio')) throw illegalModeForThisTrack()
    if (track && (track.form !== form || (track.packetBlocks !== undefined) !== (writeType === PACKET))) {
      throw illegalModeForThisTrack(track.start)
    }
  }

  protected override newTrackModes(parameters: WriteParameters) {
    return {
      control: parameters.trackMode,
      form: FORMS[parameters.dataBlockType]!,
      ...(parameters.writeType === PACKET
        ? { packetBlocks: parameters.fixedPacket ? parameters.packetBlocks : 0 }
        : {}),
      ...(parameters.isrc === undefined ? {} : { isrc: parameters.isrc }),
    }
  }

  protected override async store(track: TrackState, lba: number, data: Uint8Array): Promise<void> {
    const { length } = data
    const bytes = length / this.blocksOf(track, length)
    await this.storeSectors(track.form, lba, data, bytes)
    if (track.packetBlocks !== undefined) addExtent(this.state.recorded, lba, lba + length / bytes)
  }

  private blocksOf(track: TrackState, length: number): number {
    const sizes = Object.entries(FORMS).filter(([, form]) => form === track.form)
    const size = sizes.map(([type]) => DATA_BLOCK_BYTES[Number(type)]!).find(bytes => length % bytes === 0)
    return length / (size ?? SECTOR_BYTES)
  }

  override async synchronize(parameters: WriteParameters): Promise<void> {
    const sheet = this.cueSheet
    if (sheet) this.endSession(sheet, parameters)
    await super.synchronize(parameters)
  }

  /** Session at once ends with its last block; when it is broken off before, the drive closes what there is. */
  private endSession(sheet: CueSheet, parameters: WriteParameters): void {
    const cue = this.state.cueSheet!
    delete this.state.cueSheet
    const session = this.openSession
    const tracks = this.state.tracks.filter(track => track.session === session)
    if (tracks.length === 0) return
    const end = Math.min(cue.next, sheet.leadOut)
    this.state.tracks = this.state.tracks.filter(track => track.session !== session || track.start < end)
    for (const track of this.state.tracks.filter(track => track.session === session)) {
      track.end = Math.min(track.end!, Math.max(end, track.start + 1))
      track.next = track.end
      track.state = 'complete'
      delete track.recording
    }
    if (!this.state.tracks.some(track => track.session === session)) return
    this.completeSession(parameters, !cue.multiSession)
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

  private async blankDisc(): Promise<void> {
    const { state } = this
    await this.disc.erase()
    Object.assign(state, { sessions: [], tracks: [], recorded: [], finalized: false })
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
    delete this.state.cueSheet
    if (track.packetBlocks !== undefined) track.damage = 'appendable'
    else track.damage = 'lost'
  }
}

function areaAt(sheet: CueSheet, lba: number): CueArea | undefined {
  return sheet.areas.find(({ start, end }) => lba >= start && lba < end)
}

function withoutSubChannel(data: Uint8Array, bytes: number, size: number): Uint8Array {
  const sectors = Math.floor(data.length / size)
  const main = new Uint8Array(sectors * bytes)
  for (let index = 0; index < sectors; index++)
    main.set(data.subarray(index * size, index * size + bytes), index * bytes)
  return main
}
