/** The properties of an image, as IFileSystemImage to IFileSystemImage3 have them. */
import type { BootImage } from './el-torito/write'
import type { VolumeIdentification } from './image/image-layer'
import type { ImageSettings } from './image-settings'
import { ImapiError } from './imapi-error'
import type { FileSystemType, ImportedFileSystem } from './imported-file-system'
import type { InterchangeLevel } from './iso9660/identifiers'
import { plainText } from './iso9660/tree-format'
import type { PreviousSession } from './session-import'
import { DirectoryNode, type Metadata } from './tree/node'
import { UDF_REVISIONS, type UdfRevision } from './udf'

export const FILE_SYSTEM_TYPES: readonly FileSystemType[] = ['ISO9660', 'Joliet', 'UDF']
const MAXIMUM_VOLUME_NAME = 126
/** Blocks that descriptors, directories and padding take at least. */
export const OVERHEAD_BLOCKS = 512

/** What an image is made of, its names and its room; {@link FileSystemImage} adds the tree. */
export abstract class ImageProperties {
  protected readonly created: number
  protected readonly rootNode: DirectoryNode
  protected settings: ImageSettings = {
    fileSystems: new Set(['ISO9660', 'Joliet']),
    level: 3,
    rockRidge: true,
    jolietLongNames: false,
    strict: false,
    udfRevision: '1.02',
    duplicateUdfMetadata: true,
    udfVirtualAllocationTable: false,
    bootImages: [],
  }
  protected previous: PreviousSession | undefined
  protected imported: ImportedFileSystem | undefined
  protected identification: Partial<VolumeIdentification> = {}
  protected limitBlocks = 0
  protected usedContentBlocks = 0
  protected unit = 1
  protected firstBlock = 0
  protected restricted = false
  protected area: Uint8Array | undefined

  /** @param created  when the image is made, milliseconds since 1970-01-01 UTC */
  constructor(created: number) {
    this.created = created
    this.rootNode = new DirectoryNode('', this.newMetadata())
  }

  /** @throws {ImapiError} `IMAPI_E_READONLY` while there is a result */
  abstract checkWritable(): void

  // ---- What the image is made of

  /** The file systems to be made (FileSystemsToCreate); ISO9660 and Joliet unless chosen otherwise. */
  get fileSystemsToCreate(): readonly FileSystemType[] {
    return FILE_SYSTEM_TYPES.filter(type => this.settings.fileSystems.has(type))
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_PARAM`, `IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED` without the imported one */
  set fileSystemsToCreate(types: readonly FileSystemType[]) {
    const unknown = types.find(type => !FILE_SYSTEM_TYPES.includes(type))
    if (unknown !== undefined) throw invalid('FileSystemsToCreate', unknown)
    if (this.imported && !types.includes(this.imported.type)) {
      throw new ImapiError(
        'IMAPI_E_FILE_SYSTEM_CHANGE_NOT_ALLOWED',
        `The imported session is ${this.imported.type}: the next one must have that, too.`,
      )
    }
    this.set({ fileSystems: new Set(types) })
  }

  get fileSystemsSupported(): readonly FileSystemType[] {
    return FILE_SYSTEM_TYPES
  }

  /** Revision of UDF, as text: `2.50`. */
  get udfRevision(): UdfRevision {
    return this.settings.udfRevision
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_PARAM`, `IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED` after an import of UDF */
  set udfRevision(revision: UdfRevision) {
    if (!UDF_REVISIONS.includes(revision)) throw invalid('UDFRevision', revision)
    if (this.imported?.type === 'UDF' && revision !== this.settings.udfRevision) {
      throw new ImapiError(
        'IMAPI_E_UDF_REVISION_CHANGE_NOT_ALLOWED',
        `The imported session has UDF ${this.imported.revision}: the next one must have that, too.`,
      )
    }
    this.set({ udfRevision: revision })
  }

  get udfRevisionsSupported(): readonly UdfRevision[] {
    return UDF_REVISIONS
  }

  /** Interchange level of ISO 9660, 1 to 3; 4 stands for ISO 9660:1999. */
  get iso9660InterchangeLevel(): InterchangeLevel {
    return this.settings.level
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_PARAM` */
  set iso9660InterchangeLevel(level: InterchangeLevel) {
    if (![1, 2, 3, 4].includes(level)) throw invalid('ISO9660InterchangeLevel', level)
    this.set({ level })
  }

  get iso9660InterchangeLevelsSupported(): readonly InterchangeLevel[] {
    return [1, 2, 3, 4]
  }

  /** POSIX names, owners, modes and links beside ISO 9660; true unless set otherwise. */
  get rockRidge(): boolean {
    return this.settings.rockRidge
  }

  set rockRidge(rockRidge: boolean) {
    this.set({ rockRidge })
  }

  /** Joliet names of up to 103 characters, which all known readers take; its specification has 64. */
  get jolietLongNames(): boolean {
    return this.settings.jolietLongNames
  }

  set jolietLongNames(jolietLongNames: boolean) {
    this.set({ jolietLongNames })
  }

  /** Limits of ISO 9660 that all readers overlook are errors, too. */
  get strictFileSystemCompliance(): boolean {
    return this.settings.strict
  }

  /** @throws {ImapiError} `IMAPI_E_FILE_SYSTEM_NOT_EMPTY` where something has been added */
  set strictFileSystemCompliance(strict: boolean) {
    if (strict && !this.isEmpty) {
      throw new ImapiError(
        'IMAPI_E_FILE_SYSTEM_NOT_EMPTY',
        'Strict compliance can be asked for while the image is empty.',
      )
    }
    this.set({ strict })
  }

  /** Names added from now on must be of the characters 32 to 127. */
  get useRestrictedCharacterSet(): boolean {
    return this.restricted
  }

  set useRestrictedCharacterSet(restricted: boolean) {
    this.checkWritable()
    this.restricted = restricted
  }

  /** With UDF 2.50 and later, the metadata partition is recorded twice. */
  get createRedundantUdfMetadataFiles(): boolean {
    return this.settings.duplicateUdfMetadata
  }

  set createRedundantUdfMetadataFiles(duplicateUdfMetadata: boolean) {
    this.set({ duplicateUdfMetadata })
  }

  /**
   * UDF 1.50 and later on media that are written once: a Virtual Allocation Table in the image's last block leads to the
   * tree, so that packet writers can go on behind it, and readers that know nothing of sessions find the newest one. Without
   * it each session has volume structures of its own, as IMAPI makes them. False, unless the imported session has one.
   */
  get udfVirtualAllocationTable(): boolean {
    return this.settings.udfVirtualAllocationTable
  }

  /** An image of UDF 1.02, or for media that are overwritten, fails with `IMAPI_E_INVALID_PARAM` when it is made. */
  set udfVirtualAllocationTable(udfVirtualAllocationTable: boolean) {
    this.set({ udfVirtualAllocationTable })
  }

  /** The entries of the boot catalog, in order; none makes no boot catalog. */
  get bootImages(): readonly BootImage[] {
    return this.settings.bootImages
  }

  /** @throws {ImapiError} `IMAPI_E_BOOT_OBJECT_CONFLICT` on top of an earlier session: firmware looks at the first */
  set bootImages(bootImages: readonly BootImage[]) {
    if (bootImages.length > 0 && this.previous && !this.previous.rewritable) {
      throw new ImapiError('IMAPI_E_BOOT_OBJECT_CONFLICT', 'Only the first session of a disc can be booted from.')
    }
    this.set({ bootImages: [...bootImages] })
  }

  /** The first 16 blocks of the image, up to 32,768 bytes: boot code for disks. */
  get systemArea(): Uint8Array | undefined {
    return this.area
  }

  set systemArea(area: Uint8Array | undefined) {
    this.checkWritable()
    if (area && area.length > 32_768) throw invalid('SystemArea', `${area.length} bytes`)
    this.area = area
  }

  // ---- Names and dates of the volume

  /** What the volume is called; after an import the name that it had, unless set otherwise. */
  get volumeName(): string {
    return this.identification.volumeName ?? this.carriedName() ?? nameByDate(this.created)
  }

  /** @throws {ImapiError} `IMAPI_E_INVALID_VOLUME_NAME` where it is too long or has control characters */
  set volumeName(volumeName: string) {
    if (volumeName.length > MAXIMUM_VOLUME_NAME || /[\0-\x1f\x7f]/.test(volumeName)) {
      throw new ImapiError(
        'IMAPI_E_INVALID_VOLUME_NAME',
        `A volume name has up to ${MAXIMUM_VOLUME_NAME} characters, none of them a control character.`,
      )
    }
    this.identify({ volumeName })
  }

  /** The volume's name as ISO 9660 holds it. */
  get volumeNameISO9660(): string {
    return Buffer.from(plainText(this.volumeName, 32, 'd'))
      .toString('latin1')
      .trimEnd()
  }

  /** The volume's name as Joliet holds it. */
  get volumeNameJoliet(): string {
    return this.volumeName.slice(0, 16)
  }

  /** The volume's name as UDF holds it. */
  get volumeNameUDF(): string {
    return this.volumeName
  }

  /** What the imported session was called; null before an import. */
  get importedVolumeName(): string | null {
    return this.imported?.volumeName ?? null
  }

  /** Sets texts and dates of the volume descriptors; what is left out stays as it is. */
  identify(identification: Partial<VolumeIdentification>): void {
    this.checkWritable()
    this.identification = { ...this.identification, ...identification }
  }

  // ---- Room

  /** The image may have as many blocks; 0 is no limit. Set from the medium by an import and by chooseImageDefaults. */
  get freeMediaBlocks(): number {
    return this.limitBlocks
  }

  /** @throws {ImapiError} `IMAPI_E_IMAGE_TOO_BIG` where the image has more already, `IMAPI_E_INVALID_PARAM` */
  set freeMediaBlocks(blocks: number) {
    if (!Number.isSafeInteger(blocks) || blocks < 0) throw invalid('FreeMediaBlocks', blocks)
    if (blocks > 0 && this.usedBlocks > blocks) {
      throw new ImapiError('IMAPI_E_IMAGE_TOO_BIG', `The image has ${this.usedBlocks} blocks already.`)
    }
    this.checkWritable()
    this.limitBlocks = blocks
  }

  /** Blocks that the image takes so far, as far as they can be told before it is made. */
  get usedBlocks(): number {
    return this.isEmpty ? 0 : this.usedContentBlocks + OVERHEAD_BLOCKS
  }

  /** LBA of the next session's first block. */
  get sessionStartBlock(): number {
    return this.firstBlock
  }

  /** @throws {ImapiError} `IMAPI_E_PROPERTY_NOT_ACCESSIBLE` after an import, which decides it */
  set sessionStartBlock(lba: number) {
    if (!Number.isSafeInteger(lba) || lba < 0) throw invalid('SessionStartBlock', lba)
    if (this.previous) {
      throw new ImapiError('IMAPI_E_PROPERTY_NOT_ACCESSIBLE', 'The imported session decides where the next one begins.')
    }
    this.checkWritable()
    this.firstBlock = lba
  }

  /** The image's length is a multiple of this many blocks: 16 for DVD, 32 for BD. */
  get writeUnitSize(): number {
    return this.unit
  }

  set writeUnitSize(blocks: number) {
    if (!Number.isSafeInteger(blocks) || blocks < 1) throw invalid('WriteUnitSize', blocks)
    this.checkWritable()
    this.unit = blocks
  }

  /** Metadata of what is made here and has none of its own. */
  newMetadata(): Partial<Metadata> {
    const time = this.created
    return { created: time, modified: time, accessed: time, attributesChanged: time }
  }

  protected get isEmpty(): boolean {
    return this.rootNode.isLoaded && this.rootNode.loadedEntries.size === 0
  }

  protected set(settings: Partial<ImageSettings>): void {
    this.checkWritable()
    this.settings = { ...this.settings, ...settings }
  }

  /** The imported name, in lower case and whole where another file system of the session has the same one like that. */
  private carriedName(): string | undefined {
    const name = this.imported?.volumeName
    if (name === undefined) return undefined
    const legal = (text: string) =>
      Buffer.from(plainText(text, 32, 'd'))
        .toString('latin1')
        .trimEnd()
    const others = this.previous?.contents.fileSystems.map(system => system.volumeName) ?? []
    return others.find(other => other !== name && legal(other) === name) ?? name
  }
}

/** A value that a property cannot have. */
export function invalid(property: string, value: unknown): ImapiError {
  return new ImapiError('IMAPI_E_INVALID_PARAM', `${String(value)} is no value for ${property}.`)
}

/** As IMAPI does it where no name is given: by date and time. */
function nameByDate(created: number): string {
  return new Date(created).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_')
}
