import type { Recordable } from '../../../../src/mmc'

const BLOCK_BYTES = 2048

/** An image whose every block says which it is. */
export function numberedImage(startAddress: number, totalBlocks: number, mark = 0): Recordable {
  return {
    startAddress,
    totalBlocks,
    async *stream(range = { start: startAddress, blocks: totalBlocks }) {
      for (let lba = range.start; lba < range.start + range.blocks; lba++) {
        const block = Buffer.alloc(BLOCK_BYTES, (lba + mark) & 0xff)
        block.writeUInt32BE(lba)
        yield block
      }
    },
  }
}
