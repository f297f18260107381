import { MediumError } from '../errors'
import { read10 } from './commands'
import type { Drive } from './drive'
import type { BlockRange } from './recordable'
import { ScsiError } from './scsi-error'

const BLOCK_BYTES = 2048
/** More in one command gains nothing, and keeps others from the drive for too long. */
const LARGEST_READ_BLOCKS = 256
const ATTEMPTS_A_BLOCK = 3

/** How {@link readBlocks} reads. */
export interface ReadBlocksOptions {
  readonly signal?: AbortSignal
  /** Told after each transfer how many blocks have been read. */
  readonly onProgress?: (blocksRead: number) => void
  /**
   * Told of a block that stayed unreadable after retries; its place is filled with zeros and reading goes on. Without
   * it, such a block ends the reading.
   */
  readonly onUnreadable?: (lba: number, error: ScsiError) => void
}

/**
 * Reads blocks of 2048 bytes in transfers as large as the way to the drive takes, the next one under way while a caller
 * works on the last. Where a transfer meets a medium error its blocks are read one by one.
 *
 * @yields whole blocks, in order
 * @throws {MediumError} `MEDIUM_UNREADABLE` names the block; its cause is the drive's sense
 * @throws {TransportError} where a command did not reach the drive
 */
export async function* readBlocks(
  drive: Drive,
  range: BlockRange,
  options: ReadBlocksOptions = {},
): AsyncGenerator<Uint8Array> {
  const most = Math.floor(drive.transport.limits.maximumTransferBytes / BLOCK_BYTES)
  const step = Math.max(1, Math.min(most, LARGEST_READ_BLOCKS))
  const end = range.start + range.blocks
  const ask = (lba: number) => {
    const reading = lba < end ? transfer(drive, lba, Math.min(step, end - lba), options) : undefined
    // A failure is thrown when its turn comes; until then it is nobody's unhandled rejection.
    reading?.catch(() => undefined)
    return reading
  }
  let next = ask(range.start)
  for (let lba = range.start; next; lba += step) {
    const data = await next
    options.signal?.throwIfAborted()
    next = ask(lba + step)
    options.onProgress?.(Math.min(lba + step, end) - range.start)
    yield data
  }
}

async function transfer(drive: Drive, lba: number, blocks: number, options: ReadBlocksOptions): Promise<Uint8Array> {
  try {
    return await readExactly(drive, lba, blocks)
  } catch (error) {
    if (!isUnreadable(error)) throw error
    const data = new Uint8Array(blocks * BLOCK_BYTES)
    for (let index = 0; index < blocks; index++) {
      options.signal?.throwIfAborted()
      const block = await readOne(drive, lba + index, options)
      if (block) data.set(block, index * BLOCK_BYTES)
    }
    return data
  }
}

async function readOne(drive: Drive, lba: number, options: ReadBlocksOptions): Promise<Uint8Array | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readExactly(drive, lba, 1)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      // Only what the pick-up may read better the next time is worth another try.
      if (error.sense?.key === 3 && attempt < ATTEMPTS_A_BLOCK) continue
      if (!options.onUnreadable) throw unreadable(lba, error)
      options.onUnreadable(lba, error)
      return undefined
    }
  }
}

async function readExactly(drive: Drive, logicalBlockAddress: number, transferLength: number): Promise<Uint8Array> {
  const data = await drive.send(read10, { logicalBlockAddress, transferLength })
  if (data.length === transferLength * BLOCK_BYTES) return data
  throw new MediumError(
    'MEDIUM_SHORT_READ',
    `The drive sent ${data.length} bytes for the ${transferLength} blocks from LBA ${logicalBlockAddress} on.`,
    { hint: 'Try again; if it stays so, the cable, the enclosure or the drive is at fault.' },
  )
}

/** Medium errors, blank areas, and addresses or blocks that READ(10) cannot get at. */
function isUnreadable(error: unknown): error is ScsiError {
  return error instanceof ScsiError && [3, 5, 8].includes(error.sense?.key ?? -1)
}

function unreadable(lba: number, error: ScsiError): MediumError {
  return new MediumError('MEDIUM_UNREADABLE', `Block ${lba} cannot be read: ${error.sense?.text ?? error.message}.`, {
    cause: error,
    hint: 'Clean the disc, read slower, or try another drive.',
  })
}
