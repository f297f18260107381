import type { VolumeIdentification } from '../../image/image-layer'
import { IDENTIFIER, udfIdentifier } from '../descriptors/entity-identifier'
import {
  ATTRIBUTE_TYPE,
  extendedAttributeHeaderDescriptor,
  implementationUseAttribute,
} from '../descriptors/extended-attribute'
import { FILE_TYPE } from '../descriptors/icb'
import { NO_BLOCK } from '../descriptors/partition-map'
import { sealDescriptor, TAG } from '../descriptors/tag'
import {
  virtualAllocationTable150,
  virtualAllocationTable200,
  virtualAllocationTableExtension,
} from '../descriptors/virtual-allocation-table'
import { DescriptorWriter, descriptorBytes, extentPieces } from './allocation'
import { EntryTemplate } from './entry-template'
import type { FileSetPlan } from './file-set-plan'
import { NO_METADATA } from './metadata-file'
import type { RevisionForm } from './revision'
import { identifierText } from './volume-texts'

const BLOCK_BYTES = 2048
const ENTRY_BYTES = 4
/** What of an extended attribute its checksum covers, and the checksum itself (UDF 3.3.4.5). */
const CHECKED_BYTES = 48
const CHECKSUM_BYTES = 2
const ATTRIBUTE_ALIGNMENT = 4

/** What a table says beside where blocks are. */
export interface VirtualAllocationTableValues {
  readonly form: RevisionForm
  readonly volume: VolumeIdentification
  readonly files: number
  readonly directories: number
  /** Logical block of the ICB of the table that this one follows. */
  readonly previous: number | undefined
}

/** Bytes of the table for a file set. */
export function virtualAllocationTableBytes(plan: FileSetPlan, form: RevisionForm): number {
  const frame = form.isThirdEdition ? virtualAllocationTable200.length : virtualAllocationTable150.length
  return plan.blocks * ENTRY_BYTES + frame
}

/**
 * A Virtual Allocation Table (UDF 1.50 2.2.10, 2.00 and later 2.2.11) that gives each block of the file structures its own
 * number, and none to those that directories and links fill: these are described by the physical partition.
 *
 * @param firstBlock  logical block of the physical partition where the file structures begin
 */
export function encodeVirtualAllocationTable(
  plan: FileSetPlan,
  firstBlock: number,
  { form, volume, files, directories, previous = NO_BLOCK }: VirtualAllocationTableValues,
): Uint8Array {
  const entries = Buffer.alloc(plan.blocks * ENTRY_BYTES, 0xff)
  const use = (block: number) => entries.writeUInt32LE(firstBlock + block, block * ENTRY_BYTES)
  use(0)
  for (const piece of plan.pieces) {
    if (piece.kind === 'directory-body') continue
    const blocks = piece.kind === 'link' ? 1 : piece.blocks
    for (let block = 0; block < blocks; block++) use(piece.block + block)
  }
  if (!form.isThirdEdition) {
    const end = virtualAllocationTable150.encode({
      entityIdentifier: udfIdentifier(IDENTIFIER.virtualAllocationTable, form.code),
      previousVatIcbLocation: previous,
    })
    return Buffer.concat([entries, end])
  }
  const header = virtualAllocationTable200.encode({
    lengthOfHeader: virtualAllocationTable200.length,
    lengthOfImplementationUse: 0,
    logicalVolumeIdentifier: identifierText(volume.volumeName, 128),
    previousVatIcbLocation: previous,
    numberOfFiles: files,
    numberOfDirectories: directories,
    minimumUdfReadRevision: form.minimumReadRevision,
    minimumUdfWriteRevision: form.code,
    maximumUdfWriteRevision: form.code,
  })
  return Buffer.concat([header, entries])
}

/**
 * The ICB of a table, which is the last recorded block.
 *
 * @param block  logical block of the physical partition where it stands
 * @param body  where the table stands there, and its bytes
 */
export function encodeVirtualAllocationTableEntry(
  block: number,
  body: { readonly block: number; readonly sizeBytes: number },
  uniqueId: number,
  values: VirtualAllocationTableValues,
): Uint8Array {
  const { form, volume } = values
  const bytes = new Uint8Array(BLOCK_BYTES)
  const template = new EntryTemplate(form, volume.created)
  const attributes = form.isThirdEdition ? new Uint8Array() : volumeAttributes(block, uniqueId, values)
  bytes.set(attributes, template.length)
  const descriptors = new DescriptorWriter('short_ad', 0)
  const descriptorsAt = template.length + attributes.length
  let offset = descriptorsAt
  for (const { start, sizeBytes } of extentPieces([{ start: body.block, sizeBytes: body.sizeBytes }])) {
    descriptors.write(bytes, offset, start, sizeBytes)
    offset += descriptorBytes('short_ad')
  }
  template.write(bytes, {
    fileType: form.isThirdEdition ? FILE_TYPE.virtualAllocationTable : FILE_TYPE.unspecified,
    allocationKind: 'short_ad',
    metadata: NO_METADATA,
    links: 0,
    uniqueId,
    informationLength: body.sizeBytes,
    blocksRecorded: Math.ceil(body.sizeBytes / BLOCK_BYTES),
    attributesLength: attributes.length,
    descriptorsLength: offset - descriptorsAt,
  })
  sealDescriptor(bytes.subarray(0, offset), {
    tagIdentifier: form.isThirdEdition ? TAG.extendedFileEntry : TAG.fileEntry,
    descriptorVersion: form.descriptorVersion,
    tagLocation: block,
  })
  return bytes
}

/** UDF 1.50 keeps the volume's name and counts in an attribute of the table's entry: "*UDF VAT LVExtension". */
function volumeAttributes(
  block: number,
  uniqueId: number,
  { form, volume, files, directories }: VirtualAllocationTableValues,
): Uint8Array {
  const extension = virtualAllocationTableExtension.encode({
    uniqueId: BigInt(uniqueId),
    numberOfFiles: files,
    numberOfDirectories: directories,
    logicalVolumeIdentifier: identifierText(volume.volumeName, 128),
  })
  const use = Buffer.concat([new Uint8Array(CHECKSUM_BYTES), extension])
  const length = Math.ceil((CHECKED_BYTES + use.length) / ATTRIBUTE_ALIGNMENT) * ATTRIBUTE_ALIGNMENT
  const attribute = Buffer.alloc(length)
  attribute.set(
    implementationUseAttribute.encode({
      attributeType: ATTRIBUTE_TYPE.implementationUse,
      attributeSubtype: 1,
      attributeLength: length,
      implementationUseLength: use.length,
      implementationIdentifier: udfIdentifier(IDENTIFIER.virtualAllocationTableExtension, form.code),
      implementationUse: use,
    }),
  )
  let checksum = 0
  for (const byte of attribute.subarray(0, CHECKED_BYTES)) checksum += byte
  attribute.writeUInt16LE(checksum & 0xffff, CHECKED_BYTES)
  const header = extendedAttributeHeaderDescriptor.encode({
    implementationAttributesLocation: extendedAttributeHeaderDescriptor.length,
    applicationAttributesLocation: extendedAttributeHeaderDescriptor.length + length,
  })
  sealDescriptor(header, {
    tagIdentifier: TAG.extendedAttributeHeaderDescriptor,
    descriptorVersion: form.descriptorVersion,
    tagLocation: block,
  })
  return Buffer.concat([header, attribute])
}
