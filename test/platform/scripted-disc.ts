/** What a drive answers to one command. */
export interface DiscAnswer {
  readonly status?: number
  readonly sense?: readonly number[]
  readonly data?: Uint8Array
}

const BLOCKS = 64

/** What the disc holds. */
export const block = (lba: number) => new Uint8Array(2048).fill(lba * 3 + 1)

/** A drive with a small disc in it, as plain as the transport's contract needs one. */
export function scriptedDisc(cdb: Uint8Array, length: number): DiscAnswer {
  const view = new DataView(cdb.buffer, cdb.byteOffset, cdb.byteLength)
  if (cdb[0] === 0x00) return {}
  if (cdb[0] === 0x12) {
    const names = Buffer.from('QEMU    QEMU CD-ROM     2.5+')
    return { data: Buffer.concat([Buffer.from([5, 0x80, 5, 2, 31, 0, 0, 0]), names]) }
  }
  if (cdb[0] === 0x25) return { data: Uint8Array.of(0, 0, 0, BLOCKS - 1, 0, 0, 8, 0) }
  if (cdb[0] === 0x28 && view.getUint32(2) < BLOCKS) {
    const lba = view.getUint32(2)
    return { data: Buffer.concat(Array.from({ length: length / 2048 }, (_, index) => block(lba + index))) }
  }
  const asc = cdb[0] === 0x28 ? 0x21 : 0x20
  return { status: 2, sense: [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, 0, 0, 0, 0, 0] }
}
