import { CompactDisc } from './cd'

/** CD-R and CD-RW. */
export class RecordableCompactDisc extends CompactDisc {
  readonly recordable = true

  get rewritable(): boolean {
    return this.state.media === 'cd-rw'
  }

  get profile(): number {
    return this.rewritable ? 0x000a : 0x0009
  }

  get writeSpeeds(): readonly number[] {
    return this.rewritable ? [4234, 2822, 1764, 706] : [8467, 7056, 5645, 4234, 2822, 1411]
  }

  currentFeatures(): readonly number[] {
    const writable = this.complete ? [] : [0x21, 0x2d, 0x2e]
    return [0x10, 0x1d, 0x1e, ...writable, ...(this.rewritable ? [0x37] : [])]
  }

  override discInformation() {
    return { ...super.discInformation(), erasable: this.rewritable }
  }
}
