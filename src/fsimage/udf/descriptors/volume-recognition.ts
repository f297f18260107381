import { ascii, layout, rest, u8 } from '../../../layout'

/** Volume Structure Descriptor (ECMA-167 2/9.1): one of the volume recognition sequence, in a sector of its own. */
export const volumeStructureDescriptor = layout(
  'Volume Structure Descriptor',
  { structureType: u8(0), standardIdentifier: ascii(1, 5), structureVersion: u8(6), structureData: rest(7) },
  { clause: 'ECMA-167 2/9.1' },
)

/** Where the volume recognition sequence begins, in bytes from the start of the volume (ECMA-167 2/8.3). */
export const VOLUME_RECOGNITION_BYTES = 32768

/** Bytes from one Volume Structure Descriptor to the next where blocks are not larger. */
export const VOLUME_STRUCTURE_BYTES = 2048

/** Standard identifiers: of the extended area, of ECMA-167's 2nd and 3rd edition, of ECMA-119. */
export const STANDARD_IDENTIFIER = {
  beginning: 'BEA01',
  secondEdition: 'NSR02',
  thirdEdition: 'NSR03',
  boot: 'BOOT2',
  terminating: 'TEA01',
  ecma119: 'CD001',
  ecma168: 'CDW02',
} as const

/** The identifiers that readers step over on their way; any other one ends the sequence. */
export const KNOWN_STANDARD_IDENTIFIERS: ReadonlySet<string> = new Set(Object.values(STANDARD_IDENTIFIER))
