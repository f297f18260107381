import { invalidFieldInParameterList } from '../check-condition'
import { DVD_BLOCKING_FACTOR, dvdStructure, dvdStructureFormats, PRIMARY_SPARE_BLOCKS } from './dvd-structures'
import type { DiscInformation, FormatCapacities, FormatRequest, Operation } from './medium'
import { OverwritableMedium } from './overwritable'

/** Blocks of the supplementary spare area of a disc formatted with the standard sizes. */
const SPARE_BLOCKS = 58_368

/** DVD-RAM (MMC-6 4.4.9, ECMA-330). */
export class DvdRam extends OverwritableMedium {
  readonly kind = 'dvd'
  readonly profile = 0x0012
  readonly blockingFactor = DVD_BLOCKING_FACTOR
  readonly writeSpeeds = [6925, 4155, 2770]

  override get spareBlocks(): number {
    return PRIMARY_SPARE_BLOCKS + super.spareBlocks
  }

  currentFeatures(): readonly number[] {
    return [0x10, 0x1f, 0x20, 0x23, 0x24]
  }

  override discInformation(): DiscInformation {
    const information = super.discInformation()
    return this.formatted ? { ...information, discStatus: 'other', discType: 0xff } : information
  }

  override formatCapacities(): FormatCapacities {
    const { capacityBlocks } = this.state
    return {
      blocks: this.formatted ? this.formattedBlocks : capacityBlocks,
      kind: this.formatted ? 'formatted' : 'unformatted',
      formattable: [
        { numberOfBlocks: capacityBlocks, formatType: 0x00, typeDependentParameter: 2048 },
        { numberOfBlocks: capacityBlocks, formatType: 0x01, typeDependentParameter: 2048 },
        { numberOfBlocks: capacityBlocks + SPARE_BLOCKS, formatType: 0x00, typeDependentParameter: 2048 },
      ],
    }
  }

  override format(request: FormatRequest): Operation {
    const { state } = this
    const offered = this.formatCapacities().formattable
    const descriptor = offered.find(
      ({ numberOfBlocks, formatType }) => numberOfBlocks === request.blocks && formatType === request.type,
    )
    if (!descriptor) throw invalidFieldInParameterList(4)
    return {
      ...this.operation(1800, async () => {
        if (request.type === 0) {
          await this.disc.erase()
          state.recorded = []
        }
        const spareBlocks = state.capacityBlocks + SPARE_BLOCKS - request.blocks
        state.formatted = { type: request.type, blocks: request.blocks, spareBlocks, spareUsed: 0 }
      }),
      formatting: true,
    }
  }

  override certifies({ type, certification }: FormatRequest): boolean {
    return type === 0 && certification
  }

  override structure(format: number, layer: number, address: number): Uint8Array | undefined {
    return dvdStructure(this, format, layer, address)
  }

  override structureFormats() {
    return dvdStructureFormats(this)
  }
}
