import { BLOCK_BYTES, type BlockSource } from '../block-source'
import {
  bootEntry,
  CATALOG_ENTRY_BYTES,
  EMULATION,
  type Emulation,
  HEADER_ID,
  sectionHeaderEntry,
  VIRTUAL_SECTOR_BYTES,
  validationEntry,
} from './boot-catalog'

/** An entry of a boot catalog. */
export interface BootEntry {
  /** 0 x86, 1 PowerPC, 2 Mac, 239 EFI. */
  readonly platformId: number
  readonly bootable: boolean
  readonly emulation: Emulation | 'unknown'
  /** Real-mode segment that the image is loaded to; 0 is the default, 7C0h. */
  readonly loadSegment: number
  /** Bytes that the firmware loads, as the entry counts them; not the size of the image. */
  readonly loadBytes: number
  /** First block of the boot image (LBA). */
  readonly start: number
  /** Who made it: the validation entry's or the section's ID string. */
  readonly idString: string
}

/** Catalogs are a block or two; more is damage. */
const MAXIMUM_ENTRIES = 64 * (BLOCK_BYTES / CATALOG_ENTRY_BYTES)

/**
 * Reads a boot catalog. It ends at the first entry that is none, and what came before counts.
 *
 * @param lba  the catalog's block
 */
export async function readBootCatalog(
  source: BlockSource,
  lba: number,
  warn: (warning: string) => void,
): Promise<BootEntry[]> {
  const catalog = new CatalogReader(source, lba)
  const first = await catalog.next()
  const validation = first && validationEntry.decodeComplete(first)
  if (validation?.headerId !== HEADER_ID.validation || validation.keyBytes !== 0xaa55) {
    warn(`Block ${lba} holds no boot catalog.`)
    return []
  }
  if (checksum(first!) !== 0) warn(`The boot catalog at block ${lba} has a wrong checksum.`)
  const entries: BootEntry[] = []
  const initial = await catalog.next()
  if (initial) entries.push(entryOf(initial, validation.platformId, validation.idString))
  for (let header = await catalog.next(); header; header = await catalog.next()) {
    const section = sectionHeaderEntry.decodeComplete(header)!
    if (section.headerIndicator !== HEADER_ID.sectionHeader && section.headerIndicator !== HEADER_ID.lastSectionHeader)
      break
    for (let index = 0; index < section.numberOfSectionEntries; index++) {
      const entry = await nextEntry(catalog)
      if (!entry) return entries
      entries.push(entryOf(entry, section.platformId, section.idString))
    }
    if (section.headerIndicator === HEADER_ID.lastSectionHeader) break
  }
  return entries
}

/** The next section entry, its extensions passed over; none where something else stands there. */
async function nextEntry(catalog: CatalogReader): Promise<Uint8Array | undefined> {
  for (;;) {
    const entry = await catalog.next()
    if (entry?.[0] === HEADER_ID.extension) continue
    return entry?.[0] === HEADER_ID.bootable || entry?.[0] === HEADER_ID.notBootable ? entry : undefined
  }
}

function entryOf(bytes: Uint8Array, platformId: number, idString: string): BootEntry {
  const entry = bootEntry.decodeComplete(bytes)!
  return {
    platformId,
    bootable: entry.bootIndicator === HEADER_ID.bootable,
    emulation: EMULATION[entry.bootMediaType] ?? 'unknown',
    loadSegment: entry.loadSegment,
    loadBytes: entry.sectorCount * VIRTUAL_SECTOR_BYTES,
    start: entry.loadRba,
    idString,
  }
}

/** Sum of the sixteen 16-bit words: 0 in a sound validation entry. */
export function checksum(entry: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < CATALOG_ENTRY_BYTES; at += 2) sum += entry[at]! | (entry[at + 1]! << 8)
  return sum & 0xffff
}

class CatalogReader {
  private readonly source: BlockSource
  private readonly lba: number
  private block: Uint8Array = new Uint8Array()
  private index = 0

  constructor(source: BlockSource, lba: number) {
    this.source = source
    this.lba = lba
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.index >= MAXIMUM_ENTRIES) return undefined
    const at = (this.index * CATALOG_ENTRY_BYTES) % BLOCK_BYTES
    if (at === 0) {
      this.block = await this.source.readBlocks(
        this.lba + Math.floor((this.index * CATALOG_ENTRY_BYTES) / BLOCK_BYTES),
        1,
      )
    }
    this.index++
    return this.block.length < BLOCK_BYTES ? undefined : this.block.subarray(at, at + CATALOG_ENTRY_BYTES)
  }
}
