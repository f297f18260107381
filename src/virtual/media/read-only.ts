import { BD_BLOCKING_FACTOR, bdStructure, bdStructureFormats } from './bd-structures'
import { DVD_BLOCKING_FACTOR, dvdStructure, dvdStructureFormats } from './dvd-structures'
import { SequentialMedium } from './sequential'

/** DVD-ROM and BD-ROM: one complete session, whatever was pressed. */
abstract class PressedDisc extends SequentialMedium {
  readonly writeSpeeds = []

  nextSessionStart(leadOut: number): number {
    return leadOut
  }
}

/** DVD-ROM (ECMA-267). */
export class DvdRom extends PressedDisc {
  readonly kind = 'dvd'
  readonly profile = 0x0010
  readonly blockingFactor = DVD_BLOCKING_FACTOR

  currentFeatures(): readonly number[] {
    return [0x10, 0x1f]
  }

  override structure(format: number, layer: number, address: number): Uint8Array | undefined {
    return dvdStructure(this, format, layer, address)
  }

  override structureFormats() {
    return dvdStructureFormats(this)
  }
}

/** BD-ROM. */
export class BdRom extends PressedDisc {
  readonly kind = 'bd'
  readonly profile = 0x0040
  readonly blockingFactor = BD_BLOCKING_FACTOR

  currentFeatures(): readonly number[] {
    return [0x10, 0x40]
  }

  override structure(format: number, layer: number): Uint8Array | undefined {
    return bdStructure(this, format, layer)
  }

  override structureFormats() {
    return bdStructureFormats()
  }
}
