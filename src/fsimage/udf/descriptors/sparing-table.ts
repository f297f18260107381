import { layout, list, nested, u16le, u32le } from '../../../layout'
import { entityIdentifier } from './entity-identifier'
import { descriptorTag } from './tag'

/** One packet that is found elsewhere; FFFFFFFFh for a spare that is free, FFFFFFF0h for one that is defective. */
export const mapEntry = layout(
  'Map Entry',
  { originalLocation: u32le(0), mappedLocation: u32le(4) },
  { clause: 'UDF 2.60 2.2.12' },
)

/** Sparing Table (UDF 2.2.12). */
export const sparingTable = layout(
  'Sparing Table',
  {
    tag: nested(0, descriptorTag),
    sparingIdentifier: nested(16, entityIdentifier),
    reallocationTableLength: u16le(48),
    sequenceNumber: u32le(52),
    mapEntries: list(56, mapEntry, {
      countedBy: 'reallocationTableLength',
      count: all => (all[48] ?? 0) + 256 * (all[49] ?? 0),
    }),
  },
  { clause: 'UDF 2.60 2.2.12' },
)
