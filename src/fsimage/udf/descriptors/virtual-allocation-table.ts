import { layout, nested, rest, u16le, u32le, u64le } from '../../../layout'
import { entityIdentifier } from './entity-identifier'
import { dstring } from './fields'

/** The end of a Virtual Allocation Table as UDF 1.50 has it, behind its entries (UDF 1.50 2.2.10). */
export const virtualAllocationTable150 = layout(
  'Virtual Allocation Table 1.50',
  {
    entityIdentifier: nested(0, entityIdentifier),
    previousVatIcbLocation: u32le(32).named('Previous VAT ICB Location'),
  },
  { clause: 'UDF 1.50 2.2.10' },
)

/** The beginning of a Virtual Allocation Table of UDF 2.00 and later (UDF 2.60 2.2.11). */
export const virtualAllocationTable200 = layout(
  'Virtual Allocation Table',
  {
    lengthOfHeader: u16le(0).named('Length of Header'),
    lengthOfImplementationUse: u16le(2).named('Length of Implementation Use'),
    logicalVolumeIdentifier: dstring(4, 128),
    previousVatIcbLocation: u32le(132).named('Previous VAT ICB Location'),
    numberOfFiles: u32le(136),
    numberOfDirectories: u32le(140),
    minimumUdfReadRevision: u16le(144).named('Minimum UDF Read Revision'),
    minimumUdfWriteRevision: u16le(146).named('Minimum UDF Write Revision'),
    maximumUdfWriteRevision: u16le(148).named('Maximum UDF Write Revision'),
    variable: rest(152).named('Implementation Use, VAT Entries'),
  },
  { clause: 'UDF 2.60 2.2.11' },
)

/** The data of "*UDF VAT LVExtension" (UDF 1.50 3.3.4.5.1.3), behind the attribute's header checksum. */
export const virtualAllocationTableExtension = layout(
  'VAT LVExtension',
  {
    uniqueId: u64le(0).named('Unique ID'),
    numberOfFiles: u32le(8),
    numberOfDirectories: u32le(12),
    logicalVolumeIdentifier: dstring(16, 128),
  },
  { clause: 'UDF 1.50 3.3.4.5.1.3' },
)
