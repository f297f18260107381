/** The bytes of the files of ISO 9660: where they are recorded, and how. */
import type { BlockSource } from '../block-source'
import { isZisofs, ZisofsContent } from '../rock-ridge/zisofs'
import { RecordedContent } from '../tree/contents'
import type { FileContent } from '../tree/file-content'
import type { ReadingWarnings } from './reading-warnings'
import type { RecordedEntry } from './recorded-entry'

/** Gives each file of a tree its content. */
export class FileContents {
  private readonly source: BlockSource
  private readonly warnings: ReadingWarnings
  private readonly linked = new Map<string, FileContent>()

  constructor(source: BlockSource, warnings: ReadingWarnings) {
    this.source = source
    this.warnings = warnings
  }

  /** The bytes of a file; the same for each of its hard links. */
  of(entry: RecordedEntry): FileContent {
    const { rockRidge } = entry
    if (rockRidge?.sparse) {
      this.warnings.add(
        `The file at block ${entry.start} is sparse (SF), which is not supported: its raw bytes are shown.`,
      )
    }
    const shared = rockRidge && rockRidge.links > 1 && entry.sizeBytes > 0
    const key = shared ? `${entry.start} ${entry.sizeBytes} ${rockRidge.serialNumber ?? ''}` : undefined
    const known = key === undefined ? undefined : this.linked.get(key)
    if (known) return known
    const content = this.newContent(entry)
    if (key !== undefined) this.linked.set(key, content)
    return content
  }

  private newContent(entry: RecordedEntry): FileContent {
    const { source } = this
    const zisofs = entry.rockRidge?.zisofs
    if (zisofs && entry.sizeBytes > 0) {
      const parameters = { ...zisofs, recordedBytes: entry.sizeBytes }
      if ((zisofs.algorithm === 'pz' || zisofs.algorithm === 'PZ') && isZisofs(parameters)) {
        return new ZisofsContent(source, entry.extents, zisofs.sizeBytes, {
          version: zisofs.version,
          recordedBytes: entry.sizeBytes,
          headerBytes: zisofs.headerBytes,
          blockBytesLog2: zisofs.blockBytesLog2,
        })
      }
      this.warnings.add(`The file at block ${entry.start} is compressed in an unknown way: its raw bytes are shown.`)
    }
    return new RecordedContent(source, entry.extents, entry.sizeBytes)
  }
}
