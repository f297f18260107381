import { implementationIdentifier } from '../descriptors/entity-identifier'
import {
  ATTRIBUTE_TYPE,
  deviceSpecificationAttribute,
  extendedAttributeHeaderDescriptor,
} from '../descriptors/extended-attribute'
import { sealDescriptor, TAG } from '../descriptors/tag'
import type { RevisionForm } from './revision'

const IMPLEMENTATION_USE_OFFSET = 24

/**
 * The extended attributes of a device (ECMA-167 4/14.10.7).
 *
 * @param tagLocation  logical block of the entry that they stand in
 */
export function deviceAttributes(
  { major, minor }: { readonly major: number; readonly minor: number },
  form: RevisionForm,
  tagLocation: number,
): Uint8Array {
  const attribute = deviceSpecificationAttribute.encode({
    attributeType: ATTRIBUTE_TYPE.deviceSpecification,
    attributeSubtype: 1,
    attributeLength: deviceSpecificationAttribute.length,
    implementationUseLength: deviceSpecificationAttribute.length - IMPLEMENTATION_USE_OFFSET,
    majorDeviceIdentification: major,
    minorDeviceIdentification: minor,
    implementationIdentifier,
  })
  const header = extendedAttributeHeaderDescriptor.encode({
    // Where none of a kind are recorded: all ones, or in the 2nd edition the end of the space.
    implementationAttributesLocation: noAttributes(form, attribute.length),
    applicationAttributesLocation: noAttributes(form, attribute.length),
  })
  const { descriptorVersion } = form
  sealDescriptor(header, { tagIdentifier: TAG.extendedAttributeHeaderDescriptor, descriptorVersion, tagLocation })
  return Buffer.concat([header, attribute])
}

/** Where attributes of a kind that there are none of would stand. */
function noAttributes(form: RevisionForm, length: number): number {
  return form.isThirdEdition ? 0xffffffff : extendedAttributeHeaderDescriptor.length + length
}
