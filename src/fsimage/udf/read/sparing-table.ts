import { asError } from '../../../errors'
import type { Decoded } from '../../../layout'
import { IDENTIFIER } from '../descriptors/entity-identifier'
import type { sparablePartitionMap } from '../descriptors/partition-map'
import { sparingTable } from '../descriptors/sparing-table'
import { checkTag, TAG } from '../descriptors/tag'
import type { Sectors } from './sectors'
import type { Volume } from './volume'

const MAXIMUM_TABLE_BYTES = 2 ** 20
const MAXIMUM_TABLES = 4
/** Original locations from here on stand for spare packets that are free or defective. */
const FIRST_SPECIAL = 0xfffffff0

/**
 * The packets of a sparable partition that are found elsewhere, by their number, as byte addresses: from the copy of the
 * sparing table with the highest sequence number (UDF 2.2.12).
 */
export async function readSparingTable(
  volume: Volume,
  sectorSize: number,
  map: Decoded<typeof sparablePartitionMap.fields>,
  packetLength: number,
): Promise<ReadonlyMap<number, number>> {
  const locations = [map.sparingTable1, map.sparingTable2, map.sparingTable3, map.sparingTable4]
  const count = Math.min(map.numberOfSparingTables ?? 0, MAXIMUM_TABLES)
  const size = Math.min(Math.max(map.sizeOfEachSparingTable ?? 0, sectorSize), MAXIMUM_TABLE_BYTES)
  let newest: Decoded<typeof sparingTable.fields> | undefined
  for (const location of locations.slice(0, count)) {
    const table = await tableAt(volume.sectors, (location ?? 0) * sectorSize, size)
    if (typeof table === 'string') volume.warnings.add(`sparing table at sector ${location}: ${table}`)
    else if (!newest || table.sequenceNumber! > newest.sequenceNumber!) newest = table
  }
  const remapped = new Map<number, number>()
  if (!newest) {
    volume.warnings.add('there is no sparing table: defective packets are read where they are')
    return remapped
  }
  for (const { originalLocation, mappedLocation } of newest.mapEntries ?? []) {
    if (originalLocation === undefined || mappedLocation === undefined || originalLocation >= FIRST_SPECIAL) continue
    remapped.set(Math.floor(originalLocation / packetLength), mappedLocation * sectorSize)
  }
  return remapped
}

async function tableAt(
  sectors: Sectors,
  address: number,
  size: number,
): Promise<Decoded<typeof sparingTable.fields> | string> {
  let bytes: Uint8Array
  try {
    bytes = await sectors.read(address, size)
  } catch (error) {
    return `it cannot be read: ${asError(error).message}`
  }
  const tag = checkTag(bytes)
  if (typeof tag === 'string') return tag
  const table = sparingTable.decode(bytes)
  if (tag.tagIdentifier !== TAG.sparingTable || table.sparingIdentifier?.identifier !== IDENTIFIER.sparingTable) {
    return 'something else stands there'
  }
  return table
}
