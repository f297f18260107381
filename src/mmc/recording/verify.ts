import { MediumError } from '../../errors'
import type { Drive } from '../drive'
import { readBlocks } from '../read-blocks'
import type { BlockRange, Recordable } from '../recordable'
import { crc32 } from './crc32'
import { CHECKED_PIECE_BLOCKS } from './piece-checksums'
import { ReadAhead } from './read-ahead'
import type { RecordingProgress } from './recipe'
import type { RecordingReport } from './recording-error'

const BLOCK_BYTES = 2048
const READ_AHEAD_BYTES = 4 * 2 ** 20
const TELLING_INTERVAL_MS = 200

/** What a verification compares with. */
export interface VerifyOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: RecordingProgress) => void
}

/** What a verification found. */
export interface VerifyReport {
  /** Blocks of 2048 bytes that were read back and compared. */
  readonly comparedBlocks: number
  /** Where the disc holds something else, in pieces of 32 blocks at most. */
  readonly differences: readonly BlockRange[]
  /** Blocks that the drive could not read. */
  readonly unreadable: readonly BlockRange[]
  /** Files that differences and unreadable blocks belong to, where the image knows its files. */
  readonly files: readonly string[]
  readonly averageKBps: number
}

/** Where an image has its files, in blocks relative to its start; as IMAPI's IProgressItem. */
export interface ImageFile {
  readonly description: string
  readonly firstBlock: number
  readonly lastBlock: number
}

/** The checksums of the pieces of a range, in order; `undefined` behind the last. */
interface Expectation {
  readonly range: BlockRange
  next(): Promise<number | undefined>
  stop(): Promise<void>
}

/**
 * Reads back an image and compares it with its source by checksums.
 *
 * @throws {MediumError} `MEDIUM_NOTHING_COMPARED` where there was nothing to be read
 * @throws {TransportError} where a command did not reach the drive
 */
export function verifyImage(
  drive: Drive,
  image: Recordable & { readonly progressItems?: readonly ImageFile[] },
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const whole = { start: image.startAddress, blocks: image.totalBlocks }
  const expectations = (image.modifiedBlocks ?? [whole]).map(range => fromImage(image, range))
  return compare(drive, expectations, image.startAddress, image.progressItems ?? [], options)
}

/**
 * Reads back what a recording wrote, and compares it with the checksums that were taken on the way to the drive: the
 * source is not read again.
 *
 * @throws as {@link verifyImage}
 */
export function verifyRecording(
  drive: Drive,
  report: RecordingReport,
  options: VerifyOptions & { readonly files?: readonly ImageFile[] } = {},
): Promise<VerifyReport> {
  return compare(drive, report.checksums.map(fromChecksums), report.start, options.files ?? [], options)
}

function fromImage(image: Recordable, range: BlockRange): Expectation {
  // Opened when it is its turn: a stream that waits holds files open.
  let source: ReadAhead | undefined
  return {
    range,
    next: async () => {
      source ??= new ReadAhead(image.stream(range), CHECKED_PIECE_BLOCKS * BLOCK_BYTES, READ_AHEAD_BYTES)
      const piece = await source.take()
      return piece && crc32(piece)
    },
    stop: async () => source?.stop(),
  }
}

function fromChecksums({ range, pieces }: RecordingReport['checksums'][number]): Expectation {
  let at = 0
  return { range, next: async () => pieces[at++], stop: async () => {} }
}

async function compare(
  drive: Drive,
  expectations: readonly Expectation[],
  imageStart: number,
  files: readonly ImageFile[],
  options: VerifyOptions,
): Promise<VerifyReport> {
  const differences: BlockRange[] = []
  const unreadable: BlockRange[] = []
  const totalBlocks = expectations.reduce((sum, { range }) => sum + range.blocks, 0)
  const started = Date.now()
  let comparedBlocks = 0
  let toldAt = 0
  const speed = () => (comparedBlocks * BLOCK_BYTES) / Math.max(1, Date.now() - started)
  for (const expectation of expectations) {
    const { range } = expectation
    let lba = range.start
    try {
      const reading = readBlocks(drive, range, {
        ...(options.signal ? { signal: options.signal } : {}),
        onUnreadable: block => add(unreadable, { start: block, blocks: 1 }),
      })
      for await (const data of inPieces(reading)) {
        const blocks = data.length / BLOCK_BYTES
        if ((await expectation.next()) !== crc32(data)) add(differences, { start: lba, blocks })
        lba += blocks
        comparedBlocks += blocks
        if (Date.now() - toldAt < TELLING_INTERVAL_MS && comparedBlocks < totalBlocks) continue
        toldAt = Date.now()
        options.onProgress?.(progress(comparedBlocks, totalBlocks, speed()))
      }
    } finally {
      await expectation.stop()
    }
  }
  if (comparedBlocks === 0) {
    throw new MediumError('MEDIUM_NOTHING_COMPARED', 'Nothing was read back, so nothing has been verified.')
  }
  const bad = [...differences, ...unreadable]
  const isHit = ({ firstBlock, lastBlock }: ImageFile) =>
    bad.some(({ start, blocks }) => start <= imageStart + lastBlock && start + blocks > imageStart + firstBlock)
  return {
    comparedBlocks,
    differences: differences.filter(({ start, blocks }) => !covers(unreadable, start, blocks)),
    unreadable,
    files: files.filter(isHit).map(({ description }) => description),
    averageKBps: speed(),
  }
}

/** Pieces of the size that checksums stand for; the last one of a range may be shorter. */
async function* inPieces(reading: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = new ReadAhead(reading, CHECKED_PIECE_BLOCKS * BLOCK_BYTES, READ_AHEAD_BYTES)
  try {
    for (let piece = await pieces.take(); piece; piece = await pieces.take()) yield piece
  } finally {
    await pieces.stop()
  }
}

function add(ranges: BlockRange[], range: BlockRange): void {
  const last = ranges.at(-1)
  if (last && last.start + last.blocks === range.start) {
    ranges[ranges.length - 1] = { start: last.start, blocks: last.blocks + range.blocks }
  } else {
    ranges.push(range)
  }
}

function covers(ranges: readonly BlockRange[], start: number, blocks: number): boolean {
  return ranges.some(range => range.start < start + blocks && range.start + range.blocks > start)
}

function progress(blocksWritten: number, totalBlocks: number, speedKBps: number): RecordingProgress {
  return {
    phase: 'verifying',
    blocksWritten,
    totalBlocks,
    speedKBps,
    secondsLeft: speedKBps > 0 ? ((totalBlocks - blocksWritten) * BLOCK_BYTES) / (speedKBps * 1000) : null,
    bufferFill: 0,
    driveBufferFill: null,
    underruns: 0,
    operationProgress: null,
  }
}
