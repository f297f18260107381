import type { DescriptorKind } from './allocation'

/** The revisions of UDF that are written, as IMAPI and `--udf` name them. */
export const UDF_REVISIONS = ['1.02', '1.50', '2.00', '2.01', '2.50', '2.60'] as const
export type UdfRevision = (typeof UDF_REVISIONS)[number]

/** What a revision changes in the structures of a volume. */
export interface RevisionForm {
  readonly name: UdfRevision
  /** As the standard codes it: 0250h is 2.50. */
  readonly code: number
  /** `NSR02` for ECMA-167's 2nd edition, `NSR03` for the 3rd. */
  readonly standardIdentifier: 'NSR02' | 'NSR03'
  readonly descriptorVersion: 2 | 3
  /** Extended File Entries, unique identifiers in directories, named streams. */
  readonly isThirdEdition: boolean
  /** File structures lie in a metadata partition (UDF 2.50 2.2.10: required with access type 1). */
  readonly hasMetadataPartition: boolean
  /** Entries are found by a Virtual Allocation Table (UDF 1.50 2.2.10 and later; never with a metadata partition). */
  readonly hasVirtualPartition: boolean
  /** How extents of files are described: their partition is named where entries lie in another one. */
  readonly fileDescriptors: DescriptorKind
  /** The same for directories, which lie in the metadata partition, but never in the virtual one. */
  readonly directoryDescriptors: DescriptorKind
  /** File type 249 (UDF 2.01 2.3.5.2.1). */
  readonly hasRealTimeFiles: boolean
  /** No more than a reader must know: 2.60 adds nothing for reading, and readers of 2.50 refuse higher numbers. */
  readonly minimumReadRevision: number
}

/** The form of a revision, of a volume that is only read or of one that a Virtual Allocation Table lets grow. */
export function revisionForm(name: UdfRevision, hasVirtualPartition = false): RevisionForm {
  const code = Number.parseInt(name.replace('.', ''), 16)
  const isThirdEdition = code >= 0x0200
  const hasMetadataPartition = code >= 0x0250 && !hasVirtualPartition
  return {
    name,
    code,
    standardIdentifier: isThirdEdition ? 'NSR03' : 'NSR02',
    descriptorVersion: isThirdEdition ? 3 : 2,
    isThirdEdition,
    hasMetadataPartition,
    hasVirtualPartition,
    fileDescriptors: hasMetadataPartition || hasVirtualPartition ? 'long_ad' : 'short_ad',
    directoryDescriptors: hasVirtualPartition ? 'long_ad' : 'short_ad',
    hasRealTimeFiles: code >= 0x0201,
    minimumReadRevision: Math.min(code, hasVirtualPartition ? 0x0201 : 0x0250),
  }
}
