import {
  CheckCondition,
  commandSequenceError,
  invalidAddressForWrite,
  invalidFieldInCdb,
  invalidFieldInParameterList,
} from '../check-condition'
import { BD_BLOCKING_FACTOR, bdStructure, bdStructureFormats } from './bd-structures'
import type { FormatCapacities, FormatRequest, Operation, WriteParameters } from './medium'
import { SequentialMedium } from './sequential'

/** Spare blocks of a layer by what the host chose (BD-R: smallest, default, largest). */
export const BD_SPARE_BLOCKS = { smallest: 131_072, standard: 393_216, largest: 655_360 } as const
/** FORMAT UNIT sub-types of BD-R (MMC-6 6.4.3.9): what the disc can do afterwards. */
const SUB_TYPE = { pseudoOverwrite: 0, sequential: 1, random: 2 } as const

/** BD-R in sequential recording mode, with or without pseudo-overwrite (MMC-6 4.5, 4.5.3.6). */
export class BdR extends SequentialMedium {
  readonly kind = 'bd'
  readonly blockingFactor = BD_BLOCKING_FACTOR
  readonly profile = 0x0041
  readonly writeSpeeds = [53946, 44955, 35964, 26973, 17982, 8991]

  get pseudoOverwrite(): boolean {
    return this.state.organisation === 'pseudo-overwrite'
  }

  currentFeatures(): readonly number[] {
    const blank = this.state.tracks.length === 0
    return [
      0x10,
      ...(this.complete ? [] : [0x21]),
      ...(blank ? [0x23] : []),
      ...(this.pseudoOverwrite ? [0x38] : []),
      0x40,
      0x41,
    ]
  }

  /** Sessions follow each other without a gap: where one ends is noted in the disc's management area. */
  nextSessionStart(leadOut: number): number {
    return this.nextTrackStart(leadOut)
  }

  override get endOfArea(): number {
    return this.state.formatted?.blocks ?? this.state.capacityBlocks
  }

  override discInformation() {
    const information = super.discInformation()
    // A formatted disc is no longer blank, though nothing is recorded (MMC-6 6.21.3.1.4).
    return information.discStatus === 'blank' && this.state.formatted
      ? { ...information, discStatus: 'appendable' as const }
      : information
  }

  override async write(lba: number, blocks: number, data: Uint8Array, parameters: WriteParameters): Promise<void> {
    const recorded = this.pseudoOverwrite ? this.endOfRecording : 0
    if (lba >= recorded || this.writableTrackAt(lba)) return super.write(lba, blocks, data, parameters)
    this.assertWritable(parameters)
    if (lba < 0 || lba + blocks > recorded) throw invalidAddressForWrite(lba)
    // Clusters that are written in part are read first: the drive replaces whole ones.
    const first = Math.floor(lba / BD_BLOCKING_FACTOR)
    const behind = Math.ceil((lba + blocks) / BD_BLOCKING_FACTOR)
    this.takeSpare((behind - first) * BD_BLOCKING_FACTOR)
    await this.disc.blocks.write(lba, data)
  }

  /** Overwriting takes new clusters, from the spare area and behind the next writable address. */
  private takeSpare(blocks: number): void {
    const formatted = this.state.formatted!
    const used = (formatted.spareUsed ?? 0) + blocks
    if (used > (formatted.spareBlocks ?? 0)) throw new CheckCondition(3, 0x0c, 2)
    formatted.spareUsed = used
  }

  override close(closeFunction: number, number: number, parameters: WriteParameters): Operation {
    if (this.complete) throw commandSequenceError()
    const { tracks } = this.state
    switch (closeFunction) {
      case 1: {
        const track = this.openTrack(number)
        if (!track && !this.tracks().some(candidate => candidate.number === number)) throw invalidFieldInCdb(4)
        return this.operation(5, () => {
          if (track) this.completeTrack(track, parameters)
        })
      }
      case 2:
        // Sessions of a disc with pseudo-overwrite are not closed one by one.
        if (this.pseudoOverwrite || tracks.length === 0) throw commandSequenceError()
        this.assertReservedTracksWritten()
        return this.operation(20, () => this.completeSession(parameters, false))
      case 6:
        if (tracks.length === 0) throw commandSequenceError()
        this.assertReservedTracksWritten()
        return this.operation(60, () => this.completeSession(parameters, true))
      default:
        throw invalidFieldInCdb(2, 2)
    }
  }

  private assertReservedTracksWritten(): void {
    const reserved = this.state.tracks.filter(({ state }) => state === 'reserved')
    if (reserved.some(track => track.next < track.end!)) throw new CheckCondition(5, 0x72, 4)
  }

  override formatCapacities(): FormatCapacities {
    const { capacityBlocks, tracks, formatted } = this.state
    const blank = tracks.length === 0
    const layers = Math.round(capacityBlocks / 12_219_392) || 1
    const sizes = ['standard', 'smallest', 'largest'] as const
    const with_ = (name: (typeof sizes)[number]) => Math.max(0, capacityBlocks - layers * BD_SPARE_BLOCKS[name])
    return {
      blocks: blank && !formatted ? capacityBlocks : this.endOfArea,
      kind: blank && !formatted ? 'unformatted' : 'formatted',
      formattable:
        blank && !formatted
          ? [
              { numberOfBlocks: with_('standard'), formatType: 0x00 },
              ...sizes.map(name => ({ numberOfBlocks: with_(name), formatType: 0x32 })),
            ]
          : [],
    }
  }

  override format(request: FormatRequest): Operation {
    const { state } = this
    if (state.tracks.length > 0 || state.formatted || this.complete) throw commandSequenceError()
    if (request.type !== 0x00 && request.type !== 0x32) throw invalidFieldInParameterList(8)
    if (request.subType > SUB_TYPE.random) throw invalidFieldInParameterList(8)
    const blocks = request.blocks || this.formatCapacities().formattable[0]!.numberOfBlocks!
    if (blocks > state.capacityBlocks) throw invalidFieldInParameterList(4)
    return {
      ...this.operation(30, () => {
        state.formatted = { type: request.type, blocks, spareBlocks: state.capacityBlocks - blocks, spareUsed: 0 }
        if (request.subType === SUB_TYPE.pseudoOverwrite) {
          state.organisation = 'pseudo-overwrite'
          state.media = 'bd-r-pow'
        }
        if (request.subType === SUB_TYPE.random) state.organisation = 'random'
      }),
      formatting: true,
    }
  }

  override pseudoOverwriteResources() {
    if (!this.pseudoOverwrite) return undefined
    const { spareBlocks = 0, spareUsed = 0 } = this.state.formatted!
    const replacements = (spareBlocks - spareUsed) / BD_BLOCKING_FACTOR
    return { replacements, mapEntries: replacements, updates: replacements }
  }

  override structure(format: number, layer: number): Uint8Array | undefined {
    return bdStructure(this, format, layer)
  }

  override structureFormats() {
    return bdStructureFormats()
  }
}
