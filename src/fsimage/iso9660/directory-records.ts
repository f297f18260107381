/** The records of a directory (ECMA-119 9.1), file by file: nothing of what they say is trusted. */
import { BLOCK_BYTES } from '../block-source'
import type { CachedBlockSource } from '../cached-block-source'
import { RockRidgeEntries } from '../rock-ridge/read'
import { walkSystemUse } from '../rock-ridge/system-use'
import type { RecordedExtent } from '../tree/file-content'
import { decodeRecordingDate } from './date'
import { asBuffer, big32, little32 } from './fields'
import type { ReadingWarnings } from './reading-warnings'
import { FileSections, FLAG, RecordedEntry } from './recorded-entry'

/** Bytes of a directory record before the identifier. */
const RECORD_HEADER_BYTES = 33
/** Sectors of a directory without one sound record, after which the rest is taken for something else. */
const UNSOUND_SECTORS = 4
const EMPTY_SECTORS = 64
/** Blocks of a directory read at a time. */
const DIRECTORY_READ_BLOCKS = 32
/** Interleaved files are read unit by unit, up to this many. */
const MAXIMUM_INTERLEAVED_UNITS = 65_536

/** How the records of a tree are to be understood. */
export interface RecordForm {
  /** Rock Ridge is to be used: bytes to skip at the start of each system use field. */
  readonly rockRidge: { readonly skip: number } | undefined
  /** Added to every address: not 0 on discs whose addresses are relative to their session. */
  readonly addressOffset: number
}

/** Reads the directories of one tree, entry by entry. */
export class DirectoryRecords {
  private readonly source: CachedBlockSource
  private readonly form: RecordForm
  private readonly warnings: ReadingWarnings
  private sectorsLeft: number

  constructor(source: CachedBlockSource, form: RecordForm, warnings: ReadingWarnings) {
    this.source = source
    this.form = form
    this.warnings = warnings
    // Directories do not overlap: all of them together are no longer than the medium.
    this.sectorsLeft = (source.blockCount ?? 2 ** 26) + 1024
  }

  /** The size that a directory's first record gives for itself, where its parent's record gives none. */
  async ownSize(start: number): Promise<number> {
    const block = await this.source.readBlocks(start, 1)
    if (block.length < BLOCK_BYTES || block[0]! < 34 || block[32] !== 1 || block[33] !== 0) return 0
    return little32(block, 10)
  }

  /**
   * Shows the entries of a directory, one by one; each holds for that moment only. What cannot be read is left out, with a
   * warning.
   *
   * @param start  first block (LBA)
   */
  async read(start: number, sizeBytes: number, take: (entry: RecordedEntry) => void): Promise<void> {
    const sections = new FileSections(take, this.warnings)
    await this.scan(start, sizeBytes, sections)
    sections.end()
  }

  private async scan(start: number, sizeBytes: number, sections: FileSections): Promise<void> {
    let blocks = Math.ceil(sizeBytes / BLOCK_BYTES)
    const { blockCount } = this.source
    if (blockCount !== undefined && start + blocks > blockCount) {
      this.warnings.add(`The directory at block ${start} reaches behind the end (${sizeBytes} bytes).`)
      blocks = Math.max(0, blockCount - start)
    }
    const extra = new Map<number, Buffer>()
    const { addressOffset } = this.form
    const continuation = (lba: number) => extra.get(lba + addressOffset) ?? this.cached(lba + addressOffset)
    let unsound = 0
    let empty = 0
    for (let done = 0; done < blocks; ) {
      const chunk = asBuffer(await this.source.readBlocks(start + done, Math.min(blocks - done, DIRECTORY_READ_BLOCKS)))
      const there = Math.floor(chunk.length / BLOCK_BYTES)
      if (there === 0) {
        this.warnings.add(`The directory at block ${start} ends at block ${start + done}, before its size is reached.`)
        break
      }
      for (let index = 0; index < there; index++) {
        if (--this.sectorsLeft < 0) {
          this.warnings.add('Directories overlap each other: reading them has been given up.')
          return
        }
        const sector = start + done + index
        const from = index * BLOCK_BYTES
        const to = Math.min(from + BLOCK_BYTES, sizeBytes - done * BLOCK_BYTES)
        empty = chunk[from] === 0 ? empty + 1 : 0
        let sound = chunk[from] === 0
        for (let at = from; at < to && chunk[at] !== 0; ) {
          const recordLength = chunk[at]!
          const problem = recordProblem(chunk, at, recordLength, to)
          if (problem) {
            this.warnings.add(`Directory record at block ${sector}, byte ${at - from}: ${problem}.`)
            if (problem !== EMPTY_IDENTIFIER) break
          } else {
            sound = true
            let entry = this.entry(chunk, at, recordLength, sector, continuation)
            while (typeof entry === 'number') {
              // Kept even when nothing came: the record is then read without it instead of asking again.
              extra.set(entry, asBuffer(await this.source.readBlocks(entry, 1).catch(() => NOTHING)))
              entry = this.entry(chunk, at, recordLength, sector, continuation)
            }
            if (entry) sections.add(entry, sector)
          }
          at += recordLength
        }
        unsound = sound ? 0 : unsound + 1
        if (unsound >= UNSOUND_SECTORS || empty >= EMPTY_SECTORS) {
          this.warnings.add(`The directory at block ${start} holds no records from block ${sector} on.`)
          return
        }
      }
      done += there
    }
  }

  /** One record; a number is that of a block that must be read before. */
  private entry(
    chunk: Buffer,
    at: number,
    length: number,
    sector: number,
    continuation: (lba: number) => Buffer | undefined,
  ): RecordedEntry | number | undefined {
    const identifierLength = chunk[at + 32]!
    const first = chunk[at + RECORD_HEADER_BYTES]!
    if (identifierLength === 1 && first <= 1) return undefined
    const flags = chunk[at + 25]!
    if ((flags & FLAG.associated) !== 0) return undefined
    const identifierAt = at + RECORD_HEADER_BYTES
    const systemUse = identifierAt + identifierLength + (identifierLength % 2 === 0 ? 1 : 0)
    const rockRidge = this.form.rockRidge
      ? this.systemUse(chunk, systemUse + this.form.rockRidge.skip, at + length, sector, continuation)
      : undefined
    if (typeof rockRidge === 'number') return rockRidge
    const start = this.address(chunk, at + 2) + chunk[at + 1]!
    const sizeBytes = little32(chunk, at + 10)
    return new RecordedEntry(
      chunk,
      identifierAt,
      sector * BLOCK_BYTES + (at % BLOCK_BYTES),
      flags,
      start,
      sizeBytes,
      this.extents(start, sizeBytes, chunk[at + 26]!, chunk[at + 27]!),
      decodeRecordingDate(chunk, at + 18),
      rockRidge,
    )
  }

  /** Least significant byte first counts; where that lies outside the medium and the other half does not, the other. */
  private address(chunk: Uint8Array, at: number): number {
    const little = little32(chunk, at)
    const { blockCount } = this.source
    if (blockCount !== undefined && little >= blockCount) {
      const big = big32(chunk, at + 4)
      if (big !== 0 && big < blockCount) return big + this.form.addressOffset
    }
    return little + this.form.addressOffset
  }

  private extents(start: number, sizeBytes: number, unitBlocks: number, gapBlocks: number): RecordedExtent[] {
    if (sizeBytes === 0) return []
    if (unitBlocks === 0 || gapBlocks === 0) return [{ start, sizeBytes }]
    const unitBytes = unitBlocks * BLOCK_BYTES
    const units = Math.ceil(sizeBytes / unitBytes)
    if (units > MAXIMUM_INTERLEAVED_UNITS) {
      this.warnings.add(`The interleaved file at block ${start} has ${units} units: it is read as if it had none.`)
      return [{ start, sizeBytes }]
    }
    return Array.from({ length: units }, (_, index) => ({
      start: start + index * (unitBlocks + gapBlocks),
      sizeBytes: Math.min(unitBytes, sizeBytes - index * unitBytes),
    }))
  }

  private systemUse(
    chunk: Buffer,
    from: number,
    to: number,
    sector: number,
    continuation: (lba: number) => Buffer | undefined,
  ): RockRidgeEntries | number {
    const entries = new RockRidgeEntries()
    const result = walkSystemUse(chunk, from, to, continuation, entries)
    if (!result.done) return result.missingBlock + this.form.addressOffset
    if (result.problem) this.warnings.add(`Directory record in block ${sector}: ${result.problem}.`)
    entries.finish()
    return entries
  }

  private cached(lba: number): Buffer | undefined {
    const block = this.source.cached(lba)
    return block && asBuffer(block)
  }
}

const NOTHING = new Uint8Array()
const EMPTY_IDENTIFIER = 'its identifier is empty'

function recordProblem(chunk: Uint8Array, at: number, length: number, end: number): string | undefined {
  if (length < RECORD_HEADER_BYTES + 1) return `its length is ${length}`
  if (at + length > end) return `it reaches behind its ${end % BLOCK_BYTES === 0 ? 'sector' : 'directory'}`
  const identifierLength = chunk[at + 32]!
  if (identifierLength === 0) return EMPTY_IDENTIFIER
  if (RECORD_HEADER_BYTES + identifierLength > length) return 'its identifier is longer than the record'
  return undefined
}
