/** What distinguishes the trees of ISO 9660: identifiers, Rock Ridge, and the descriptor that names the tree. */
import type { VolumeIdentification } from '../image/image-layer'
import type { TreeNode } from '../tree/node'
import { NOT_GIVEN } from './date'
import { DESCRIPTOR_TYPE, JOLIET_ESCAPE_SEQUENCES, volumeDescriptor } from './descriptors'
import { assignIdentifiers, enhancedRule, type InterchangeLevel, jolietRule, standardRule } from './identifiers'

/** Where a tree stands. */
export interface TreePlace {
  readonly volumeSpaceSize: number
  readonly pathTableSize: number
  readonly typeLPathTable: number
  readonly typeMPathTable: number
  readonly root: number
  readonly rootSizeBytes: number
  readonly rootDate: number
}

/** A kind of tree. */
export interface TreeFormat {
  readonly layer: 'ISO9660' | 'Joliet'
  readonly level: InterchangeLevel
  readonly rockRidge: boolean
  /** Directories deeper than eight levels are recorded elsewhere and linked (RRIP 4.1.5). */
  readonly relocation: boolean
  readonly multiExtent: boolean
  /** Limits of the standard are errors, also those that all readers overlook. */
  readonly strict: boolean
  /** Whether the tree can hold such a node. */
  holds(node: TreeNode): boolean
  identifiers(nodes: readonly TreeNode[]): string[]
  identifierBytes(identifier: string): number
  /** Writes the identifier, and its length at the record's byte 32 unless told otherwise. */
  writeIdentifier(bytes: Buffer, at: number, identifier: string, withLength?: boolean): void
  sortKey(identifier: string): string
  encodeDescriptor(volume: VolumeIdentification, place: TreePlace): Uint8Array
}

/** Longest identifiers of ISO 9660:1999: with Rock Ridge there must be room for a CE entry in every record. */
const ENHANCED_IDENTIFIER_BYTES = { plain: 207, rockRidge: 193 }
/** Longest names of Joliet in 16-bit units: by its specification, and what all readers take. */
export const JOLIET_UNITS = { standard: 64, long: 103 } as const

/** What the primary tree is made like. */
export interface PrimaryTreeOptions {
  readonly level: InterchangeLevel
  readonly rockRidge: boolean
  readonly relocation: boolean
  readonly strict: boolean
}

/** The primary tree, with the names of an interchange level. */
export function primaryTree(options: PrimaryTreeOptions): TreeFormat {
  const { level, rockRidge, strict } = options
  const rule =
    level === 4
      ? enhancedRule(rockRidge ? ENHANCED_IDENTIFIER_BYTES.rockRidge : ENHANCED_IDENTIFIER_BYTES.plain)
      : standardRule(level)
  return {
    layer: 'ISO9660',
    level,
    rockRidge,
    relocation: options.relocation && level !== 4,
    multiExtent: level >= 3,
    strict,
    holds: node => !isExcluded(node, 'ISO9660') && (rockRidge || node.kind === 'file' || node.kind === 'directory'),
    identifiers: nodes => assignIdentifiers(nodes, rule),
    identifierBytes: level === 4 ? identifier => Buffer.byteLength(identifier) : identifier => identifier.length,
    writeIdentifier(bytes, at, identifier, withLength = true) {
      const length = bytes.write(identifier, at, 'utf8')
      if (withLength) bytes[at - 1] = length
    },
    // The parts of a file identifier are compared as if filled up with blanks (9.3).
    sortKey: level === 4 ? identifier => identifier : identifier => identifier.replace(';1', '').replace('.', ' '),
    encodeDescriptor: (volume, place) => descriptor('primary', volume, place, plainText),
  }
}

/** The descriptor of ISO 9660:1999 for the primary tree of level 4. */
export function enhancedTree(primary: TreeFormat): TreeFormat {
  return { ...primary, encodeDescriptor: (volume, place) => descriptor('enhanced', volume, place, plainText) }
}

/** The Joliet tree: names in UCS-2, no depth limit, nothing that only Rock Ridge knows. */
export function jolietTree(options: { readonly maximumUnits: number }): TreeFormat {
  const rule = jolietRule(options.maximumUnits)
  return {
    layer: 'Joliet',
    level: 3,
    rockRidge: false,
    relocation: false,
    multiExtent: true,
    strict: false,
    holds: node => !isExcluded(node, 'Joliet') && (node.kind === 'file' || node.kind === 'directory'),
    identifiers: nodes => assignIdentifiers(nodes, rule),
    identifierBytes: identifier => identifier.length * 2,
    writeIdentifier(bytes, at, identifier, withLength = true) {
      const length = bytes.write(identifier, at, 'utf16le')
      bytes.subarray(at, at + length).swap16()
      if (withLength) bytes[at - 1] = length
    },
    sortKey: identifier => identifier,
    encodeDescriptor: (volume, place) => descriptor('joliet', volume, place, jolietText),
  }
}

function isExcluded(node: TreeNode, layer: string): boolean {
  return node.kind === 'file' && node.excludedFrom?.has(layer) === true
}

type Text = (text: string, length: number, characters: 'a' | 'd') => Uint8Array

const NO_A_CHARACTER = /[^A-Z0-9_ !"%&'()*+,\-./:;<=>?]/g

/** a- or d-characters, filled up with blanks; lower case becomes upper case. */
export function plainText(text: string, length: number, characters: 'a' | 'd'): Uint8Array {
  const illegal = characters === 'd' ? /[^A-Z0-9_]/g : NO_A_CHARACTER
  const legal = text.toUpperCase().replace(illegal, '_')
  return Buffer.from(legal.slice(0, length).padEnd(length, ' '), 'latin1')
}

/** UCS-2, most significant byte first, filled up with blanks; an odd last byte is 0. */
export function jolietText(text: string, length: number): Uint8Array {
  const units = Math.floor(length / 2)
  const bytes = Buffer.alloc(length)
  bytes.write(text.slice(0, units).padEnd(units, ' '), 'utf16le')
  bytes.subarray(0, units * 2).swap16()
  return bytes
}

function descriptor(
  kind: 'primary' | 'joliet' | 'enhanced',
  volume: VolumeIdentification,
  place: TreePlace,
  text: Text,
): Uint8Array {
  const version = kind === 'enhanced' ? 2 : 1
  return volumeDescriptor.encode({
    volumeDescriptorType: kind === 'primary' ? DESCRIPTOR_TYPE.primary : DESCRIPTOR_TYPE.supplementary,
    standardIdentifier: 'CD001',
    volumeDescriptorVersion: version,
    systemIdentifier: text(volume.systemIdentifier, 32, 'a'),
    volumeIdentifier: text(volume.volumeName, 32, 'd'),
    volumeSpaceSize: place.volumeSpaceSize,
    escapeSequences: kind === 'joliet' ? Uint8Array.from(JOLIET_ESCAPE_SEQUENCES[2]) : new Uint8Array(),
    volumeSetSize: 1,
    volumeSequenceNumber: 1,
    logicalBlockSize: 2048,
    pathTableSize: place.pathTableSize,
    locationOfTypeLPathTable: place.typeLPathTable,
    locationOfTypeMPathTable: place.typeMPathTable,
    rootDirectory: {
      lengthOfDirectoryRecord: 34,
      locationOfExtent: place.root,
      dataLength: place.rootSizeBytes,
      recordingDateAndTime: place.rootDate,
      directory: true,
      volumeSequenceNumber: 1,
      lengthOfFileIdentifier: 1,
    },
    volumeSetIdentifier: text(volume.volumeSetIdentifier, 128, 'd'),
    publisherIdentifier: text(volume.publisher, 128, 'a'),
    dataPreparerIdentifier: text(volume.dataPreparer, 128, 'a'),
    applicationIdentifier: text(volume.application, 128, 'a'),
    copyrightFileIdentifier: text(volume.copyrightFile, 37, 'a'),
    abstractFileIdentifier: text(volume.abstractFile, 37, 'a'),
    bibliographicFileIdentifier: text(volume.bibliographicFile, 37, 'a'),
    volumeCreationDateAndTime: volume.created,
    volumeModificationDateAndTime: volume.modified,
    volumeExpirationDateAndTime: volume.expires ?? NOT_GIVEN,
    volumeEffectiveDateAndTime: volume.effective ?? NOT_GIVEN,
    fileStructureVersion: version,
  })
}
