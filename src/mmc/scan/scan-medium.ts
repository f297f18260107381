import { MediumError } from '../../errors'
import { TransportError } from '../../platform'
import { getConfiguration, read10, readCd, readCdBlockBytes } from '../commands'
import type { Drive } from '../drive'
import { cdReadFeature } from '../features'
import { findFeature } from '../features/decode-feature'
import type { Medium } from '../medium-state'
import type { BlockRange } from '../recordable'
import { presentMedium } from '../recording/present-medium'
import { ScsiError } from '../scsi-error'
import { expectAllBytes } from '../short-read'
import { isUnreadable } from '../unreadable'
import { clipped, type Stretch, scannedStretches } from './scanned-stretches'
import { joined, type UnreadableBlocks } from './unreadable-blocks'

/** One part of a scanned medium. */
export interface ScannedZone extends BlockRange {
  readonly isData: boolean
  /** Time that its commands took. */
  readonly seconds: number
  /** kB/s of 1000 bytes of user data that came: 2048 a data block, 2352 an audio block. 0 where none did. */
  readonly speedKBps: number
  /** The slowest command, milliseconds: a drive that reads again and again before it gives an answer shows here. */
  readonly slowestMs: number
  readonly unreadable: readonly UnreadableBlocks[]
  /** Bytes that the C1/C2 decoder could not correct; null where drive or medium does not tell (all but CDs). */
  readonly c2Errors: number | null
}

/** How {@link scanMedium} scans. */
export interface ScanOptions {
  /** Only what lies in it; all that has been recorded, unless given. */
  readonly range?: Partial<BlockRange>
  /** Into how many zones at most the blocks are parted, 500 unless given. */
  readonly zones?: number
  readonly signal?: AbortSignal
}

const DATA_BYTES = 2048
const AUDIO_BYTES = 2352
const C2_BYTES = 294
const LARGEST_READ_BLOCKS = 256
/** A zone of fewer blocks would tell of a few commands only. */
const SMALLEST_ZONE_BLOCKS = 64
const RUN_OUT_BLOCKS = 2
/** ASCs of a CDB that the drive does not take: INVALID COMMAND OPERATION CODE, INVALID FIELD IN CDB. */
const INVALID_FIELDS = [0x20, 0x24]

/** All parts of a CD block with its C2 error information, which comes behind them. */
const WITH_C2 = {
  expectedSectorType: 'any',
  sync: true,
  headerCodes: 'all-headers',
  userData: true,
  edcAndEcc: true,
  c2ErrorInformation: 'c2',
} as const
const AUDIO = { expectedSectorType: 'cd-da', userData: true } as const

/** A scan that is ready to begin. */
export interface MediumScan {
  readonly medium: Medium
  /** How many blocks will be read. */
  readonly blocks: number
  /**
   * Scans, zone after zone; what has come stays true if it is broken off.
   *
   * @throws {ScsiError} where the drive fails in another way than on these blocks
   * @throws {TransportError} where a command did not reach the drive
   */
  zones(): AsyncGenerator<ScannedZone, void, undefined>
}

/**
 * Reads every recorded block once, in order, and times it: the transfer rate across the medium and the state of its
 * surface. One command at a time is under way, so that each one's time is its own; a transfer that fails is repeated
 * block by block, without further retries. CDs are read with READ CD and C2 error information where the drive has it.
 *
 * @throws {MediumError} `MEDIUM_NOT_PRESENT`, `MEDIUM_NOTHING_TO_SCAN`
 * @throws {TransportError} where a command did not reach the drive
 */
export async function scanMedium(drive: Drive, options: ScanOptions = {}): Promise<MediumScan> {
  const { range = {}, zones = 500, signal } = options
  const medium = await presentMedium(drive, { signal })
  const stretches = clipped(scannedStretches(medium), range)
  const blocks = stretches.reduce((sum, stretch) => sum + stretch.blocks, 0)
  if (blocks === 0) {
    throw new MediumError('MEDIUM_NOTHING_TO_SCAN', 'Nothing has been recorded where the medium is to be scanned.', {
      evidence: medium.evidence,
      hint: recordedBlocks(scannedStretches(medium)),
    })
  }
  const isCd = medium.family.startsWith('cd-')
  const surface = new Surface(drive, { isCd, c2: isCd && (await tellsC2(drive)), ...(signal ? { signal } : {}) })
  const zoneBlocks = Math.max(SMALLEST_ZONE_BLOCKS, Math.ceil(blocks / Math.max(1, zones)))
  return {
    medium,
    blocks,
    async *zones() {
      for (const stretch of stretches) {
        const end = stretch.start + stretch.blocks
        for (let start = stretch.start; start < end; start += zoneBlocks) {
          yield await surface.zone({ ...stretch, start, blocks: Math.min(zoneBlocks, end - start) })
        }
      }
    },
  }
}

function recordedBlocks(stretches: readonly Stretch[]): string {
  if (stretches.length === 0) return 'Record something on it first.'
  const parts = stretches.map(({ start, blocks }) => `${start} to ${start + blocks - 1}`)
  return `Recorded are the blocks ${parts.join(', ')}.`
}

async function tellsC2(drive: Drive): Promise<boolean> {
  const reply = await drive.send(getConfiguration, {
    requestedType: 'one',
    startingFeatureNumber: cdReadFeature.code,
  })
  const feature = findFeature(reply, cdReadFeature)
  return feature?.c2Flags === true
}

interface SurfaceOptions {
  readonly isCd: boolean
  /** The drive says that it has C2 error information. */
  readonly c2: boolean
  readonly signal?: AbortSignal
}

/** Reads zones of one medium. */
class Surface {
  private step: number
  private readonly drive: Drive
  private readonly options: SurfaceOptions
  private c2: boolean

  constructor(drive: Drive, options: SurfaceOptions) {
    this.drive = drive
    this.options = options
    this.c2 = options.c2
    const blockBytes = options.isCd ? AUDIO_BYTES + C2_BYTES : DATA_BYTES
    const most = Math.floor(drive.transport.limits.maximumTransferBytes / blockBytes)
    this.step = Math.max(1, Math.min(most, LARGEST_READ_BLOCKS))
  }

  async zone({ start, blocks, isData, trackEnd }: Stretch): Promise<ScannedZone> {
    const found: UnreadableBlocks[] = []
    let [good, nanoseconds, slowest, c2Errors] = [0, 0n, 0n, 0]
    const timed = async (lba: number, count: number): Promise<boolean> => {
      const began = process.hrtime.bigint()
      try {
        c2Errors += await this.read(lba, count, isData)
        good += count
        return true
      } catch (error) {
        if (!isUnreadable(error)) throw error
        if (count === 1) found.push(unreadableBlock(lba, error, this.options.isCd && lba >= trackEnd - RUN_OUT_BLOCKS))
        return false
      } finally {
        const took = process.hrtime.bigint() - began
        nanoseconds += took
        if (took > slowest) slowest = took
      }
    }
    for (let lba = start; lba < start + blocks; ) {
      this.options.signal?.throwIfAborted()
      const count = Math.min(this.step, start + blocks - lba)
      if (!(await timed(lba, count)) && count > 1) {
        for (let single = lba; single < lba + count; single++) {
          this.options.signal?.throwIfAborted()
          await timed(single, 1)
        }
      }
      lba += count
    }
    const seconds = Number(nanoseconds) / 1e9
    return {
      start,
      blocks,
      isData,
      seconds,
      speedKBps: seconds === 0 ? 0 : (good * (isData ? DATA_BYTES : AUDIO_BYTES)) / 1000 / seconds,
      slowestMs: Number(slowest) / 1e6,
      unreadable: joined(found),
      c2Errors: this.c2 ? c2Errors : null,
    }
  }

  /** Reads blocks and throws them away; what comes back is how many bytes of them C2 could not correct. */
  private async read(lba: number, blocks: number, isData: boolean): Promise<number> {
    try {
      return await this.readOnce(lba, blocks, isData)
    } catch (error) {
      if (this.c2 && error instanceof ScsiError && INVALID_FIELDS.includes(error.sense?.asc ?? 0)) {
        // Some drives announce C2 error information and refuse to send it.
        this.c2 = false
        return this.read(lba, blocks, isData)
      }
      if (!(error instanceof TransportError && error.code === 'TRANSPORT_TOO_LARGE') || blocks === 1) throw error
      // The bridge carries less than the system believes.
      this.step = Math.ceil(blocks / 2)
      return (await this.read(lba, this.step, isData)) + (await this.read(lba + this.step, blocks - this.step, isData))
    }
  }

  private async readOnce(lba: number, blocks: number, isData: boolean): Promise<number> {
    const { signal } = this.options
    const sending = signal ? { signal } : {}
    if (!this.c2 && isData) {
      const data = await this.drive.send(read10, { logicalBlockAddress: lba, transferLength: blocks }, sending)
      expectAllBytes(data.length, blocks * DATA_BYTES, lba)
      return 0
    }
    const parts = { ...(this.c2 ? WITH_C2 : AUDIO), startingLogicalBlockAddress: lba, transferLength: blocks }
    const data = await this.drive.send(readCd, parts, sending)
    expectAllBytes(data.length, blocks * readCdBlockBytes(parts), lba)
    return this.c2 ? countC2Errors(data) : 0
  }
}

/** A bit for each byte of the block (MMC-6 6.19.3.4). */
function countC2Errors(data: Uint8Array): number {
  let errors = 0
  for (let block = AUDIO_BYTES; block < data.length; block += AUDIO_BYTES + C2_BYTES) {
    for (let at = block; at < block + C2_BYTES; at++) {
      for (let bits = data[at] ?? 0; bits !== 0; bits &= bits - 1) errors++
    }
  }
  return errors
}

function unreadableBlock(lba: number, { sense }: ScsiError, isRunOut: boolean): UnreadableBlocks {
  const said = sense ? { key: sense.key, asc: sense.asc, ascq: sense.ascq, text: sense.text } : null
  return { start: lba, blocks: 1, sense: said, isRunOut }
}
