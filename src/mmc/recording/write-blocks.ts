import { setTimeout as sleep } from 'node:timers/promises'
import { readBufferCapacity, readTrackInformation, synchronizeCache, write10, write12 } from '../commands'
import type { Drive } from '../drive'
import { ScsiError } from '../scsi-error'
import type { ReadAhead } from './read-ahead'

const BLOCK_BYTES = 2048
/** How long one WRITE may be put off by LONG WRITE IN PROGRESS before the drive is held to be stuck. */
const LONGEST_BACK_OFF_MS = 200_000
const BUFFER_CAPACITY_INTERVAL_MS = 250
const ABORTED_COMMAND = 0xb

/** What {@link writeBlocks} tells while it writes. */
export interface WriteProgress {
  readonly blocksWritten: number
  /** Fill of the drive's buffer, 0 to 1; null where the drive does not say. */
  readonly driveBufferFill: number | null
}

/** How the medium takes WRITEs, and what may be done where one fails. */
export interface WriteManner {
  /** WRITE(12) with the streaming bit instead of WRITE(10): no verification, no replacement of defects. */
  readonly streaming?: boolean
  /** Any block can be written again: a WRITE of which nobody knows whether it was carried out is just repeated. */
  readonly isOverwritable: boolean
  /** Bytes that the host sends for a block, 2048 unless given: sectors of audio tracks have 2352. */
  readonly blockBytes?: number
  /**
   * Where SYNCHRONIZE CACHE may be sent to have the drive end what it is at: anywhere, where it leaves the track open;
   * before the first block of a track that it would end (CD); never where it would end a session that is written at once.
   */
  readonly synchronizes: 'anywhere' | 'before-the-first' | 'never'
}

/** A WRITE that failed, and where. */
export class WriteFailure extends Error {
  /** First block that was not recorded for certain (LBA): of the WRITE that failed, or of what failed before it. */
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
 * One that was aborted (key Bh) is repeated where it certainly was not carried out.
 *
 * @param start  LBA of the first piece
 * @param pieces  whole blocks each
 * @throws {WriteFailure} its cause is the error; `signal` aborted between two WRITEs gives the signal's reason
 */
export async function writeBlocks(
  drive: Drive,
  start: number,
  pieces: ReadAhead,
  manner: WriteManner,
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
  for (;;) {
    options.signal?.throwIfAborted()
    const piece = await pieces.take(options.signal)
    if (!piece) return written
    options.signal?.throwIfAborted()
    const lba = start + written
    await writePiece(drive, lba, piece, manner, written === 0).catch(error => {
      throw new WriteFailure(firstInDoubt(error, start, lba), error)
    })
    options.onPiece?.(piece)
    written += piece.length / (manner.blockBytes ?? BLOCK_BYTES)
    const now = Date.now()
    // READ BUFFER CAPACITY means nothing, and annoys some drives, before a buffer's worth of data has been sent.
    if (answersCapacity && now - askedAt >= BUFFER_CAPACITY_INTERVAL_MS && written * BLOCK_BYTES > 4 * 2 ** 20) {
      askedAt = now
      driveBufferFill = await bufferFill(drive)
      answersCapacity = driveBufferFill !== null
    }
    options.onProgress?.({ blocksWritten: written, driveBufferFill })
  }
}

/** A deferred error speaks of blocks that the drive had taken before: of the one in its sense data, or any of them. */
function firstInDoubt(error: unknown, start: number, lba: number): number {
  if (!(error instanceof ScsiError) || !error.sense?.deferred) return lba
  const at = Number(error.sense.information ?? -1)
  return at >= start && at < lba ? at : start
}

/** Sends one WRITE; where the drive puts it off it is repeated, see {@link writeBlocks}. */
export async function writePiece(
  drive: Drive,
  lba: number,
  data: Uint8Array,
  manner: WriteManner,
  isFirst = false,
): Promise<void> {
  const started = Date.now()
  const parameters = { logicalBlockAddress: lba, transferLength: data.length / (manner.blockBytes ?? BLOCK_BYTES) }
  const { synchronizes } = manner
  const mayBeSynchronized = synchronizes === 'anywhere' || (synchronizes === 'before-the-first' && isFirst)
  let repeated = false
  for (let napMs = 0; ; napMs = Math.min(napMs + 2, 25)) {
    try {
      await (manner.streaming
        ? drive.send(write12, { ...parameters, streaming: true }, { data })
        : drive.send(write10, parameters, { data }))
      return
    } catch (error) {
      if (!(error instanceof ScsiError) || error.sense?.deferred) throw error
      // What cannot be ended by emptying the buffer is waited for.
      const isBusy = error.is(2, 0x04, 0x07) && !mayBeSynchronized
      if (isBusy || error.is(2, 0x04, 0x08) || error.is(2, 0x04, 0x01)) {
        if (Date.now() - started > LONGEST_BACK_OFF_MS) throw error
        await sleep(napMs)
        continue
      }
      if (repeated) throw error
      repeated = true
      if (error.sense?.key === ABORTED_COMMAND) {
        if (await wasCarriedOut(drive, lba, parameters.transferLength, manner, error)) return
        continue
      }
      // Another operation came in between (a desktop's probe, a format's end): empty the buffer, then once more.
      if (!(error.is(5, 0x2c) || error.is(2, 0x04, 0x04) || error.is(2, 0x04, 0x07))) throw error
      if (mayBeSynchronized) await drive.send(synchronizeCache)
    }
  }
}

/** Whether a WRITE that was broken off has been carried out: the next writable address has moved on, or it has not. */
async function wasCarriedOut(
  drive: Drive,
  lba: number,
  blocks: number,
  { isOverwritable }: WriteManner,
  error: ScsiError,
): Promise<boolean> {
  if (isOverwritable) return false
  const track = await drive.send(readTrackInformation, { numberType: 'lba', number: lba }).catch(() => {
    throw error
  })
  if (!track.nextWritableAddressValid) throw error
  if (track.nextWritableAddress === lba) return false
  if (track.nextWritableAddress === lba + blocks) return true
  throw error
}

async function bufferFill(drive: Drive): Promise<number | null> {
  try {
    const { lengthOfTheBuffer: length, availableLengthOfBuffer: free } = await drive.send(readBufferCapacity)
    return length && free !== undefined ? 1 - free / length : null
  } catch (error) {
    // Whatever the drive says instead: it is fed all the same.
    if (error instanceof ScsiError) return null
    throw error
  }
}
