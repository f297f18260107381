import { setTimeout as sleep } from 'node:timers/promises'
import { readBufferCapacity, synchronizeCache, write10 } from '../commands'
import type { Drive } from '../drive'
import { ScsiError } from '../scsi-error'
import type { ReadAhead } from './read-ahead'

const BLOCK_BYTES = 2048
/** How long one WRITE may be put off by LONG WRITE IN PROGRESS before the drive is held to be stuck. */
const LONGEST_BACK_OFF_MS = 200_000
const BUFFER_CAPACITY_INTERVAL_MS = 250

/** What {@link writeBlocks} tells while it writes. */
export interface WriteProgress {
  readonly blocksWritten: number
  /** Fill of the drive's buffer, 0 to 1; null where the drive does not say. */
  readonly driveBufferFill: number | null
}

/** A WRITE that failed, and where. */
export class WriteFailure extends Error {
  /** First block of the WRITE that failed (LBA). */
  readonly lba: number

  constructor(lba: number, cause: unknown) {
    super(`WRITE at LBA ${lba} failed`, { cause })
    this.lba = lba
  }
}

/**
 * Sends pieces to the drive by WRITE(10), at rising addresses without a gap.
 *
 * A drive whose buffer is full answers 2/04/08: the identical WRITE is repeated after a growing nap, never hammered.
 *
 * @param start  LBA of the first piece
 * @param pieces  whole blocks each
 * @throws {WriteFailure} its cause is the error; `signal` aborted between two WRITEs gives the signal's reason
 */
export async function writeBlocks(
  drive: Drive,
  start: number,
  pieces: ReadAhead,
  options: {
    signal?: AbortSignal | undefined
    onPiece?: (piece: Uint8Array) => void
    onProgress?: (progress: WriteProgress) => void
  } = {},
): Promise<number> {
  let written = 0
  let driveBufferFill: number | null = null
  let askedAt = 0
  let answersCapacity = true
  for (let piece = await pieces.take(); piece; piece = await pieces.take()) {
    options.signal?.throwIfAborted()
    const lba = start + written
    await writePiece(drive, lba, piece).catch(error => {
      throw new WriteFailure(lba, error)
    })
    options.onPiece?.(piece)
    written += piece.length / BLOCK_BYTES
    const now = Date.now()
    // READ BUFFER CAPACITY means nothing, and annoys some drives, before a buffer's worth of data has been sent.
    if (answersCapacity && now - askedAt >= BUFFER_CAPACITY_INTERVAL_MS && written * BLOCK_BYTES > 4 * 2 ** 20) {
      askedAt = now
      driveBufferFill = await bufferFill(drive)
      answersCapacity = driveBufferFill !== null
    }
    options.onProgress?.({ blocksWritten: written, driveBufferFill })
  }
  return written
}

async function writePiece(drive: Drive, logicalBlockAddress: number, data: Uint8Array): Promise<void> {
  const started = Date.now()
  let repeated = false
  for (let napMs = 0; ; napMs = Math.min(napMs + 2, 25)) {
    try {
      await drive.send(write10, { logicalBlockAddress, transferLength: data.length / BLOCK_BYTES }, { data })
      return
    } catch (error) {
      if (!(error instanceof ScsiError) || error.sense?.deferred) throw error
      if (error.is(2, 0x04, 0x08) || error.is(2, 0x04, 0x01)) {
        if (Date.now() - started > LONGEST_BACK_OFF_MS) throw error
        await sleep(napMs)
        continue
      }
      // Another operation came in between (a desktop's probe, a format's end): empty the buffer, then once more.
      if (repeated || !(error.is(5, 0x2c) || error.is(2, 0x04, 0x04) || error.is(2, 0x04, 0x07))) throw error
      repeated = true
      await drive.send(synchronizeCache)
    }
  }
}

async function bufferFill(drive: Drive): Promise<number | null> {
  try {
    const { lengthOfTheBuffer: length, availableLengthOfBuffer: free } = await drive.send(readBufferCapacity)
    return length && free !== undefined ? 1 - free / length : null
  } catch (error) {
    // A drive without it is fed all the same; anything but a refusal must not be hidden.
    if (error instanceof ScsiError && error.sense?.key === 5) return null
    throw error
  }
}
