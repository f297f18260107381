import { addressOutOfRange, CheckCondition, invalidFieldInCdb, invalidFieldInParameterList } from '../check-condition'
import { DVD_BLOCKING_FACTOR, dvdStructure, dvdStructureFormats } from './dvd-structures'
import {
  type DiscInformation,
  type FormatCapacities,
  type FormatRequest,
  type Operation,
  roundUp,
  type WriteParameters,
} from './medium'
import { OverwritableMedium } from './overwritable'

const BASIC_FORMAT = 0x26
/** Bit of the type dependent parameter that takes a suspended background format up again. */
const RESTART = 1
/** A format begins with the lead-in and this many blocks; the rest is done in the background. */
const BLOCKS_FORMATTED_AT_ONCE = 4096

/** DVD+RW (MMC-6 4.4.10, ECMA-337): overwritable once its background format has begun. */
export class DvdPlusRw extends OverwritableMedium {
  readonly kind = 'dvd'
  readonly profile = 0x001a
  readonly blockingFactor = DVD_BLOCKING_FACTOR
  readonly writeSpeeds = [11080, 8310, 5540, 3324]
  protected override readonly trackMode = 7

  currentFeatures(): readonly number[] {
    return [0x10, 0x1f, 0x20, 0x23, 0x2a, 0x35]
  }

  private get background() {
    return this.state.formatted?.background
  }

  override discInformation(): DiscInformation {
    const { background } = this
    return { ...super.discInformation(), backgroundFormatStatus: background?.status ?? 'none' }
  }

  /** Blocks that are formatted, in the background or by being written. */
  private get reachable(): number {
    const { background } = this
    return background && background.status !== 'running' ? background.formatted : this.formattedBlocks
  }

  override lastAddress(): number {
    return Math.max(0, this.reachable - 1)
  }

  override assertReadable(lba: number, blocks: number): void {
    super.assertReadable(lba, blocks)
    const end = Math.max(this.reachable, this.state.recorded.at(-1)?.[1] ?? 0)
    if (lba + blocks > end) throw addressOutOfRange(Math.max(lba, end))
  }

  protected override assertWritable(lba: number, blocks: number, parameters: WriteParameters): void {
    super.assertWritable(lba, blocks, parameters)
    // Behind the formatted part nothing can be written until the format is taken up again.
    if (this.background?.status === 'suspended' && lba > this.reachable) throw new CheckCondition(5, 0x21, 2)
  }

  override async write(lba: number, blocks: number, data: Uint8Array, parameters: WriteParameters): Promise<void> {
    await super.write(lba, blocks, data, parameters)
    const { background } = this
    if (background && lba <= background.formatted) background.formatted = Math.max(background.formatted, lba + blocks)
  }

  override formatCapacities(): FormatCapacities {
    const { capacityBlocks } = this.state
    return {
      blocks: this.formatted ? this.reachable : capacityBlocks,
      kind: this.formatted ? 'formatted' : 'unformatted',
      formattable: [{ numberOfBlocks: capacityBlocks, formatType: BASIC_FORMAT }],
    }
  }

  override format(request: FormatRequest): Operation {
    const { state } = this
    if (request.type !== BASIC_FORMAT && request.type !== 0) throw invalidFieldInParameterList(8)
    const restart = (request.parameter & RESTART) !== 0
    if (restart && this.background?.status !== 'suspended') throw invalidFieldInParameterList(11)
    const { blocks } = request
    if (blocks !== 0xffffffff && blocks > state.capacityBlocks) throw invalidFieldInParameterList(4)
    const formatted = restart ? this.background!.formatted : BLOCKS_FORMATTED_AT_ONCE
    const first = this.operation(40, async () => {
      if (!restart) {
        await this.disc.erase()
        state.recorded = []
      }
      state.finalized = false
      state.formatted = {
        type: BASIC_FORMAT,
        blocks: state.capacityBlocks,
        background: { status: 'running', formatted },
      }
    })
    return { ...first, formatting: true, next: { ...this.backgroundFormat(formatted), restarted: restart } }
  }

  /** The rest of the format, while the medium is in use. */
  private backgroundFormat(from: number): Operation {
    const whole = this.state.capacityBlocks
    const note = (status: 'complete' | 'suspended', formatted: number) => {
      const { background } = this
      if (background?.status === 'running') {
        background.formatted = Math.max(background.formatted, formatted)
        background.status = background.formatted >= whole ? 'complete' : status
      }
      return this.disc.commit()
    }
    return {
      seconds: ((whole - from) * 2048) / (this.writeSpeeds[0]! * 1000),
      formatting: true,
      background: true,
      complete: () => note('complete', whole),
      stop: progress => note('suspended', roundUp(from + (whole - from) * progress, DVD_BLOCKING_FACTOR)),
    }
  }

  override close(closeFunction: number): Operation {
    if (closeFunction !== 0 && closeFunction !== 2) throw invalidFieldInCdb(2, 2)
    const closing = this.operation(closeFunction === 0 ? 10 : 60, () => {
      if (closeFunction === 2) this.state.finalized = true
    })
    return { ...closing, stopsBackground: true }
  }

  override recover(): boolean {
    const { background } = this
    // The drive notices at spin-up that its background format was cut off, and waits for the host to go on with it.
    if (background?.status !== 'running') return false
    background.status = 'suspended'
    return true
  }

  override structure(format: number, layer: number, address: number): Uint8Array | undefined {
    return dvdStructure(this, format, layer, address)
  }

  override structureFormats() {
    return dvdStructureFormats(this)
  }
}
