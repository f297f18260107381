import { lbaToMsf } from '../../layout'
import { modeOneSector, SECTOR_BYTES, type SectorType, sectorOf, sectorTypeOf, zeroSector } from '../cd/sector'
import { addressOutOfRange, CheckCondition, illegalModeForThisTrack } from '../check-condition'
import type { SectorForm, TrackState } from '../disc/disc-state'
import { covers } from '../disc/extents'
import { SequentialMedium } from './sequential'

/** Lead-out 1:30, lead-in 1:00 and pre-gap 0:02 lie between the first session and the second. */
const BLOCKS_BEHIND_FIRST_SESSION = 11_400
/** Lead-out 0:30, lead-in and pre-gap lie between all others. */
const BLOCKS_BEHIND_LATER_SESSIONS = 6900
export const PREGAP_BLOCKS = 150
/** Where the lead-in begins on discs of these makers, 97:26:66 (ATIP). */
export const LEAD_IN_START = -11_634

/** A CD of any kind: how it is read. Recording is in `cd-recording.ts`. */
export abstract class CompactDisc extends SequentialMedium {
  readonly kind = 'cd'
  readonly blockingFactor = 1
  protected override readonly mostTracks = 99
  protected override readonly mostOpenTracks = 99
  /** True for CD-R and CD-RW, which have ATIP and PMA. */
  abstract readonly recordable: boolean

  nextSessionStart(leadOut: number, session: number): number {
    return leadOut + (session === 1 ? BLOCKS_BEHIND_FIRST_SESSION : BLOCKS_BEHIND_LATER_SESSIONS)
  }

  override nextTrackStart(end: number): number {
    return end + PREGAP_BLOCKS
  }

  protected override blankTrackModes() {
    return { trackMode: 4, dataMode: 1, incremental: false, fixedPacketBlocks: null }
  }

  override discInformation() {
    const { state } = this
    const closed = state.sessions.at(-1)
    return {
      ...super.discInformation(),
      discType: this.discType,
      discIdentificationValid: this.recordable,
      discIdentification: state.discIdentification,
      lastSessionLeadInStartAddress: this.complete
        ? 0xffffff
        : minuteSecondFrame(closed ? closed.leadOut + (closed.number === 1 ? 6750 : 2250) : LEAD_IN_START),
      lastPossibleLeadOutStartAddress: this.complete ? 0xffffff : minuteSecondFrame(state.capacityBlocks),
    }
  }

  /** TOC session type of the disc, FFh while no session is closed. */
  get discType(): number {
    const closed = this.state.sessions[0]
    return closed ? (closed.discType ?? 0) : this.recordable ? 0xff : 0
  }

  /** The track whose sectors, its recorded pre-gap included, hold an address. */
  override trackAt(lba: number): TrackState | undefined {
    const { tracks } = this.state
    for (let index = tracks.length - 1; index >= 0; index--) {
      const track = tracks[index]!
      if (lba >= track.start - (track.pregap ?? 0)) return track
    }
    return undefined
  }

  override assertReadable(lba: number, blocks: number): void {
    super.assertReadable(lba, blocks)
    for (let at = lba; at < lba + blocks; ) {
      const track = this.trackAt(at)!
      if (track.packetBlocks !== undefined) {
        const end = Math.min(lba + blocks, this.recordedEnd(track))
        if (!covers(this.state.recorded, at, end)) throw new CheckCondition(3, 0x11, 0, { information: at })
      }
      at = this.recordedEnd(track)
    }
  }

  protected override unreadable(lba: number): CheckCondition {
    const track = this.trackAt(lba)
    if (lba < 0 || lba >= this.lastAddress() + 1 || !track) return addressOutOfRange(lba)
    // Link and run-out blocks, and the gaps between sessions: no sector there fits the track.
    return illegalModeForThisTrack(lba)
  }

  override async read(lba: number, blocks: number, into: Uint8Array): Promise<void> {
    this.assertReadable(lba, blocks)
    for (let at = lba; at < lba + blocks; ) {
      const track = this.trackAt(at)!
      const end = Math.min(lba + blocks, this.recordedEnd(track))
      const part = into.subarray((at - lba) * 2048, (end - lba) * 2048)
      if (track.form === 'mode-1') await this.disc.blocks.read(at, part)
      else await this.readFormOne(track, at, end - at, part)
      at = end
    }
  }

  private async readFormOne(track: TrackState, lba: number, blocks: number, into: Uint8Array): Promise<void> {
    if (track.form === 'audio' || track.form === 'mode-2') throw illegalModeForThisTrack(lba)
    const sector = new Uint8Array(SECTOR_BYTES)
    for (let index = 0; index < blocks; index++) {
      await this.disc.readSectors(lba + index, sector)
      if (sectorTypeOf(track.form, sector) !== 'form-1') throw illegalModeForThisTrack(lba + index)
      into.set(sector.subarray(24, 2072), index * 2048)
    }
  }

  /**
   * A sector's main channel, all 2352 bytes of it.
   *
   * @throws {CheckCondition} where nothing is recorded at that address
   */
  async readSector(lba: number): Promise<{ type: SectorType; sector: Uint8Array }> {
    this.assertReadable(lba, 1)
    const { form } = this.trackAt(lba)!
    if (form === 'mode-1') {
      const userData = new Uint8Array(2048)
      if (lba >= 0) await this.disc.blocks.read(lba, userData)
      return { type: 'mode-1', sector: modeOneSector(lba, userData) }
    }
    const sector = new Uint8Array(SECTOR_BYTES)
    await this.disc.readSectors(lba, sector)
    // A data sector that was never written back whole (a pre-gap made by the drive) has no header yet.
    const recorded = form === 'audio' || sector[15] !== 0 ? sector : zeroSector(form, lba)
    return { type: sectorTypeOf(form, recorded), sector: recorded }
  }

  protected override async store(track: TrackState, lba: number, data: Uint8Array, blocks: number): Promise<void> {
    await this.storeSectors(track.form, lba, data, data.length / blocks)
  }

  /** Records sectors of one form, `bytes` of each sent by the host. */
  protected async storeSectors(form: SectorForm, lba: number, data: Uint8Array, bytes: number): Promise<void> {
    if (form === 'mode-1' && bytes === 2048) return this.disc.blocks.write(lba, data)
    const sectors = Math.floor(data.length / bytes)
    const whole = new Uint8Array(sectors * SECTOR_BYTES)
    for (let index = 0; index < sectors; index++) {
      const sector = sectorOf(form, lba + index, data.subarray(index * bytes, (index + 1) * bytes))
      if (form === 'mode-1') await this.disc.blocks.write(lba + index, sector.subarray(16, 2064))
      else whole.set(sector, index * SECTOR_BYTES)
    }
    if (form !== 'mode-1') await this.disc.writeSectors(lba, whole)
  }
}

/** An address as READ DISC INFORMATION of a CD gives it: 0, minute, second, frame. */
export function minuteSecondFrame(lba: number): number {
  const [minute, second, frame] = lbaToMsf(lba)
  return (minute << 16) | (second << 8) | frame
}
