import * as fs from 'node:fs/promises'
import { UsageError } from '../../errors'
import type { Disc } from './disc'

const BLOCK_BYTES = 2048
const CHUNK_BYTES = 1024 * 1024

/**
 * Copies an image to the disc's first blocks; zeros stay holes. An image that the disc uses as it is stays where it is.
 *
 * @returns blocks of the image, the last one filled up with zeros
 */
export async function copyImage(disc: Disc, image: string): Promise<number> {
  const file = await fs.open(image, 'r')
  try {
    const stat = await file.stat()
    // The size of a device is not to be had this way.
    if (!stat.isFile()) throw new UsageError('USAGE_IMAGE', `${image} is no file.`, { hint: 'Give an image file.' })
    const { size } = stat
    const blocks = Math.ceil(size / BLOCK_BYTES)
    if (blocks === 0 || blocks > disc.state.capacityBlocks) {
      throw new UsageError(
        'USAGE_IMAGE',
        `${image} has ${blocks} blocks: the disc takes 1 to ${disc.state.capacityBlocks}.`,
        {
          hint: 'Choose another medium, or give the disc another capacity.',
        },
      )
    }
    if (disc.state.image.asItIs) return blocks
    const chunk = Buffer.alloc(CHUNK_BYTES)
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) break
      const whole = Math.ceil(bytesRead / BLOCK_BYTES) * BLOCK_BYTES
      chunk.fill(0, bytesRead, whole)
      const part = chunk.subarray(0, whole)
      if (part.some(byte => byte !== 0)) await disc.blocks.write(at / BLOCK_BYTES, part)
      at += bytesRead
    }
    return blocks
  } finally {
    await file.close()
  }
}
