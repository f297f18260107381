import type { VolumeIdentification } from '../../image/image-layer'
import { OSTA_CS0 } from '../descriptors/character-specification'
import { domainIdentifier } from '../descriptors/entity-identifier'
import { fileSetDescriptor } from '../descriptors/file-set-descriptor'
import { sealDescriptor, TAG } from '../descriptors/tag'
import { timestampOf } from '../descriptors/timestamp'
import { terminatingDescriptor } from '../descriptors/volume-descriptors'
import type { RevisionForm } from './revision'
import { identifierText } from './volume-texts'

const BLOCK_BYTES = 2048

/**
 * The File Set Descriptor, which names the root, and the Terminating Descriptor behind it (ECMA-167 4/8.3.1): two blocks.
 *
 * @param start  logical block that it stands at
 * @param root  where the root directory's entry stands
 */
export function fileSetDescriptorSequence(
  form: RevisionForm,
  volume: VolumeIdentification,
  start: number,
  root: { readonly logicalBlockNumber: number; readonly partitionReferenceNumber: number },
): Uint8Array {
  const { descriptorVersion } = form
  const bytes = new Uint8Array(2 * BLOCK_BYTES)
  const descriptor = fileSetDescriptor.encode({
    recordingDateAndTime: timestampOf(new Date(volume.created)),
    interchangeLevel: 3,
    maximumInterchangeLevel: 3,
    characterSetList: 1,
    maximumCharacterSetList: 1,
    logicalVolumeIdentifierCharacterSet: OSTA_CS0,
    logicalVolumeIdentifier: identifierText(volume.volumeName, 128),
    fileSetCharacterSet: OSTA_CS0,
    fileSetIdentifier: identifierText(volume.volumeName, 32),
    copyrightFileIdentifier: identifierText(volume.copyrightFile, 32),
    abstractFileIdentifier: identifierText(volume.abstractFile, 32),
    rootDirectoryIcb: {
      extentLength: BLOCK_BYTES,
      extentLocation: root,
    },
    domainIdentifier: domainIdentifier(form.code),
  })
  sealDescriptor(descriptor, { tagIdentifier: TAG.fileSetDescriptor, descriptorVersion, tagLocation: start })
  bytes.set(descriptor)
  const end = terminatingDescriptor.encode({})
  sealDescriptor(end, { tagIdentifier: TAG.terminatingDescriptor, descriptorVersion, tagLocation: start + 1 })
  bytes.set(end, BLOCK_BYTES)
  return bytes
}
