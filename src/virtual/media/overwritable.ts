import { addressOutOfRange, CheckCondition } from '../check-condition'
import { addExtent } from '../disc/extents'
import { type DiscInformation, Medium, type Operation, type TrackView, type WriteParameters } from './medium'

/** Blocks written between two notes of what is recorded. */
const BLOCKS_BETWEEN_COMMITS = 65_536

/** Media whose blocks can be written in any order, any number of times: one session, one track. */
export abstract class OverwritableMedium extends Medium {
  private blocksSinceCommit = 0

  /** Blocks that can be addressed now. */
  get formattedBlocks(): number {
    return this.state.formatted?.blocks ?? 0
  }

  get formatted(): boolean {
    return this.state.formatted !== null
  }

  protected readonly trackMode: number = 4

  discInformation(): DiscInformation {
    return {
      erasable: true,
      stateOfLastSession: this.formatted ? 'complete' : 'empty',
      discStatus: this.formatted ? 'complete' : 'blank',
      firstTrackNumber: 1,
      numberOfSessions: 1,
      firstTrackNumberInLastSession: 1,
      lastTrackNumberInLastSession: 1,
      unrestrictedUse: true,
    }
  }

  tracks(): readonly TrackView[] {
    const size = this.formattedBlocks
    return [
      {
        number: 1,
        session: 1,
        start: 0,
        size,
        free: 0,
        nextWritableAddress: this.formatted ? 0 : null,
        lastRecordedAddress: null,
        reserved: false,
        blank: !this.formatted,
        incremental: true,
        fixedPacketBlocks: this.blockingFactor,
        damaged: false,
        trackMode: this.trackMode,
        dataMode: 1,
        invisible: false,
      },
    ]
  }

  lastAddress(): number {
    return Math.max(0, this.formattedBlocks - 1)
  }

  override tableOfContents() {
    if (!this.formatted) return undefined
    return {
      tracks: [{ number: 1, session: 1, start: 0, control: this.trackMode }],
      sessions: [{ number: 1, leadOut: this.formattedBlocks, discType: 0 }],
    }
  }

  assertReadable(lba: number, blocks: number): void {
    if (!this.formatted) throw new CheckCondition(5, 0x30, 0x10)
    if (lba < 0 || lba + blocks > this.formattedBlocks) throw addressOutOfRange(Math.max(lba, this.formattedBlocks))
  }

  override async write(lba: number, blocks: number, data: Uint8Array, parameters: WriteParameters): Promise<void> {
    this.assertWritable(lba, blocks, parameters)
    if (this.state.writeProtected) throw new CheckCondition(7, 0x27, 0)
    await this.disc.blocks.write(lba, data)
    addExtent(this.state.recorded, lba, lba + blocks)
    this.blocksSinceCommit += blocks
    if (this.blocksSinceCommit >= BLOCKS_BETWEEN_COMMITS) await this.synchronize()
  }

  /** Ends with CHECK CONDITION where these blocks cannot be written now. */
  protected assertWritable(lba: number, blocks: number, _parameters: WriteParameters): void {
    if (!this.formatted) throw new CheckCondition(5, 0x30, 0x10)
    if (lba < 0 || lba + blocks > this.formattedBlocks) throw addressOutOfRange(Math.max(lba, this.formattedBlocks))
  }

  override async synchronize(): Promise<void> {
    this.blocksSinceCommit = 0
    await this.disc.commit()
  }

  protected operation(seconds: number, change: () => void | Promise<void>): Operation {
    return {
      seconds,
      complete: async () => {
        await change()
        await this.disc.commit()
      },
    }
  }
}
