import {
  addressOutOfRange,
  CheckCondition,
  cannotWriteMedium,
  endOfUserArea,
  invalidAddressForWrite,
  invalidFieldInCdb,
  unrecoveredReadError,
} from '../check-condition'
import type { TrackState } from '../disc/disc-state'
import type { WriteParameters } from './medium'
import { type DiscInformation, Medium, type Operation, roundUp, type TocSession, type TrackView } from './medium'

/** Blocks that may be lost to a power failure at most: the drive notes its progress on the disc that often. */
const BLOCKS_BETWEEN_COMMITS = 16_384

/**
 * Media that are recorded session after session, track after track, each from its next writable address on. What differs
 * between the families (gaps, parameters, closing) is in their own files.
 */
export abstract class SequentialMedium extends Medium {
  private blocksSinceCommit = 0
  /** Test writing (page 05h) moves this address instead of the disc's. */
  private testAddress: { readonly track: number; next: number } | undefined

  /** Most tracks of a disc: unless a family has fewer, those of a BD-R. */
  protected readonly mostTracks: number = 7927
  /** Most tracks that are open at the same time, the invisible one included: SRRs of a BD-R, fragments of a DVD+R. */
  protected readonly mostOpenTracks: number = 16

  /** Where the first track of the session behind a closed one can begin. */
  abstract nextSessionStart(leadOut: number, session: number): number

  /** Where a track of the same session can begin behind another one. */
  nextTrackStart(end: number): number {
    return roundUp(end, this.blockingFactor)
  }

  /** Number of the session that is open, or would be opened next. */
  get openSession(): number {
    return this.state.sessions.length + 1
  }

  protected get lastTrack(): TrackState | undefined {
    return this.state.tracks.at(-1)
  }

  /** Where the invisible track begins. */
  get invisibleTrackStart(): number {
    const { lastTrack, state } = this
    if (!lastTrack) return 0
    const closed = state.sessions.at(-1)
    if (lastTrack.session === closed?.number) return this.nextSessionStart(closed.leadOut, closed.number)
    return this.nextTrackStart(lastTrack.end ?? lastTrack.next)
  }

  /** True where nothing can be recorded any more. */
  get complete(): boolean {
    return this.state.finalized
  }

  /** One past the last block that can be recorded. */
  get endOfArea(): number {
    return this.state.capacityBlocks
  }

  tracks(): readonly TrackView[] {
    const views = this.state.tracks.map(track => this.view(track))
    const invisible = this.invisibleTrack()
    return invisible ? [...views, invisible] : views
  }

  private invisibleTrack(): TrackView | undefined {
    const last = this.lastTrack
    if (this.complete || this.state.tracks.length >= this.mostTracks) return undefined
    if (last && (last.end === null || last.damage === 'lost')) return undefined
    const start = this.invisibleTrackStart
    const free = Math.max(0, this.endOfArea - start)
    if (free === 0) return undefined
    return {
      ...this.blankTrackModes(),
      number: (last?.number ?? 0) + 1,
      session: this.openSession,
      start,
      size: free,
      free,
      nextWritableAddress: start,
      lastRecordedAddress: null,
      reserved: false,
      blank: true,
      damaged: false,
      invisible: true,
    }
  }

  /** Modes that the invisible track shows. */
  protected blankTrackModes(): Pick<TrackView, 'trackMode' | 'dataMode' | 'incremental' | 'fixedPacketBlocks'> {
    return { trackMode: 7, dataMode: 1, incremental: true, fixedPacketBlocks: this.blockingFactor }
  }

  protected view(track: TrackState): TrackView {
    const end = track.end ?? this.endOfArea
    const writable = track.state !== 'complete' && track.damage !== 'lost'
    const started = track.next > track.start
    return {
      number: track.number,
      session: track.session,
      start: track.start,
      size: end - track.start,
      free: writable ? Math.max(0, end - track.next) : 0,
      nextWritableAddress: writable ? track.next : null,
      lastRecordedAddress: started ? track.next - 1 : null,
      reserved: track.state === 'reserved',
      blank: !started && track.state !== 'complete',
      incremental: track.packetBlocks !== undefined,
      fixedPacketBlocks: track.packetBlocks || null,
      damaged: track.damage !== undefined,
      trackMode: track.control,
      dataMode: track.form === 'mode-1' ? 1 : track.form === 'audio' ? 15 : 2,
      invisible: false,
    }
  }

  discInformation(): DiscInformation {
    const tracks = this.tracks()
    const closed = this.state.sessions.length
    const open = this.state.tracks.some(({ session }) => session > closed)
    const sessions = this.complete ? closed : closed + 1
    const inLast = tracks.filter(({ session }) => session === sessions)
    const damaged = this.state.tracks.some(({ damage, session }) => damage !== undefined && session === sessions)
    return {
      erasable: false,
      stateOfLastSession: this.complete ? 'complete' : damaged ? 'damaged' : open ? 'incomplete' : 'empty',
      discStatus: this.complete ? 'complete' : closed === 0 && !open ? 'blank' : 'appendable',
      firstTrackNumber: this.state.tracks[0]?.number ?? 1,
      numberOfSessions: sessions,
      firstTrackNumberInLastSession: inLast[0]?.number ?? 1,
      lastTrackNumberInLastSession: inLast.at(-1)?.number ?? 1,
      lastPossibleLeadOutStartAddress: this.complete ? 0xffffffff : this.endOfArea,
      unrestrictedUse: true,
    }
  }

  lastAddress(): number {
    const closed = this.state.sessions.at(-1)
    if (closed) return closed.leadOut - 1
    return Math.max(0, this.endOfRecording - 1)
  }

  /** One past the last block that was ever recorded. */
  protected get endOfRecording(): number {
    return this.state.tracks.reduce((end, track) => Math.max(end, this.recordedEnd(track)), 0)
  }

  /** One past the last readable block of a track. */
  protected recordedEnd(track: TrackState): number {
    return track.state === 'complete' ? track.end! - (track.runOut ?? 0) : track.next
  }

  assertReadable(lba: number, blocks: number): void {
    const end = lba + blocks
    for (let at = lba; at < end; ) {
      const track = this.trackAt(at)
      const recorded = track ? this.recordedEnd(track) : at
      if (recorded > at) at = recorded
      else throw this.unreadable(at)
    }
  }

  /** The track whose blocks, its pre-gap not included, hold an address. */
  trackAt(lba: number): TrackState | undefined {
    const { tracks } = this.state
    for (let index = tracks.length - 1; index >= 0; index--) {
      const track = tracks[index]!
      if (lba >= track.start) return track
    }
    return undefined
  }

  /** Why a block that holds nothing cannot be read. */
  protected unreadable(lba: number): CheckCondition {
    return lba < 0 || lba >= this.endOfRecording ? addressOutOfRange(lba) : unrecoveredReadError(lba)
  }

  override tableOfContents() {
    const closed = this.state.sessions.length
    const tracks = this.state.tracks.filter(({ session }) => session <= closed)
    if (tracks.length === 0) return undefined
    const sessions: TocSession[] = this.state.sessions.map(({ number, leadOut, discType }) => ({
      number,
      leadOut,
      discType: discType ?? 0,
    }))
    return { tracks, sessions }
  }

  override async write(lba: number, blocks: number, data: Uint8Array, parameters: WriteParameters): Promise<void> {
    this.assertWritable(parameters)
    if (parameters.testWrite && this.takesTestWrites) return this.writeTest(lba, blocks, parameters)
    const track = this.trackToWrite(lba, blocks, parameters)
    if (!track.recording) {
      track.recording = true
      delete track.damage
      await this.disc.commit()
    }
    await this.store(track, lba, data, blocks)
    track.next = this.following(track, lba + blocks)
    this.blocksSinceCommit += blocks
    if (this.blocksSinceCommit >= BLOCKS_BETWEEN_COMMITS) await this.noteProgress()
  }

  /** The address at which a track goes on behind blocks that were just recorded. */
  protected following(_track: TrackState, next: number): number {
    return next
  }

  /** Ends with CHECK CONDITION where the disc as a whole takes no data. */
  protected assertWritable(_parameters: WriteParameters): void {
    if (this.complete) throw cannotWriteMedium()
    if (this.state.writeProtected) throw new CheckCondition(7, 0x27, 0)
  }

  /** Whether page 05h's test write bit means anything on this medium. */
  protected readonly takesTestWrites: boolean = false

  private writeTest(lba: number, blocks: number, parameters: WriteParameters): Promise<void> {
    const expected = this.testAddress?.next ?? this.writableTrackAt(lba)?.nextWritableAddress
    if (expected !== lba) throw invalidAddressForWrite(lba)
    this.assertParameters(undefined, parameters)
    if (lba + blocks > this.endOfArea) throw endOfUserArea(lba)
    this.testAddress = { track: 0, next: lba + blocks }
    return Promise.resolve()
  }

  protected writableTrackAt(lba: number): TrackView | undefined {
    return this.tracks().find(({ nextWritableAddress }) => nextWritableAddress === lba)
  }

  /** The track that takes blocks at an address; the invisible one becomes visible. */
  protected trackToWrite(lba: number, blocks: number, parameters: WriteParameters): TrackState {
    const view = this.writableTrackAt(lba)
    if (!view) throw invalidAddressForWrite(lba)
    const existing = this.state.tracks.find(({ number }) => number === view.number)
    this.assertParameters(existing, parameters)
    const end = existing?.end ?? this.endOfArea
    if (lba + blocks > end) throw endOfUserArea(end)
    return existing ?? this.newTrack(view, parameters)
  }

  /** What the invisible track becomes once it is recorded on. */
  protected newTrack(view: TrackView, parameters: WriteParameters): TrackState {
    const track: TrackState = {
      number: view.number,
      session: view.session,
      start: view.start,
      next: view.start,
      end: null,
      state: 'incomplete',
      ...this.newTrackModes(parameters),
    }
    this.state.tracks.push(track)
    return track
  }

  /** Ends with CHECK CONDITION where the write parameters do not suit the track, or the medium (no track yet). */
  protected assertParameters(_track: TrackState | undefined, _parameters: WriteParameters): void {}

  /** What the write parameters make of a new track. */
  protected newTrackModes(_parameters: WriteParameters): Pick<TrackState, 'control' | 'form' | 'packetBlocks'> {
    return { control: 4, form: 'mode-1' }
  }

  protected store(_track: TrackState, lba: number, data: Uint8Array, _blocks: number): Promise<void> {
    return this.disc.blocks.write(lba, data)
  }

  private async noteProgress(): Promise<void> {
    this.blocksSinceCommit = 0
    await this.disc.commit()
  }

  override async synchronize(parameters: WriteParameters): Promise<void> {
    this.testAddress = undefined
    for (const track of this.state.tracks) if (track.recording) this.endRecording(track, parameters)
    await this.noteProgress()
  }

  /** The drive ends what it is recording: the last ECC block is filled up. */
  protected endRecording(track: TrackState, _parameters: WriteParameters): void {
    track.next = Math.min(roundUp(track.next, this.blockingFactor), track.end ?? this.endOfArea)
    track.recording = false
  }

  override async reserve(blocks: number, splitAt: number | undefined, parameters: WriteParameters): Promise<void> {
    this.assertWritable(parameters)
    const invisible = this.tracks().at(-1)
    if (splitAt !== undefined) throw invalidFieldInCdb(1, 0)
    if (!invisible?.invisible) throw new CheckCondition(5, 0x2c, 0)
    // The new track, and the invisible one behind it.
    if (this.openTracks + 2 > this.mostOpenTracks) throw new CheckCondition(5, 0x72, 5)
    if (blocks === 0 || blocks > invisible.free) throw invalidFieldInCdb(5)
    const size = Math.min(roundUp(blocks, this.blockingFactor), invisible.free)
    this.state.tracks.push({
      number: invisible.number,
      session: invisible.session,
      start: invisible.start,
      next: invisible.start,
      end: invisible.start + size,
      state: 'reserved',
      ...this.newTrackModes(parameters),
    })
    await this.disc.commit()
  }

  /** A track of the open session by its number, FFh and 0 for the last one. */
  protected openTrack(number: number): TrackState | undefined {
    const open = this.state.tracks.filter(({ session }) => session === this.openSession)
    return number === 0 || number === 0xff ? open.at(-1) : open.find(track => track.number === number)
  }

  /** Closes a track: what it is short of is filled up. */
  protected completeTrack(track: TrackState, parameters: WriteParameters): void {
    if (track.recording) this.endRecording(track, parameters)
    if (track.state === 'complete') return
    track.end ??= track.next
    track.next = track.end
    track.state = 'complete'
    delete track.damage
  }

  /** Closes the open session: no track of it may be open. */
  protected completeSession(parameters: WriteParameters, finalize: boolean): void {
    const { state } = this
    const number = this.openSession
    const inSession = state.tracks.filter(({ session }) => session === number)
    for (const track of inSession) if (track.state !== 'complete') this.completeTrack(track, parameters)
    const last = inSession.at(-1)
    if (last) state.sessions.push({ number, leadOut: last.end!, ...this.newSessionType(parameters) })
    if (finalize) state.finalized = true
  }

  protected newSessionType(_parameters: WriteParameters): { discType?: number } {
    return {}
  }

  /** An operation that changes the state at its end and notes it on the disc. */
  protected operation(seconds: number, change: () => void | Promise<void>): Operation {
    return {
      seconds,
      complete: async () => {
        await change()
        await this.disc.commit()
      },
    }
  }

  override repair(number: number): Operation {
    const track = this.openTrack(number)
    if (!track) throw invalidFieldInCdb(4)
    return this.operation(5, () => {
      delete track.damage
      track.recording = false
      track.next = roundUp(track.next, this.blockingFactor)
    })
  }

  override recover(): boolean {
    const broken = this.state.tracks.filter(({ recording }) => recording)
    for (const track of broken) {
      track.recording = false
      this.recoverTrack(track)
    }
    return broken.length > 0
  }

  /** What a power failure while recording makes of a track: the drive finds the end of what is recorded by itself. */
  protected recoverTrack(track: TrackState): void {
    track.next = roundUp(track.next, this.blockingFactor)
  }

  private get openTracks(): number {
    return this.state.tracks.filter(({ state }) => state !== 'complete').length
  }

  override trackResources() {
    const { mostTracks, mostOpenTracks } = this
    const appendable = this.complete ? 0 : Math.max(1, this.openTracks)
    return { tracks: mostTracks, openTracks: mostOpenTracks, appendable }
  }
}
