import { IDENTIFIER } from '../descriptors/entity-identifier'
import { FILE_TYPE } from '../descriptors/icb'
import {
  virtualAllocationTable150,
  virtualAllocationTable200,
  virtualAllocationTableExtension,
} from '../descriptors/virtual-allocation-table'
import { readBytes } from './body'
import { type Entry, readEntry } from './entry'
import { decodeExtendedAttributes } from './extended-attributes'
import type { PhysicalPartition } from './partitions'
import { type BlockAddress, blockName, type Volume } from './volume'

/** A Virtual Allocation Table, and what it says of the volume. */
export interface VirtualAllocationTable {
  /** Its ICB, in the physical partition. */
  readonly at: BlockAddress
  readonly entries: Uint32Array
  /** The logical volume's name, which the table may change. */
  readonly volumeName: string | undefined
  /** Block of the ICB of the table before this one. */
  readonly previous: number
}

const MAXIMUM_TABLE_BYTES = 2 ** 26
/** Blocks that are searched from the last one back before the whole rest is. */
const USUAL_SEARCH = 256 + 32
const WHOLE_SEARCH = 65_536
const MAXIMUM_FAILURES = 64

/** Tables older than the newest that are tried. */
const MAXIMUM_PREVIOUS = 64

/**
 * The Virtual Allocation Tables of a volume, the newest first (UDF 2.2.11): the last recorded block holds its ICB, give or
 * take what a drive appends; older tables are found through newer ones.
 *
 * @param lastBlock  last recorded logical block of the physical partition, as far as known
 * @param isExact  that block is the medium's last one, not one before the next session's first
 */
export async function* readVirtualAllocationTables(
  volume: Volume,
  physical: PhysicalPartition,
  partition: number,
  lastBlock: number,
  isExact: boolean,
): AsyncGenerator<VirtualAllocationTable> {
  const visited = new Set<number>()
  let failures = 0
  let found = false
  const furthest = Math.max(0, lastBlock - WHOLE_SEARCH)
  for (let block = lastBlock; block >= furthest && failures < MAXIMUM_FAILURES; block--) {
    if (found && lastBlock - block > USUAL_SEARCH) return
    if (visited.has(block)) continue
    const table = await tableAt(volume, physical, { partition, block })
    if (table === 'unreadable') failures++
    if (typeof table === 'string') continue
    if (isExact && !found && block < lastBlock) {
      volume.warnings.add(`the virtual allocation table stands at ${blockName(table.at)}, not in the last block`)
    }
    found = true
    let current: VirtualAllocationTable | undefined = table
    for (let step = 0; current && step < MAXIMUM_PREVIOUS && !visited.has(current.at.block); step++) {
      visited.add(current.at.block)
      yield current
      const previous: VirtualAllocationTable | 'none' | 'unreadable' = physical.run(current.previous, 1)
        ? await tableAt(volume, physical, { partition, block: current.previous })
        : 'none'
      current = typeof previous === 'string' ? undefined : previous
    }
  }
}

const TAG_FILE_ENTRY = [0x05, 0x0a]

async function tableAt(
  volume: Volume,
  physical: PhysicalPartition,
  at: BlockAddress,
): Promise<VirtualAllocationTable | 'none' | 'unreadable'> {
  const address = physical.run(at.block, 1)?.address
  if (address === undefined) return 'none'
  try {
    // Most blocks of a search are no entries: they are passed over without a word.
    const start = await volume.sectors.read(address, 28)
    const isEntry = TAG_FILE_ENTRY.includes(start[0]!) && start[1] === 1
    const fileType = start[27]
    if (!isEntry || (fileType !== FILE_TYPE.virtualAllocationTable && fileType !== FILE_TYPE.unspecified)) return 'none'
  } catch {
    // What lies behind the last recorded block is unreadable on many drives.
    return 'unreadable'
  }
  const entry = await readEntry(volume, at)
  if (typeof entry === 'string') return 'none'
  return decodeTable(entry, await readBytes(volume, entry, MAXIMUM_TABLE_BYTES)) ?? 'none'
}

function decodeTable(entry: Entry, bytes: Uint8Array): VirtualAllocationTable | undefined {
  if (entry.fileType === FILE_TYPE.virtualAllocationTable) {
    const header = virtualAllocationTable200.decode(bytes)
    const headerLength = header.lengthOfHeader
    if (headerLength === undefined || headerLength < 152 || headerLength > bytes.length) return undefined
    return {
      at: entry.at,
      entries: numbers(bytes.subarray(headerLength)),
      volumeName: header.logicalVolumeIdentifier || undefined,
      previous: header.previousVatIcbLocation ?? 0,
    }
  }
  if (bytes.length < virtualAllocationTable150.length) return undefined
  const tail = virtualAllocationTable150.decode(bytes.subarray(bytes.length - virtualAllocationTable150.length))
  if (tail.entityIdentifier?.identifier !== IDENTIFIER.virtualAllocationTable) return undefined
  const use = decodeExtendedAttributes(entry.extendedAttributes).implementationUses.get(
    IDENTIFIER.virtualAllocationTableExtension,
  )
  return {
    at: entry.at,
    entries: numbers(bytes.subarray(0, bytes.length - virtualAllocationTable150.length)),
    volumeName: (use && virtualAllocationTableExtension.decode(use).logicalVolumeIdentifier) || undefined,
    previous: tail.previousVatIcbLocation ?? 0,
  }
}

function numbers(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => view.getUint32(4 * index, true))
}
