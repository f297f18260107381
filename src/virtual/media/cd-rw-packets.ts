import {
  addressOutOfRange,
  CheckCondition,
  illegalModeForThisTrack,
  invalidAddressForWrite,
  invalidFieldInCdb,
} from '../check-condition'
import type { TrackState } from '../disc/disc-state'
import { RecordableCompactDisc } from './cd-recordable'
import { PACKET_BLOCKS } from './cd-rw-organisation'
import type { Operation, WriteParameters } from './medium'

/**
 * A CD-RW that is formatted in fixed packets (MMC-6 4.3.7): whole packets are overwritten in any order. Addresses are
 * those of method 2: link, run-in and run-out blocks between the packets have none.
 */
export class CdRwPackets extends RecordableCompactDisc {
  override currentFeatures(): readonly number[] {
    return [0x10, 0x1d, 0x1e, 0x21, 0x23, 0x26, 0x37]
  }

  /** What is formatted counts as recorded; up to where a host has written is nowhere noted. */
  protected override view(track: TrackState) {
    return { ...super.view(track), lastRecordedAddress: null }
  }

  override async write(lba: number, blocks: number, data: Uint8Array, parameters: WriteParameters): Promise<void> {
    const track = this.state.tracks[0]!
    if (this.state.writeProtected) throw new CheckCondition(7, 0x27, 0)
    this.assertParameters(track, parameters)
    if (!parameters.fixedPacket || parameters.packetBlocks !== PACKET_BLOCKS) throw illegalModeForThisTrack(lba)
    if (blocks % PACKET_BLOCKS !== 0) throw new CheckCondition(5, 0x64, 1)
    if (lba < 0 || lba + blocks > track.end!) throw addressOutOfRange(Math.max(lba, track.end!))
    if (lba % PACKET_BLOCKS !== 0) throw invalidAddressForWrite(lba)
    if (!parameters.testWrite) await this.store(track, lba, data, blocks)
  }

  override blank(type: number, address: number): Operation {
    // Only as a whole: the parts that BLANK knows besides are those of discs that are recorded in a row.
    if (type > 1) throw invalidFieldInCdb(1, 2)
    return super.blank(type, address)
  }
}
