import { MediumError, UsageError } from '../../errors'
import { TransportError } from '../../platform/transport'
import { ChunkMemory } from '../chunk-memory'
import type { Drive } from '../drive'
import type { Medium } from '../medium-state'
import type { BlockRange, Recordable } from '../recordable'
import { checkBeforeRecording, checkRecorded, takesOverwriting } from './checks'
import { HeldDrive } from './held-drive'
import { holdDrive } from './hold-drive'
import { CHECKED_PIECE_BLOCKS, PieceChecksums } from './piece-checksums'
import { mediumAtRest, settledMedium } from './present-medium'
import { ProgressMeter } from './progress-meter'
import { type AlignedRange, alignRange, rangeContent } from './range-content'
import { ReadAhead } from './read-ahead'
import type { RecordingJob, RecordingRecipe, RecordOptions } from './recipe'
import { recipeFor } from './recipes'
import { RecordingError, type RecordingReport } from './recording-error'
import { checkSpeedClass } from './speed-class'
import { synchronize } from './synchronize'
import { verifyRecording } from './verify'
import { WriteFailure, type WriteManner, writeBlocks } from './write-blocks'
import { checkWriteProtection } from './write-protection'

const BLOCK_BYTES = 2048
const DEFAULT_BUFFER_BYTES = 16 * 2 ** 20
/** 64 KiB: what every bridge carries, one cluster of a BD, two ECC blocks of a DVD. */
const DEFAULT_TRANSFER_BYTES = 64 * 1024

/** What has been written so far, for the report. */
interface Tally {
  readonly written: BlockRange[]
  readonly checksums: { readonly range: BlockRange; readonly pieces: readonly number[] }[]
  blocks: number
  underruns: number
  writingMs: number
}

/**
 * Records one image: reads the medium's state, checks, prepares, writes, empties the drive's buffer, closes, and reads
 * the state again. It succeeds only where the medium says so in the end; the drive is given back as it was found on
 * every way out.
 *
 * @param drive  open with `access: 'write'`
 * @throws {UsageError} where the drive is open for reading only
 * @throws {MediumError} before anything is written, where the medium does not take the image; its code says why
 * @throws {RecordingError} after writing began: it carries the report, and says what can be saved
 */
export async function record(drive: Drive, image: Recordable, options: RecordOptions = {}): Promise<RecordingReport> {
  if (drive.access !== 'write') {
    throw new UsageError('USAGE_READ_ONLY', `${drive.address} is open for reading only.`, {
      hint: "Open the drive with access: 'write'.",
    })
  }
  const started = Date.now()
  const held = new HeldDrive(drive)
  const mediumBefore = await mediumAtRest(held, options)
  held.hold()
  const recipe = recipeFor(mediumBefore, options)
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  const ranges = rangesOf(image, recipe, mediumBefore, warn)
  const total = ranges.reduce((sum, { aligned }) => sum + aligned.blocks, 0)
  checkBeforeRecording(mediumBefore, image, recipe, ranges, options)
  await checkWriteProtection(held, mediumBefore)
  await checkSpeedClass(held, mediumBefore)
  const atOnce = pieceBlocks(held, recipe, options)

  const meter = new ProgressMeter(total, options.onProgress)
  const tally: Tally = { written: [], checksums: [], blocks: 0, underruns: 0, writingMs: 0 }
  const job: RecordingJob = {
    drive: held,
    medium: mediumBefore,
    start: image.modifiedBlocks ? Math.min(...ranges.map(({ aligned }) => aligned.start)) : image.startAddress,
    blocks: image.modifiedBlocks ? extentOf(ranges) : total,
    options,
    step: (phase, operationProgress) => meter.step(phase, operationProgress),
    warn,
  }
  const report = (mediumAfter: Medium | null): RecordingReport => ({
    written: tally.written,
    checksums: tally.checksums,
    start: image.startAddress,
    blocks: image.totalBlocks,
    durationMs: Date.now() - started,
    averageKBps: tally.writingMs > 0 ? (tally.blocks * BLOCK_BYTES) / tally.writingMs : 0,
    underruns: tally.underruns,
    mediumBefore: job.medium,
    mediumAfter,
    warnings,
  })

  meter.begin()
  const release = await holdDrive(held, mediumBefore, options, job.warn)
  try {
    job.step('preparing')
    await recipe.prepare(job)
    for (const [index, range] of ranges.entries()) {
      // What is replaced makes the new blocks visible: they must be on the medium by then.
      if (index === 1) await synchronize(held, job)
      await writeRange(job, image, range, recipe, atOnce, meter, tally)
    }
    job.step('synchronizing')
    await synchronize(held, job)
    job.step('closing')
    await recipe.finish(job)
    job.step('checking')
    const mediumAfter = await settledMedium(held, {})
    checkRecorded(job, mediumAfter, report(mediumAfter))
    if (held.hasBeenAnnouncedAnew && !options.simulate && !options.dryRun)
      await confirmRecorded(held, report(mediumAfter))
    return report(mediumAfter)
  } catch (error) {
    if (error instanceof RecordingError) throw error
    throw await failed(error, job, tally, report)
  } finally {
    await release()
    meter.end()
  }
}

/** The parts of the image in whole write units, with the padding that the family needs behind the last one. */
function rangesOf(
  image: Recordable,
  recipe: RecordingRecipe,
  medium: Medium,
  warn: (message: string) => void,
): AlignedRange[] {
  if (image.modifiedBlocks) return image.modifiedBlocks.map(range => alignRange(range, recipe.unitBlocks))
  const whole = { start: image.startAddress, blocks: image.totalBlocks }
  const wanted = recipe.paddingBlocks ?? 0
  const padding = Math.max(0, Math.min(wanted, (medium.freeBlocks ?? Number.POSITIVE_INFINITY) - whole.blocks))
  if (padding < wanted) {
    warn(`There is no room for ${wanted} blocks of padding: some drives will not read the last blocks of the image.`)
  }
  const padded = Math.max(whole.blocks + padding, recipe.minimumBlocks ?? 0)
  const { aligned } = alignRange({ start: whole.start, blocks: padded }, recipe.unitBlocks)
  return [{ range: whole, aligned: { start: whole.start, blocks: aligned.start + aligned.blocks - whole.start } }]
}

/** Blocks from the first to the last one of all ranges. */
function extentOf(ranges: readonly AlignedRange[]): number {
  const starts = ranges.map(({ aligned }) => aligned.start)
  return Math.max(...ranges.map(({ aligned }) => aligned.start + aligned.blocks)) - Math.min(...starts)
}

async function writeRange(
  job: RecordingJob,
  image: Recordable,
  range: AlignedRange,
  recipe: RecordingRecipe,
  atOnce: number,
  meter: ProgressMeter,
  tally: Tally,
): Promise<void> {
  const { drive, options } = job
  const memory = new ChunkMemory()
  const pieces = new ReadAhead(
    rangeContent(drive, image, range, takesOverwriting(job.medium), memory),
    atOnce * BLOCK_BYTES,
    Math.min(options.bufferBytes ?? DEFAULT_BUFFER_BYTES, range.aligned.blocks * BLOCK_BYTES),
    memory,
  )
  const before = tally.blocks
  const started = Date.now()
  const checksums = new PieceChecksums()
  const manner: WriteManner = {
    streaming: options.streaming === true,
    isOverwritable: job.medium.isOverwritable,
    synchronizes: recipe.synchronizeEndsTrack ? 'before-the-first' : 'anywhere',
  }
  let done = 0
  try {
    // The drive starts with full stores, and what a source cannot give shows before the first block is written.
    await pieces.filled(options.signal)
    job.step('writing')
    await writeBlocks(drive, range.aligned.start, pieces, manner, {
      signal: options.signal,
      onPiece: piece => checksums.add(piece),
      onProgress: ({ blocksWritten, driveBufferFill }) => {
        done = blocksWritten
        meter.wrote(before + done, {
          bufferFill: pieces.fill,
          driveBufferFill,
          underruns: tally.underruns + pieces.underruns,
        })
      },
    })
  } finally {
    tally.blocks = before + done
    tally.underruns += pieces.underruns
    tally.writingMs += Date.now() - started
    if (done > 0) {
      tally.written.push({ start: range.aligned.start, blocks: done })
      tally.checksums.push(checked(range, done, checksums.pieces))
    }
    await pieces.stop()
  }
}

/** What verification compares: all that was written but padding, which some drives cannot read up to its end. */
function checked({ range, aligned }: AlignedRange, written: number, pieces: readonly number[]) {
  const wanted = Math.ceil((range.start + range.blocks - aligned.start) / CHECKED_PIECE_BLOCKS)
  const blocks = Math.min(written, wanted * CHECKED_PIECE_BLOCKS)
  return { range: { start: aligned.start, blocks }, pieces: pieces.slice(0, wanted) }
}

/**
 * Blocks of one WRITE.
 *
 * @throws {TransportError} `TRANSPORT_TOO_LARGE` where the medium takes no less than the way to the drive carries
 */
function pieceBlocks(drive: Drive, { unitBlocks, writesWholeUnits }: RecordingRecipe, options: RecordOptions): number {
  const { maximumTransferBytes, optimalTransferBytes = DEFAULT_TRANSFER_BYTES } = drive.transport.limits
  const possible = Math.floor(maximumTransferBytes / BLOCK_BYTES)
  const wanted = Math.min(options.transferBlocks ?? optimalTransferBytes / BLOCK_BYTES, possible)
  if (wanted >= unitBlocks) return Math.floor(wanted / unitBlocks) * unitBlocks
  if (possible >= unitBlocks) return unitBlocks
  if (writesWholeUnits) {
    throw new TransportError(
      'TRANSPORT_TOO_LARGE',
      `This medium takes ${unitBlocks * BLOCK_BYTES} bytes in one command, and ${drive.address} carries ${maximumTransferBytes}.`,
      { address: drive.address, hint: 'Connect the drive in another way.' },
    )
  }
  // Units that are too large go in equal parts, which the drive puts together.
  let part = possible
  while (unitBlocks % part !== 0) part--
  return part
}

/**
 * The drive has spoken of a new medium since: closing makes some do so. That it is the recorded one, the first and the
 * last of its blocks tell.
 *
 * @throws {MediumError} `MEDIUM_CHANGED` where they do not
 */
async function confirmRecorded(drive: Drive, report: RecordingReport): Promise<void> {
  const ends = report.checksums.flatMap(({ range, pieces }) => {
    const last = (pieces.length - 1) * CHECKED_PIECE_BLOCKS
    const piece = (at: number) => ({
      range: { start: range.start + at, blocks: Math.min(CHECKED_PIECE_BLOCKS, range.blocks - at) },
      pieces: pieces.slice(at / CHECKED_PIECE_BLOCKS, at / CHECKED_PIECE_BLOCKS + 1),
    })
    return last > 0 ? [piece(0), piece(last)] : [piece(0)]
  })
  const { differences, unreadable } = await verifyRecording(drive, { ...report, checksums: ends })
  if (differences.length + unreadable.length === 0) return
  throw new MediumError('MEDIUM_CHANGED', 'The medium in the drive now is not the one that was recorded.', {
    hint: 'Put the recorded one in again, and verify it.',
  })
}

/** Saves what can be saved after an error, and says how the medium was left. */
async function failed(
  error: unknown,
  job: RecordingJob,
  tally: Tally,
  report: (mediumAfter: Medium | null) => RecordingReport,
): Promise<Error> {
  const { drive, options } = job
  const aborted = options.signal?.aborted === true && !(error instanceof WriteFailure)
  const failedAt = error instanceof WriteFailure ? error.lba : null
  const cause = error instanceof WriteFailure ? error.cause : error
  const touched = drive instanceof HeldDrive && drive.mayHaveChangedMedium
  if (!touched && !aborted) return cause as Error
  const mediumAfter = isGone(cause) ? null : await salvage(job)
  if (aborted) {
    return new RecordingError(
      'MEDIUM_RECORDING_ABORTED',
      'The recording was interrupted.',
      report(mediumAfter),
      null,
      error,
    )
  }
  const where =
    failedAt === null ? (tally.blocks === 0 ? 'before the first block' : 'after the last block') : `at LBA ${failedAt}`
  return new RecordingError(
    'MEDIUM_RECORDING_FAILED',
    `The recording failed ${where}: ${(cause as Error).message}`,
    report(mediumAfter),
    failedAt,
    cause,
  )
}

/** Empties the drive's buffer, for what is in it still belongs on the disc, and reads the medium's state. */
async function salvage(job: RecordingJob): Promise<Medium | null> {
  const { drive } = job
  await synchronize(drive, job).catch(cause => job.warn(`The drive's buffer could not be emptied: ${cause.message}`))
  return settledMedium(drive, {}).catch(cause => {
    job.warn(`The state of the medium could not be read: ${cause.message}`)
    return null
  })
}

function isGone(error: unknown): boolean {
  return error instanceof TransportError && error.code === 'TRANSPORT_DEVICE_GONE'
}
