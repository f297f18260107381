import { flag, layout, nested, rest, u8, u16le } from '../../../layout'
import { longAd } from './allocation'
import { descriptorTag } from './tag'

/** File Identifier Descriptor (ECMA-167 4/14.4): one entry of a directory; implementation use and name end it. */
export const fileIdentifierDescriptor = layout(
  'File Identifier Descriptor',
  {
    tag: nested(0, descriptorTag),
    fileVersionNumber: u16le(16),
    hidden: flag(18, 0).named('File Characteristics, existence'),
    directory: flag(18, 1).named('File Characteristics, directory'),
    deleted: flag(18, 2).named('File Characteristics, deleted'),
    parent: flag(18, 3).named('File Characteristics, parent'),
    metadata: flag(18, 4).named('File Characteristics, metadata'),
    lengthOfFileIdentifier: u8(19).named('Length of File Identifier'),
    icb: nested(20, longAd).named('ICB'),
    lengthOfImplementationUse: u16le(36).named('Length of Implementation Use'),
    variable: rest(38).named('Implementation Use, File Identifier'),
  },
  { clause: 'ECMA-167 4/14.4' },
)

/** Bytes of a File Identifier Descriptor before its implementation use. */
export const FILE_IDENTIFIER_BYTES = 38

/** Bytes of a whole File Identifier Descriptor, padded to a multiple of 4. */
export function fileIdentifierLength(lengthOfFileIdentifier: number, lengthOfImplementationUse = 0): number {
  return (FILE_IDENTIFIER_BYTES + lengthOfImplementationUse + lengthOfFileIdentifier + 3) & ~3
}
