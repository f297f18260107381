/** What one directory record says of a file, and the sections of a file put together. */
import type { RockRidgeEntries } from '../rock-ridge/read'
import type { RecordedExtent } from '../tree/file-content'
import type { ReadingWarnings } from './reading-warnings'

/** File flags (ECMA-119 9.1.6). */
export const FLAG = { hidden: 0x01, directory: 0x02, associated: 0x04, multiExtent: 0x80 } as const

/** What one directory record says (ECMA-119 9.1); of a file of several sections, all of them say. */
export class RecordedEntry {
  /** Where the record stands on the medium, in bytes. */
  readonly address: number
  readonly flags: number
  /** First block (LBA). */
  readonly start: number
  sizeBytes: number
  readonly extents: RecordedExtent[]
  /** Recording Date and Time. */
  readonly recorded: number | undefined
  readonly rockRidge: RockRidgeEntries | undefined
  private readonly bytes: Buffer
  private readonly identifierAt: number

  /** @param identifierAt  where the identifier begins in `bytes`; its length stands in the byte before */
  constructor(
    bytes: Buffer,
    identifierAt: number,
    address: number,
    flags: number,
    start: number,
    sizeBytes: number,
    extents: RecordedExtent[],
    recorded: number | undefined,
    rockRidge: RockRidgeEntries | undefined,
  ) {
    this.bytes = bytes
    this.identifierAt = identifierAt
    this.address = address
    this.flags = flags
    this.start = start
    this.sizeBytes = sizeBytes
    this.extents = extents
    this.recorded = recorded
    this.rockRidge = rockRidge
  }

  /** Its bytes as the characters of ISO 8859-1; made when it is asked for, since Rock Ridge has a name of its own. */
  get identifier(): string {
    const { bytes, identifierAt } = this
    return bytes.toString('latin1', identifierAt, identifierAt + bytes[identifierAt - 1]!)
  }

  /** Another section of the file follows (9.1.6, Multi-Extent). */
  get goesOn(): boolean {
    return (this.flags & FLAG.multiExtent) !== 0
  }
}

/** Puts the sections of files together (6.5.1), and shows each file once. */
export class FileSections {
  private readonly take: (entry: RecordedEntry) => void
  private readonly warnings: ReadingWarnings
  private open: RecordedEntry | undefined = undefined

  constructor(take: (entry: RecordedEntry) => void, warnings: ReadingWarnings) {
    this.take = take
    this.warnings = warnings
  }

  /** Takes the next record of the directory. */
  add(entry: RecordedEntry, sector: number): void {
    const { open } = this
    if (open && open.identifier === entry.identifier) {
      open.sizeBytes += entry.sizeBytes
      for (const extent of entry.extents) open.extents.push(extent)
      if (!entry.goesOn) this.end()
      return
    }
    if (open) this.warnings.add(`A file of several sections lacks its last one (block ${sector}).`)
    this.end()
    if (entry.goesOn) this.open = entry
    else this.take(entry)
  }

  /** No record follows. */
  end(): void {
    const { open } = this
    this.open = undefined
    if (open) this.take(open)
  }
}
