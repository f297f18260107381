import { ReadAhead } from '../read-ahead'
import type { RecordingJob } from '../recipe'
import { writeBlocks } from '../write-blocks'
import type { SectorForm } from './disc-session'
import { SECTOR_FORMS } from './disc-session'
import type { Portions } from './portions'

const DEFAULT_BUFFER_BYTES = 16 * 2 ** 20
/** 27 sectors of 2352 bytes are as much as every bridge carries. */
const MOST_SECTORS = 27

/** What has been written so far. Blocks are those of 2048 bytes that the bytes would fill. */
export interface SessionTally {
  bytes: number
  underruns: number
  writingMs: number
  readonly written: { readonly start: number; readonly blocks: number }[]
  readonly wrote: (
    bytes: number,
    state: { bufferFill: number; driveBufferFill: number | null; underruns: number },
  ) => void
}

/** Writes the next sectors of one form from an LBA on. */
export async function writeArea(
  job: RecordingJob,
  content: Portions,
  area: { readonly form: SectorForm; readonly start: number; readonly sectors: number },
  tally: SessionTally,
): Promise<void> {
  const { drive, options } = job
  const { blockBytes } = SECTOR_FORMS[area.form]
  const sectors = Math.max(
    1,
    Math.min(MOST_SECTORS, Math.floor(drive.transport.limits.maximumTransferBytes / blockBytes)),
  )
  const source = content.next(area.sectors * blockBytes)
  const pieces = new ReadAhead(source, sectors * blockBytes, options.bufferBytes ?? DEFAULT_BUFFER_BYTES)
  const started = Date.now()
  let done = 0
  try {
    await pieces.filled(options.signal)
    job.step('writing')
    const manner = { blockBytes, isOverwritable: false, synchronizes: 'never' } as const
    await writeBlocks(drive, area.start, pieces, manner, {
      signal: options.signal,
      onProgress: ({ blocksWritten, driveBufferFill }) => {
        done = blocksWritten
        const underruns = tally.underruns + pieces.underruns
        tally.wrote(tally.bytes + done * blockBytes, { bufferFill: pieces.fill, driveBufferFill, underruns })
      },
    })
  } finally {
    tally.bytes += done * blockBytes
    tally.underruns += pieces.underruns
    tally.writingMs += Date.now() - started
    if (done > 0) tally.written.push({ start: area.start, blocks: done })
    await pieces.stop()
  }
}
