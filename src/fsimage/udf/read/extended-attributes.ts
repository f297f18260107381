import {
  ATTRIBUTE_TYPE,
  deviceSpecificationAttribute,
  extendedAttribute,
  extendedAttributeHeaderDescriptor,
  fileTimesAttribute,
  implementationUseAttribute,
} from '../descriptors/extended-attribute'
import { checkTag, TAG } from '../descriptors/tag'
import { momentOf } from '../descriptors/timestamp'

/** What is taken from a file's extended attributes. */
export interface ExtendedAttributes {
  readonly device: { readonly major: number; readonly minor: number } | undefined
  readonly created: number | undefined
  /** The uses of implementation use attributes by identifier, without their header checksum. */
  readonly implementationUses: ReadonlyMap<string, Uint8Array>
}

const NONE: ExtendedAttributes = { device: undefined, created: undefined, implementationUses: new Map() }
const HEADER_CHECKSUM_BYTES = 2
const CREATION = 1

/** Decodes a space of extended attributes (ECMA-167 4/9.1); one whose length cannot be ends it. */
export function decodeExtendedAttributes(bytes: Uint8Array): ExtendedAttributes {
  if (bytes.length < extendedAttributeHeaderDescriptor.length) return NONE
  const tag = checkTag(bytes)
  if (typeof tag === 'string' || tag.tagIdentifier !== TAG.extendedAttributeHeaderDescriptor) return NONE
  let device: ExtendedAttributes['device']
  let created: number | undefined
  const implementationUses = new Map<string, Uint8Array>()
  for (let offset = extendedAttributeHeaderDescriptor.length; offset + extendedAttribute.length <= bytes.length; ) {
    const { attributeType, attributeLength } = extendedAttribute.decode(bytes.subarray(offset))
    if (!attributeLength || attributeLength < extendedAttribute.length || offset + attributeLength > bytes.length) break
    const whole = bytes.subarray(offset, offset + attributeLength)
    if (attributeType === ATTRIBUTE_TYPE.deviceSpecification) {
      const { majorDeviceIdentification, minorDeviceIdentification } = deviceSpecificationAttribute.decode(whole)
      if (majorDeviceIdentification !== undefined && minorDeviceIdentification !== undefined) {
        device = { major: majorDeviceIdentification, minor: minorDeviceIdentification }
      }
    } else if (attributeType === ATTRIBUTE_TYPE.fileTimes) {
      const times = fileTimesAttribute.decode(whole)
      if ((times.fileTimeExistence ?? 0) & CREATION) created = momentOf(times.fileCreation)
    } else if (attributeType === ATTRIBUTE_TYPE.implementationUse) {
      const use = implementationUseAttribute.decode(whole)
      const identifier = use.implementationIdentifier?.identifier
      if (identifier && use.implementationUse) {
        implementationUses.set(identifier, use.implementationUse.subarray(HEADER_CHECKSUM_BYTES))
      }
    }
    offset += attributeLength
  }
  return { device, created, implementationUses }
}
