import { CheckCondition, invalidAddressForWrite, invalidFieldInCdb } from '../check-condition'
import { covers, touches } from '../disc/extents'
import { BD_BLOCKING_FACTOR, bdStructure, bdStructureFormats } from './bd-structures'
import type { DiscInformation, Operation, WriteParameters } from './medium'
import { OverwritableMedium } from './overwritable'

/** BD-R in random recording mode (MMC-6 4.5.3.7): each cluster once, in any order. */
export class BdRRandom extends OverwritableMedium {
  readonly kind = 'bd'
  readonly profile = 0x0042
  readonly blockingFactor = BD_BLOCKING_FACTOR
  readonly writeSpeeds = [53946, 44955, 35964, 26973, 17982, 8991]

  currentFeatures(): readonly number[] {
    return [0x10, 0x25, 0x40, 0x41]
  }

  override discInformation(): DiscInformation {
    const { state } = this
    return {
      ...super.discInformation(),
      erasable: false,
      discStatus: state.finalized ? 'complete' : 'other',
      stateOfLastSession: state.finalized ? 'complete' : 'incomplete',
    }
  }

  protected override assertWritable(lba: number, blocks: number, parameters: WriteParameters): void {
    super.assertWritable(lba, blocks, parameters)
    if (this.state.finalized) throw new CheckCondition(5, 0x30, 5)
    if (lba % BD_BLOCKING_FACTOR !== 0 || blocks % BD_BLOCKING_FACTOR !== 0) throw invalidAddressForWrite(lba)
    if (touches(this.state.recorded, lba, lba + blocks)) throw invalidAddressForWrite(lba)
  }

  override assertReadable(lba: number, blocks: number): void {
    super.assertReadable(lba, blocks)
    if (!covers(this.state.recorded, lba, lba + blocks)) throw new CheckCondition(8, 0, 0, { information: lba })
  }

  override close(closeFunction: number): Operation {
    if (closeFunction !== 6) throw invalidFieldInCdb(2, 2)
    return this.operation(60, () => {
      this.state.finalized = true
    })
  }

  override structure(format: number, layer: number): Uint8Array | undefined {
    return bdStructure(this, format, layer)
  }

  override structureFormats() {
    return bdStructureFormats()
  }
}
