import type { Metadata } from '../../tree/node'
import type { FILE_TYPE } from '../descriptors/icb'
import { sealDescriptor, TAG } from '../descriptors/tag'
import { DescriptorWriter, descriptorBytes, extentPieces } from './allocation'
import { EntryTemplate } from './entry-template'
import type { RevisionForm } from './revision'

const BLOCK_BYTES = 2048

/** The unit in which the metadata file is allocated and aligned: a cluster of a Blu-ray disc, a packet of a CD-RW. */
export const METADATA_UNIT = 32

/** Of what has no name: nobody owns it, and it has no times but that of the volume. */
export const NO_METADATA: Metadata = {
  mode: 0,
  uid: undefined,
  gid: undefined,
  created: undefined,
  modified: undefined,
  accessed: undefined,
  attributesChanged: undefined,
  hidden: false,
}

/**
 * The entry of the metadata file or its mirror (UDF 2.2.13): no name and no link points to it, and its extents are
 * short_ads, the one kind that Linux takes there.
 *
 * @param block  logical block of the physical partition where the entry stands
 * @param body  first block of the file's body, and how many there are
 */
export function encodeMetadataEntry(
  form: RevisionForm,
  created: number,
  fileType: typeof FILE_TYPE.metadataFile | typeof FILE_TYPE.metadataMirrorFile,
  block: number,
  body: { readonly block: number; readonly blocks: number },
): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES)
  const template = new EntryTemplate(form, created)
  const descriptors = new DescriptorWriter('short_ad', 0)
  let offset = template.length
  for (const { start, sizeBytes } of extentPieces([{ start: body.block, sizeBytes: body.blocks * BLOCK_BYTES }])) {
    descriptors.write(bytes, offset, start, sizeBytes)
    offset += descriptorBytes('short_ad')
  }
  const descriptorsLength = offset - template.length
  template.write(bytes, {
    fileType,
    allocationKind: 'short_ad',
    metadata: NO_METADATA,
    links: 0,
    uniqueId: 0,
    informationLength: body.blocks * BLOCK_BYTES,
    blocksRecorded: body.blocks,
    descriptorsLength,
  })
  sealDescriptor(bytes.subarray(0, offset), {
    tagIdentifier: form.isThirdEdition ? TAG.extendedFileEntry : TAG.fileEntry,
    descriptorVersion: form.descriptorVersion,
    tagLocation: block,
  })
  return bytes
}
