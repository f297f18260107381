import { layout, nested, u16le, u32le } from '../../../layout'
import { longAd } from './allocation'
import { characterSpecification } from './character-specification'
import { entityIdentifier } from './entity-identifier'
import { dstring } from './fields'
import { descriptorTag } from './tag'
import { timestamp } from './timestamp'

/** File Set Descriptor (ECMA-167 4/14.1): where the root directory is. */
export const fileSetDescriptor = layout(
  'File Set Descriptor',
  {
    tag: nested(0, descriptorTag),
    recordingDateAndTime: nested(16, timestamp),
    interchangeLevel: u16le(28),
    maximumInterchangeLevel: u16le(30),
    characterSetList: u32le(32),
    maximumCharacterSetList: u32le(36),
    fileSetNumber: u32le(40),
    fileSetDescriptorNumber: u32le(44),
    logicalVolumeIdentifierCharacterSet: nested(48, characterSpecification),
    logicalVolumeIdentifier: dstring(112, 128),
    fileSetCharacterSet: nested(240, characterSpecification),
    fileSetIdentifier: dstring(304, 32),
    copyrightFileIdentifier: dstring(336, 32),
    abstractFileIdentifier: dstring(368, 32),
    rootDirectoryIcb: nested(400, longAd).named('Root Directory ICB'),
    domainIdentifier: nested(416, entityIdentifier),
    nextExtent: nested(448, longAd),
    systemStreamDirectoryIcb: nested(464, longAd).named('System Stream Directory ICB'),
  },
  { length: 512, clause: 'ECMA-167 4/14.1' },
)
