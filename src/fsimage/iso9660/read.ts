/** ISO 9660 with Rock Ridge, and Joliet, as imported file systems. */
import type { Complete } from '../../layout'
import { BLOCK_BYTES, type BlockSource } from '../block-source'
import { CachedBlockSource } from '../cached-block-source'
import { type BootEntry, readBootCatalog } from '../el-torito/read'
import { ImapiError } from '../imapi-error'
import type { ImportedFileSystem, SessionToRead } from '../imported-file-system'
import { decodeText, RockRidgeEntries } from '../rock-ridge/read'
import { walkSystemUse } from '../rock-ridge/system-use'
import type { DirectoryNode, Metadata } from '../tree/node'
import { directoryRecord, pathTableRecordL } from './descriptors'
import { asBuffer, big32, little32 } from './fields'
import { jolietName } from './file-identifier'
import { DirectoryTree, type TreeForm } from './read-directory'
import { type DescriptorSet, readDescriptorSet, type VolumeDescriptor } from './read-volume'
import { ReadingWarnings } from './reading-warnings'

/** A file system whose descriptors are those of ISO 9660. */
export interface Iso9660FileSystem extends ImportedFileSystem {
  readonly type: 'ISO9660' | 'Joliet'
  /** LBA of the root directory. */
  readonly rootStart: number
  /** Volume creation and modification, milliseconds since 1970-01-01 UTC, where they are given. */
  readonly created: number | undefined
  readonly modified: number | undefined
  readonly bootEntries: readonly BootEntry[]
}

/** Length of XA attributes, behind which SUSP may begin. */
const XA_ATTRIBUTE_BYTES = 14
/** How far behind the descriptors a root is looked for whose recorded address cannot be. */
const ROOT_SEARCH_BLOCKS = 400

/**
 * Reads what a session holds of ISO 9660: the primary tree first, then Joliet.
 *
 * @throws {ImapiError} `IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED` where logical blocks are not 2048 bytes,
 *   `IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR` where no root directory can be found
 */
export async function readIso9660(source: BlockSource, session: SessionToRead): Promise<Iso9660FileSystem[]> {
  const cached = source instanceof CachedBlockSource ? source : new CachedBlockSource(source)
  const warnings = new ReadingWarnings()
  const warn = (warning: string) => warnings.add(warning)
  const set = await readDescriptorSet(cached, session.start, warn)
  if (!set) return []
  const blockBytes = set.primary.logicalBlockSize
  if (blockBytes === 512 || blockBytes === 1024) {
    throw new ImapiError(
      'IMAPI_E_FILE_SYSTEM_FEATURE_NOT_SUPPORTED',
      `The volume has logical blocks of ${blockBytes} bytes; 2048 are supported.`,
    )
  }
  if (blockBytes !== BLOCK_BYTES) warn(`Logical Block Size is ${blockBytes}: 2048 is taken.`)
  const bootEntries = set.bootCatalog === undefined ? [] : await readBootCatalog(cached, set.bootCatalog, warn)
  const opened = { cached, session, set, warnings, bootEntries }
  const primary = await primaryTree(opened)
  const joliet = set.joliet && (await jolietTree(opened, set.joliet))
  const found = [primary, joliet].filter(system => system !== undefined)
  if (found.length > 0) return found
  throw new ImapiError(
    'IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR',
    `The root directory of the volume at block ${session.start} cannot be found (recorded: block ${set.primary.rootDirectory.locationOfExtent}).`,
  )
}

interface Opened {
  readonly cached: CachedBlockSource
  readonly session: SessionToRead
  readonly set: DescriptorSet
  readonly warnings: ReadingWarnings
  readonly bootEntries: readonly BootEntry[]
}

/** Where a root directory was found. */
interface FoundRoot {
  readonly start: number
  readonly sizeBytes: number
  readonly addressOffset: number
  /** Its own record. */
  readonly record: Complete<typeof directoryRecord.fields>
  readonly block: Buffer
}

async function primaryTree(opened: Opened): Promise<Iso9660FileSystem | undefined> {
  const { primary, enhanced } = opened.set
  const root = await findRoot(opened, primary)
  if (!root) return undefined
  const rockRidge = detectRockRidge(opened.cached, root, await preload(opened.cached, root))
  if (rockRidge) return open(opened, primary, 'ISO9660', root, { characterSet: 'plain', ...root, rockRidge })
  const own = enhanced && rootOf(enhanced).start !== rootOf(primary).start
  const longNames = own ? await findRoot(opened, enhanced) : undefined
  return longNames
    ? open(opened, enhanced!, 'ISO9660', longNames, { characterSet: 'plain', ...longNames, rockRidge: undefined })
    : open(opened, primary, 'ISO9660', root, { characterSet: 'plain', ...root, rockRidge: undefined })
}

async function jolietTree(opened: Opened, joliet: VolumeDescriptor): Promise<Iso9660FileSystem | undefined> {
  const root = await findRoot(opened, joliet)
  if (!root) {
    opened.warnings.add('The root directory of the Joliet tree cannot be found.')
    return undefined
  }
  return open(opened, joliet, 'Joliet', root, { characterSet: 'joliet', ...root, rockRidge: undefined })
}

function open(
  { cached, session, warnings, bootEntries }: Opened,
  descriptor: VolumeDescriptor,
  type: 'ISO9660' | 'Joliet',
  found: FoundRoot,
  form: TreeForm & { readonly rockRidge: DetectedRockRidge | undefined },
): Iso9660FileSystem {
  const blocks = descriptor.volumeSpaceSize
  const tree = new DirectoryTree(cached, form, warnings)
  const metadata = { modified: found.record.recordingDateAndTime, ...form.rockRidge?.rootMetadata }
  let root: DirectoryNode | undefined
  return {
    type,
    ...(type === 'ISO9660' ? { rockRidge: form.rockRidge !== undefined } : {}),
    volumeName: type === 'Joliet' ? jolietText(descriptor.volumeIdentifier) : plainText(descriptor.volumeIdentifier),
    sessionStart: session.start,
    blocks,
    endAddress: endAddress(descriptor, session.start),
    rootStart: found.start,
    get root() {
      root ??= tree.root(found.start, found.sizeBytes, metadata)
      return root
    },
    warnings: warnings.list,
    created: descriptor.volumeCreationDateAndTime,
    modified: descriptor.volumeModificationDateAndTime,
    bootEntries,
  }
}

/**
 * LBA after the volume's last block. In later sessions most writers count Volume Space Size from the session's start,
 * others (and the standard) from block 0: a root behind the end, or an end before the session, tells which.
 */
function endAddress(descriptor: VolumeDescriptor, sessionStart: number): number {
  const size = descriptor.volumeSpaceSize
  return rootOf(descriptor).start >= size || size <= sessionStart ? sessionStart + size : size
}

function rootOf(descriptor: VolumeDescriptor): { readonly start: number; readonly size: number } {
  const { locationOfExtent, dataLength } = descriptor.rootDirectory
  return { start: locationOfExtent ?? 0, size: dataLength ?? 0 }
}

async function findRoot(opened: Opened, descriptor: VolumeDescriptor): Promise<FoundRoot | undefined> {
  const { session, warnings } = opened
  const { start, size } = rootOf(descriptor)
  const absolute = await rootAt(opened.cached, start, size, 0)
  if (absolute) return absolute
  if (session.start > 0) {
    const relative = await rootAt(opened.cached, start, size, session.start)
    if (relative) {
      warnings.add(`Addresses of the volume at block ${session.start} count from there, not from block 0.`)
      return relative
    }
  }
  return (await rootOfPathTable(opened, descriptor)) ?? (await rootElsewhere(opened, start, size))
}

/** A root's first record names itself: what else stands in the descriptor is not needed. */
async function rootAt(
  cached: CachedBlockSource,
  start: number,
  sizeBytes: number,
  addressOffset: number,
): Promise<FoundRoot | undefined> {
  const at = start + addressOffset
  const { blockCount } = cached
  if (at < 0 || (blockCount !== undefined && at >= blockCount)) return undefined
  const block = await cached.readBlocks(at, 1).catch(() => undefined)
  if (!block || !isOwnRecord(block)) return undefined
  const record = directoryRecord.decodeComplete(block.subarray(0, block[0]))!
  return { start: at, sizeBytes: sizeBytes || record.dataLength, addressOffset, record, block: Buffer.from(block) }
}

function isOwnRecord(block: Uint8Array): boolean {
  return block.length === BLOCK_BYTES && block[0]! >= 34 && block[32] === 1 && block[33] === 0 && (block[25]! & 2) !== 0
}

/** Some discs have a wrong root in the descriptor, and a right one in a path table. */
async function rootOfPathTable(opened: Opened, descriptor: VolumeDescriptor): Promise<FoundRoot | undefined> {
  const tables = [
    [descriptor.locationOfTypeLPathTable, little32],
    [descriptor.locationOfTypeMPathTable, big32],
  ] as const
  for (const [location, read] of tables) {
    const block = location === 0 ? undefined : await opened.cached.readBlocks(location, 1).catch(() => undefined)
    if (!block || block.length < BLOCK_BYTES || !pathTableRecordL.decodeComplete(block)) continue
    if (block[0] !== 1 || block[8] !== 0) continue
    const found = await rootAt(opened.cached, read(block, 2), 0, 0)
    if (!found) continue
    opened.warnings.add(`The root directory was found by the path table at block ${location}.`)
    return found
  }
  return undefined
}

/** A session that was copied to another place: the root's own record still says where it was. */
async function rootElsewhere(opened: Opened, start: number, size: number): Promise<FoundRoot | undefined> {
  const { cached, session, warnings } = opened
  for (let index = 16; index < ROOT_SEARCH_BLOCKS; index++) {
    const lba = session.start + index
    const block = await cached.readBlocks(lba, 1).catch(() => undefined)
    if (!block || block.length < BLOCK_BYTES) return undefined
    if (!isOwnRecord(block) || little32(block, 2) !== start || lba === start) continue
    warnings.add(
      `The volume was recorded for block ${start - lba + session.start} and stands at ${session.start}: its addresses are shifted, and what lay before it is missing.`,
    )
    return rootAt(cached, start, size, lba - start)
  }
  return undefined
}

interface DetectedRockRidge {
  readonly skip: number
  readonly rootMetadata: Partial<Metadata>
}

/** The blocks that the root's continuation areas stand in: read beforehand, so that looking needs no waiting. */
async function preload(cached: CachedBlockSource, root: FoundRoot): Promise<ReadonlyMap<number, Buffer>> {
  const blocks = new Map<number, Buffer>()
  for (const from of systemUseStarts(root.block)) {
    for (;;) {
      const result = walkSystemUse(root.block, from, root.block[0]!, lba => blocks.get(lba + root.addressOffset), {
        visit: () => {},
      })
      if (result.done) break
      const lba = result.missingBlock + root.addressOffset
      blocks.set(lba, asBuffer(await cached.readBlocks(lba, 1).catch(() => new Uint8Array())))
    }
  }
  return blocks
}

/** System use of the root's own record begins behind its identifier of one byte, or behind XA attributes there. */
function systemUseStarts(block: Uint8Array): number[] {
  return [34, 34 + XA_ATTRIBUTE_BYTES].filter(at => at <= block[0]!)
}

/**
 * Rock Ridge is in use where the root's own record has an ER or Rock Ridge entries; where writers forgot SP and ER, where
 * the root's other records have them.
 */
function detectRockRidge(
  cached: CachedBlockSource,
  root: FoundRoot,
  blocks: ReadonlyMap<number, Buffer>,
): DetectedRockRidge | undefined {
  const block = (lba: number) => {
    const there = blocks.get(lba + root.addressOffset) ?? cached.cached(lba + root.addressOffset)
    return there && asBuffer(there)
  }
  for (const from of systemUseStarts(root.block)) {
    const entries = new RockRidgeEntries()
    walkSystemUse(root.block, from, root.block[0]!, block, entries)
    if (entries.skip === undefined && !entries.found) continue
    if (!entries.found && !entries.extensions) continue
    return { skip: entries.skip ?? from - 34, rootMetadata: rootMetadata(entries) }
  }
  for (const skip of [0, XA_ATTRIBUTE_BYTES]) {
    if (mostRecordsHaveEntries(root.block, skip, block)) return { skip, rootMetadata: {} }
  }
  return undefined
}

function mostRecordsHaveEntries(
  block: Buffer,
  skip: number,
  continuation: (lba: number) => Buffer | undefined,
): boolean {
  let records = 0
  let having = 0
  for (let at = 0; at < BLOCK_BYTES && block[at]! >= 34 && at + block[at]! <= BLOCK_BYTES; at += block[at]!) {
    const identifierLength = block[at + 32]!
    const from = at + 33 + identifierLength + (identifierLength % 2 === 0 ? 1 : 0) + skip
    const entries = new RockRidgeEntries()
    walkSystemUse(block, from, at + block[at]!, continuation, entries)
    records++
    if (entries.mode !== undefined || entries.name) having++
  }
  return having > records / 2
}

function rootMetadata(entries: RockRidgeEntries): Partial<Metadata> {
  return {
    mode: entries.mode === undefined ? undefined : entries.mode & 0o7777,
    uid: entries.uid,
    gid: entries.gid,
    created: entries.created,
    ...(entries.modified === undefined ? {} : { modified: entries.modified }),
    accessed: entries.accessed,
    attributesChanged: entries.attributesChanged,
  }
}

const asLatin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

function plainText(bytes: Uint8Array): string {
  return decodeText(asLatin1(bytes)).replace(/[ \0]+$/, '')
}

function jolietText(bytes: Uint8Array): string {
  return jolietName(asLatin1(bytes)).replace(/[ \0]+$/, '')
}
