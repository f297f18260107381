import { CheckCondition, invalidFieldInParameterList } from '../check-condition'
import { BD_SPARE_BLOCKS } from './bd-r'
import { BD_BLOCKING_FACTOR, bdStructure, bdStructureFormats } from './bd-structures'
import type { FormatCapacities, FormatRequest, Operation } from './medium'
import { OverwritableMedium } from './overwritable'

const WITH_SPARE = 0x30
const WITHOUT_SPARE = 0x31
/** Format sub-types (MMC-6 6.4.3.14). */
const FULL_CERTIFICATION = 2
const QUICK_CERTIFICATION = 3

/** BD-RE (MMC-6 4.5): overwritable once formatted, with or without spare areas. */
export class BdRe extends OverwritableMedium {
  readonly kind = 'bd'
  readonly profile = 0x0043
  readonly blockingFactor = BD_BLOCKING_FACTOR
  readonly writeSpeeds = [8991, 4495]

  currentFeatures(): readonly number[] {
    return [0x10, 0x20, 0x23, 0x24, 0x40, 0x41]
  }

  private get layers(): number {
    return Math.round(this.state.capacityBlocks / 12_219_392) || 1
  }

  override formatCapacities(): FormatCapacities {
    const { capacityBlocks, formatted } = this.state
    const without = (spare: number) => Math.max(0, capacityBlocks - this.layers * spare)
    return {
      blocks: this.formatted ? this.formattedBlocks : capacityBlocks,
      kind: this.formatted ? 'formatted' : 'unformatted',
      formattable: [
        { numberOfBlocks: formatted?.blocks ?? without(BD_SPARE_BLOCKS.standard), formatType: 0x00 },
        { numberOfBlocks: without(BD_SPARE_BLOCKS.standard), formatType: WITH_SPARE },
        { numberOfBlocks: without(BD_SPARE_BLOCKS.smallest), formatType: WITH_SPARE },
        { numberOfBlocks: without(BD_SPARE_BLOCKS.largest), formatType: WITH_SPARE },
        { numberOfBlocks: capacityBlocks, formatType: WITHOUT_SPARE },
      ],
    }
  }

  override format(request: FormatRequest): Operation {
    const { state } = this
    const { type, subType } = request
    if (type !== 0 && type !== WITH_SPARE && type !== WITHOUT_SPARE) throw invalidFieldInParameterList(8)
    const blocks = type === WITHOUT_SPARE ? state.capacityBlocks : request.blocks
    const most = this.layers * BD_SPARE_BLOCKS.largest
    if (blocks > state.capacityBlocks || blocks < Math.max(0, state.capacityBlocks - most)) {
      throw invalidFieldInParameterList(4)
    }
    return {
      ...this.operation(subType === FULL_CERTIFICATION ? 5400 : 60, async () => {
        await this.disc.erase()
        state.recorded = []
        state.formatted = { type, blocks, spareBlocks: state.capacityBlocks - blocks, spareUsed: 0 }
      }),
      formatting: true,
    }
  }

  override certifies({ type, subType }: FormatRequest): boolean {
    return type !== WITHOUT_SPARE && (subType === FULL_CERTIFICATION || subType === QUICK_CERTIFICATION)
  }

  override assertReadable(lba: number, blocks: number): void {
    // Reading an unformatted BD-RE finds no data at all.
    if (!this.formatted) throw new CheckCondition(5, 0x30, 0x10)
    super.assertReadable(lba, blocks)
  }

  override structure(format: number, layer: number): Uint8Array | undefined {
    return bdStructure(this, format, layer)
  }

  override structureFormats() {
    return bdStructureFormats()
  }
}
