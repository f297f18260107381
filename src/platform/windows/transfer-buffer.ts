import type { Win32 } from './win32'

/** Bytes where an adapter can reach them, and where they are. */
export interface Aligned {
  readonly bytes: Uint8Array
  readonly address: bigint
}

/** Memory that satisfies an adapter's alignment mask; it grows with the largest transfer and is used again. */
export class TransferBuffer {
  private readonly win32: Win32
  private readonly alignmentMask: bigint
  private memory: Aligned = { bytes: new Uint8Array(), address: 0n }

  constructor(win32: Win32, alignmentMask: number) {
    this.win32 = win32
    this.alignmentMask = BigInt(alignmentMask)
  }

  /** The caller's bytes themselves where they lie right, else room of that length for a copy of them. */
  place(data: Uint8Array): Aligned {
    if (data.length === 0) return { bytes: data, address: 0n }
    const address = this.win32.addressOf(data)
    if ((address & this.alignmentMask) === 0n) return { bytes: data, address }
    if (this.memory.bytes.length < data.length) this.memory = this.allocate(data.length)
    return { bytes: this.memory.bytes.subarray(0, data.length), address: this.memory.address }
  }

  private allocate(length: number): Aligned {
    const slack = Number(this.alignmentMask)
    const whole = Buffer.allocUnsafeSlow(length + slack)
    const begin = this.win32.addressOf(whole)
    const skipped = Number(-begin & this.alignmentMask)
    return { bytes: whole.subarray(skipped, whole.length - slack + skipped), address: begin + BigInt(skipped) }
  }
}
