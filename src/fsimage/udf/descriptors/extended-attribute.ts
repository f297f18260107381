import { layout, nested, rest, u8, u32le } from '../../../layout'
import { entityIdentifier } from './entity-identifier'
import { descriptorTag } from './tag'
import { timestamp } from './timestamp'

/** Extended Attribute Header Descriptor (ECMA-167 4/14.10.1), the beginning of a space of extended attributes. */
export const extendedAttributeHeaderDescriptor = layout(
  'Extended Attribute Header Descriptor',
  {
    tag: nested(0, descriptorTag),
    implementationAttributesLocation: u32le(16),
    applicationAttributesLocation: u32le(20),
  },
  { clause: 'ECMA-167 4/14.10.1' },
)

/** Attribute types (ECMA-167 4/14.10.2). */
export const ATTRIBUTE_TYPE = {
  characterSetInformation: 1,
  alternatePermissions: 3,
  fileTimes: 5,
  informationTimes: 6,
  deviceSpecification: 12,
  implementationUse: 2048,
  applicationUse: 65536,
} as const

const beginning = { attributeType: u32le(0), attributeSubtype: u8(4), attributeLength: u32le(8) }

/** What every extended attribute begins with (ECMA-167 4/14.10.2). */
export const extendedAttribute = layout(
  'Extended Attribute',
  { ...beginning, attribute: rest(12) },
  { clause: 'ECMA-167 4/14.10.2' },
)

/** File Times Extended Attribute (ECMA-167 4/14.10.5); bit 0 of the mask is the creation time. */
export const fileTimesAttribute = layout(
  'File Times Extended Attribute',
  { ...beginning, dataLength: u32le(12), fileTimeExistence: u32le(16), fileCreation: nested(20, timestamp) },
  { clause: 'ECMA-167 4/14.10.5' },
)

/** Device Specification Extended Attribute (ECMA-167 4/14.10.7). */
export const deviceSpecificationAttribute = layout(
  'Device Specification Extended Attribute',
  {
    ...beginning,
    implementationUseLength: u32le(12),
    majorDeviceIdentification: u32le(16),
    minorDeviceIdentification: u32le(20),
    implementationIdentifier: nested(24, entityIdentifier),
  },
  { clause: 'ECMA-167 4/14.10.7' },
)

/** Implementation Use Extended Attribute (ECMA-167 4/14.10.8); Application Use (4/14.10.9) has the same form. */
export const implementationUseAttribute = layout(
  'Implementation Use Extended Attribute',
  {
    ...beginning,
    implementationUseLength: u32le(12),
    implementationIdentifier: nested(16, entityIdentifier),
    implementationUse: rest(48),
  },
  { clause: 'ECMA-167 4/14.10.8' },
)
