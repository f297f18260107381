import {
  addressOutOfRange,
  CheckCondition,
  illegalModeForThisTrack,
  invalidAddressForWrite,
  invalidFieldInCdb,
} from '../check-condition'
import { blankDvdRw, formatDvdRw } from './dvd-rw-organisation'
import { DVD_BLOCKING_FACTOR, dvdStructure, dvdStructureFormats } from './dvd-structures'
import type { FormatCapacities, FormatRequest, Operation, TrackView, WriteParameters } from './medium'
import { OverwritableMedium } from './overwritable'

/**
 * DVD-RW in restricted overwrite mode (MMC-6 4.4.7.4): whole ECC blocks anywhere in the formatted part; after a quick
 * format or a quick grow, the border is in its intermediate state and blocks follow each other behind the last one.
 */
export class DvdRwRestrictedOverwrite extends OverwritableMedium {
  readonly kind = 'dvd'
  readonly profile = 0x0013
  readonly blockingFactor = DVD_BLOCKING_FACTOR
  readonly writeSpeeds = [8310, 5540, 2770, 1385]
  protected override readonly trackMode = 5

  currentFeatures(): readonly number[] {
    return [0x10, 0x1f, 0x20, 0x23, 0x26, 0x2c, 0x2f]
  }

  get intermediate(): boolean {
    return this.state.formatted?.intermediate === true
  }

  /** One past the last block that was recorded since the quick format, or that the format made. */
  private get end(): number {
    return Math.max(this.formattedBlocks, this.state.recorded.at(-1)?.[1] ?? 0)
  }

  override discInformation() {
    const information = super.discInformation()
    return this.intermediate ? { ...information, stateOfLastSession: 'incomplete' as const } : information
  }

  override tracks(): readonly TrackView[] {
    const { end, intermediate } = this
    const free = intermediate ? this.state.capacityBlocks - end : 0
    return super.tracks().map(track => ({
      ...track,
      size: intermediate ? this.state.capacityBlocks : end,
      free,
      nextWritableAddress: intermediate ? end : 0,
      lastRecordedAddress: end > 0 ? end - 1 : null,
    }))
  }

  override lastAddress(): number {
    return Math.max(0, this.end - 1)
  }

  override assertReadable(lba: number, blocks: number): void {
    if (lba < 0 || lba + blocks > this.end) throw addressOutOfRange(Math.max(lba, this.end))
  }

  protected override assertWritable(lba: number, blocks: number, { writeType, dataBlockType }: WriteParameters): void {
    if (writeType !== 0 || dataBlockType !== 8) throw illegalModeForThisTrack()
    if (lba < 0) throw addressOutOfRange(lba)
    if (blocks % DVD_BLOCKING_FACTOR !== 0) throw new CheckCondition(5, 0x64, 1)
    if (lba % DVD_BLOCKING_FACTOR !== 0 || lba > this.end) throw invalidAddressForWrite(lba)
    const limit = this.intermediate ? this.state.capacityBlocks : this.end
    if (lba + blocks > limit) throw addressOutOfRange(Math.max(lba, limit))
  }

  override formatCapacities(): FormatCapacities {
    const { capacityBlocks } = this.state
    const left = capacityBlocks - this.end
    return {
      blocks: this.end,
      kind: this.intermediate ? 'no-media' : 'formatted',
      formattable: [
        { numberOfBlocks: capacityBlocks, formatType: 0x00, typeDependentParameter: 2048 },
        { numberOfBlocks: capacityBlocks, formatType: 0x10, typeDependentParameter: DVD_BLOCKING_FACTOR },
        { numberOfBlocks: left, formatType: 0x13, typeDependentParameter: DVD_BLOCKING_FACTOR },
        { numberOfBlocks: capacityBlocks, formatType: 0x15, typeDependentParameter: DVD_BLOCKING_FACTOR },
      ],
    }
  }

  override format(request: FormatRequest): Operation {
    return formatDvdRw(this, request)
  }

  override blank(type: number): Operation {
    if (type !== 0 && type !== 1) throw invalidFieldInCdb(1, 2)
    return this.operation(type === 0 ? 3600 : 60, () => blankDvdRw(this, type === 1))
  }

  override close(closeFunction: number): Operation {
    if (closeFunction !== 2 && closeFunction !== 3) throw invalidFieldInCdb(2, 2)
    return this.operation(60, () => {
      const { formatted } = this.state
      if (formatted?.intermediate) Object.assign(formatted, { blocks: this.end, intermediate: false })
    })
  }

  override structure(format: number, layer: number, address: number): Uint8Array | undefined {
    return dvdStructure(this, format, layer, address)
  }

  override structureFormats() {
    return dvdStructureFormats(this)
  }
}
