import { join } from 'node:path'
import type { ScsiDevice } from './device-node'
import { textOf } from './paths'

const PAGE_BYTES = 4096
/** What goes through every host adapter and bridge, where the kernel does not say. */
const SAFE_BYTES = 64 * 1024

async function numberOf(path: string): Promise<number | undefined> {
  const text = await textOf(path)
  return text !== undefined && /^\d+$/.test(text) && text !== '0' ? Number(text) : undefined
}

/**
 * Most bytes that one command may move, as the kernel's queue for the device says: above `max_hw_sectors_kb` SG_IO fails
 * with EIO, and where each page of a buffer takes a segment of its own, `max_segments` bounds it, too.
 *
 * @param reservedBytes  the generic driver's reserved size, for a device without a block queue
 */
export async function maximumTransferBytes(device: ScsiDevice, reservedBytes: number | undefined): Promise<number> {
  if (device.sr === undefined) return reservedBytes ? Math.max(PAGE_BYTES, reservedBytes) : SAFE_BYTES
  const queue = join(device.folder, 'block', device.sr, 'queue')
  const [kilobytes, segments] = await Promise.all([
    numberOf(join(queue, 'max_hw_sectors_kb')),
    numberOf(join(queue, 'max_segments')),
  ])
  const bounds = [
    kilobytes === undefined ? SAFE_BYTES : kilobytes * 1024,
    // A buffer that begins at a page fills them one after the other.
    ...(segments === undefined ? [] : [segments * PAGE_BYTES]),
  ]
  return Math.min(...bounds)
}
