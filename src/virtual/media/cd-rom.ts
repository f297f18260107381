import { CompactDisc } from './cd'

/** CD-ROM: pressed, of one session or of several. */
export class CdRom extends CompactDisc {
  readonly profile = 0x0008
  readonly recordable = false
  readonly writeSpeeds = []

  currentFeatures(): readonly number[] {
    return [0x10, 0x1d, 0x1e]
  }
}
