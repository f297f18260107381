import type { ChunkMemory } from '../chunk-memory'
import { read10 } from '../commands'
import type { Drive } from '../drive'
import type { BlockRange, Recordable } from '../recordable'
import { ScsiError } from '../scsi-error'

const BLOCK_BYTES = 2048

/** A range grown to whole write units, and where the blocks that it grew by come from. */
export interface AlignedRange {
  readonly range: BlockRange
  readonly aligned: BlockRange
}

/** Grows a range to whole write units. */
export function alignRange(range: BlockRange, unitBlocks: number): AlignedRange {
  const start = Math.floor(range.start / unitBlocks) * unitBlocks
  const end = Math.ceil((range.start + range.blocks) / unitBlocks) * unitBlocks
  return { range, aligned: { start, blocks: end - start } }
}

/**
 * The bytes of a range grown to whole write units. What it grew by is read from the disc first, so that neighbours stay
 * what they are; where nothing can be read there, nothing is lost by zeros.
 *
 * @param keepNeighbours  false on write-once media, where there are none
 * @param memory  where the chunks are handed back
 */
export async function* rangeContent(
  drive: Drive,
  image: Recordable,
  { range, aligned }: AlignedRange,
  keepNeighbours: boolean,
  memory: ChunkMemory,
): AsyncGenerator<Uint8Array> {
  const end = range.start + range.blocks
  const most = Math.floor(drive.transport.limits.maximumTransferBytes / BLOCK_BYTES)
  async function* neighbours(start: number, blocks: number) {
    for (let done = 0; done < blocks; done += most) {
      const part = Math.min(most, blocks - done)
      yield keepNeighbours ? await readOrZeros(drive, start + done, part) : new Uint8Array(part * BLOCK_BYTES)
    }
  }
  if (range.start > aligned.start) yield* neighbours(aligned.start, range.start - aligned.start)
  const chunks = image.chunks?.(range, memory) ?? image.stream(range)
  yield* wholeLength(chunks, range.blocks * BLOCK_BYTES)
  const behind = aligned.start + aligned.blocks - end
  if (behind > 0) yield* neighbours(end, behind)
}

async function readOrZeros(drive: Drive, logicalBlockAddress: number, blocks: number): Promise<Uint8Array> {
  try {
    return await drive.send(read10, { logicalBlockAddress, transferLength: blocks })
  } catch (error) {
    if (error instanceof ScsiError && [3, 5, 8].includes(error.sense?.key ?? -1)) {
      return new Uint8Array(blocks * BLOCK_BYTES)
    }
    throw error
  }
}

/** Passes on a stream that must have so many bytes: an image that changes while it is written must not shift the rest. */
async function* wholeLength(stream: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const chunk of stream) {
    if (chunk.length > left) throw new RangeError(`The image gives more than the ${bytes} bytes that it announced.`)
    left -= chunk.length
    yield chunk
  }
  if (left > 0) throw new RangeError(`The image ended ${left} bytes before the ${bytes} that it announced.`)
}
