import { MediumError } from '../errors'
import { TransportError } from '../platform/transport'
import { read10 } from './commands'
import type { Drive } from './drive'
import type { BlockRange } from './recordable'
import type { ScsiError } from './scsi-error'
import { expectAllBytes } from './short-read'
import { isUnreadable } from './unreadable'

const BLOCK_BYTES = 2048
/** More in one command gains nothing, and keeps others from the drive for too long. */
const LARGEST_READ_BLOCKS = 256
const ATTEMPTS_A_BLOCK = 3

/** How {@link readBlocks} reads. */
export interface ReadBlocksOptions {
  /** Stops between two commands. */
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
 * Reads blocks of 2048 bytes in transfers as large as the way to the drive takes, which begin and end at multiples of
 * that size: at whole ECC blocks. The next one is under way while a caller works on the last. Where a transfer meets an
 * error of the medium its blocks are read one by one, and all before an unreadable one arrive.
 *
 * @yields whole blocks, in order, at least one a time
 * @throws {MediumError} `MEDIUM_UNREADABLE` names the block; its cause is the drive's sense
 * @throws {ScsiError} where the drive fails in another way than on these blocks
 * @throws {TransportError} where a command did not reach the drive
 */
export async function* readBlocks(
  drive: Drive,
  range: BlockRange,
  options: ReadBlocksOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new BlockReader(drive, options)
  const end = range.start + range.blocks
  const ask = (lba: number) => {
    const reading = lba < end ? reader.next(lba, end - lba) : undefined
    // A failure is thrown when its turn comes; until then it is nobody's unhandled rejection.
    reading?.catch(() => undefined)
    return reading
  }
  let next = ask(range.start)
  try {
    for (let lba = range.start; next; ) {
      const data = await next
      options.signal?.throwIfAborted()
      lba += data.length / BLOCK_BYTES
      next = ask(lba)
      options.onProgress?.(lba - range.start)
      yield data
    }
  } finally {
    // A caller that stops early leaves no command behind.
    await next?.catch(() => undefined)
  }
}

/** Reads of one drive, one after the other; what it learns about the way to the drive it keeps. */
class BlockReader {
  private readonly drive: Drive
  private readonly options: ReadBlocksOptions
  private step: number

  constructor(drive: Drive, options: ReadBlocksOptions) {
    this.drive = drive
    this.options = options
    const most = Math.floor(drive.transport.limits.maximumTransferBytes / BLOCK_BYTES)
    this.step = Math.max(1, Math.min(most, LARGEST_READ_BLOCKS))
  }

  /** The next blocks up to a multiple of the step, at most as many as given; fewer, but one at least, before a bad one. */
  async next(lba: number, most: number): Promise<Uint8Array> {
    const past = ((lba % this.step) + this.step) % this.step
    const blocks = Math.min(this.step - past, most)
    try {
      return await this.read(lba, blocks)
    } catch (error) {
      if (error instanceof TransportError && error.code === 'TRANSPORT_TOO_LARGE' && this.step > 1) {
        // The bridge carries less than the system believes.
        this.step = Math.ceil(this.step / 2)
        return this.next(lba, most)
      }
      if (!isUnreadable(error)) throw error
      return this.oneByOne(lba, blocks)
    }
  }

  private async oneByOne(lba: number, blocks: number): Promise<Uint8Array> {
    const data = new Uint8Array(blocks * BLOCK_BYTES)
    for (let index = 0; index < blocks; index++) {
      try {
        data.set(await this.one(lba + index), index * BLOCK_BYTES)
      } catch (error) {
        if (!isUnreadable(error)) throw error
        if (this.options.onUnreadable) this.options.onUnreadable(lba + index, error)
        // The next transfer begins with this block, and then nothing before it can be lost.
        else if (index > 0) return data.subarray(0, index * BLOCK_BYTES)
        else throw unreadable(lba, error)
      }
    }
    return data
  }

  private async one(lba: number): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.read(lba, 1)
      } catch (error) {
        // Only what the pick-up may read better the next time is worth another try.
        if (!isUnreadable(error) || error.sense?.key !== 3 || attempt >= ATTEMPTS_A_BLOCK) throw error
      }
    }
  }

  private async read(logicalBlockAddress: number, transferLength: number): Promise<Uint8Array> {
    const { signal } = this.options
    const data = await this.drive.send(read10, { logicalBlockAddress, transferLength }, signal ? { signal } : {})
    expectAllBytes(data.length, transferLength * BLOCK_BYTES, logicalBlockAddress)
    return data
  }
}

function unreadable(lba: number, error: ScsiError): MediumError {
  return new MediumError('MEDIUM_UNREADABLE', `Block ${lba} cannot be read: ${error.sense?.text ?? error.message}.`, {
    cause: error,
    hint: 'Clean the disc, read slower, or try another drive.',
  })
}
