import { read10, testUnitReady } from './commands'
import type { Drive } from './drive'
import { ScsiError } from './scsi-error'

/** How one kind of command fared. Times are from the call to the answer, in microseconds. */
export interface Measurement {
  readonly command: string
  readonly count: number
  readonly commandsPerSecond: number
  readonly medianUs: number
  readonly percentile95Us: number
  readonly percentile99Us: number
  readonly slowestUs: number
  /** Data read; 0 for commands that move none. */
  readonly bytesPerSecond: number
}

const READ_SIZES = [1, 16, 32]
const BLOCK_BYTES = 2048

/**
 * Times TEST UNIT READY and, where a medium can be read, READ(10) of 1, 16 and 32 blocks from block 16 on (the same
 * blocks each time: what is measured is the way to the drive, not its optics).
 */
export async function measureDrive(
  drive: Drive,
  options: { commands?: number; signal?: AbortSignal } = {},
): Promise<Measurement[]> {
  const { commands = 1000, signal } = options
  const sending = signal ? { signal } : {}
  const measured = [
    await measure('TEST UNIT READY', commands, 0, async () => {
      await drive.send(testUnitReady, {}, sending).catch(ignoreNotReady)
    }),
  ]
  for (const transferLength of READ_SIZES) {
    const read = () => drive.send(read10, { logicalBlockAddress: 16, transferLength }, sending)
    const readable = await read().then(
      () => true,
      error => ignoreNotReady(error) ?? false,
    )
    if (!readable) break
    measured.push(await measure(`READ(10) ${transferLength}`, commands, transferLength * BLOCK_BYTES, read))
  }
  return measured
}

function ignoreNotReady(error: unknown): void {
  // An empty tray or a blank disc answers too, as fast as it can: its time counts, its sense does not.
  if (!(error instanceof ScsiError)) throw error
}

async function measure(
  command: string,
  count: number,
  bytesEach: number,
  once: () => Promise<unknown>,
): Promise<Measurement> {
  const times = new Float64Array(count)
  const started = process.hrtime.bigint()
  for (let index = 0; index < count; index++) {
    const before = process.hrtime.bigint()
    await once()
    times[index] = Number(process.hrtime.bigint() - before) / 1000
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  times.sort()
  const percentile = (share: number) => times[Math.min(count - 1, Math.floor(count * share))] ?? 0
  return {
    command,
    count,
    commandsPerSecond: count / seconds,
    medianUs: percentile(0.5),
    percentile95Us: percentile(0.95),
    percentile99Us: percentile(0.99),
    slowestUs: percentile(1),
    bytesPerSecond: (count * bytesEach) / seconds,
  }
}
