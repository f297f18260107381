import { ascii, bytes, type Decoded, type Encodable, layout, u8, u16le } from '../../../layout'

/** regid: an entity identifier (ECMA-167 1/7.4). */
export const entityIdentifier = layout(
  'regid',
  { flags: u8(0), identifier: ascii(1, 23, 0), identifierSuffix: bytes(24, 8) },
  { clause: 'ECMA-167 1/7.4' },
)

/** The suffix of a domain identifier (UDF 2.1.5.3). */
export const domainSuffix = layout(
  'Domain Identifier Suffix',
  { udfRevision: u16le(0), domainFlags: u8(2), reserved: bytes(3, 5) },
  { clause: 'UDF 2.60 2.1.5.3' },
)

/** The suffix of the identifiers that UDF defines itself (UDF 2.1.5.3). */
export const udfSuffix = layout(
  'UDF Identifier Suffix',
  { udfRevision: u16le(0), osClass: u8(2), osIdentifier: u8(3), reserved: bytes(4, 4) },
  { clause: 'UDF 2.60 2.1.5.3' },
)

/** The entity identifiers of UDF 6.2, without their flags. */
export const IDENTIFIER = {
  domain: '*OSTA UDF Compliant',
  logicalVolumeInformation: '*UDF LV Info',
  virtualPartition: '*UDF Virtual Partition',
  sparablePartition: '*UDF Sparable Partition',
  metadataPartition: '*UDF Metadata Partition',
  virtualAllocationTable: '*UDF Virtual Alloc Tbl',
  virtualAllocationTableExtension: '*UDF VAT LVExtension',
  sparingTable: '*UDF Sparing Table',
  freeSpace: '*UDF FreeEASpace',
  /** This library, in the implementation identifiers. */
  implementation: '*scsi-mmc',
} as const

export type EntityIdentifier = Encodable<typeof entityIdentifier.fields>

/** The domain identifier of a revision given as the standard codes it: 0250h is 2.50. */
export function domainIdentifier(udfRevision: number): EntityIdentifier {
  return { identifier: IDENTIFIER.domain, identifierSuffix: domainSuffix.encode({ udfRevision }) }
}

/** One of UDF's own identifiers. */
export function udfIdentifier(identifier: string, udfRevision: number): EntityIdentifier {
  return { identifier, identifierSuffix: udfSuffix.encode({ udfRevision }) }
}

/** The identifier of the implementation that writes: this one. Its suffix leaves operating system class undefined. */
export const implementationIdentifier: EntityIdentifier = { identifier: IDENTIFIER.implementation }

/** The revision that a domain or UDF identifier's suffix names. */
export function udfRevisionOf(identifier: Decoded<typeof entityIdentifier.fields> | undefined): number {
  return domainSuffix.decode(identifier?.identifierSuffix ?? new Uint8Array(0)).udfRevision ?? 0
}

/** A revision as people write it: 0x0250 is `2.50`. */
export function revisionName(udfRevision: number): string {
  return `${(udfRevision >> 8).toString(16)}.${(udfRevision & 0xff).toString(16).padStart(2, '0')}`
}
